import { describe, expect, it } from "vitest";
import { drawLearningRates } from "../../../src/callbacks/lr-finder-chart.js";
import {
  adam,
  dense,
  dropout,
  exponentialDecay,
  lrFinder,
  type Optimizer,
  type Sequential,
  sequential,
  sgd,
} from "../../../src/index.js";
import { bitsOf, errorOf, values } from "../model/support.js";
import { FakeModel } from "./fake-model.js";

const x = values([64, 3], 1);
/** y = 2 x0 - x1 + 0.5 */
const y = {
  shape: [64, 1],
  data: Float32Array.from({ length: 64 }, (_, n) => 2 * x.data[3 * n]! - x.data[3 * n + 1]! + 0.5),
};

function modelWith(optimizer: Optimizer): Sequential {
  const model = sequential(
    [dense({ units: 8, inputShape: [3] }), dropout({ rate: 0.1 }), dense({ units: 1 })],
    {
      seed: 5,
    },
  );
  model.compile({ optimizer, loss: "mse" });
  return model;
}

/** Runs a finder over losses given beforehand. */
async function replay(losses: readonly number[], options = {}) {
  const model = new FakeModel();
  const finder = lrFinder({ steps: losses.length, ...options });
  await model.fit(
    finder,
    losses.map((loss) => ({ loss })),
  );
  return { finder, model };
}

describe("the learning rate finder", () => {
  it("raises the rate by one factor from the lowest to the highest", async () => {
    const finder = lrFinder({ minLearningRate: 1e-6, maxLearningRate: 1e-2, steps: 41 });
    await modelWith(sgd()).fit(x, y, { epochs: 30, batchSize: 16, callbacks: [finder] });
    const { learningRates, losses, smoothed } = finder.result;
    expect([learningRates.length, losses.length, smoothed.length]).toEqual([41, 41, 41]);
    learningRates.forEach((rate, i) => {
      // exp and log in float64.
      expect(rate / 10 ** (-6 + i / 10)).toBeCloseTo(1, 10);
    });
  });

  it("stops fit when it has its steps, and leaves model and optimizer as they were, to the bit", async () => {
    for (const optimizer of [() => adam(), () => adam({ useEma: true }), () => sgd({ momentum: 0.9 })]) {
      const [tested, plain] = [modelWith(optimizer()), modelWith(optimizer())];
      // Once before anything was trained, once in the middle.
      for (let round = 0; round < 2; round++) {
        const before = bitsOf(tested.getWeights());
        const { epoch } = await tested.fit(x, y, {
          epochs: 30,
          batchSize: 16,
          callbacks: [lrFinder({ steps: 10 })],
        });
        expect(epoch.length).toBe(3);
        expect(bitsOf(tested.getWeights())).toEqual(before);
        expect(tested.optimizer.learningRate).toBe(plain.optimizer.learningRate);
        expect(tested.optimizer.iterations).toBe(plain.optimizer.iterations);
        await tested.fit(x, y, { epochs: 2, batchSize: 16 });
        await plain.fit(x, y, { epochs: 2, batchSize: 16 });
        expect(bitsOf(tested.getWeights())).toEqual(bitsOf(plain.getWeights()));
      }
    }
  });

  it("sees the loss of each batch alone, not the epoch's running mean", async () => {
    const model = modelWith(sgd({ learningRate: 1e-9 }));
    const seen: number[] = [];
    const finder = lrFinder({ steps: 8, minLearningRate: 1e-12, maxLearningRate: 1e-11 });
    const watch = {
      onTrainBatchEnd: (_: number, logs: Record<string, number>) => void seen.push(logs.loss!),
    };
    await model.fit(x, y, { epochs: 2, batchSize: 16, callbacks: [finder, watch] });
    const { losses } = finder.result;
    for (let batch = 0; batch < 4; batch++) {
      const mean = losses.slice(0, batch + 1).reduce((sum, loss) => sum + loss, 0) / (batch + 1);
      expect(seen[batch]).toBeCloseTo(mean, 6);
    }
  });

  it("stops when the loss diverges, and suggests a rate at which it falls and with which training goes well", async () => {
    const finder = lrFinder({ minLearningRate: 1e-5, maxLearningRate: 100, steps: 200 });
    await modelWith(sgd()).fit(x, y, { epochs: 100, batchSize: 16, callbacks: [finder] });
    const { learningRates, losses, suggestion } = finder.result;
    expect(losses.length).toBeLessThan(200);
    expect(learningRates.at(-1)!).toBeGreaterThan(0.1);
    // Least squares on inputs of variance 1/3: rates near 1 diverge, rates below 1e-3 hardly move.
    expect(suggestion!).toBeGreaterThan(1e-3);
    expect(suggestion!).toBeLessThan(0.5);
    const model = modelWith(sgd({ learningRate: suggestion! }));
    const { history } = await model.fit(x, y, { epochs: 20, batchSize: 16 });
    expect(history.loss!.at(-1)!).toBeLessThan(0.2 * history.loss![0]!);
  });

  it("suggests the middle of a sigmoid fall, where it is steepest, without the delay of a running mean", async () => {
    const fall = Array.from({ length: 101 }, (_, i) => 1 + 1 / (1 + Math.exp((i - 60) / 5)));
    const { finder } = await replay(fall, { minLearningRate: 1e-5, maxLearningRate: 1 });
    // Step 60 of 100 from 1e-5 to 1: 1e-2. One step is a factor of 1.12.
    expect(Math.abs(Math.log10(finder.result.suggestion!) + 2)).toBeLessThan(0.06);
  });

  it("suggests nothing where the loss only rises, and stops at NaN", async () => {
    const rising = await replay([1, 1.1, 1.2, 1.3, 1.4, 1.5]);
    expect(rising.finder.result.suggestion).toBeUndefined();
    const broken = await replay([1, 0.9, Number.NaN, 5, 5, 5]);
    expect(broken.finder.result.losses).toEqual([1, 0.9]);
    expect(broken.model.stopTraining).toBe(true);
  });

  it("stops at four times the smallest running mean", async () => {
    const { finder } = await replay([1, 1, 1, 1, 1, 1, 1, 1, 1e3, 1, 1, 1]);
    expect(finder.result.losses.length).toBe(9);
  });

  it("says what it cannot do", async () => {
    expect((await errorOf(() => lrFinder().result)).name).toBe("StateError");
    const short = await errorOf(() => modelWith(sgd()).fit(x, y, { epochs: 2, callbacks: [lrFinder()] }));
    expect(short.name).toBe("ConfigError");
    expect(short.message).toMatch(
      /100 steps are wanted, but fit has 2 epochs of 2 batches. Give it epochs: 50/,
    );
    const schedule = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.9 });
    const owned = await errorOf(() =>
      modelWith(sgd({ learningRate: schedule })).fit(x, y, { epochs: 50, callbacks: [lrFinder()] }),
    );
    expect(owned.message).toMatch(/follows the schedule exponentialDecay/);
    expect((await errorOf(() => lrFinder({ minLearningRate: 1, maxLearningRate: 0.1 }))).message).toMatch(
      /`maxLearningRate` is 0.1/,
    );
  });
});

