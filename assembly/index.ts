/** gateflow's kernels: the whole contract with TypeScript, in the order of a datum's journey. */

/** First byte behind the module's own data; everything from here on is the engine's to hand out. */
export function heapBase(): usize {
  return __heap_base;
}

// Activations and softmax.
export { activationBackward } from "./activation/activation-backward";
export { activationForward } from "./activation/activation-forward";
export { softmaxBackward, softmaxForward } from "./activation/softmax";
export { denseWeightGradients } from "./layers/dense";
export { dropout } from "./layers/dropout";
export { embeddingForward, embeddingGradients } from "./layers/embedding";
export { copyFloats, fillZero } from "./linalg/copy";
export { multiplySteps } from "./linalg/elementwise";
export { outerProduct, packPairs } from "./linalg/outer-product";
export { gruBackward } from "./gru/backward";
export { gruDescriptorBytes } from "./gru/descriptor";
export { gruForward } from "./gru/forward";
export { gruPackKernel, gruPackTransposed } from "./gru/pack";
export { gruWeightGradients } from "./gru/weight-gradients";
// Linear algebra
export { packColumns, packTransposed } from "./linalg/pack";
export { matrixProduct, panelRows } from "./linalg/panel-product";
export { joinSteps, repeatSteps, reverseSteps, splitSteps, sumSteps } from "./linalg/steps";
// Losses: value and gradient in one pass.
export { binaryCrossentropyLoss } from "./loss/binary-crossentropy";
export {
  categoricalCrossentropyLoss,
  sparseCategoricalCrossentropyLoss,
} from "./loss/categorical-crossentropy";
export { cosineSimilarityLoss } from "./loss/cosine-similarity";
export { gaussianNegativeLogLikelihoodLoss } from "./loss/gaussian-negative-log-likelihood";
export { quantileLoss } from "./loss/quantile";
export {
  huberLoss,
  logCoshLoss,
  meanAbsoluteErrorLoss,
  meanAbsolutePercentageLoss,
  meanSquaredErrorLoss,
  poissonLoss,
} from "./loss/regression";
export { lstmBackward, lstmWeightGradients } from "./lstm/backward";
// Layers
export { lstmDescriptorBytes } from "./lstm/descriptor";
export { lstmForward } from "./lstm/forward";
export { lstmPackKernel, lstmPackProjected, lstmPackTransposed } from "./lstm/pack";
export { lstmExtendedBackward, lstmExtendedWeightGradients } from "./lstm/extended-backward";
export { lstmExtendedDescriptorBytes } from "./lstm/extended-descriptor";
export { lstmExtendedForward } from "./lstm/extended-forward";
export { lstmPackPeepholes } from "./lstm/extended-pack";
export { mergeBackward, mergeDescriptorBytes, mergeForward } from "./layers/merge";
export { rnnBackward, rnnWeightGradients } from "./rnn/backward";
export { rnnDescriptorBytes } from "./rnn/descriptor";
export { rnnForward } from "./rnn/forward";
export { rnnPackKernel } from "./rnn/pack";
export { maskRows, runningMask, stepMask } from "./layers/masking";
export {
  layerNormalizationBackward,
  layerNormalizationForward,
  layerNormalizationGradients,
} from "./layers/layer-normalization";

// Optimizers, clipping, regularizers and the vector arithmetic around them.
export { adamAmsgradStep, adamStep, nadamStep } from "./optim/adam";
export { adagradStep, rmspropStep } from "./optim/adaptive";
export { lionStep } from "./optim/lion";
export { squaredDistance, sumAbs, sumOfSquares } from "./optim/norms";
export { addL1L2Gradient } from "./optim/regularizer";
export { sgdMomentumStep, sgdStep } from "./optim/sgd";
export { addInPlace, axpy, clipByValue, lerpInPlace, scaleInPlace } from "./optim/vector";

// Probes: read-only.
export { firstNonFinite } from "./probe/first-non-finite";
export { probeStats } from "./probe/stats";
