/** The kernels of `gateflow/core`: of those in index.ts the ones that LSTM and dense layers, their training and three losses need. */

/** First byte behind the module's own data; everything from here on is the engine's to hand out. */
export function heapBase(): usize {
  return __heap_base;
}

export { activationBackward } from "./activation/activation-backward";
export { activationForward } from "./activation/activation-forward";
export { softmaxBackward, softmaxForward } from "./activation/softmax";
export { denseWeightGradients } from "./layers/dense";
export { dropout } from "./layers/dropout";
export { copyFloats, fillZero } from "./linalg/copy";
export { multiplySteps } from "./linalg/elementwise";
export { packColumns, packTransposed } from "./linalg/pack";
export { matrixProduct } from "./linalg/panel-product";
export { huberLoss, meanAbsoluteErrorLoss, meanSquaredErrorLoss } from "./loss/regression";
export { lstmBackward, lstmWeightGradients } from "./lstm/backward";
export { lstmForward } from "./lstm/forward";
export { lstmPackKernel, lstmPackTransposed } from "./lstm/pack";
export { adamAmsgradStep, adamStep } from "./optim/adam";
export { squaredDistance, sumOfSquares } from "./optim/norms";
export { sgdMomentumStep, sgdStep } from "./optim/sgd";
export { axpy, clipByValue, lerpInPlace, scaleInPlace } from "./optim/vector";
