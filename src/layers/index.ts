/** Every layer's factory, with the types of its options. */
export { type ActivationOptions, activation } from "./activation.js";
export { type EluOptions, elu, type LeakyReLUOptions, leakyReLU } from "./activations/leaky-relu.js";
export { type PreluOptions, prelu } from "./activations/prelu.js";
export { type SoftmaxOptions, softmax } from "./activations/softmax.js";
export {
  type AdditiveAttentionOptions,
  type AttentionOptions,
  additiveAttention,
  attention,
} from "./attention/attention.js";
export { type MultiHeadAttentionOptions, multiHeadAttention } from "./attention/multi-head-attention.js";
export { type Conv1DOptions, conv1d } from "./convolution/conv-1d.js";
export {
  type CustomBackward,
  type CustomForward,
  type CustomLayerOptions,
  type CustomWeight,
  customLayer,
} from "./custom/custom-layer.js";
export { type DenseOptions, dense } from "./dense.js";
export { type DropoutOptions, dropout } from "./dropout.js";
export { type EmbeddingOptions, embedding } from "./embedding.js";
export { type FlattenOptions, flatten } from "./flatten.js";
export { type InputOptions, input } from "./graph/input.js";
export type { ApplyOptions, Dtype, SymbolicTensor } from "./graph/symbolic-tensor.js";
export { type InputLayerOptions, inputLayer } from "./input-layer.js";
export type { Layer, LayerOptions } from "./layer.js";
export { type LayerNormalizationOptions, layerNormalization } from "./layer-normalization.js";
export { type MaskingOptions, masking } from "./masking.js";
export { add, average, type CombineOptions, maximum, minimum, multiply, subtract } from "./merge/combine.js";
export { type ConcatenateOptions, concatenate } from "./merge/concatenate.js";
export { type DotOptions, dot } from "./merge/dot.js";
export {
  type GaussianDropoutOptions,
  type GaussianNoiseOptions,
  gaussianDropout,
  gaussianNoise,
} from "./noise/gaussian-noise.js";
export { type SpatialDropout1DOptions, spatialDropout1D } from "./noise/spatial-dropout-1d.js";
export { type BatchNormalizationOptions, batchNormalization } from "./normalization/batch-normalization.js";
export {
  type NormalizationLayer,
  type NormalizationOptions,
  normalization,
} from "./normalization/normalization.js";
export { type RescalingOptions, rescaling } from "./normalization/rescaling.js";
export {
  type GlobalPooling1DOptions,
  globalAveragePooling1D,
  globalMaxPooling1D,
} from "./pooling/global-pooling-1d.js";
export { averagePooling1D, maxPooling1D, type Pooling1DOptions } from "./pooling/pooling-1d.js";
export { type BidirectionalOptions, bidirectional } from "./recurrent/bidirectional.js";
export { type GruOptions, gru } from "./recurrent/gru.js";
export { type LstmOptions, lstm } from "./recurrent/lstm.js";
export { type SimpleRnnOptions, simpleRNN } from "./recurrent/simple-rnn.js";
export { type RepeatVectorOptions, repeatVector } from "./repeat-vector.js";
export {
  type Cropping1DOptions,
  cropping1D,
  type Margins,
  type ZeroPadding1DOptions,
  zeroPadding1D,
} from "./shape/margins.js";
export { type PermuteOptions, permute } from "./shape/permute.js";
export { type ReshapeOptions, reshape } from "./shape/reshape.js";
export { type UpSampling1DOptions, upSampling1D } from "./shape/up-sampling-1d.js";
export { type TimeDistributedOptions, timeDistributed } from "./time-distributed/time-distributed.js";
export type { Steps } from "./window.js";
