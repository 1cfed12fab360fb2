import { describe, expect, it } from "vitest";
import { activation, hinge, klDivergence, sequential, squaredHinge } from "../../../src/index.js";

// Rows of three are padded to four: what stands behind them is no label.
const predictions = [
  [0.5, -0.25, 2],
  [-1.5, 0.75, -0.5],
  [0.25, 1.5, -2],
];
const bits = [
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 0],
];
const signs = bits.map((row) => row.map((bit) => 2 * bit - 1));

/** The loss of a model that hands on what it is given. */
async function lossOf(
  loss: "hinge" | "squaredHinge",
  labels: readonly (readonly number[])[],
): Promise<number> {
  const model = sequential([activation({ activation: "linear", inputShape: [3] })]);
  model.compile({ loss });
  const { loss: value } = (await model.evaluate(predictions, labels as number[][])) as { loss: number };
  model.dispose();
  return value;
}

const meanOf = (labels: readonly (readonly number[])[], power: number): number => {
  const terms = predictions.flatMap((row, i) =>
    row.map((prediction, j) => Math.max(1 - labels[i]![j]! * prediction, 0) ** power),
  );
  return terms.reduce((sum, term) => sum + term, 0) / terms.length;
};

describe.each([
  ["hinge", 1],
  ["squaredHinge", 2],
] as const)("labels of %s", (loss, power) => {
  it("are -1 and 1", async () => {
    expect(await lossOf(loss, signs)).toBeCloseTo(meanOf(signs, power), 5);
  });

  it("that are all 0 or 1 count as -1 and 1", async () => {
    expect(await lossOf(loss, bits)).toBeCloseTo(meanOf(signs, power), 5);
    const ones = bits.map((row) => row.map(() => 1));
    expect(await lossOf(loss, ones)).toBeCloseTo(meanOf(ones, power), 5);
  });

  it.each([
    [0, 0],
    [1, 2],
    [2, 0],
    [2, 2],
  ])("are taken as they are when that in row %i, column %i is another", async (i, j) => {
    for (const other of [-1, 0.5, 2]) {
      const labels = bits.map((row) => [...row]);
      labels[i]![j] = other;
      expect(await lossOf(loss, labels)).toBeCloseTo(meanOf(labels, power), 5);
    }
  });
});

it.each([hinge, squaredHinge, klDivergence])(
  "%o refuses an option nobody reads, and keeps its name",
  (make) => {
    expect(() => make({ margin: 1 } as never)).toThrow(/unknown option `margin`/);
    expect(make({ name: "mine" })).toMatchObject({ label: "mine", config: { name: "mine" } });
  },
);
