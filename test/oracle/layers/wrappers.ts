import type { Variable } from "../autodiff.js";
import { add, mul, scale } from "../elementwise.js";
import { concatColumns, reshape, reverseTime } from "../structure.js";
import type { OracleLayerSpec } from "./apply.js";
import { type GruSpec, gru } from "./gru.js";
import type { CommonSpec, LayerContext, LayerResult, WeightReader } from "./layer.js";
import { type LstmSpec, lstm } from "./lstm.js";
import { type SimpleRnnSpec, simpleRnn } from "./simple-rnn.js";

export type RecurrentLayerSpec = LstmSpec | GruSpec | SimpleRnnSpec;

export interface BidirectionalSpec extends CommonSpec {
  readonly kind: "bidirectional";
  readonly layer: RecurrentLayerSpec;
  readonly mergeMode?: "concat" | "sum" | "mul" | "ave" | null;
}

export interface TimeDistributedSpec extends CommonSpec {
  readonly kind: "timeDistributed";
  readonly layer: OracleLayerSpec;
}

function recurrent(
  spec: RecurrentLayerSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
): LayerResult {
  if (spec.kind === "lstm") return lstm(spec, weights, x, context);
  if (spec.kind === "gru") return gru(spec, weights, x, context);
  return simpleRnn(spec, weights, x, context);
}

function merge(a: Variable, b: Variable, mode: BidirectionalSpec["mergeMode"]): Variable[] {
  if (mode === null) return [a, b];
  if (mode === "sum") return [add(a, b)];
  if (mode === "mul") return [mul(a, b)];
  if (mode === "ave") return [scale(add(a, b), 0.5)];
  return [concatColumns([a, b])];
}

/**
 * A layer and its mirror, which reads time the other way. With `returnSequences` the mirror's outputs are turned back
 * into the input's order, and masked steps put out zero. Weights: all of forward, then all of backward.
 */
export function bidirectional(
  spec: BidirectionalSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
): LayerResult {
  const { returnSequences = false, goBackwards = false } = spec.layer;
  const half = (context.states?.length ?? 0) / 2;
  const one = (direction: 0 | 1): LayerResult =>
    recurrent(
      {
        ...spec.layer,
        goBackwards: direction === 0 ? goBackwards : !goBackwards,
        zeroOutputForMask: returnSequences,
      },
      weights,
      x,
      {
        ...context,
        states: context.states?.slice(direction * half, (direction + 1) * half) ?? null,
        dropout: context.dropout.slice(direction, direction + 1),
      },
    );
  const [forward, backward] = [one(0), one(1)];
  const turned = returnSequences ? reverseTime(backward.outputs[0]!) : backward.outputs[0]!;
  return {
    outputs: merge(forward.outputs[0]!, turned, spec.mergeMode === undefined ? "concat" : spec.mergeMode),
    mask: forward.mask,
    states: [...forward.states, ...backward.states],
    traces: [...forward.traces, ...backward.traces],
  };
}

/** The inner layer on every time step by itself: time joins the batch and parts from it again. */
export function timeDistributed(
  spec: TimeDistributedSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
  apply: (spec: OracleLayerSpec, weights: WeightReader, x: Variable, context: LayerContext) => LayerResult,
): LayerResult {
  const [batch, steps] = [x.extent(0), x.extent(1)];
  const inner = apply(spec.layer, weights, reshape(x, [batch * steps, ...x.shape.slice(2)]), {
    ...context,
    mask: null,
  });
  const outputs = inner.outputs.map((output) => reshape(output, [batch, steps, ...output.shape.slice(1)]));
  return { outputs, mask: context.mask, states: [], traces: [] };
}
