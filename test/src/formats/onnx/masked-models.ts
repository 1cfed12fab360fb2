import * as g from "../../../../src/index.js";
import { values } from "../../model/support.js";

/** A model whose steps do not all count, and what it takes. */
export interface MaskedCase {
  readonly build: () => g.Model;
  readonly x: readonly g.Tensor[];
}

/** Steps of 1 and 0: counting at the end, in the middle, with gaps, all, and none at all. */
const counts = [
  [1, 1, 1, 0, 0, 0],
  [0, 0, 1, 1, 1, 1],
  [0, 1, 0, 1, 1, 0],
  [1, 1, 1, 1, 1, 1],
  [0, 0, 0, 0, 0, 0],
];

/** `[5, 6, 3]`, zeros where a step does not count. */
function sequences(seed: number): g.Tensor {
  const { shape, data } = values([5, 6, 3], seed);
  return { shape, data: Float32Array.from(data, (one, i) => one * counts.flat()[Math.floor(i / 3)]!) };
}

/** `[5, 6]`, 0 where a step does not count. */
const words = (own = counts): g.Tensor => ({
  shape: [5, 6],
  data: Int32Array.from(own.flat(), (one, i) => one * (1 + ((i * 5) % 8))),
});

const other: typeof counts = [
  [1, 1, 0, 0, 0, 0],
  [1, 1, 1, 1, 1, 1],
  [0, 1, 1, 0, 1, 0],
  [0, 0, 0, 0, 1, 1],
  [0, 1, 0, 0, 0, 0],
];

const numbers = (own: typeof counts): g.Tensor => ({ shape: [5, 6], data: Float32Array.from(own.flat()) });

const table = (): g.Layer => g.embedding({ inputDim: 9, outputDim: 4, maskZero: true, inputShape: [null] });
const skip = (options: object = {}): g.Layer => g.masking({ inputShape: [null, 3], ...options });
const whole = { returnSequences: true } as const;

/** A chain behind a layer that masks. */
const chains: Readonly<Record<string, () => readonly [g.Layer, ...g.Layer[]]>> = {
  "masking, lstm": () => [skip(), g.lstm({ units: 4 })],
  "masking, its sequence": () => [skip(), g.lstm({ units: 4, ...whole }), g.dense({ units: 2 })],
  "maskZero, two gru": () => [table(), g.gru({ units: 4, ...whole }), g.gru({ units: 3, resetAfter: false })],
  "maskZero, simpleRNN backwards": () => [table(), g.simpleRNN({ units: 3, goBackwards: true, ...whole })],
  "maskZero, lstm backwards, its last": () => [table(), g.lstm({ units: 3, goBackwards: true })],
  "maskZero, both directions": () => [table(), g.bidirectional({ layer: g.lstm({ units: 3 }) })],
  "maskZero, both directions' sequence": () => [
    table(),
    g.bidirectional({ layer: g.gru({ units: 3, ...whole }), mergeMode: "sum" }),
    g.lstm({ units: 2 }),
  ],
  "maskZero, both directions backwards first": () => [
    table(),
    g.bidirectional({ layer: g.lstm({ units: 3, goBackwards: true, ...whole }), mergeMode: "ave" }),
  ],
  "masking, peepholes": () => [skip(), g.lstm({ units: 3, peepholes: true, ...whole })],
  "masking, a projection": () => [skip(), g.lstm({ units: 4, projectionUnits: 2, ...whole })],
  "masking, gelu backwards": () => [
    skip(),
    g.gru({ units: 3, activation: "gelu", goBackwards: true, ...whole }),
    g.simpleRNN({ units: 2, activation: "silu" }),
  ],
  "another mask value": () => [skip({ maskValue: -1 }), g.gru({ units: 3 })],
  "maskZero, mean": () => [table(), g.globalAveragePooling1D(), g.dense({ units: 1 })],
  "maskZero, maximum": () => [table(), g.globalMaxPooling1D()],
  "maskZero, what keeps steps": () => [
    table(),
    g.conv1d({ filters: 3, kernelSize: 3, padding: "causal", activation: "relu" }),
    g.layerNormalization(),
    g.timeDistributed({ layer: g.dense({ units: 3, activation: "tanh" }) }),
    g.dropout({ rate: 0.3 }),
    g.lstm({ units: 2 }),
  ],
  "maskZero, what ends it": () => [
    table(),
    g.conv1d({ filters: 3, kernelSize: 2 }),
    g.maxPooling1D({ poolSize: 2 }),
    g.lstm({ units: 2 }),
  ],
  "masking of 6 steps, flatten": () => [skip({ inputShape: [6, 3] }), g.flatten(), g.dense({ units: 2 })],
};

