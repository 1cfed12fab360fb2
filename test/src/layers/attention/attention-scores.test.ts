import { describe, expect, it } from "vitest";
import {
  additiveAttention,
  attention,
  dense,
  fromKeras,
  fromSafetensors,
  input,
  model,
  multiHeadAttention,
  type SymbolicTensor,
  type Tensor,
  toArray,
  toKeras,
  toLayersModel,
  toOnnx,
  toSafetensors,
} from "../../../../src/index.js";
import { worstGradient } from "../../../support/worst-gradient.js";
import { values } from "../../model/support.js";

type Rows = number[][];
const query = values([2, 4, 3], 1);
const value = values([2, 5, 3], 2);
const [queries, keys] = [toArray<Rows[]>(query), toArray<Rows[]>(value)];
/** 1 where a step of the query may look at one of the value; each row has some of both. */
const pairs = [0, 1].map((n) =>
  [0, 1, 2, 3].map((i) => [0, 1, 2, 3, 4].map((j) => Number((i * 3 + j * 2 + n) % 3 !== 0))),
);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, k) => sum + x * b[k]!, 0);
function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, one) => sum + one, 0);
  return powers.map((one) => one / total);
}

function near(got: unknown, expected: unknown, allowed = 1e-5): void {
  const [a, b] = [got, expected].map((nested) => [nested].flat(9) as number[]);
  expect(a).toHaveLength(b!.length);
  a!.forEach((one, i) => {
    expect(Math.abs(one - b![i]!)).toBeLessThan(allowed);
  });
}

/** Keras's multi-head attention in float64, for two heads. */
function oracle(weights: Record<string, unknown>, counts: (n: number, i: number, j: number) => boolean) {
  const project = (x: Rows[], part: string): number[][][][] => {
    const kernel = weights[`${part}/kernel`] as number[][][];
    const bias = weights[`${part}/bias`] as Rows;
    return x.map((sample) =>
      sample.map((row) =>
        bias.map((own, h) =>
          own.map((b, d) => b + row.reduce((sum, one, f) => sum + one * kernel[f]![h]![d]!, 0)),
        ),
      ),
    );
  };
  const [q, k, v] = [project(queries, "query"), project(keys, "key"), project(keys, "value")];
  const scores = q.map((sample, n) =>
    [0, 1].map((h) =>
      sample.map((row, i) =>
        softmax(
          k[n]!.map((key, j) => (counts(n, i, j) ? dot(row[h]!, key[h]!) / Math.sqrt(row[h]!.length) : -1e9)),
        ),
      ),
    ),
  );
  const kernel = weights["attention_output/kernel"] as number[][][];
  const output = q.map((sample, n) =>
    sample.map((_row, i) =>
      (weights["attention_output/bias"] as number[]).map((bias, u) =>
        kernel.reduce(
          (sum, head, h) =>
            sum +
            head.reduce(
              (all, row, d) =>
                all + row[u]! * scores[n]![h]![i]!.reduce((s, w, j) => s + w * v[n]![j]![h]![d]!, 0),
              0,
            ),
          bias,
        ),
      ),
    ),
  );
  return { scores, output };
}

interface Form {
  readonly masked?: boolean;
  readonly useCausalMask?: boolean;
  readonly dropout?: number;
}

function make({ masked = false, useCausalMask = false, dropout = 0 }: Form) {
  const [i, j, mask] = [
    input({ shape: [4, 3] }),
    input({ shape: [5, 3] }),
    input({ shape: [4, 5], dtype: "bool" }),
  ];
  const layer = multiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 2, dropout });
  const outputs = layer.apply<SymbolicTensor[]>([i, j], {
    useCausalMask,
    returnAttentionScores: true,
    ...(masked ? { attentionMask: mask } : {}),
  });
  const made = model({ inputs: masked ? [i, j, mask] : [i, j], outputs, seed: 5 });
  const x = masked ? [query, value, pairs] : [query, value];
  const weights = Object.fromEntries(
    layer.getWeights().map(({ name, ...tensor }) => [name.split("/").slice(1).join("/"), toArray(tensor)]),
  );
  return { made, x: x as Tensor[], weights };
}

