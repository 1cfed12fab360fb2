import { describe, expect, it } from "vitest";
import {
  backupAndRestore,
  type Callback,
  dense,
  dropout,
  fromSafetensors,
  type GraphModel,
  input,
  lstm,
  model,
  type SymbolicTensor,
  sequential,
  type Tensor,
  toSafetensors,
} from "../../../src/index.js";
import { bitsOf, errorOf, values } from "../model/support.js";

it("a graph is saved with its connections, shared layers, states and a model inside, and goes on training", async () => {
  const inner = sequential([dense({ units: 3, activation: "tanh", inputShape: [2] })], {
    name: "inner",
    seed: 2,
  });
  const [a, b] = [input({ shape: [2], name: "a" }), input({ shape: [4, 2], name: "b" })];
  const [y, h] = lstm({ units: 3, returnState: true, returnSequences: true }).apply<SymbolicTensor[]>(b, {
    initialState: [inner.apply(a), inner.apply(a)],
  });
  const head = dense({ units: 1 });
  const built = model({ inputs: [a, b], outputs: { steps: head.apply(y!), last: head.apply(h!) }, seed: 3 });
  built.compile({ optimizer: "adam", loss: "mse", lossWeights: { last: 0.5 }, metrics: { last: "mae" } });
  const x = [values([5, 2], 1), values([5, 4, 2], 2)];
  const labels = { steps: values([5, 4, 1], 3), last: values([5, 1], 4) };
  await built.trainOnBatch(x, labels);
  const again = fromSafetensors<GraphModel>(toSafetensors(built, { optimizer: true }));
  expect(bitsOf(again.getWeights())).toEqual(bitsOf(built.getWeights()));
  expect(again.getWeights().map(({ name }) => name)).toEqual(built.getWeights().map(({ name }) => name));
  const [one, other] = [
    await built.predict<Tensor[]>(x),
    await again.predict<Tensor[]>({ a: x[0]!, b: x[1]! }),
  ];
  expect(other).toEqual(one);
  expect(await again.trainOnBatch(x, labels)).toEqual(await built.trainOnBatch(x, labels));
  expect(bitsOf(again.getWeights())).toEqual(bitsOf(built.getWeights()));
});

/** Several inputs and outputs, states that go on from batch to batch, also within a model inside, and dropout. */
function stateful() {
  const within = sequential(
    [lstm({ units: 2, stateful: true, returnSequences: true, inputShape: [3, 2], batchSize: 4 })],
    { name: "within", seed: 1 },
  );
  const [a, b] = [
    input({ shape: [3, 2], name: "a", batchSize: 4 }),
    input({ shape: [2], name: "b", batchSize: 4 }),
  ];
  const h = lstm({ units: 3, stateful: true, dropout: 0.3, name: "outer" }).apply(within.apply(a));
  const outputs = {
    one: dense({ units: 1 }).apply(dropout({ rate: 0.3 }).apply(h)),
    two: dense({ units: 2 }).apply(b),
  };
  const built = model({ inputs: [a, b], outputs, seed: 3 });
  built.compile({ optimizer: "adam", loss: "mse", metrics: { one: ["mae"] } });
  return built;
}

describe("the training of a graph", () => {
  const x = { a: values([20, 3, 2], 1), b: values([20, 2], 2) };
  const y = { one: values([20, 1], 3), two: values([20, 2], 4) };
  const options = (callbacks: Callback[] = []) => ({ epochs: 3, batchSize: 4, shuffle: true, callbacks });

  it("goes on from a file to the byte, in the middle of an epoch", async () => {
    const through = stateful();
    let bytes: Uint8Array | undefined;
    let epoch = 0;
    const save: Callback = {
      onEpochBegin(index) {
        epoch = index;
      },
      onTrainBatchEnd(batch) {
        if (epoch === 1 && batch === 2) bytes = toSafetensors(through, { optimizer: true });
      },
    };
    const whole = await through.fit(x, y, options([save]));
    const resumed = fromSafetensors<GraphModel>(bytes!);
    const rest = await resumed.fit(x, y, { ...options(), initialEpoch: 1 });
    for (const [name, list] of Object.entries(whole.history))
      expect(rest.history[name]).toEqual(list.slice(1));
    expect(bitsOf(resumed.getWeights())).toEqual(bitsOf(through.getWeights()));
  });

  it("goes on by itself where it was killed", async () => {
    const plain = stateful();
    await plain.fit(x, y, options());
    const store = new Map<string, Uint8Array>();
    let batches = 0;
    const kill: Callback = {
      onTrainBatchEnd() {
        batches += 1;
        if (batches === 8) throw new Error("killed");
      },
    };
    await errorOf(() => stateful().fit(x, y, options([backupAndRestore({ store, saveFreq: 2 }), kill])));
    expect(store.size).toBe(1);
    const again = stateful();
    const { epoch } = await again.fit(x, y, options([backupAndRestore({ store, saveFreq: 2 })]));
    expect([epoch[0], store.size]).toEqual([1, 0]);
    expect(bitsOf(again.getWeights())).toEqual(bitsOf(plain.getWeights()));
  });
});
