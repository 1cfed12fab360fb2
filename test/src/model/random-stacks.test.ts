import { describe, it } from "vitest";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { fc } from "../../support/property.js";
import { expectAgreement, type Twins } from "../layers/agreement.js";
import { values } from "./support.js";

/** What stands between two layers of a stack that is being made up. */
interface Between {
  readonly timesteps: number | null;
  readonly features: number;
}

/** Without kinks, at which float32 and float64 may stand on different sides. */
const smooth = fc.constantFrom("tanh", "sigmoid", "linear", "softplus", "gelu", "swish", "softsign");
/** Of states: without a bound they grow from step to step, and with them the rounding. */
const bounded = fc.constantFrom("tanh", "sigmoid", "softsign");
const regularizer = fc.option(fc.record({ l2: fc.constantFrom(0.01, 0.1) }), { nil: undefined, freq: 4 });
const yes = fc.boolean();
const units = fc.integer({ min: 1, max: 9 });

/** Without the options that were not drawn, which no layer takes as undefined. */
const given = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

const denseOptions = fc.record({
  kind: fc.constant("dense" as const),
  units,
  activation: fc.oneof(smooth, fc.constant("softmax" as const)),
  useBias: yes,
});

const dense = fc
  .tuple(denseOptions, fc.record({ kernelRegularizer: regularizer, activityRegularizer: regularizer }))
  .map(([options, prices]) => ({ ...options, ...given(prices) }) as OracleLayerSpec);

const activation = fc.record({ kind: fc.constant("activation" as const), activation: smooth });

// A larger epsilon than the default: rows that are almost constant would have their rounding blown up.
const layerNormalization = fc.record({
  kind: fc.constant("layerNormalization" as const),
  epsilon: fc.constantFrom(0.03, 0.3),
  center: yes,
  scale: yes,
});

const dropout = fc.constant<OracleLayerSpec>({ kind: "dropout", rate: 0.4 });

const timeDistributed = fc
  .oneof<fc.Arbitrary<OracleLayerSpec>[]>(denseOptions, activation, layerNormalization, dropout)
  .map((layer): OracleLayerSpec => ({ kind: "timeDistributed", layer }));

const cell = fc
  .tuple(
    fc.constantFrom("lstm" as const, "lstm" as const, "gru" as const, "simpleRNN" as const),
    fc.record({ units, useBias: yes, returnSequences: yes, goBackwards: yes, activation: bounded }),
    fc.record({ recurrentRegularizer: regularizer, activityRegularizer: regularizer }),
    fc.record({ recurrentActivation: fc.constantFrom("sigmoid", "hardSigmoid"), resetAfter: yes }),
  )
  .map(([kind, options, prices, { recurrentActivation, resetAfter }]) => {
    const gates = kind === "simpleRNN" ? {} : { recurrentActivation };
    return {
      kind,
      ...options,
      ...given(prices),
      ...gates,
      ...(kind === "gru" ? { resetAfter } : {}),
    } as OracleLayerSpec;
  });

const bidirectional = fc
  .tuple(cell, fc.constantFrom("concat", "sum", "mul", "ave"))
  .map(([layer, mergeMode]) => ({ kind: "bidirectional", layer, mergeMode }) as OracleLayerSpec);

const onSequences = fc.oneof(
  { arbitrary: cell, weight: 5 },
  { arbitrary: bidirectional, weight: 3 },
  { arbitrary: dense, weight: 2 },
  { arbitrary: timeDistributed, weight: 2 },
  { arbitrary: layerNormalization, weight: 1 },
  { arbitrary: activation, weight: 1 },
  { arbitrary: dropout, weight: 1 },
  { arbitrary: fc.constant<OracleLayerSpec>({ kind: "masking" }), weight: 1 },
  { arbitrary: fc.constant<OracleLayerSpec>({ kind: "flatten" }), weight: 1 },
);

const onRows = fc.oneof(
  { arbitrary: dense, weight: 3 },
  {
    arbitrary: fc.record({ kind: fc.constant("repeatVector" as const), n: fc.integer({ min: 1, max: 4 }) }),
    weight: 3,
  },
  { arbitrary: layerNormalization, weight: 1 },
  { arbitrary: activation, weight: 1 },
  { arbitrary: dropout, weight: 1 },
);

