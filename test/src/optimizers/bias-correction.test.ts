import { describe, expect, it } from "vitest";
import { adam, dense, lstm, sequential, tensor } from "../../../src/index.js";
import { oracleModel } from "../../oracle/model.js";
import { oracleOptimizer } from "../../oracle/optimizers.js";

const x = Array.from({ length: 6 }, (_, n) => Array.from({ length: 5 }, (_, t) => [Math.sin(n + 0.7 * t)]));
const y = x.map((window) => [window[4]![0]!]);
const layers = [
  { kind: "lstm", units: 3 },
  { kind: "dense", units: 1 },
] as const;
const STEPS = 20;
const OPTIONS = { learningRate: 0.01 };

/** The part of an optimizer that makes an update; `time` is 1 for the first. */
interface Updating {
  update(step: { readonly time: number }): void;
}

/**
 * Largest distance between the weights after twenty steps of Adam and those of the float64 twin.
 * @param timeOf which update a step is taken for.
 */
async function distanceFromTwin(timeOf: (time: number) => number): Promise<number> {
  const optimizer = adam(OPTIONS);
  const updating = optimizer as unknown as Updating;
  const update = updating.update.bind(optimizer);
  updating.update = (step) => update({ ...step, time: timeOf(step.time) });
  const model = sequential([lstm({ units: 3, inputShape: [5, 1] }), dense({ units: 1 })], { seed: 8 });
  model.compile({ optimizer, loss: "mse" });
  const start = model.getWeights();
  const weights = start.map(({ data }) => Float64Array.from(data));
  const twin = oracleOptimizer("adam", weights, OPTIONS);
  for (let step = 0; step < STEPS; step++) {
    const now = weights.map((data, i) => ({ shape: start[i]!.shape, data }));
    const { weights: gradients } = oracleModel(layers, now).lossAndGradients(tensor(x), tensor(y), {
      loss: "mse",
    });
    twin.step(gradients.map(({ data }) => Float64Array.from(data)));
    await model.trainOnBatch(x, y);
  }
  const distances = model
    .getWeights()
    .flatMap(({ data }, i) => Array.from(data, (value, k) => Math.abs(value - weights[i]![k]!)));
  return Math.max(...distances);
}

/** Float32 keeps twenty updates of 0.01 to about 1e-6; a step without its correction is off by more than a step. */
const BOUND = 1e-5;

describe("Adam's bias correction", () => {
  it("gives twenty steps of the float64 twin", async () => {
    expect(await distanceFromTwin((time) => time)).toBeLessThan(BOUND);
  });

  it("is missed when it is left out", async () => {
    // After so many updates the powers of beta are 0, and both corrections 1.
    expect(await distanceFromTwin(() => Number.MAX_SAFE_INTEGER)).toBeGreaterThan(100 * BOUND);
  });

  it("is missed when it is one update late", async () => {
    expect(await distanceFromTwin((time) => time + 1)).toBeGreaterThan(100 * BOUND);
  });
});
