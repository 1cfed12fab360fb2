import { describe, expect, it } from "vitest";
import { kernelBuilds } from "../../support/kernels.js";
import { LSTM_RECORD, type LstmCase, runLstm } from "../../support/lstm-bench.js";

const layers: { title: string; layer: LstmCase }[] = [
  { title: "one output", layer: { batch: 7, timesteps: 5, features: 3, units: 6 } },
  { title: "sequences", layer: { batch: 9, timesteps: 5, features: 5, units: 17, returnSequences: true } },
  {
    title: "masks, a given state, dropped states",
    layer: {
      batch: 11,
      timesteps: 6,
      features: 2,
      units: 5,
      mask: true,
      initialState: true,
      recurrentMask: true,
    },
  },
  { title: "truncation", layer: { batch: 6, timesteps: 7, features: 2, units: 4, truncate: 3 } },
  {
    title: "hardSigmoid and softsign",
    layer: {
      batch: 5,
      timesteps: 4,
      features: 2,
      units: 7,
      activation: "softsign",
      recurrentActivation: "hardSigmoid",
    },
  },
  // Both sides of the 255 rows that are tallied together.
  { title: "255 rows", layer: { batch: 255, timesteps: 2, features: 1, units: 4 } },
  { title: "520 rows", layer: { batch: 520, timesteps: 2, features: 1, units: 4, mask: true } },
];

/** Parts added up in their order, without the place behind the last step of each. */
function summed(record: Float64Array, timesteps: number): Float64Array {
  const size = timesteps * LSTM_RECORD;
  const total = new Float64Array(size);
  for (let i = 0; i < record.length; i++) {
    const at = i % (size + LSTM_RECORD);
    if (at < size) total[at]! += record[i]!;
  }
  return total;
}

describe.each(await kernelBuilds())("what lstmBackward writes down ($name)", (build) => {
  it.each(layers)("changes no bit of anything else: $title", ({ layer }) => {
    const { record, ...recorded } = runLstm(build, layer, { record: true });
    expect(record!.some((value) => value > 0)).toBe(true);
    expect(recorded).toEqual(runLstm(build, layer));
  });

  it.each(layers)(
    "is the same whoever takes which rows, to the last bits of float64: $title",
    ({ layer }) => {
      const { record } = runLstm(build, layer, { record: true });
      const whole = summed(record!, layer.timesteps);
      const parts = runLstm(build, layer, { record: true, rows: [2, 4] }).record!;
      expect(parts.length).toBe(3 * record!.length);
      const sum = summed(parts, layer.timesteps);
      // Sums of some hundred float64 terms, none of them negative but the activations'.
      whole.forEach((value, i) => {
        expect(Math.abs(sum[i]! - value)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(value)));
      });
    },
  );

  it("counts the samples that are not masked, step by step", () => {
    const layer: LstmCase = {
      batch: 40,
      timesteps: 6,
      features: 2,
      units: 5,
      mask: true,
      returnSequences: true,
    };
    const { record } = runLstm(build, layer, { record: true });
    const all = runLstm(build, { ...layer, mask: false }, { record: true }).record!;
    for (let t = 0; t < 6; t++) {
      expect(all[t * LSTM_RECORD + 3]).toBe(40);
      expect(record![t * LSTM_RECORD + 3]).toBeGreaterThan(0);
      expect(record![t * LSTM_RECORD + 3]).toBeLessThan(40);
    }
  });
});
