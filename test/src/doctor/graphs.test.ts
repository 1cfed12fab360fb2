import { describe, expect, it, vi } from "vitest";
import {
  adam,
  checkup,
  concatenate,
  type Diagnosis,
  dense,
  diagnose,
  doctor,
  embedding,
  model as graph,
  input,
  lstm,
  type Optimizer,
  sgd,
} from "../../../src/index.js";

const N = 240;
const T = 10;
const series = Array.from({ length: N + T + 1 }, (_, t) => Math.sin(t / 3) + 0.4 * Math.sin(t / 1.3));
const windows = Array.from({ length: N }, (_, n) => series.slice(n, n + T).map((value) => [value]));
const other = Array.from({ length: N }, (_, n) => [Math.cos(n / 5), Math.sin(n / 5)]);
const next = Array.from({ length: N }, (_, n) => series[n + T]!);
const rises = next.map((value, n) => (value > series[n + T - 1]! ? 1 : 0));

const x = { past: windows, other };
const y = { amount: next, rises };
const part = <V>(rows: readonly V[], from: number, to?: number): V[] => rows.slice(from, to);
const cut = (from: number, to?: number) =>
  [
    { past: part(windows, from, to), other: part(other, from, to) },
    { amount: part(next, from, to), rises: part(rises, from, to) },
  ] as const;

interface Change {
  readonly optimizer?: Optimizer;
  readonly activation?: string;
  readonly units?: number;
  readonly recurrent?: Record<string, unknown>;
  readonly loss?: string;
}

function made({ optimizer, activation, units, recurrent, loss }: Change = {}) {
  const past = input({ shape: [T, 1], name: "past" });
  const beside = input({ shape: [2], name: "other" });
  const states = lstm({ units: 8, ...recurrent }).apply(past);
  const both = concatenate().apply([states as never, beside]);
  const amount = dense({ units: 1 }).apply(both as never);
  const sign = dense({ units: units ?? 1, activation: (activation ?? "sigmoid") as "sigmoid" }).apply(
    both as never,
  );
  const model = graph({
    inputs: { past, other: beside },
    outputs: { amount: amount as never, rises: sign as never },
    seed: 4,
  });
  model.compile({
    optimizer: optimizer ?? adam({ learningRate: 0.02 }),
    loss: { amount: "mse", rises: (loss ?? "binaryCrossentropy") as "mse" },
  });
  return model;
}

const codes = (found: readonly Diagnosis[]): string[] => found.map(({ code }) => code);

async function untrained(change: Change, data: { x: object; y: object } = { x, y }): Promise<Diagnosis[]> {
  const model = made(change);
  const weights = model.getWeights();
  const found = await diagnose(model, data as { x: typeof x; y: typeof y });
  expect(model.getWeights()).toEqual(weights);
  model.dispose();
  return found;
}

describe("a graph of two inputs and two outputs", () => {
  it("is healthy before and after a good training, with validation data by name", async () => {
    const model = made();
    const [[tx, ty], held] = [cut(0, 200), cut(200)];
    expect(codes(await diagnose(model, { x: tx, y: ty, validationData: held }))).toEqual([]);
    const history = await model.fit(tx, ty, { epochs: 20, validationData: held });
    expect(codes(await diagnose(model, { x: tx, y: ty, validationData: held, history }))).toEqual([]);
    // The same as arrays in the order of the model.
    const asArrays = { x: [tx.past, tx.other], y: [ty.amount, ty.rises], history };
    expect(codes(await diagnose(model, asArrays))).toEqual([]);
    model.dispose();
  });

  it.each<[string, Change]>([
    ["learning_rate_too_high", { optimizer: adam({ learningRate: 3 }) }],
    ["learning_rate_too_high", { optimizer: sgd({ learningRate: 30 }) }],
    ["learning_rate_too_low", { optimizer: sgd({ learningRate: 1e-7 }) }],
    [
      "symmetric_or_zero_initialisation",
      { recurrent: { kernelInitializer: "zeros", recurrentInitializer: "zeros" } },
    ],
    [
      "saturated_gates",
      {
        recurrent: {
          kernelInitializer: { name: "randomNormal", config: { stddev: 40 } },
          recurrentInitializer: "zeros",
          biasInitializer: { name: "constant", config: { value: -14 } },
          unitForgetBias: false,
        },
      },
    ],
    ["frozen_weights", { recurrent: { trainable: false } }],
    ["dropout_too_high", { recurrent: { dropout: 0.95 } }],
    ["gradient_clipping_always_active", { optimizer: sgd({ learningRate: 0.1, globalClipnorm: 1e-6 }) }],
  ])("%s is found by what happens to copies", async (code, change) => {
    expect(codes(await untrained(change))).toContain(code);
  });

  it("names the input or output a fault stands in", async () => {
    const large = await untrained(
      {},
      { x: { ...x, other: other.map((row) => row.map((value) => 5000 * value)) }, y },
    );
    expect(large[0]).toMatchObject({ code: "unscaled_inputs", evidence: { input: "other" } });
    expect(large[0]!.title).toMatch(/^input other: /);
    const softmax = await untrained({ activation: "softmax" });
    expect(softmax[0]).toMatchObject({ code: "softmax_with_one_unit", evidence: { output: "rises" } });
    const linear = await untrained({ activation: "linear" });
    expect(linear[0]).toMatchObject({ code: "loss_activation_mismatch", evidence: { output: "rises" } });
    const bounded = await untrained(
      { activation: "sigmoid", loss: "mse" },
      { x, y: { ...y, rises: next.map((v) => 3 * v) } },
    );
    expect(bounded[0]).toMatchObject({ code: "output_activation_range", evidence: { output: "rises" } });
  });

  it("two faults at once are both named", async () => {
    const found = codes(await untrained({ activation: "softmax", optimizer: adam({ learningRate: 3 }) }));
    expect(found).toEqual(expect.arrayContaining(["softmax_with_one_unit", "learning_rate_too_high"]));
  });

  it("a training that ended too early, and one that learnt by heart", async () => {
    const short = made({ optimizer: adam({ learningRate: 0.003 }) });
    const history = await short.fit(x, y, { epochs: 2 });
    expect(codes(await diagnose(short, { x, y, history }))).toContain("underfitting_stopped_early");
    short.dispose();
    const model = made();
    const losses = Array.from({ length: 40 }, (_, i) => 0.6 * Math.exp(-i / 8) + 0.01);
    const val = losses.map((_, i) => (i < 6 ? 0.6 - 0.05 * i : 0.3 + 0.02 * (i - 6)));
    const found = await diagnose(model, { x, y, history: { loss: losses, val_loss: val } });
    expect(codes(found)).toContain("overfitting");
    model.dispose();
  });

  it("can be stopped at once, and says how far it is", async () => {
    const model = made();
    const stop = new AbortController();
    const steps: number[] = [];
    const look = diagnose(model, {
      x,
      y,
      signal: stop.signal,
      onProgress: ({ step, steps: all, code }) => {
        expect(step).toBeLessThan(all);
        steps.push(step);
        if (code === "saturated_gates") stop.abort(new Error("enough"));
      },
    });
    await expect(look).rejects.toThrow("enough");
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    model.dispose();
  });

  it("doctor() watches it, and explains the stop with its data", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const model = made({ optimizer: sgd({ learningRate: 1e20 }) });
    const watch = doctor({ x, y });
    await model.fit(x, y, { epochs: 3, callbacks: [watch] });
    expect(watch.stoppedAt).toBeDefined();
    expect(codes(watch.diagnoses)).toContain("learning_rate_too_high");
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
    model.dispose();
    warn.mockRestore();
  });

  it("checkup trains a copy of it", async () => {
    const model = made({ optimizer: adam({ learningRate: 3 }) });
    const found = await checkup(model, { x, y }, { epochs: 3, as: "keras" });
    expect(found.causes.map(({ diagnosis }) => diagnosis.code)).toContain("learning_rate_too_high");
    expect(found.history!.history.amount_loss!.length).toBe(3);
    expect(found.model).not.toBe(model);
    found.model!.dispose();
    model.dispose();
  });
});

