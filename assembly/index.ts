/** gateflow's kernels: the whole contract with TypeScript, in the order of a datum's journey. */

/** First byte behind the module's own data; everything from here on is the engine's to hand out. */
export function heapBase(): usize {
  return __heap_base;
}

// Linear algebra
export { packColumns, packTransposed } from "./linalg/pack";
export { matrixProduct, panelRows } from "./linalg/panel-product";
export { outerProduct, packPairs } from "./linalg/outer-product";
export { multiplySteps } from "./linalg/elementwise";
export { copyFloats, fillZero } from "./linalg/copy";

// Layers
export { lstmDescriptorBytes } from "./lstm/descriptor";
export { lstmPackKernel, lstmPackTransposed } from "./lstm/pack";
export { lstmForward } from "./lstm/forward";
export { lstmBackward, lstmWeightGradients } from "./lstm/backward";
export { denseWeightGradients } from "./dense/weight-gradients";
export { dropout } from "./dropout/dropout";
