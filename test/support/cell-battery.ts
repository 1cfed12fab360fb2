import { expect, it } from "vitest";
import { elementwiseActivations } from "../../src/engine/activation-codes.js";
import { type CellCase, cellTwin, expectSameCell, runCell } from "./cell-bench.js";
import type { KernelBuild } from "./kernels.js";

const sides = [1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 19, 31, 33];
const small = { batch: 3, timesteps: 4, features: 3, units: 5 };

type Variant = Partial<Omit<CellCase, "cell">>;

const sized: Variant[] = [
  ...sides.map((units) => ({ units, returnSequences: true })),
  ...sides.map((features) => ({ features })),
  ...sides.map((batch) => ({ batch, returnSequences: true })),
  ...[1, 2, 3, 7, 9].map((timesteps) => ({ timesteps })),
  // Both sides of the 256 rows of B T a weight gradient takes at a time, with steps that straddle the border.
  { batch: 51, timesteps: 5, features: 2, units: 4, returnSequences: true },
  { batch: 64, timesteps: 4, features: 2, units: 4, returnSequences: true },
  { batch: 257, timesteps: 1 },
  { batch: 86, timesteps: 6, features: 5, units: 3, returnSequences: true },
];

const variants: [title: string, variant: Variant][] = [
  ["without a bias", { useBias: false }],
  ["read backwards", { goBackwards: true }],
  ["read backwards, returning sequences", { goBackwards: true, returnSequences: true }],
  ["from a given state", { initialState: true }],
  ["with dropped hidden states", { recurrentMask: true, initialState: true, returnSequences: true }],
  ["with masked steps", { timesteps: 7, mask: true, returnSequences: true }],
  [
    "with masked steps, from a given state, hidden states dropped, backwards",
    { timesteps: 7, mask: true, initialState: true, recurrentMask: true, goBackwards: true },
  ],
  ...[1, 2, 3, 6, 7, 8].map((truncate): [string, Variant] => [
    `cut every ${truncate} steps of seven`,
    { timesteps: 7, truncate, returnSequences: true, initialState: true },
  ]),
  [
    "cut every 2 steps, masked, dropped",
    { timesteps: 7, truncate: 2, mask: true, recurrentMask: true, returnSequences: true },
  ],
];

/** What every cell's kernels have to stand, in one build. */
export function cellBattery(
  build: KernelBuild,
  cell: CellCase["cell"],
  shares: { readonly groups: readonly number[]; readonly units: number },
): void {
  const check = (variant: Variant): void => {
    const layer: CellCase = { ...small, cell, ...variant };
    expectSameCell(layer, runCell(build, layer), cellTwin(layer));
  };
  it.each(sized.map((variant) => ({ variant, title: JSON.stringify(variant) })))(
    "states, dx, dW, dR and db are those of float64: $title",
    ({ variant }) => {
      check(variant);
    },
  );

  it.each(variants)("are those of float64 %s", (_title, variant) => {
    check(variant);
  });

  it.each(elementwiseActivations)("are those of float64 with %s on the state", (activation) => {
    // exp of exp leaves float32 within four steps.
    check({ activation, returnSequences: true, ...(activation === "exponential" ? { timesteps: 1 } : {}) });
  });

  if (cell !== "rnn") {
    it.each(elementwiseActivations)("are those of float64 with %s on the gates", (recurrentActivation) => {
      check({ recurrentActivation, returnSequences: true, timesteps: 3 });
    });
  }

  it("the result does not depend on who computes which rows and which units, to the bit", () => {
    const { units, groups } = shares;
    const layer: CellCase = { cell, batch: 9, timesteps: 5, features: 7, units, returnSequences: true };
    const whole = runCell(build, layer);
    // Shares of rows that begin on even ones keep the pairs in which rows are multiplied.
    expect(runCell(build, layer, { rows: [2, 4], groups })).toEqual(whole);
    expect(runCell(build, layer, { rows: [8], groups: groups.slice(1) })).toEqual(whole);
  });
}
