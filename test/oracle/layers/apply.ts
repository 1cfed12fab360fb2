import type { Variable } from "../autodiff.js";
import { type GruSpec, gru } from "./gru.js";
import { type LayerContext, type LayerResult, plainResult, type WeightReader } from "./layer.js";
import { type LstmSpec, lstm } from "./lstm.js";
import * as plain from "./plain.js";
import { type SimpleRnnSpec, simpleRnn } from "./simple-rnn.js";
import {
  type BidirectionalSpec,
  bidirectional,
  type TimeDistributedSpec,
  timeDistributed,
} from "./wrappers.js";

/** A layer as plain data: `kind` is the name of its function in gateflow, the rest that function's options. */
export type OracleLayerSpec =
  | LstmSpec
  | GruSpec
  | SimpleRnnSpec
  | BidirectionalSpec
  | TimeDistributedSpec
  | plain.DenseSpec
  | plain.ActivationSpec
  | plain.DropoutSpec
  | plain.EmbeddingSpec
  | plain.MaskingSpec
  | plain.RepeatVectorSpec
  | plain.FlattenSpec
  | plain.LayerNormalizationSpec
  | plain.InputLayerSpec;

/** One layer forward. */
export function applyLayer(
  spec: OracleLayerSpec,
  weights: WeightReader,
  x: Variable,
  context: LayerContext,
): LayerResult {
  switch (spec.kind) {
    case "lstm":
      return lstm(spec, weights, x, context);
    case "gru":
      return gru(spec, weights, x, context);
    case "simpleRNN":
      return simpleRnn(spec, weights, x, context);
    case "bidirectional":
      return bidirectional(spec, weights, x, context);
    case "timeDistributed":
      return timeDistributed(spec, weights, x, context, applyLayer);
    case "dense":
      return plain.dense(spec, weights, x, context);
    case "activation":
      return plain.activation(spec, x, context);
    case "dropout":
      return plain.dropout(x, context);
    case "embedding":
      return plain.embedding(spec, weights, x);
    case "masking":
      return plain.masking(spec, x);
    case "repeatVector":
      return plain.repeatVector(spec, x);
    case "flatten":
      return plain.flatten(x);
    case "layerNormalization":
      return plain.layerNormalization(spec, weights, x, context);
    case "inputLayer":
      return plainResult(x, context.mask);
  }
}
