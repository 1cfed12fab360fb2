import { describe, expect, it } from "vitest";
import {
  adam,
  adamw,
  dense,
  type GradientFlow,
  gru,
  isRecurrentFlow,
  lstm,
  masking,
  maxNorm,
  nadam,
  type Sequential,
  sequential,
  sgd,
  type Tensor,
} from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { oracleModel } from "../../oracle/model.js";
import { bitsOf, expectNear, modelOf, values } from "../model/support.js";
import { expectFlow, RELATIVE, randomized } from "./flow-support.js";

interface Case {
  readonly layers: readonly OracleLayerSpec[];
  readonly x: Tensor;
  readonly y: Tensor;
  readonly truncate?: number;
  readonly scale?: number;
}

async function flowAgainstOracle({ layers, x, y, truncate, scale }: Case): Promise<GradientFlow> {
  const truncation = truncate === undefined ? {} : { truncate };
  const model = randomized(modelOf(layers, { loss: "mse", ...truncation }), scale);
  const got = await model.gradientFlow(x, y);
  const expected = oracleModel(layers, model.getWeights()).lossAndGradients(x, y, {
    loss: "mse",
    ...truncation,
  });
  expectNear("loss", [got.loss], [expected.loss], RELATIVE);
  expectFlow(got, expected.flow);
  const gradients = await model.gradients(x, y);
  const norms = got.layers.flatMap(({ weights }) =>
    weights.map(({ name, gradientNorm }) => [name, gradientNorm]),
  );
  expect(norms.map(([name]) => name)).toEqual(gradients.weights.map(({ name }) => name));
  gradients.weights.forEach(({ data }, i) => {
    expectNear("gradient norm", [norms[i]![1] as number], [Math.hypot(...data)], 1e-6);
  });
  model.dispose();
  return got;
}

const check = async (layer: Case): Promise<void> => {
  await flowAgainstOracle(layer);
};

