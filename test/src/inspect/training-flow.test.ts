import { describe, expect, it } from "vitest";
import {
  bidirectional,
  dense,
  type ForecasterOptions,
  flatten,
  forecaster,
  isRecurrentFlow,
  lstm,
  sequential,
  tensor,
} from "../../../src/index.js";
import { watchFlow } from "../../../src/inspect/training-flow.js";
import { bitsOf } from "../model/support.js";

const series = Array.from({ length: 160 }, (_, t) => Math.sin(t / 5) + 0.3 * Math.sin(t * t));
const small: ForecasterOptions = { window: 9, units: 4, epochs: 5, horizon: 3, seed: 2, season: null };

describe("watching how a forecaster trains", () => {
  it.each(["lstm", "auto"] as const)("changes no bit of it (model: %s)", async (model) => {
    const watch = watchFlow();
    const watched = await forecaster({ ...small, model }).fit(series, { callbacks: watch.callbacks });
    const plain = await forecaster({ ...small, model }).fit(series);
    expect(bitsOf(watched.model!.getWeights())).toEqual(bitsOf(plain.model!.getWeights()));
    expect(await watched.forecast()).toEqual(await plain.forecast());
    expect(watched.history).toEqual(plain.history);
    watched.dispose();
    plain.dispose();
  });

  it("gives the flows of the network that is kept, one an epoch", async () => {
    const watch = watchFlow();
    const model = await forecaster({ ...small, model: "lstm" }).fit(series, { callbacks: watch.callbacks });
    const { flows, layer } = watch.of(model)!;
    expect(layer).toBe("lstm");
    expect(flows.map(({ epoch, batch }) => [epoch, batch])).toEqual(flows.map((_, i) => [i, 0]));
    expect(flows.length).toBeGreaterThan(0);
    expect(flows.length).toBeLessThanOrEqual(5);
    const [recorded] = flows.at(-1)!.flow.layers.filter(isRecurrentFlow);
    expect(recorded!.hiddenGradient.length).toBe(9);
    // The kept network's weights stood where the last recorded update left them, or an update of that epoch later.
    const kernel = model.model!.getWeights()[0]!;
    const norm = Math.hypot(...kernel.data);
    const { norm: before } = recorded!.weights[0]!;
    expect(Math.abs(norm / before - 1)).toBeLessThan(0.2);
    model.dispose();
  });

  it("names the encoder of a sequence to sequence network, whose state is all the decoder knows", async () => {
    const watch = watchFlow();
    const options = { ...small, model: "lstm", strategy: "seq2seq", layers: 2 } as const;
    const model = await forecaster(options).fit(series, { callbacks: watch.callbacks });
    const { flows, layer } = watch.of(model)!;
    const lengths = flows[0]!.flow.layers
      .filter(isRecurrentFlow)
      .map(({ name, hiddenGradient }) => [name, hiddenGradient.length]);
    // Two that read the window, and one that writes the steps ahead.
    expect(lengths.map(([, length]) => length)).toEqual([9, 9, 3]);
    expect(layer).toBe(lengths[1]![0]);
    model.dispose();
  });

  it("knows nothing of a forecaster it did not see", async () => {
    const watch = watchFlow();
    const model = await forecaster({ ...small, model: "lstm", epochs: 1 }).fit(series);
    expect(watch.of(model)).toBeUndefined();
    expect(watch.of(forecaster())).toBeUndefined();
    model.dispose();
  });
});

describe("watching a model", () => {
  const x = tensor(
    Float32Array.from({ length: 64 * 6 }, (_, i) => Math.sin(i)),
    [64, 6, 1],
  );
  const y = tensor(
    Float32Array.from({ length: 64 }, (_, i) => Math.cos(i)),
    [64, 1],
  );

  async function watched(layers: Parameters<typeof sequential>[0]) {
    const watch = watchFlow();
    const model = sequential(layers, { seed: 1 });
    model.compile({ optimizer: "adam", loss: "mse" });
    await model.fit(x, y, { epochs: 2, callbacks: [...watch.callbacks] });
    const flow = watch.ofModel(model);
    model.dispose();
    return flow;
  }

  it("names a direction of a bidirectional layer, and the last layer where none ends in one state", async () => {
    const both = await watched([
      bidirectional({ layer: lstm({ units: 2 }), inputShape: [6, 1] }),
      dense({ units: 1 }),
    ]);
    expect(both!.layer).toMatch(/\/forward/);
    const every = await watched([
      lstm({ units: 2, returnSequences: true, inputShape: [6, 1] }),
      flatten(),
      dense({ units: 1 }),
    ]);
    expect(every!.layer).toBe("lstm");
  });

  it("counts units whose weights stood still in the last epoch, and has nothing of a model without time", async () => {
    const shut = { name: "constant", config: { value: -50 } } as const;
    const flow = await watched([
      lstm({ units: 2, inputShape: [6, 1] }),
      dense({ units: 3, activation: "relu", biasInitializer: shut }),
      dense({ units: 1 }),
    ]);
    expect(flow!.dead!.layers.map(({ dead }) => dead.length)).toEqual([2, 3, 0]);
    expect(await watched([flatten({ inputShape: [6, 1] }), dense({ units: 1 })])).toBeUndefined();
  });
});
