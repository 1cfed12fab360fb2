/** Every layer's factory, with the types of its options. */
export { type ActivationLayer, type ActivationOptions, activation } from "./activation.js";
export {
  type EluLayer,
  type EluOptions,
  elu,
  type LeakyReLULayer,
  type LeakyReLUOptions,
  leakyReLU,
} from "./activations/leaky-relu.js";
export { type PreluLayer, type PreluOptions, prelu } from "./activations/prelu.js";
export { type SoftmaxLayer, type SoftmaxOptions, softmax } from "./activations/softmax.js";
export {
  type AdditiveAttentionOptions,
  type AttentionLayer,
  type AttentionOptions,
  additiveAttention,
  attention,
} from "./attention/attention.js";
export {
  type MultiHeadAttentionLayer,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
} from "./attention/multi-head-attention.js";
export { type Conv1DLayer, type Conv1DOptions, conv1d } from "./convolution/conv-1d.js";
export {
  type CustomBackward,
  type CustomForward,
  type CustomLayer,
  type CustomLayerOptions,
  type CustomWeight,
  customLayer,
} from "./custom/custom-layer.js";
export { type DenseLayer, type DenseOptions, dense } from "./dense.js";
export { type DropoutLayer, type DropoutOptions, dropout } from "./dropout.js";
export { type EmbeddingLayer, type EmbeddingOptions, embedding } from "./embedding.js";
export { type FlattenLayer, type FlattenOptions, flatten } from "./flatten.js";
export { type InputOptions, input } from "./graph/input.js";
export type { ApplyOptions, Dtype, Shape as SymbolicShape, SymbolicTensor } from "./graph/symbolic-tensor.js";
export { type InputLayer, type InputLayerOptions, inputLayer } from "./input-layer.js";
export type {} from "./keras-options.js";
export type { Layer, LayerOptions, SampleShape } from "./layer.js";
export {
  type LayerNormalizationLayer,
  type LayerNormalizationOptions,
  layerNormalization,
} from "./layer-normalization.js";
export { type MaskingLayer, type MaskingOptions, masking } from "./masking.js";
export {
  add,
  average,
  type CombineKind,
  type CombineLayer,
  type CombineOptions,
  maximum,
  minimum,
  multiply,
  subtract,
} from "./merge/combine.js";
export { type ConcatenateLayer, type ConcatenateOptions, concatenate } from "./merge/concatenate.js";
export { type DotLayer, type DotOptions, dot } from "./merge/dot.js";
export {
  type GaussianDropoutLayer,
  type GaussianDropoutOptions,
  type GaussianNoiseLayer,
  type GaussianNoiseOptions,
  gaussianDropout,
  gaussianNoise,
  type NoiseLayer,
} from "./noise/gaussian-noise.js";
export type { NoiseShape } from "./noise/shared-dropout.js";
export {
  type SpatialDropout1DLayer,
  type SpatialDropout1DOptions,
  spatialDropout1D,
} from "./noise/spatial-dropout-1d.js";
export {
  type BatchNormalizationLayer,
  type BatchNormalizationOptions,
  batchNormalization,
} from "./normalization/batch-normalization.js";
export {
  type NormalizationLayer,
  type NormalizationOptions,
  normalization,
} from "./normalization/normalization.js";
export { type RescalingLayer, type RescalingOptions, rescaling } from "./normalization/rescaling.js";
export {
  type GlobalPooling1DLayer,
  type GlobalPooling1DOptions,
  globalAveragePooling1D,
  globalMaxPooling1D,
} from "./pooling/global-pooling-1d.js";
export {
  averagePooling1D,
  maxPooling1D,
  type Pooling1DLayer,
  type Pooling1DOptions,
} from "./pooling/pooling-1d.js";
export {
  type BidirectionalLayer,
  type BidirectionalOptions,
  bidirectional,
  type MergeMode,
} from "./recurrent/bidirectional.js";
export { type GruLayer, type GruOptions, gru } from "./recurrent/gru.js";
export { type LstmLayer, type LstmOptions, lstm } from "./recurrent/lstm.js";
export type { RecurrentLayer, RecurrentOptions } from "./recurrent/recurrent-layer.js";
export { type SimpleRnnLayer, type SimpleRnnOptions, simpleRNN } from "./recurrent/simple-rnn.js";
export { type RepeatVectorLayer, type RepeatVectorOptions, repeatVector } from "./repeat-vector.js";
export type { SeveralInputsLayer } from "./several-inputs-layer.js";
export {
  type Cropping1DOptions,
  cropping1D,
  type Margins,
  type MarginsLayer,
  type ZeroPadding1DOptions,
  zeroPadding1D,
} from "./shape/margins.js";
export { type PermuteLayer, type PermuteOptions, permute } from "./shape/permute.js";
export { type ReshapeLayer, type ReshapeOptions, reshape } from "./shape/reshape.js";
export { type UpSampling1DLayer, type UpSampling1DOptions, upSampling1D } from "./shape/up-sampling-1d.js";
export type { Signal as LayerSignal } from "./signal.js";
export type { Call as LayerCall, Stage as LayerStage } from "./stage.js";
export type { StoredArray } from "./stored-array.js";
export {
  type HasLayer,
  type TimeDistributedLayer,
  type TimeDistributedOptions,
  timeDistributed,
} from "./time-distributed/time-distributed.js";
export type { Variable as LayerVariable } from "./variable.js";
export type { Steps, Windows as ConvolutionWindows } from "./window.js";
export type { Workspace as LayerWorkspace } from "./workspace.js";