describe.each(["lstm", "gru", "simpleRNN"] as const)("gradient flow through %s", (kind) => {
  const x = values([3, 6, 2], 1);
  const y = values([3, 2], 2);
  const cell = (units: number, more: object = {}): OracleLayerSpec =>
    ({ kind, units, ...more }) as OracleLayerSpec;
  const first = (units: number, input: Tensor, more: object = {}): OracleLayerSpec =>
    cell(units, { inputShape: input.shape.slice(1), ...more });
  const out: OracleLayerSpec = { kind: "dense", units: 2 };

  it("is float64's where the loss is at the end", () => check({ layers: [first(5, x), out], x, y }));

  it("is float64's where every step has a loss", () =>
    check({ layers: [first(5, x, { returnSequences: true }), out], x, y: values([3, 6, 2], 3) }));

  it("is float64's through three layers", () =>
    check({
      layers: [first(5, x, { returnSequences: true }), cell(4, { returnSequences: true }), cell(3), out],
      x,
      y,
    }));

  it("is float64's backwards", () =>
    check({
      layers: [
        first(5, x, { returnSequences: true, goBackwards: true }),
        cell(3, { goBackwards: true }),
        out,
      ],
      x,
      y,
    }));

  it("is float64's in both directions, forward first", async () => {
    const layer = { kind, units: 4, returnSequences: true } as never;
    const { layers } = await flowAgainstOracle({
      layers: [{ kind: "bidirectional", layer, inputShape: [6, 2] }, cell(3), out],
      x,
      y,
    });
    expect(layers.map(({ name }) => name.split("/").at(-1)!.split("_")[0])).toEqual([
      "forward",
      "backward",
      kind === "simpleRNN" ? "simple" : kind,
      "dense",
    ]);
  });

  it.each([1, 3, 4, 5, 16, 17])("is float64's with %i units", (units) =>
    check({ layers: [first(units, x), out], x, y }),
  );

  it.each([1, 2, 3, 17])("is float64's for a batch of %i", (batch) =>
    check({
      layers: [first(5, x, { returnSequences: true }), cell(4), out],
      x: values([batch, 6, 2], 6),
      y: values([batch, 2], 7),
    }),
  );

  it.each([
    "linear",
    "hardSigmoid",
    "hardSigmoidLegacy",
    "relu",
    "leakyRelu",
    "elu",
    "gelu",
    "softplus",
    "softsign",
    "silu",
    "sigmoid",
  ] as const)("is float64's with %s in the cell", (activation) =>
    check({ layers: [first(5, x, { activation }), out], x, y }),
  );

  it.each(["hardSigmoid", "hardSigmoidLegacy", "tanh", "relu", "gelu"] as const)(
    "is float64's with %s on the gates",
    async (recurrentActivation) => {
      if (kind === "simpleRNN") return;
      await check({ layers: [first(5, x, { recurrentActivation }), out], x, y });
    },
  );

  it("counts saturated gates as float64 does where most are", async () => {
    const { layers } = await flowAgainstOracle({
      layers: [first(9, x), out],
      x,
      y,
      scale: kind === "simpleRNN" ? 3 : 6,
    });
    const { gates } = layers.filter(isRecurrentFlow)[0]!;
    expect(Math.max(...Object.values(gates).flatMap(({ saturated }) => [...saturated]))).toBeGreaterThan(0.2);
  });

  it.each([1, 2, 3, 5, 6])("truncated every %i of seven steps is float64's", (truncate) =>
    check({
      layers: [first(4, values([3, 7, 2], 8), { returnSequences: true }), cell(3), out],
      x: values([3, 7, 2], 8),
      y,
      truncate,
    }),
  );

  it("is exactly zero beyond the last cut where the loss is at the end", async () => {
    const { layers } = await flowAgainstOracle({
      layers: [first(4, values([3, 9, 2], 8)), out],
      x: values([3, 9, 2], 8),
      y,
      truncate: 4,
    });
    const flow = layers.filter(isRecurrentFlow)[0]!;
    const beyond = [
      flow.hiddenGradient,
      flow.inputGradient,
      ...Object.values(flow.gates).map((g) => g.gradient),
    ];
    for (const norms of beyond) expect([...norms.subarray(0, 8)]).toEqual(new Array(8).fill(0));
    expect(flow.hiddenGradient[8]).toBeGreaterThan(0);
  });

  it("reaches down to where float32 has no squares left", async () => {
    const model = randomized(modelOf([first(5, x), out], { loss: "mse" }));
    const got = await model.gradientFlow(x, y);
    const tiny = {
      shape: y.shape,
      data: (await model.predict(x)).data.map((p, i) => p - 1e-24 * y.data[i]!),
    };
    // A label so near to the prediction that only its last bits differ: none, here.
    const zero = await model.gradientFlow(x, tiny);
    expect(Math.max(...zero.layers.filter(isRecurrentFlow)[0]!.hiddenGradient)).toBe(0);
    const small = await model.gradientFlow(x, y, {
      sampleWeight: { shape: [3], data: new Float32Array(3).fill(2 ** -70) },
    });
    const flows = [got, small].map(({ layers }) => layers.filter(isRecurrentFlow)[0]!);
    // Weights of 2^-70 scale every gradient by that, exactly.
    flows[0]!.hiddenGradient.forEach((value, t) => {
      expectNear("scaled", [flows[1]!.hiddenGradient[t]! * 2 ** 70], [value], 1e-6);
    });
    flows[0]!.inputGradient.forEach((value, t) => {
      expectNear("scaled", [flows[1]!.inputGradient[t]! * 2 ** 70], [value], 1e-6);
    });
    model.dispose();
  });
});