describe("a graph of one input and one output with branches", () => {
  const branched = (window: number) => {
    const from = input({ shape: [window, 1] });
    const [a, b] = [lstm({ units: 6 }).apply(from), lstm({ units: 4, goBackwards: true }).apply(from)];
    const both = concatenate().apply([a as never, b as never]);
    const model = graph({
      inputs: from,
      outputs: dense({ units: 1 }).apply(both as never) as never,
      seed: 2,
    });
    model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "mse" });
    return model;
  };

  it("gets what a chain gets: windows, leaks, baselines, gradients", async () => {
    const model = branched(T);
    expect(codes(await diagnose(model, { x: windows, y: next }))).toEqual([]);
    const copied = windows.map((rows) => rows.at(-1)![0]!);
    expect(codes(await diagnose(model, { x: windows, y: copied }))).toContain("target_leaks_from_input");
    const history = await model.fit(windows, next, { epochs: 20 });
    expect(codes(await diagnose(model, { x: windows, y: next, history }))).toEqual([]);
    model.dispose();
    const one = branched(1);
    const last = windows.map((rows) => rows.slice(-1));
    expect(codes(await diagnose(one, { x: last, y: next }))).toContain("window_length_one");
    one.dispose();
  });
});

describe("sequence to sequence", () => {
  it("an encoder and a decoder over tokens are healthy, and a rate too high is found", async () => {
    const rows = Array.from({ length: 200 }, (_, n) =>
      Array.from({ length: 5 }, (_, t) => 1 + ((7 * n + 3 * t * t + n * t) % 9)),
    );
    const reversed = rows.map((row) => [...row].reverse());
    const shifted = reversed.map((row) => [0, ...row.slice(0, -1)]);
    const build = (learningRate: number) => {
      const source = input({ shape: [5], name: "source", dtype: "int32" });
      const target = input({ shape: [5], name: "target", dtype: "int32" });
      const [, h, c] = lstm({ units: 24, returnState: true }).apply(
        embedding({ inputDim: 10, outputDim: 8 }).apply(source) as never,
      ) as unknown as never[];
      const decoded = lstm({ units: 24, returnSequences: true }).apply(
        embedding({ inputDim: 10, outputDim: 8 }).apply(target) as never,
        { initialState: [h!, c!] },
      );
      const said = dense({ units: 10, activation: "softmax" }).apply(decoded as never);
      const model = graph({ inputs: [source, target], outputs: said as never, seed: 5 });
      model.compile({ optimizer: adam({ learningRate }), loss: "sparseCategoricalCrossentropy" });
      return model;
    };
    const good = build(0.02);
    const data = { x: { source: rows, target: shifted }, y: reversed };
    expect(codes(await diagnose(good, data))).toEqual([]);
    const history = await good.fit(data.x, data.y, { epochs: 20 });
    expect(codes(await diagnose(good, { ...data, history }))).toEqual([]);
    good.dispose();
    const fast = build(5);
    expect(codes(await diagnose(fast, data))).toContain("learning_rate_too_high");
    fast.dispose();
  });
});
