import type { Variable } from "../autodiff.js";
import * as convolution from "./convolution.js";
import { type GruSpec, gru } from "./gru.js";
import { type LayerContext, type LayerResult, plainResult, type WeightReader } from "./layer.js";
import { type LstmSpec, lstm } from "./lstm.js";
import * as plain from "./plain.js";
import * as reshaping from "./reshaping.js";
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
  | plain.InputLayerSpec
  | convolution.Conv1DSpec
  | convolution.Pooling1DSpec
  | convolution.GlobalPooling1DSpec
  | reshaping.UpSampling1DSpec
  | reshaping.MarginsSpec
  | reshaping.ReshapeSpec
  | reshaping.PermuteSpec
  | reshaping.NoiseSpec
  | reshaping.RectifierSpec
  | reshaping.PreluSpec
  | reshaping.SoftmaxSpec
  | reshaping.RescalingSpec
  | reshaping.NormalizationSpec
  | reshaping.BatchNormalizationSpec;

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
    case "conv1d":
      return convolution.conv1d(spec, weights, x, context);
    case "maxPooling1D":
    case "averagePooling1D":
      return convolution.pooling1D(spec, x, context);
    case "globalMaxPooling1D":
    case "globalAveragePooling1D":
      return convolution.globalPooling1D(spec, x, context);
    case "upSampling1D":
      return reshaping.upSampling1D(spec, x, context);
    case "zeroPadding1D":
    case "cropping1D":
      return reshaping.margins(spec, x);
    case "reshape":
      return reshaping.reshape(spec, x, context);
    case "permute":
      return reshaping.permute(spec, x, context);
    case "leakyReLU":
    case "elu":
      return reshaping.rectifier(spec, x, context);
    case "prelu":
      return reshaping.prelu(spec, weights, x, context);
    case "softmax":
      return reshaping.softmax(spec, x, context);
    case "rescaling":
      return reshaping.rescaling(spec, x, context);
    case "normalization":
      return reshaping.normalization(spec, weights, x, context);
    case "batchNormalization":
      return reshaping.batchNormalization(spec, weights, x, context);
    case "spatialDropout1D":
    case "gaussianNoise":
    case "gaussianDropout":
    case "inputLayer":
      return plainResult(x, context.mask);
  }
}
