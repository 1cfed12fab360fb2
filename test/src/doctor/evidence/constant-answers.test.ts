import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../../../bench/faults/series.js";
import { constantLoss } from "../../../../src/doctor/evidence/baseline-loss.js";
import { openWindows } from "../../../../src/doctor/evidence/window-source.js";
import {
  adam,
  dense,
  diagnose,
  gaussianNegativeLogLikelihood,
  huber,
  type Loss,
  logCosh,
  lstm,
  quantile,
  type Sequential,
  sequential,
  type Tensor,
} from "../../../../src/index.js";

const random = mulberry32(3);
const targets = Float64Array.from({ length: 200 }, () => 4 * random() ** 3 - 1);

describe("the best constant answer", () => {
  const losses: [string, Loss, (error: number) => number][] = [
    ["huber", huber({ delta: 0.3 }), (e) => (Math.abs(e) < 0.3 ? e * e * 0.5 : 0.3 * (Math.abs(e) - 0.15))],
    ["logCosh", logCosh(), (e) => Math.log(Math.cosh(e))],
    ["quantile", quantile({ quantiles: [0.8] }), (e) => Math.max(-0.8 * e, 0.2 * e)],
  ];
  it.each(losses)("of %s costs what the best of a fine grid does", (_, loss, ofError) => {
    const y: Tensor = { shape: [200, 1], data: Float32Array.from(targets) };
    const x: Tensor = { shape: [200, 4, 1], data: new Float32Array(800) };
    const grid = Array.from({ length: 5001 }, (__, i) => -1 + i / 1000).map(
      (answer) => Array.from(y.data).reduce((sum, value) => sum + ofError(answer - value), 0) / 200,
    );
    expect(constantLoss(openWindows(x, y), loss)).toBeCloseTo(Math.min(...grid), 4);
  });
});

const WINDOW = 30;

/** A sine whose next values follow at each horizon, or at each step. */
function examples(horizon: number, isSequence = false): { x: Tensor; y: Tensor } {
  const noise = mulberry32(9);
  const series = Array.from({ length: 460 }, (_, t) => Math.sin((2 * Math.PI * t) / 25) + 0.05 * noise());
  const count = 400;
  const x = new Float32Array(count * WINDOW);
  const outputs = isSequence ? WINDOW : horizon;
  const y = new Float32Array(count * outputs);
  for (let n = 0; n < count; n++) {
    for (let t = 0; t < WINDOW; t++) {
      x[n * WINDOW + t] = series[n + t]!;
      if (isSequence) y[n * WINDOW + t] = series[n + t + 1]!;
    }
    for (let h = 0; h < horizon && !isSequence; h++) y[n * horizon + h] = series[n + WINDOW + h]!;
  }
  return {
    x: { shape: [count, WINDOW, 1], data: x },
    y: { shape: isSequence ? [count, WINDOW, 1] : [count, horizon], data: y },
  };
}

async function codesAfter(model: Sequential, { x, y }: { x: Tensor; y: Tensor }, epochs: number) {
  const history = await model.fit(x, y, { epochs, batchSize: 100 });
  const found = await diagnose(model, { x, y, history });
  model.dispose();
  return found.map(({ code }) => code);
}

const build = (units: number, loss: Loss | "mse", rate: number, returnSequences = false): Sequential => {
  const model = sequential(
    [lstm({ units: 12, returnSequences, inputShape: [WINDOW, 1] }), dense({ units })],
    { seed: 4 },
  );
  model.compile({ optimizer: adam({ learningRate: rate }), loss });
  return model;
};

describe("a model beside its baselines", () => {
  it("is judged over all of several steps ahead, and at each step of a sequence", async () => {
    // Slow enough to stay worse than what was one season ago.
    expect(await codesAfter(build(4, "mse", 2e-4), examples(4), 30)).not.toEqual([]);
    expect(await codesAfter(build(1, "mse", 2e-4, true), examples(1, true), 30)).not.toEqual([]);
  });

  it("is judged by its median or its mean where it predicts a distribution", async () => {
    const quantiles = quantile({ quantiles: [0.1, 0.5, 0.9] });
    expect(await codesAfter(build(3, quantiles, 0.01), examples(1), 60)).toEqual([]);
    const gaussian = gaussianNegativeLogLikelihood();
    expect(await codesAfter(build(2, gaussian, 0.01), examples(1), 60)).toEqual([]);
  });

  it("that answers nearly the same to everything after training is never called healthy", async () => {
    const { x } = examples(1);
    // A coin decides: nothing to be learnt, which the data rules may say; silence would be wrong.
    const coin = mulberry32(11);
    const y: Tensor = {
      shape: [400, 1],
      data: Float32Array.from({ length: 400 }, () => (coin() < 0.5 ? -1 : 1)),
    };
    expect(await codesAfter(build(1, "mse", 0.001), { x, y }, 3)).not.toEqual([]);
  });
});
