import { describe, expect, it } from "vitest";
import { lstm, repeatVector, sequential } from "../../../src/index.js";
import { errorOf, values } from "../model/support.js";
import { expectAgreement } from "./agreement.js";

const first = { inputShape: [4, 5] } as const;

describe("repeatVector", () => {
  it.each([1, 2, 7])("repeats a row %i times between an encoder and a decoder", (n) =>
    expectAgreement({
      layers: [
        { kind: "lstm", units: 4, ...first },
        { kind: "repeatVector", n },
        { kind: "lstm", units: 3, returnSequences: true },
        { kind: "timeDistributed", layer: { kind: "dense", units: 2 } },
      ],
      x: values([3, 4, 5], 1),
    }),
  );

  it("refuses a sequence, and says what to change; and an n of 0", async () => {
    const error = await errorOf(() =>
      sequential([lstm({ units: 2, returnSequences: true, ...first }), repeatVector({ n: 2 })]),
    );
    expect(error.message).toMatch(/Leave out returnSequences of `lstm` to repeat its last output/);
    expect((await errorOf(() => repeatVector({ n: 0 }))).message).toMatch(/`n` is 0/);
  });
});
