import { expect, it } from "vitest";
import {
  dense,
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
import { bitsOf, values } from "../model/support.js";

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