describe("the picture of a range test", () => {
  const curve = {
    learningRates: Array.from({ length: 61 }, (_, i) => 10 ** (-6 + i / 10)),
    losses: Array.from({ length: 61 }, (_, i) => 1 + 1 / (1 + Math.exp((i - 30) / 4)) + 0.01 * (i % 3)),
    smoothed: Array.from({ length: 61 }, (_, i) => 1 + 1 / (1 + Math.exp((i - 30) / 4))),
    suggestion: 1e-3,
  };

  it("has a logarithmic axis labelled in powers of ten, evenly apart, and marks the suggestion", () => {
    const svg = drawLearningRates(curve);
    const labels = [...svg.matchAll(/<text x="([\d.]+)"[^>]*>1e(-?\d+)<\/text>/g)].map(([, at, power]) => [
      Number(at),
      Number(power),
    ]);
    expect(labels.map(([, power]) => power)).toEqual([-6, -5, -4, -3, -2, -1, 0]);
    const gaps = labels.slice(1).map(([at], i) => at! - labels[i]![0]!);
    for (const gap of gaps) expect(Math.abs(gap - gaps[0]!)).toBeLessThan(0.11);
    expect(svg).toContain("steepest: 0.001");
    expect(svg).toContain("learning rate (logarithmic)");
    expect([...svg.matchAll(/<circle /g)].length).toBe(61);
    const points = /<polyline points="([^"]*)"/
      .exec(svg)![1]!
      .split(" ")
      .map((point) => point.split(",").map(Number));
    expect(points.length).toBe(61);
    for (const [px, py] of points) {
      expect(px! >= 0 && px! <= 640 && py! >= 0 && py! <= 360).toBe(true);
    }
    // It falls: down on the screen is larger.
    expect(points.at(-1)![1]!).toBeGreaterThan(points[0]![1]! + 100);
    expect(drawLearningRates(curve)).toBe(svg);
  });

  it("is drawn of a flat curve, of one that went wild, and of none", () => {
    for (const losses of [[1, 1, 1], [0, 0, 0], [1, 1e30, 1e35], [1], []]) {
      const svg = drawLearningRates({
        learningRates: [1e-3, 1e-2, 1e-1].slice(0, losses.length),
        losses,
        smoothed: losses,
        suggestion: undefined,
      });
      expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});
