import { describe, expect, it } from "vitest";
import { examine } from "../../../../src/doctor/examine.js";
import { createRandom } from "../../../../src/random.js";

const random = createRandom(8);
const labels = Array.from({ length: 300 }, () => (random.normal() > 0.5 ? 1 : 0));
const amounts = labels.map((label) =>
  Array.from({ length: 5 }, () => Array.from({ length: 3 }, () => random.normal() + 0.4 * label)),
);
const codesOf = (x: number[][][]): string[] => examine({ x, y: labels }).map(({ code }) => code);

describe("the target among the columns of its sample", () => {
  it("is a leak where it stands at every step, though samples are no windows of a series", () => {
    const [worst] = examine({
      x: amounts.map((rows, n) => rows.map((row) => [...row, labels[n]!])),
      y: labels,
    });
    expect(worst).toMatchObject({ code: "target_leaks_from_input", evidence: { feature: 3, features: 4 } });
    expect(worst!.remedy).toContain("column 3");
  });

  it("is none where a column that stays the same within a sample tells the target but for a few", () => {
    const nearly = labels.map((label, n) => (n % 20 === 0 ? 1 - label : label));
    expect(codesOf(amounts.map((rows, n) => rows.map((row) => [...row, nearly[n]!])))).not.toContain(
      "target_leaks_from_input",
    );
    expect(codesOf(amounts)).not.toContain("target_leaks_from_input");
  });

  it("is none where one step asks for what was said at it", () => {
    const echo = amounts.map((rows, n) => rows.map((row, t) => [...row, t === 4 ? labels[n]! : 0]));
    expect(codesOf(echo)).not.toContain("target_leaks_from_input");
  });
});