describe("returnAttentionScores and attentionMask of multiHeadAttention", () => {
  it.each([
    ["scores alone", {}, () => true],
    ["a mask of pairs", { masked: true }, (n: number, i: number, j: number) => pairs[n]![i]![j] === 1],
    ["causal", { useCausalMask: true }, (_n: number, i: number, j: number) => j <= i],
  ] as const)("are Keras's: %s", async (_what, form, counts) => {
    const { made, x, weights } = make(form);
    const [output, scores] = await made.predict<Tensor[]>(x);
    expect(scores!.shape).toEqual([2, 2, 4, 5]);
    const expected = oracle(weights, counts);
    near(toArray<Rows[]>(output!), expected.output);
    near(toArray<Rows[][]>(scores!), expected.scores);
    toArray<Rows[][]>(scores!).forEach((heads, n) => {
      for (const rows of heads)
        rows.forEach((row, i) => {
          row.forEach((weight, j) => {
            if (!counts(n, i, j)) expect(weight).toBe(0);
          });
        });
    });
  });

  it("carry gradients, back through the scores too", async () => {
    const { made, x } = make({ masked: true });
    const worst = await worstGradient(made, x, [values([2, 4, 3], 8), values([2, 2, 4, 5], 9)]);
    expect(worst.difference, worst.at).toBeLessThan(2e-4);
  });

  it("train with dropout, and stand in files", async () => {
    const { made, x } = make({ masked: true, dropout: 0.2 });
    made.compile({ optimizer: "adam", loss: ["mse", null] as never });
    await made.fit(x, [values([2, 4, 3], 8), null] as never, { epochs: 2 });
    const before = await made.predict<Tensor[]>(x);
    for (const again of [await fromSafetensors(toSafetensors(made)), await fromKeras(await toKeras(made))]) {
      expect(await again.predict<Tensor[]>(x as never)).toEqual(before);
    }
    // What it holds is run in test/src/formats/onnx/write.
    expect(await toOnnx(made)).toBeInstanceOf(Uint8Array);
    await expect((async () => toLayersModel(made))()).rejects.toThrow(/multi_head_attention/);
  });
});

describe("returnAttentionScores of attention", () => {
  it("gives the softmax of query · key", async () => {
    const [i, j] = [input({ shape: [null, 3] }), input({ shape: [5, 3] })];
    const outputs = attention().apply<SymbolicTensor[]>([i, j], { returnAttentionScores: true });
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [null, null, 3],
      [null, null, 5],
    ]);
    const [, scores] = await model({ inputs: [i, j], outputs }).predict<Tensor[]>([query, value]);
    near(
      toArray<Rows[]>(scores!),
      queries.map((sample, n) => sample.map((row) => softmax(keys[n]!.map((key) => dot(row, key))))),
    );
  });

  it.each([
    ["attention with a scale", () => attention({ useScale: true })],
    ["attention by concatenation", () => attention({ scoreMode: "concat", useScale: true })],
    ["additiveAttention", () => additiveAttention()],
  ])("carries gradients through the scores: %s", async (_kind, layer) => {
    const [i, j] = [input({ shape: [4, 3] }), input({ shape: [5, 3] })];
    const [asked, known] = [dense({ units: 3 }).apply(i), dense({ units: 3 }).apply(j)];
    const outputs = layer().apply<SymbolicTensor[]>([asked, known], { returnAttentionScores: true });
    const made = model({ inputs: [i, j], outputs, seed: 2 });
    const worst = await worstGradient(made, [query, value], [values([2, 4, 3], 8), values([2, 4, 5], 9)]);
    expect(worst.difference, worst.at).toBeLessThan(2e-4);
  });
});

describe("what cannot be said is refused", () => {
  const i = input({ shape: [4, 3] });
  const open = input({ shape: [null, 3] });
  const heads = () => multiHeadAttention({ numHeads: 1, keyDim: 2 });
  it.each([
    [
      "scores of a layer without",
      () => dense({ units: 1 }).apply(i, { returnAttentionScores: true }),
      "ConfigError",
    ],
    ["a mask of another attention", () => attention().apply([i, i], { attentionMask: i }), "ConfigError"],
    ["a mask of another shape", () => heads().apply([i, i], { attentionMask: i }), "ShapeError"],
    [
      "scores of unknown width",
      () => heads().apply([open, open], { returnAttentionScores: true }),
      "ShapeError",
    ],
    [
      "a word that is none",
      () => heads().apply([i, i], { returnAttentionScores: 1 as never }),
      "ConfigError",
    ],
  ])("%s", (_what, call, name) => {
    expect(call).toThrow(expect.objectContaining({ name }));
  });
});
