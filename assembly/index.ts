/** gateflow's kernels: the whole contract with TypeScript, in the order of a datum's journey. */

/** First byte behind the module's own data; everything from here on is the engine's to hand out. */
export function heapBase(): usize {
  return __heap_base;
}

// What comes in: indices become rows, steps that hold nothing are marked, steps are put in another place.
export { embeddingForward, embeddingGradients } from "./layers/embedding";
export { maskRows, runningMask, stepMask } from "./layers/masking";
export { joinSteps, repeatSteps, reverseSteps, splitSteps, sumSteps, swapSteps } from "./linalg/steps";

// Linear algebra: weights are packed, rows are multiplied, outer products become weight gradients.
export { copyFloats, fillZero } from "./linalg/copy";
export { multiplySteps } from "./linalg/elementwise";
export { packColumns, packTransposed } from "./linalg/pack";
export { matrixProduct, panelRows } from "./linalg/panel-product";
export { outerProduct, packPairs } from "./linalg/outer-product";

// Convolution and pooling over time.
export { tapsDescriptorBytes } from "./convolution/descriptor";
export { tapProduct } from "./convolution/tap-product";
export { tapWeightGradients } from "./convolution/tap-weight-gradients";
export { maskedMeanBackward, maskedMeanForward } from "./pooling/average";
export { averagePoolingBackward, averagePoolingForward } from "./pooling/average";
export { maxPoolingBackward, maxPoolingForward } from "./pooling/max";

// Attention, and products of two sequences.
export { attentionDescriptorBytes, attentionScratchFloats } from "./attention/descriptor";
export { attentionForward } from "./attention/forward";
export { attentionBackward } from "./attention/backward";
export { batchProduct } from "./attention/batch-product";

// Recurrent layers: LSTM, its form with peepholes and projection, GRU, the simple one, and two of them merged.
export { lstmDescriptorBytes } from "./lstm/descriptor";
export { lstmPackKernel, lstmPackProjected, lstmPackTransposed } from "./lstm/pack";
export { lstmForward } from "./lstm/forward";
export { lstmBackward, lstmWeightGradients } from "./lstm/backward";
export { lstmExtendedDescriptorBytes } from "./lstm/extended-descriptor";
export { lstmPackPeepholes } from "./lstm/extended-pack";
export { lstmExtendedForward } from "./lstm/extended-forward";
export { lstmExtendedBackward, lstmExtendedWeightGradients } from "./lstm/extended-backward";
export { gruDescriptorBytes } from "./gru/descriptor";
export { gruPackKernel, gruPackTransposed } from "./gru/pack";
export { gruForward } from "./gru/forward";
export { gruBackward } from "./gru/backward";
export { gruWeightGradients } from "./gru/weight-gradients";
export { rnnDescriptorBytes } from "./rnn/descriptor";
export { rnnPackKernel } from "./rnn/pack";
export { rnnForward } from "./rnn/forward";
export { rnnBackward, rnnWeightGradients } from "./rnn/backward";
export { mergeBackward, mergeDescriptorBytes, mergeForward } from "./layers/merge";

// Dense layers, and what stands between layers: several made one, normalization, noise.
export { claimGradient, combineRows, gatherRows, spreadRows } from "./layers/combine";
export { denseWeightGradients } from "./layers/dense";
export {
  layerNormalizationBackward,
  layerNormalizationForward,
  layerNormalizationGradients,
} from "./layers/layer-normalization";
export { affineRows, scaleColumns } from "./normalization/affine";
export { batchNormalizationBackward, batchNormalizationSums, columnMoments } from "./normalization/batch-normalization";
export { unitRows, unitRowsBackward } from "./normalization/unit-rows";
export { dropout } from "./layers/dropout";
export { gaussianNoise } from "./layers/noise";

// Activations.
export { activationForward } from "./activation/activation-forward";
export { activationBackward } from "./activation/activation-backward";
export { softmaxBackward, softmaxForward } from "./activation/softmax";
export { leakyRelu, preluBackward, preluForward, scaledElu, scaledEluBackward } from "./layers/rectifier";

// Losses: value and gradient in one pass.
export { binaryCrossentropyLoss } from "./loss/binary-crossentropy";
export {
  categoricalCrossentropyLoss,
  sparseCategoricalCrossentropyLoss,
} from "./loss/categorical-crossentropy";
export { cosineSimilarityLoss } from "./loss/cosine-similarity";
export { gaussianNegativeLogLikelihoodLoss } from "./loss/gaussian-negative-log-likelihood";
export { hingeLoss, klDivergenceLoss, squaredHingeLoss } from "./loss/margins";
export { quantileLoss } from "./loss/quantile";
export {
  huberLoss,
  logCoshLoss,
  meanAbsoluteErrorLoss,
  meanAbsolutePercentageLoss,
  meanSquaredErrorLoss,
  meanSquaredLogarithmicLoss,
  poissonLoss,
} from "./loss/regression";

// Optimizers, clipping, regularizers and the vector arithmetic around them.
export { squaredDistance, sumAbs, sumOfSquares } from "./optim/norms";
export { addL1L2Gradient } from "./optim/regularizer";
export { addInPlace, axpy, clipByValue, lerpInPlace, scaleInPlace } from "./optim/vector";
export { sgdMomentumStep, sgdStep } from "./optim/sgd";
export { adadeltaStep, adagradStep, adamaxStep, rmspropStep } from "./optim/adaptive";
export { adamAmsgradStep, adamStep, nadamStep } from "./optim/adam";
export { lionStep } from "./optim/lion";

// Probes: read-only.
export { firstNonFinite } from "./probe/first-non-finite";
export { probeStats } from "./probe/stats";
