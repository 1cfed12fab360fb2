import { describe, expect, it } from "vitest";
import { elementwiseActivations } from "../../../src/engine/activation-codes.js";
import { kernelBuilds } from "../../support/kernels.js";
import { expectSameLstm, type LstmCase, lstmTwin, runLstm } from "../../support/lstm-bench.js";

const sides = [1, 2, 3, 4, 5, 7, 8, 11, 13, 15, 16, 17, 19, 23, 29, 31, 32, 33];
const small = { batch: 3, timesteps: 4, features: 3, units: 5 };

const sized: LstmCase[] = [
  ...sides.map((units) => ({ ...small, units, returnSequences: true })),
  ...sides.map((features) => ({ ...small, features })),
  ...sides.map((batch) => ({ ...small, batch, returnSequences: true })),
  ...[1, 2, 3, 7, 12].map((timesteps) => ({ ...small, timesteps })),
  // Both sides of the 256 rows of B T a weight gradient takes at a time, with steps that straddle the border.
  { batch: 51, timesteps: 5, features: 2, units: 4, returnSequences: true },
  { batch: 64, timesteps: 4, features: 2, units: 4, returnSequences: true },
  { batch: 257, timesteps: 1, features: 3, units: 5 },
  { batch: 86, timesteps: 6, features: 5, units: 3, returnSequences: true },
];

const form = ({ batch, timesteps, features, units }: LstmCase): string =>
  `B ${batch}, T ${timesteps}, F ${features}, H ${units}`;

const variants: { title: string; layer: LstmCase }[] = [
  { title: "without a bias", layer: { ...small, useBias: false } },
  { title: "read backwards", layer: { ...small, goBackwards: true } },
  {
    title: "read backwards, returning sequences",
    layer: { ...small, goBackwards: true, returnSequences: true },
  },
  { title: "from a given state", layer: { ...small, initialState: true } },
  { title: "with dropped hidden states", layer: { ...small, recurrentMask: true, initialState: true } },
  { title: "with masked steps", layer: { ...small, timesteps: 7, mask: true, returnSequences: true } },
  {
    title: "with masked steps, from a given state, hidden states dropped",
    layer: { ...small, timesteps: 7, mask: true, initialState: true, recurrentMask: true },
  },
  ...[1, 2, 3, 6, 7, 8].map((truncate) => ({
    title: `cut every ${truncate} steps of seven`,
    layer: { ...small, timesteps: 7, truncate, returnSequences: true, initialState: true },
  })),
  { title: "cut every 2 steps, one output", layer: { ...small, timesteps: 7, truncate: 2 } },
  {
    title: "cut every 2 steps, backwards, masked, dropped",
    layer: {
      ...small,
      timesteps: 7,
      truncate: 2,
      goBackwards: true,
      recurrentMask: true,
      returnSequences: true,
    },
  },
];

describe.each(await kernelBuilds())("LSTM kernels ($name)", (build) => {
  it.each(sized.map((layer) => ({ layer, title: form(layer) })))(
    "states, dx, dW, dR and db are those of float64: $title",
    ({ layer }) => {
      expectSameLstm(layer, runLstm(build, layer), lstmTwin(layer));
    },
  );

  it.each(variants)("are those of float64 $title", ({ layer }) => {
    expectSameLstm(layer, runLstm(build, layer), lstmTwin(layer));
  });

  it.each(elementwiseActivations)("are those of float64 with %s on the cell", (activation) => {
    // exp of exp leaves float32 within four steps.
    const form = activation === "exponential" ? { timesteps: 1, initialState: true } : {};
    const layer: LstmCase = { ...small, activation, returnSequences: true, ...form };
    expectSameLstm(layer, runLstm(build, layer), lstmTwin(layer));
  });

  it.each(elementwiseActivations)("are those of float64 with %s on the gates", (recurrentActivation) => {
    const layer: LstmCase = { ...small, recurrentActivation, returnSequences: true };
    expectSameLstm(layer, runLstm(build, layer), lstmTwin(layer));
  });

  it("the result does not depend on who computes which rows and which units, to the bit", () => {
    const layer: LstmCase = { batch: 9, timesteps: 5, features: 7, units: 18, returnSequences: true };
    const whole = runLstm(build, layer);
    // Shares of rows that begin on even ones keep the pairs in which rows are multiplied.
    expect(runLstm(build, layer, { rows: [2, 4], groups: [1, 2, 4] })).toEqual(whole);
    expect(runLstm(build, layer, { rows: [8], groups: [3] })).toEqual(whole);
  });
});
