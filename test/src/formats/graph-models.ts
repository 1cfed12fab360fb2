import {
  activation,
  add,
  attention,
  average,
  bidirectional,
  concatenate,
  conv1d,
  dense,
  dot,
  embedding,
  flatten,
  type GraphModel,
  globalAveragePooling1D,
  globalMaxPooling1D,
  gru,
  input,
  layerNormalization,
  lstm,
  maximum,
  model,
  multiHeadAttention,
  multiply,
  repeatVector,
  reshape,
  type SymbolicTensor,
  sequential,
  simpleRNN,
  subtract,
  type Tensor,
  timeDistributed,
} from "../../../src/index.js";
import { values } from "../model/support.js";

/** A graph, what it takes, and which formats have no word for it. */
export interface GraphCase {
  readonly build: () => GraphModel;
  readonly x: readonly Tensor[];
  readonly not?: readonly "tfjs"[];
}

const indices = (shape: readonly number[], count: number): Tensor => ({
  shape,
  data: Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 1 + ((i * 5) % (count - 1))),
});

/** Graphs of the kinds that real programs are made of. */
export const graphCases: Readonly<Record<string, GraphCase>> = {
  "two inputs, two outputs, a layer applied twice": {
    build: () => {
      const [a, b] = [input({ shape: [5, 3], name: "a" }), input({ shape: [5, 3], name: "b" })];
      const shared = lstm({ units: 4, name: "shared" });
      const both = concatenate().apply([shared.apply(a), shared.apply(b)]);
      return model({
        inputs: [a, b],
        outputs: [
          dense({ units: 1, name: "mean" }).apply(both),
          dense({ units: 2, activation: "softmax", name: "kind" }).apply(both),
        ],
        seed: 1,
      });
    },
    x: [values([3, 5, 3], 1), values([3, 5, 3], 2)],
  },
  "an encoder and a decoder": {
    build: () => {
      const [source, target] = [
        input({ shape: [6, 3], name: "source" }),
        input({ shape: [4, 2], name: "target" }),
      ];
      const [, h, c] = lstm({ units: 4, returnState: true, name: "encoder" }).apply<SymbolicTensor[]>(source);
      const [sequence] = lstm({ units: 4, returnState: true, returnSequences: true, name: "decoder" }).apply<
        SymbolicTensor[]
      >(target, { initialState: [h!, c!] });
      return model({
        inputs: [source, target],
        outputs: dense({ units: 2, activation: "softmax" }).apply(sequence!),
        seed: 2,
      });
    },
    x: [values([3, 6, 3], 3), values([3, 4, 2], 4)],
  },
  "states of a gru and a simpleRNN, and both directions' at once": {
    build: () => {
      const x = input({ shape: [5, 3], name: "x" });
      const [y, h] = gru({ units: 3, returnState: true, returnSequences: true, resetAfter: false }).apply<
        SymbolicTensor[]
      >(x);
      const z = simpleRNN({ units: 3 }).apply(y!, { initialState: [h!] });
      const [w, ...states] = bidirectional({
        layer: lstm({ units: 2, returnState: true, returnSequences: true }),
      }).apply<SymbolicTensor[]>(x);
      const v = bidirectional({ layer: lstm({ units: 2 }), mergeMode: "sum" }).apply(w!, {
        initialState: states,
      });
      return model({ inputs: x, outputs: concatenate().apply([z, v]), seed: 3 });
    },
    x: [values([2, 5, 3], 5)],
    not: ["tfjs"],
  },
  "merges of all kinds": {
    build: () => {
      const [a, b] = [input({ shape: [4, 3], name: "a" }), input({ shape: [4, 3], name: "b" })];
      const sum = add().apply([a, b, a]);
      const rest = [multiply().apply([a, b]), average().apply([sum, b]), maximum().apply([a, sum])];
      const both = concatenate().apply([...rest, concatenate({ axis: 2 }).apply([a, b])]);
      const square = dot({ axes: 2 }).apply([a, b]);
      return model({
        inputs: [a, b],
        outputs: { both: globalMaxPooling1D().apply(both), square: flatten().apply(square) },
        seed: 4,
      });
    },
    x: [values([3, 4, 3], 6), values([3, 4, 3], 7)],
  },
  "differences and products of normalized rows": {
    build: () => {
      const [a, b] = [input({ shape: [3], name: "a" }), input({ shape: [3], name: "b" })];
      const difference = subtract().apply([a, b]);
      const cosine = dot({ axes: 1, normalize: true }).apply([a, b]);
      return model({ inputs: [a, b], outputs: concatenate().apply([difference, cosine]), seed: 5 });
    },
    x: [values([3, 3], 6), values([3, 3], 7)],
    not: ["tfjs"],
  },
  "attention over an encoder": {
    build: () => {
      const [a, b] = [input({ shape: [6, 3], name: "a" }), input({ shape: [4, 2], name: "b" })];
      const encoded = lstm({ units: 5, returnSequences: true }).apply(a);
      const decoded = gru({ units: 5, returnSequences: true }).apply(b);
      const context = attention({ useScale: true }).apply([decoded, encoded]);
      const plain = attention().apply([encoded, encoded], { useCausalMask: true });
      const both = concatenate().apply([
        globalAveragePooling1D().apply(context),
        globalMaxPooling1D().apply(plain),
      ]);
      return model({ inputs: [a, b], outputs: dense({ units: 2 }).apply(both), seed: 6 });
    },
    x: [values([3, 6, 3], 8), values([3, 4, 2], 9)],
    not: ["tfjs"],
  },
  "attention of many heads with what it began with": {
    build: () => {
      const x = input({ shape: [5, 4], name: "x" });
      const attended = multiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 2 }).apply([x, x], {
        useCausalMask: true,
      });
      const normal = layerNormalization().apply(add().apply([x, attended]));
      const wide = dense({ units: 4 }).apply(dense({ units: 8, activation: "gelu" }).apply(normal));
      return model({
        inputs: x,
        outputs: globalAveragePooling1D().apply(add().apply([normal, wide])),
        seed: 7,
      });
    },
    x: [values([3, 5, 4], 10)],
    not: ["tfjs"],
  },
  "a model as a layer, applied twice, and one on every step": {
    build: () => {
      const inner = sequential(
        [
          dense({ units: 4, activation: "tanh", inputShape: [3], name: "inner_dense" }),
          dense({ units: 2, name: "inner_out" }),
        ],
        { name: "inner", seed: 1 },
      );
      const [p, q] = [input({ shape: [3], name: "p" }), input({ shape: [4, 3], name: "q" })];
      const begin = input({ shape: [3], name: "begin" });
      const each = sequential(
        [dense({ units: 3, inputShape: [3], name: "each_dense" }), layerNormalization({ name: "each_norm" })],
        { name: "each", seed: 3 },
      );
      const twin = model({
        inputs: begin,
        outputs: add({ name: "twin_add" }).apply([
          dense({ units: 2, name: "twin_dense" }).apply(begin),
          inner.apply(begin),
        ]),
        name: "twin",
        seed: 2,
      });
      const steps = timeDistributed({ layer: each, name: "steps" }).apply(q);
      const all = concatenate().apply([twin.apply(p), simpleRNN({ units: 2 }).apply(steps)]);
      return model({ inputs: [p, q], outputs: dense({ units: 1 }).apply(all), seed: 8 });
    },
    x: [values([3, 3], 11), values([3, 4, 3], 12)],
    not: ["tfjs"],
  },
  "words and numbers": {
    build: () => {
      const [words, numbers] = [
        input({ shape: [6], name: "words", dtype: "int32" }),
        input({ shape: [2], name: "numbers" }),
      ];
      const looked = embedding({ inputDim: 8, outputDim: 3 }).apply(words);
      const convolved = conv1d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }).apply(
        looked,
      );
      const read = bidirectional({ layer: lstm({ units: 3 }), mergeMode: "concat" }).apply(convolved);
      const all = concatenate().apply([read, dense({ units: 3 }).apply(numbers)]);
      const back = reshape({ targetShape: [3, 3] }).apply(all);
      const spread = repeatVector({ n: 2 }).apply(numbers);
      return model({
        inputs: { words, numbers },
        outputs: {
          label: activation({ activation: "sigmoid" }).apply(
            dense({ units: 1 }).apply(flatten().apply(back)),
          ),
          spread: timeDistributed(dense({ units: 2 })).apply(spread),
        },
        seed: 9,
      });
    },
    x: [indices([3, 6], 8), values([3, 2], 13)],
  },
};
