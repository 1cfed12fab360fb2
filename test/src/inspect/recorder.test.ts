import { describe, expect, it } from "vitest";
import {
  adam,
  bidirectional,
  createEngine,
  dense,
  type Engine,
  gradientFlowRecorder,
  gru,
  isRecurrentFlow,
  lstm,
  type Sequential,
  sequential,
  sgd,
  simpleRNN,
} from "../../../src/index.js";
import { bitsOf, errorOf, values } from "../model/support.js";

const x = values([24, 9, 3], 1);
const y = values([24, 1], 2);

const build = (engine?: Engine, options: object = {}): Sequential => {
  const model = sequential(
    [
      bidirectional({
        layer: lstm({ units: 6, returnSequences: true, dropout: 0.2, recurrentDropout: 0.2 }),
        inputShape: [9, 3],
      }),
      gru({ units: 5, returnSequences: true }),
      simpleRNN({ units: 7 }),
      dense({ units: 1 }),
    ],
    { seed: 5, ...(engine === undefined ? {} : { engine }) },
  );
  model.compile({ optimizer: adam({ learningRate: 0.01, clipnorm: 0.1 }), loss: "mse", ...options });
  return model;
};

describe("recording while training", () => {
  it.each([1, 2])("changes no bit of 20 steps on %i threads", async (threads) => {
    const engine = await createEngine({ threads });
    const [plain, watched] = [build(engine), build(engine)];
    const recorder = gradientFlowRecorder({ every: 1 });
    const options = { epochs: 5, batchSize: 6 };
    const expected = await plain.fit(x, y, options);
    expect(await watched.fit(x, y, { ...options, callbacks: [recorder] })).toEqual(expected);
    expect(recorder.flows.length).toBe(20);
    expect(bitsOf(watched.getWeights())).toEqual(bitsOf(plain.getWeights()));
    engine.dispose();
  });

  it("gives the same numbers whatever the number of threads", async () => {
    const flows = await Promise.all(
      [1, 2].map(async (threads) => {
        const engine = await createEngine({ threads });
        // Large enough that a second thread is tried.
        const model = sequential([lstm({ units: 37, inputShape: [30, 3] }), dense({ units: 1 })], {
          seed: 5,
          engine,
        });
        model.compile({ optimizer: "adam", loss: "mse" });
        const recorder = gradientFlowRecorder({ every: 1 });
        await model.fit(values([62, 30, 3], 3), values([62, 1], 4), {
          epochs: 12,
          batchSize: 62,
          callbacks: [recorder],
        });
        engine.dispose();
        return recorder.flows;
      }),
    );
    expect(flows[1]).toEqual(flows[0]);
  });

  it("of a long truncated sequence, trained in pieces, changes no bit either and leaves no step out", async () => {
    const timesteps = 600;
    const [plain, watched] = [0, 1].map(() => {
      const model = sequential([lstm({ units: 4, inputShape: [timesteps, 2] }), dense({ units: 1 })], {
        seed: 2,
      });
      model.compile({ optimizer: "sgd", loss: "mse", truncate: 8 });
      return model;
    }) as [Sequential, Sequential];
    const recorder = gradientFlowRecorder();
    const long = values([2, timesteps, 2], 3);
    const label = values([2, 1], 4);
    await plain.fit(long, label);
    await watched.fit(long, label, { callbacks: [recorder] });
    expect(bitsOf(watched.getWeights())).toEqual(bitsOf(plain.getWeights()));
    const flow = recorder.flows[0]!.flow.layers.filter(isRecurrentFlow)[0]!;
    expect(flow.hiddenGradient.length).toBe(timesteps);
    const first = flow.hiddenGradient.findIndex((norm) => norm > 0);
    expect(first).toBe(592);
    plain.dispose();
    watched.dispose();
  });

  it("records the first batch of each epoch, or every n-th batch", async () => {
    const placesOf = async (every?: "epoch" | number) => {
      const model = build();
      const recorder = gradientFlowRecorder(every === undefined ? {} : { every });
      await model.fit(x, y, { epochs: 3, batchSize: 6, callbacks: [recorder] });
      model.dispose();
      return recorder.flows.map(({ epoch, batch }) => [epoch, batch]);
    };
    expect(await placesOf()).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(await placesOf(5)).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it("records nothing outside of the batches it chose", async () => {
    const model = build();
    const recorder = gradientFlowRecorder();
    await model.fit(x, y, { epochs: 1, batchSize: 6, callbacks: [recorder] });
    await model.trainOnBatch(x, y);
    expect(recorder.flows.length).toBe(1);
    model.dispose();
  });

  it("tells the loss before the update, the norms clipping saw, and the update that was made", async () => {
    const model = build();
    const before = model.getWeights();
    const seen: number[] = [];
    const recorder = gradientFlowRecorder({ onFlow: ({ epoch }) => void seen.push(epoch) });
    const { history } = await model.fit(x, y, { epochs: 1, batchSize: 24, callbacks: [recorder] });
    const after = model.getWeights();
    const { flow } = recorder.flows[0]!;
    expect(flow.loss).toBe(history.loss![0]);
    expect(flow.gradientNorm).toEqual(model.optimizer.lastGradientNorm);
    const weights = flow.layers.flatMap((layer) => layer.weights);
    expect(weights.map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    weights.forEach(({ norm, updateRatio }, i) => {
      const moved = Math.hypot(...before[i]!.data.map((value, k) => after[i]!.data[k]! - value));
      expect(norm).toBeCloseTo(Math.hypot(...before[i]!.data), 4);
      expect(updateRatio * norm || moved).toBeCloseTo(moved, 5);
    });
    expect(seen).toEqual([0]);
    expect(flow.layers[0]!.inputGradient!.length).toBe(9);
    expect(flow.layers[2]!.inputGradient!.length).toBe(9);
    model.dispose();
  });

  it("computes the gradient of the data only where it is asked to, and the training is the same to the bit", async () => {
    const [with_, without] = [build(), build()];
    const options = { epochs: 2, batchSize: 6 };
    const recorder = gradientFlowRecorder({ every: 1 });
    const asked = gradientFlowRecorder({ every: 1, inputGradient: true });
    await without.fit(x, y, { ...options, callbacks: [recorder] });
    await with_.fit(x, y, { ...options, callbacks: [asked] });
    // The first layer's input is the data's: training has no use for its gradient.
    expect(recorder.flows[0]!.flow.layers[0]!.inputGradient!.length).toBe(0);
    expect(asked.flows[0]!.flow.layers[0]!.inputGradient!.every((norm) => norm > 0)).toBe(true);
    expect(with_.getWeights()).toEqual(without.getWeights());
    with_.dispose();
    without.dispose();
  });

  it("lets go of the model when `onFlow` throws", async () => {
    const model = build();
    let calls = 0;
    const recorder = gradientFlowRecorder({
      onFlow: () => {
        calls++;
        throw new Error("enough");
      },
    });
    await expect(model.fit(x, y, { callbacks: [recorder] })).rejects.toThrow("enough");
    await model.fit(x, y, { epochs: 2 });
    expect(calls).toBe(1);
    model.dispose();
  });

  it("tells each weight's gradient norm before clipping and after", async () => {
    const model = build();
    model.compile({ optimizer: sgd({ learningRate: 0.1, globalClipnorm: 1e-3 }), loss: "mse" });
    const { layers, gradientNorm } = await model.gradientFlow(x, y);
    const weights = layers.flatMap((layer) => layer.weights);
    const factor = gradientNorm.after / gradientNorm.before;
    expect(factor).toBeLessThan(1);
    for (const { gradientNorm: before, clippedGradientNorm: after } of weights)
      expect(after).toBeCloseTo(factor * before, 8);
    model.dispose();
  });

  it("goes into JSON and comes back as plain arrays", async () => {
    const model = build();
    const recorder = gradientFlowRecorder();
    await model.fit(x, y, { epochs: 2, callbacks: [recorder] });
    const back = JSON.parse(JSON.stringify(recorder)) as {
      flow: { layers: { hiddenGradient?: number[] }[] };
    }[];
    expect(back.length).toBe(2);
    expect(back[1]!.flow.layers[0]!.hiddenGradient).toEqual([
      ...recorder.flows[1]!.flow.layers[0]!.hiddenGradient!,
    ]);
    model.dispose();
  });

  it("says what is wrong with its options", async () => {
    expect((await errorOf(() => gradientFlowRecorder({ every: 0 }))).message).toContain("every");
    expect((await errorOf(() => gradientFlowRecorder({ evry: 1 } as never))).message).toContain("evry");
    expect((await errorOf(() => gradientFlowRecorder({ onFlow: 3 as never }))).message).toContain("onFlow");
    const recorder = gradientFlowRecorder();
    expect((await errorOf(() => recorder.onTrainBatchBegin!(0, {}))).message).toContain("watched");
  });
});