/** What comes out of a layer that is given this. */
function after(layer: OracleLayerSpec, { timesteps, features }: Between): Between {
  switch (layer.kind) {
    case "dense":
      return { timesteps, features: layer.units };
    case "lstm":
    case "gru":
    case "simpleRNN":
      return { timesteps: layer.returnSequences ? timesteps : null, features: layer.units };
    case "bidirectional": {
      const one = after(layer.layer, { timesteps, features });
      return layer.mergeMode === "concat" ? { ...one, features: 2 * one.features } : one;
    }
    case "timeDistributed":
      return after(layer.layer, { timesteps, features });
    case "flatten":
      return { timesteps: null, features: features * (timesteps ?? 1) };
    case "repeatVector":
      return { timesteps: layer.n, features };
    default:
      return { timesteps, features };
  }
}

const start = fc.record({
  batch: fc.integer({ min: 1, max: 5 }),
  timesteps: fc.integer({ min: 1, max: 6 }),
  features: fc.integer({ min: 1, max: 6 }),
  begin: fc.constantFrom("plain", "masking", "embedding", "masked embedding"),
  truncate: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 2 }),
  weighted: yes,
  seed: fc.integer({ min: 1, max: 10_000 }),
});

type Start = typeof start extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const VOCABULARY = 5;

function firstLayers({ begin, timesteps, features }: Start): OracleLayerSpec[] {
  if (begin === "masking") return [{ kind: "masking", inputShape: [timesteps, features] }];
  if (begin === "plain") return [{ kind: "inputLayer", shape: [timesteps, features] }];
  return [
    {
      kind: "embedding",
      inputDim: VOCABULARY,
      outputDim: features,
      maskZero: begin === "masked embedding",
      inputShape: [timesteps],
    },
  ];
}

/** Numbers, or indices; about a third of the steps hold nothing, whole samples of them too. */
function inputOf({ begin, batch, timesteps, features, seed }: Start): Twins["x"] {
  const empty = values([batch, timesteps], seed + 7).data.map((v) => (v < -0.33 ? 1 : 0));
  if (begin.endsWith("embedding")) {
    const words = values([batch, timesteps], seed).data;
    const ids = Int32Array.from(words, (v, i) =>
      empty[i] === 1 ? 0 : Math.floor(((v + 1) / 2) * (VOCABULARY - 1e-3)),
    );
    return { shape: [batch, timesteps], data: ids };
  }
  const data = values([batch, timesteps, features], seed).data.map((v, i) =>
    empty[Math.floor(i / features)] === 1 ? 0 : v,
  );
  return { shape: [batch, timesteps, features], data: data as Float32Array };
}

/** A stack of one to four layers behind the first, each chosen among those that can follow. */
const stacks = start.chain((from) => {
  const grow = (layers: OracleLayerSpec[], at: Between, left: number): fc.Arbitrary<OracleLayerSpec[]> => {
    if (left === 0) return fc.constant(layers);
    const next: fc.Arbitrary<OracleLayerSpec> = at.timesteps === null ? onRows : onSequences;
    return next.chain((layer) => grow([...layers, layer], after(layer, at), left - 1));
  };
  return fc
    .integer({ min: 1, max: 4 })
    .chain((count) => grow(firstLayers(from), { timesteps: from.timesteps, features: from.features }, count))
    .map((layers) => ({ from, layers }));
});

describe("any stack of layers", () => {
  it("predicts, loses and derives as in float64, with masks, weights and truncation", async () => {
    await fc.assert(
      fc.asyncProperty(stacks, async ({ from, layers }) => {
        const { batch, seed, truncate, weighted } = from;
        const positive = (shape: number[]) => ({
          shape,
          data: values(shape, seed + 3).data.map((v) => 1.2 + v) as Float32Array,
        });
        await expectAgreement({
          layers,
          x: inputOf(from),
          seed,
          ...(truncate === undefined ? {} : { truncate }),
          ...(weighted ? { sampleWeight: positive([batch]) } : {}),
        });
      }),
      { numRuns: 300, seed: 20_240_501 },
    );
  });
});
