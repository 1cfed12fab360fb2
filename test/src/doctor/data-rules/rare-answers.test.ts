import { describe, expect, it } from "vitest";
import { metLaterAside } from "../../../../bench/faults/questions/met-later-aside.js";
import { ask } from "../../../../bench/faults/run-case.js";
import { dense, lstm } from "../../../../src/index.js";

describe("several questions asked of a sample at once", () => {
  it("have rare answers that the model never gives, and weights of classes are no remedy", async () => {
    const { sick } = metLaterAside.manyRareEvents!();
    const { diagnoses } = await ask(sick);
    expect(diagnoses.map(({ code }) => code)).toEqual(["class_imbalance"]);
    expect(diagnoses[0]!.evidence.recallOfTheClass).toBe(0);
    expect(diagnoses[0]!.remedy).toMatch(/sampleWeight.*\[N\]/);
    expect(diagnoses[0]!.fix).toBeUndefined();
  });

  it("are nothing to speak of once they are learnt", async () => {
    const { sick } = metLaterAside.manyRareEvents!();
    const bits = Array.from({ length: 500 }, (_, n) =>
      Array.from({ length: 4 }, (_, t) =>
        [1, 2].map((k) => +((n * (7 + k) + t * (3 + k) + ((n * t * k) % 5)) % 10 < 3)),
      ),
    );
    const both = bits.map((rows) => rows[3]!.map((now, k) => +(now === 1 && rows[2]![k] === 1)));
    const { validation: _, ...plan } = sick;
    const { codes } = await ask({
      ...plan,
      x: bits,
      y: both,
      layers: () => [lstm({ units: 16, inputShape: [4, 2] }), dense({ units: 2, activation: "sigmoid" })],
      epochs: 60,
      optimizer: { name: "adam", config: { learningRate: 0.02 } },
    });
    expect(codes).not.toContain("class_imbalance");
  });
});