const graphs: Readonly<Record<string, MaskedCase>> = {
  "states and a decoder": {
    build: () => {
      const [source, target] = [
        g.input({ shape: [null], dtype: "int32", name: "source" }),
        g.input({ shape: [null], dtype: "int32", name: "target" }),
      ];
      const embed = g.embedding({ inputDim: 9, outputDim: 3, maskZero: true });
      const [, h, c] = g.lstm({ units: 4, returnState: true }).apply<g.SymbolicTensor[]>(embed.apply(source));
      const [sequence, last] = g
        .lstm({ units: 4, returnState: true, ...whole })
        .apply<g.SymbolicTensor[]>(embed.apply(target), { initialState: [h!, c!] });
      return g.model({ inputs: [source, target], outputs: [g.dense({ units: 3 }).apply(sequence!), last!] });
    },
    x: [words(), words(other)],
  },
  "both directions' states, and a mask of one's own": {
    build: () => {
      const [x, mask] = [g.input({ shape: [6, 3], name: "x" }), g.input({ shape: [6], name: "mask" })];
      const [y, ...states] = g
        .bidirectional({ layer: g.gru({ units: 2, returnState: true, ...whole }) })
        .apply<g.SymbolicTensor[]>(x, { mask });
      const z = g.bidirectional({ layer: g.gru({ units: 2 }), mergeMode: "mul" }).apply(y!, {
        initialState: states,
      });
      return g.model({ inputs: [x, mask], outputs: [z, y!] });
    },
    x: [sequences(3), numbers(other)],
  },
  "attention between masked sequences": {
    build: () => {
      const [a, b] = [
        g.input({ shape: [6], dtype: "int32", name: "a" }),
        g.input({ shape: [6], dtype: "int32", name: "b" }),
      ];
      const embed = g.embedding({ inputDim: 9, outputDim: 4, maskZero: true });
      const [p, q] = [embed.apply(a), embed.apply(b)];
      const plain = g.attention().apply([p, q]);
      const [sums, scores] = g
        .additiveAttention()
        .apply<g.SymbolicTensor[]>([p, q], { returnAttentionScores: true, useCausalMask: true });
      return g.model({
        inputs: [a, b],
        outputs: [g.lstm({ units: 3 }).apply(plain), g.globalAveragePooling1D().apply(sums!), scores!],
      });
    },
    x: [words(), words(other)],
  },
  "many heads over masked sequences": {
    build: () => {
      const [a, b] = [
        g.input({ shape: [6], dtype: "int32", name: "a" }),
        g.input({ shape: [6, 6], name: "pairs" }),
      ];
      const p = g.embedding({ inputDim: 9, outputDim: 4, maskZero: true }).apply(a);
      const causal = g
        .multiHeadAttention({ numHeads: 2, keyDim: 3 })
        .apply([p, p, p], { useCausalMask: true });
      const [paired, scores] = g
        .multiHeadAttention({ numHeads: 2, keyDim: 2, valueDim: 3 })
        .apply<g.SymbolicTensor[]>([causal, p], { attentionMask: b, returnAttentionScores: true });
      return g.model({ inputs: [a, b], outputs: [g.gru({ units: 3 }).apply(paired!), scores!] });
    },
    x: [
      words(),
      { shape: [5, 6, 6], data: Float32Array.from({ length: 180 }, (_, i) => Number(i % 3 !== 1)) },
    ],
  },
  "merges of masked sequences": {
    build: () => {
      const [a, b, c] = [
        g.input({ shape: [6, 3], name: "a" }),
        g.input({ shape: [6], dtype: "int32", name: "b" }),
        g.input({ shape: [6, 3], name: "c" }),
      ];
      const p = g.masking().apply(a);
      const q = g.embedding({ inputDim: 9, outputDim: 3, maskZero: true }).apply(b);
      const read = (x: g.SymbolicTensor): g.SymbolicTensor => g.lstm({ units: 2 }).apply(x);
      const outputs = [
        g.multiply().apply([p, q]),
        g.maximum().apply([p, q]),
        g.minimum().apply([p, c]),
        g.add().apply([p, q]),
        g.average().apply([p, c]),
        g.concatenate().apply([p, q]),
        g.concatenate({ axis: 1 }).apply([p, c, q]),
      ].map(read);
      return g.model({ inputs: [a, b, c], outputs });
    },
    x: [sequences(4), words(other), values([5, 6, 3], 5)],
  },
  "a model inside, and one on each step": {
    build: () => {
      const inner = g.sequential([table(), g.lstm({ units: 3 })], { name: "reader" });
      const x = g.input({ shape: [2, 6], dtype: "int32", name: "x" });
      const each = g.timeDistributed({ layer: inner }).apply(x);
      return g.model({ inputs: x, outputs: g.lstm({ units: 2 }).apply(g.masking().apply(each)) });
    },
    x: [{ shape: [5, 2, 6], data: Int32Array.from([...words().data, ...words(other).data]) }],
  },
};

const chainCase = (layers: (typeof chains)[string]): MaskedCase => ({
  build: () => g.sequential([...layers()]),
  x: [layers()[0].kind === "embedding" ? words() : sequences(2)],
});

/** Models with masks by name, each with weights no part of which is zero. */
export const maskedCases: readonly (readonly [string, MaskedCase])[] = [
  ...Object.entries(chains).map(([name, layers]) => [name, chainCase(layers)] as const),
  ...Object.entries(graphs),
].map(([name, { build, x }]) => [
  name,
  {
    x,
    build: () => {
      const model = build();
      model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 40 + i, 0.7)));
      return model;
    },
  },
]);