describe("masked steps", () => {
  it("pass their gradient on and do not count among the gates", async () => {
    const layers: OracleLayerSpec[] = [
      { kind: "masking", inputShape: [5, 2] },
      { kind: "lstm", units: 6 },
      { kind: "dense", units: 2 },
    ];
    const x = values([3, 5, 2], 1);
    const data = Float32Array.from(x.data);
    // Sample 1 sleeps in step 2, sample 2 in the last two.
    for (const [n, t] of [
      [1, 2],
      [2, 3],
      [2, 4],
    ] as const)
      data.fill(0, (n * 5 + t) * 2, (n * 5 + t + 1) * 2);
    const masked = { shape: x.shape, data };
    const model = randomized(modelOf(layers));
    const y = values([3, 2], 2);
    const got = await model.gradientFlow(masked, y);
    const { flow } = oracleModel(layers, model.getWeights()).lossAndGradients(masked, y, { loss: "mse" });
    const samples = [
      [0, 1, 2],
      [0, 1, 2],
      [0, 2],
      [0, 1],
      [0, 1],
    ];
    expectFlow(got, flow, { batch: 3, samples });
    model.dispose();
  });

  it.each(["lstm", "gru", "simpleRNN"] as const)("of a %s flow as if they were not there", async (kind) => {
    const layers: OracleLayerSpec[] = [
      { kind: "masking", inputShape: [null, 2] },
      { kind, units: 5 },
      { kind: "dense", units: 2 },
    ];
    const model = randomized(modelOf(layers));
    const short = values([1, 4, 2], 1);
    const long = new Float32Array(10);
    [0, 1, 3, 4].forEach((t, i) => {
      long.set(short.data.subarray(2 * i, 2 * i + 2), 2 * t);
    });
    const y = values([1, 2], 2);
    const flowOf = async (x: Tensor) => (await model.gradientFlow(x, y)).layers.filter(isRecurrentFlow)[0]!;
    const [awake, masked] = [await flowOf(short), await flowOf({ shape: [1, 5, 2], data: long })];
    const without = (norms: Float32Array): number[] => [...norms].filter((_, t) => t !== 2);
    expect(without(masked.hiddenGradient)).toEqual([...awake.hiddenGradient]);
    if (kind === "lstm") expect(without(masked.cellGradient)).toEqual([...awake.cellGradient]);
    expect(without(masked.inputGradient)).toEqual([...awake.inputGradient]);
    for (const [name, gate] of Object.entries(masked.gates)) {
      expect(without(gate.gradient)).toEqual([...awake.gates[name]!.gradient]);
      expect(without(gate.mean)).toEqual([...awake.gates[name]!.mean]);
      expect([gate.gradient[2], gate.mean[2], gate.saturated[2]]).toEqual([0, 0, 0]);
    }
    // Nothing is added between the masked step and the one before: what arrives passes on.
    expect(masked.hiddenGradient[2]).toBe(masked.hiddenGradient[1]);
    model.dispose();
  });

  it("a step that no sample has counts nothing", async () => {
    const model = sequential([masking({ inputShape: [3, 1] }), lstm({ units: 4 }), dense({ units: 1 })], {
      seed: 1,
    });
    model.compile({ loss: "mse" });
    const x = { shape: [2, 3, 1], data: Float32Array.from([1, 0, 2, 3, 0, 4]) };
    const flow = (await model.gradientFlow(x, values([2, 1], 1))).layers.filter(isRecurrentFlow)[0]!;
    expect(flow.gates.forget!.mean[1]).toBe(0);
    expect(flow.gates.forget!.gradient[1]).toBe(0);
    expect(flow.hiddenGradient[1]).toBe(flow.hiddenGradient[1]!);
    expect(flow.cellGradient[1]).toBeGreaterThan(0);
    model.dispose();
  });
});

