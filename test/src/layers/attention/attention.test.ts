import { describe, expect, it } from "vitest";
import {
  additiveAttention,
  attention,
  type Layer,
  multiHeadAttention,
  type Tensor,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import type { Variable } from "../../../oracle/autodiff.js";
import * as several from "../../../oracle/layers/several.js";
import { errorOf, values } from "../../model/support.js";
import { type Application, applyStage } from "../apply-stage.js";
import { expectTwin } from "../several-agreement.js";

const of = (...shapes: readonly number[][]): Tensor[] => shapes.map((shape, i) => values(shape, 10 + i));
const slopes = (shape: readonly number[]): Tensor => values(shape, 77);

const two = of([3, 5, 6], [3, 7, 6]);
const three = of([3, 5, 6], [3, 7, 9], [3, 7, 6]);
/** Of the first sample all counts, of the second some, of the third nothing. */
const valueMask = [1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
const queryMask = [1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1];
const keyMask = [0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

const situations: readonly (readonly [string, Application])[] = [
  ["two inputs", { inputs: two }],
  ["three inputs", { inputs: three }],
  ["a masked value", { inputs: three, masks: [null, valueMask, null] }],
  ["a masked query", { inputs: two, masks: [queryMask, null] }],
  ["both masked", { inputs: three, masks: [queryMask, valueMask, null] }],
  ["causal", { inputs: two, call: { useCausalMask: true } }],
  ["causal and masked", { inputs: two, masks: [queryMask, valueMask], call: { useCausalMask: true } }],
  ["more queries than values, causal", { inputs: of([2, 9, 4], [2, 3, 4]), call: { useCausalMask: true } }],
  ["one step each", { inputs: of([2, 1, 3], [2, 1, 3]) }],
  ["long ones", { inputs: of([2, 35, 18], [2, 21, 18]) }],
  ["no gradient for the value", { inputs: three, wanted: [true, false, true] }],
  ["no gradient for query and key", { inputs: three, wanted: [false, true, false] }],
];

const masksOf = ({ masks = [], call }: Application, withKey = false) => ({
  query: masks[0] ?? null,
  value: masks[1] ?? null,
  key: withKey ? (masks[2] ?? null) : null,
  causal: call?.useCausalMask ?? false,
});

type Score = (weights: readonly Variable[]) => (query: Variable, key: Variable) => Variable;
const kinds: readonly (readonly [string, () => Layer, Score])[] = [
  ["attention", () => attention(), () => several.dotScore(null)],
  ["attention with a scale", () => attention({ useScale: true }), ([scale]) => several.dotScore(scale!)],
  [
    "attention by concatenation",
    () => attention({ scoreMode: "concat" }),
    ([weight]) => several.additiveScore(weight!, null),
  ],
  [
    "attention by concatenation with a scale",
    () => attention({ scoreMode: "concat", useScale: true }),
    ([scale, weight]) => several.additiveScore(weight!, scale!),
  ],
  ["additiveAttention", () => additiveAttention(), ([scale]) => several.additiveScore(scale!, null)],
  [
    "additiveAttention without a scale",
    () => additiveAttention({ useScale: false }),
    () => several.additiveScore(null, null),
  ],
];

describe.each(kinds)("%s", (_, make, score) => {
  it.each(situations)("computes and carries gradients as the oracle does: %s", async (__, application) => {
    const { mask } = await expectTwin(make, application, (inputs, weights) =>
      several.attention(inputs, masksOf(application), score(weights)),
    );
    expect(mask).toEqual(application.masks?.[0] ?? null);
  });

  it("is made again from its configuration", () => {
    const layer = make();
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    expect(layerFromConfig({ kind: layer.kind, config }).getConfig()).toEqual(config);
  });
});

describe("multiHeadAttention", () => {
  const forms = [
    { numHeads: 2, keyDim: 3 },
    { numHeads: 3, keyDim: 4, valueDim: 5, outputShape: 7 },
    { numHeads: 1, keyDim: 18, useBias: false },
  ] as const;
  it.each(forms.flatMap((form) => situations.map(([what, application]) => ({ form, what, application }))))(
    "computes and carries gradients as the oracle does: $form, $what",
    async ({ form, application }) => {
      const { mask } = await expectTwin(
        () => multiHeadAttention(form),
        application,
        (inputs, weights) => several.multiHeadAttention(inputs, weights, masksOf(application)),
      );
      expect(mask).toEqual(application.masks?.[0] ?? null);
    },
  );

  it("obeys the mask of a key of its own", async () => {
    const application = { inputs: three, masks: [queryMask, valueMask, keyMask] };
    await expectTwin(
      () => multiHeadAttention(forms[1]),
      application,
      (inputs, weights) => several.multiHeadAttention(inputs, weights, masksOf(application, true)),
    );
  });

  it("has Keras's weights, in Keras's order", () => {
    const layer = multiHeadAttention(forms[1]);
    expect(layer.build(three.map(({ shape }) => shape.slice(1)))).toEqual([[5, 7]]);
    expect(layer.variables.map(({ key, shape }) => [key, shape])).toEqual([
      ["query/kernel", [6, 3, 4]],
      ["query/bias", [3, 4]],
      ["key/kernel", [6, 3, 4]],
      ["key/bias", [3, 4]],
      ["value/kernel", [9, 3, 5]],
      ["value/bias", [3, 5]],
      ["attention_output/kernel", [3, 5, 7]],
      ["attention_output/bias", [7]],
    ]);
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    expect(config).toMatchObject({ numHeads: 3, keyDim: 4, valueDim: 5, outputShape: 7 });
    expect(layerFromConfig({ kind: "multiHeadAttention", config }).getConfig()).toEqual(config);
  });

  it("has the same bits on one, two and three threads", async () => {
    const inputs = of([7, 40, 12], [7, 33, 12]);
    const run = (threads: number) =>
      applyStage(multiHeadAttention({ numHeads: 3, keyDim: 8 }), { inputs, threads }, slopes);
    const one = await run(1);
    for (const threads of [2, 3]) expect(await run(threads)).toEqual(one);
  });
});

describe("dropout of attention's weights", () => {
  it.each<[string, (rate: number) => Layer]>([
    ["attention", (dropout) => attention({ dropout })],
    ["multiHeadAttention", (dropout) => multiHeadAttention({ numHeads: 2, keyDim: 4, dropout })],
  ])("acts in training alone, and takes the gradient with it: %s", async (_, make) => {
    const inputs = of([2, 6, 8], [2, 50, 8]);
    const rest = await applyStage(make(0.5), { inputs }, slopes);
    expect(rest).toEqual(await applyStage(make(0), { inputs }, slopes));
    const dropped = await applyStage(make(0.5), { inputs, training: true }, slopes);
    expect(dropped.output).not.toEqual(rest.output);
    expect(dropped).toEqual(await applyStage(make(0.5), { inputs, training: true }, slopes));
    // What flows back is the derivative of what came out, the mask being the seed's: along a line through the value.
    const along = values([2, 50, 8], 99);
    const at = async (step: number): Promise<number> => {
      const data = Float32Array.from(inputs[1]!.data, (one, i) => one + step * along.data[i]!);
      const moved = [inputs[0]!, { shape: inputs[1]!.shape, data }];
      const { output } = await applyStage(make(0.5), { inputs: moved, training: true }, slopes);
      const weights = slopes(output.shape).data;
      return Array.from(output.data).reduce((sum, one, i) => sum + one * weights[i]!, 0);
    };
    const slope = ((await at(0.01)) - (await at(-0.01))) / 0.02;
    const expected = Array.from(dropped.inputGradients[1]!.data).reduce(
      (sum, one, i) => sum + one * along.data[i]!,
      0,
    );
    expect(Math.abs(slope - expected)).toBeLessThan(0.02 * Math.max(1, Math.abs(expected)));
  });
});

describe("attention refuses", () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      "one input",
      () => attention().build([[4, 3]]),
      /takes \[query, value\] or \[query, value, key\], got 1/,
    ],
    ["rows", () => attention().build([[4], [4]]), /expected sequences/],
    [
      "keys of other features",
      () =>
        attention().build([
          [4, 3],
          [5, 2],
        ]),
      /3 features and the key 2/,
    ],
    [
      "keys of another length",
      () =>
        attention().build([
          [4, 3],
          [5, 3],
          [6, 3],
        ]),
      /of the same length/,
    ],
    ["another score", () => attention({ scoreMode: "cosine" as never }), /`scoreMode`/],
    ["a score for additiveAttention", () => additiveAttention({ scoreMode: "dot" } as never), /scoreMode/],
    ["no heads", () => multiHeadAttention({ keyDim: 2 } as never), /`numHeads`/],
    [
      "an output of two axes",
      () => multiHeadAttention({ numHeads: 1, keyDim: 2, outputShape: [2, 3] as never }),
      /one axis/,
    ],
    [
      "attention over other axes",
      () => multiHeadAttention({ numHeads: 1, keyDim: 2, attentionAxes: 2 } as never),
      /attentionAxes/,
    ],
  ])("%s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });
});
