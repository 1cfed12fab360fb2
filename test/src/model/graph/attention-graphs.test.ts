import { describe, expect, it } from "vitest";
import {
  add,
  additiveAttention,
  attention,
  bidirectional,
  concatenate,
  dense,
  dot,
  embedding,
  type GraphModel,
  globalAveragePooling1D,
  gru,
  input,
  lstm,
  model,
  multiHeadAttention,
  multiply,
  type SymbolicTensor,
  type Tensor,
  timeDistributed,
  toArray,
} from "../../../../src/index.js";
import { worstGradient } from "../../../support/worst-gradient.js";
import { values } from "../support.js";

interface Case {
  readonly made: GraphModel;
  readonly y: Tensor;
  /** Whether the decoder's steps are put out. */
  readonly isSequence: boolean;
}

/** Encoder and decoder: what is read is padded, and attention and merges look at what counts. */
function translate(kind: "attention" | "additive" | "heads"): Case {
  const read = input({ shape: [null], dtype: "int32", name: "read" });
  const written = input({ shape: [null, 2], name: "written" });
  const words = embedding({ inputDim: 7, outputDim: 3, maskZero: true }).apply(read);
  const [encoded, h, c] = lstm({ units: 4, returnSequences: true, returnState: true }).apply<
    SymbolicTensor[]
  >(words);
  const decoded = lstm({ units: 4, returnSequences: true }).apply(written, { initialState: [h!, c!] });
  const layer =
    kind === "attention"
      ? attention({ useScale: true })
      : kind === "additive"
        ? additiveAttention()
        : multiHeadAttention({ numHeads: 2, keyDim: 3 });
  const context = layer.apply([decoded, encoded!]);
  const both = concatenate().apply([context, add().apply([decoded, context])]);
  const outputs = timeDistributed({ layer: dense({ units: 3, activation: "tanh" }) }).apply(both);
  return {
    made: model({ inputs: [read, written], outputs, seed: 3 }),
    y: values([2, 4, 3], 7),
    isSequence: true,
  };
}

/** Scores by hand, as programs before Keras's attention had them: dot, softmax, dot. */
function byHand(): Case {
  const read = input({ shape: [null], dtype: "int32", name: "read" });
  const written = input({ shape: [4, 2], name: "written" });
  const words = embedding({ inputDim: 7, outputDim: 3, maskZero: true }).apply(read);
  const [f, b] = [gru({ units: 3 }), gru({ units: 3, goBackwards: true })].map((one) => one.apply(words));
  const around = bidirectional({ layer: gru({ units: 3, returnSequences: true }), mergeMode: "sum" }).apply(
    written,
  );
  const alike = dot({ axes: [2, 1] }).apply([around, add().apply([f!, b!])]);
  const product = multiply().apply([f!, b!, globalAveragePooling1D().apply(around)]);
  const outputs = dense({ units: 2 }).apply(concatenate().apply([product, alike]));
  return {
    made: model({ inputs: [read, written], outputs, seed: 4 }),
    y: values([2, 2], 7),
    isSequence: false,
  };
}

const cases: readonly (readonly [string, () => Case])[] = [
  ["attention", () => translate("attention")],
  ["additive attention", () => translate("additive")],
  ["multi-head attention", () => translate("heads")],
  ["merges by hand", byHand],
];
const read = [
  [3, 1, 4, 0, 0],
  [2, 6, 5, 3, 5],
];
const written = values([2, 4, 2], 5);

describe.each(cases)("%s in a whole graph", (_what, build) => {
  it("sees nothing of what is padded", async () => {
    const { made, isSequence } = build();
    const [first] = toArray<number[][] | number[][][]>(await made.predict([read, written])) as [unknown];
    const alone = { shape: [1, 4, 2], data: written.data.slice(0, 8) };
    const [again] = toArray<number[][] | number[][][]>(
      await made.predict([[read[0]!.slice(0, 3)], alone]),
    ) as [unknown];
    const [a, b] = [first, again].map((nested) => [nested].flat(3) as number[]);
    expect(a).toHaveLength(isSequence ? 12 : 2);
    a!.forEach((one, i) => {
      expect(one).toBeCloseTo(b![i]!, 6);
    });
  });

  it("has the gradients that differences of the loss have", async () => {
    const { made, y } = build();
    // Every third number of a weight: they are many, and those of a kernel are made alike.
    const { difference, at } = await worstGradient(made, [read, written], y, { step: 0.005, every: 3 });
    expect(difference, at).toBeLessThan(3e-4);
  });
});