describe("gradientFlow changes nothing", () => {
  const x = values([4, 5, 2], 1);
  const y = values([4, 1], 2);
  const optimizers = {
    sgd: () => sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
    adam: () => adam({ learningRate: 0.1, globalClipnorm: 0.01, amsgrad: true }),
    adamw: () => adamw({ learningRate: 0.1, useEma: true }),
    nadam: () => nadam({ learningRate: 0.1, gradientAccumulationSteps: 2 }),
  };
  const build = (optimizer: keyof typeof optimizers): Sequential => {
    const layers = [
      lstm({
        units: 5,
        stateful: true,
        dropout: 0.3,
        inputShape: [5, 2],
        batchSize: 4,
        returnSequences: true,
      }),
      gru({ units: 3, kernelConstraint: maxNorm({ maxValue: 0.5 }) }),
      dense({ units: 1 }),
    ];
    const model = sequential(layers, { seed: 3 });
    model.compile({ optimizer: optimizers[optimizer](), loss: "mse" });
    return model;
  };

  it.each(Object.keys(optimizers) as (keyof typeof optimizers)[])(
    "of weights, states, moments and random numbers, with %s",
    async (optimizer) => {
      const [plain, watched] = [build(optimizer), build(optimizer)];
      for (let i = 0; i < 4; i++) {
        await watched.gradientFlow(x, y);
        await plain.trainOnBatch(x, y);
        await watched.trainOnBatch(x, y);
        expect(watched.optimizer.lastGradientNorm).toEqual(plain.optimizer.lastGradientNorm);
        await watched.gradientFlow(x, y);
        expect(watched.optimizer.iterations).toBe(plain.optimizer.iterations);
      }
      expect(bitsOf(watched.getWeights())).toEqual(bitsOf(plain.getWeights()));
      const states = async (model: Sequential) =>
        (await (model.layers[0] as ReturnType<typeof lstm>).getStates()).map(({ data }) => [...data]);
      expect(await states(watched)).toEqual(await states(plain));
      plain.dispose();
      watched.dispose();
    },
  );

  it("begins in the state a stateful layer is in", async () => {
    const model = build("adam");
    const before = await model.gradientFlow(x, y);
    await model.predict(x, { batchSize: 4 });
    const after = await model.gradientFlow(x, y);
    expect(after.loss).not.toBe(before.loss);
    expect(after.layers.filter(isRecurrentFlow)[0]!.gates.forget!.gradient[0]).toBeGreaterThan(0);
    model.dispose();
  });
});

describe("what the update would do", () => {
  const x = values([4, 5, 2], 1);
  const y = values([4, 1], 2);

  it("the ratio is the distance the next trainOnBatch covers, over the norm", async () => {
    const model = sequential(
      [lstm({ units: 5, inputShape: [5, 2] }), dense({ units: 1, biasInitializer: "ones" })],
      {
        seed: 3,
      },
    );
    model.compile({ optimizer: adam({ learningRate: 0.05, clipnorm: 0.01, weightDecay: 0.1 }), loss: "mse" });
    await model.trainOnBatch(x, y);
    const { layers, gradientNorm } = await model.gradientFlow(x, y);
    const before = model.getWeights();
    await model.trainOnBatch(x, y);
    const after = model.getWeights();
    const ratios = before.map(({ data }, i) => {
      const moved = Math.hypot(...data.map((value, k) => after[i]!.data[k]! - value));
      return moved / Math.hypot(...data);
    });
    // Differences of weights: float32 roundings of the weights over their steps.
    layers
      .flatMap(({ weights }) => weights)
      .forEach(({ updateRatio }, i) => {
        expectNear("ratio", [updateRatio], [ratios[i]!], 1e-5);
      });
    expect(gradientNorm).toEqual(model.optimizer.lastGradientNorm);
    expect(gradientNorm.after).toBeLessThan(gradientNorm.before);
    model.dispose();
  });

  it("plain SGD's ratio is rate times gradient norm over norm, 0 where the layer is frozen", async () => {
    const model = sequential(
      [lstm({ units: 5, inputShape: [5, 2], trainable: false }), dense({ units: 1, useBias: false })],
      { seed: 3 },
    );
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: "mse" });
    const { layers } = await model.gradientFlow(x, y);
    expect(layers[0]!.weights.map(({ updateRatio }) => updateRatio)).toEqual([0, 0, 0]);
    const [kernel] = layers[1]!.weights;
    expectNear("ratio", [kernel!.updateRatio], [(0.5 * kernel!.gradientNorm) / kernel!.norm], 1e-5);
    model.dispose();
  });

  it("a weight that leaves zero has moved infinitely far", async () => {
    const model = sequential([lstm({ units: 5, inputShape: [5, 2] }), dense({ units: 1 })], { seed: 3 });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const { layers } = await model.gradientFlow(x, y);
    expect(layers[1]!.weights[1]!.updateRatio).toBe(Number.POSITIVE_INFINITY);
    model.dispose();
  });
});
