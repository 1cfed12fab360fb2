import type { LayerKernels } from "./layer-kernels.js";

/**
 * The kernels, as assembly/index.ts exports them: addresses in bytes, everything else in elements. What each computes,
 * reads and writes is said at its head in assembly/.
 */
type Address = number;
type Count = number;

/** Σ weight · loss over rows; writes the gradient times scale unless its address is 0. */
type LossKernel<Options extends number[] = []> = (
  prediction: Address,
  target: Address,
  weight: Address,
  gradient: Address,
  rows: Count,
  width: Count,
  stride: Count,
  scale: number,
  ...options: Options
) => number;

export interface Kernels extends LayerKernels {
  heapBase(): Address;

  // linalg
  packColumns(b: Address, bStride: Count, panels: Address, depth: Count, columns: Count): void;
  packTransposed(b: Address, bStride: Count, panels: Address, depth: Count, columns: Count): void;
  matrixProduct(
    a: Address,
    aStride: Count,
    panels: Address,
    start: Address,
    c: Address,
    cStride: Count,
    rows: Count,
    depth: Count,
    columns: Count,
    accumulate: number,
  ): void;
  multiplySteps(x: Address, factors: Address, y: Address, steps: Count, count: Count): void;
  copyFloats(source: Address, target: Address, count: Count): void;
  fillZero(target: Address, count: Count): void;

  // dense, dropout
  denseWeightGradients(
    x: Address,
    xStride: Count,
    dz: Address,
    dzStride: Count,
    rows: Count,
    features: Count,
    units: Count,
    pairs: Address,
    dKernel: Address,
    dBias: Address,
  ): void;
  dropout(x: Address, y: Address, count: Count, rate: number, seedLow: number, seedHigh: number): void;

  // lstm
  lstmPackKernel(
    kernel: Address,
    recurrent: Address,
    bias: Address,
    panels: Address,
    panelBias: Address,
    features: Count,
    units: Count,
  ): void;
  lstmPackTransposed(matrix: Address, panels: Address, rows: Count, units: Count): void;
  lstmForward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: Count): void;
  lstmBackward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: Count): void;
  lstmWeightGradients(descriptor: Address, groupBegin: Count, groupEnd: Count, part: Count): void;

  // masking
  stepMask(x: Address, mask: Address, rows: Count, width: Count, stride: Count, value: number): void;
  maskRows(x: Address, mask: Address, y: Address, rows: Count, stride: Count): void;
  runningMask(mask: Address, y: Address, steps: Count, batch: Count): void;

  // steps of a sequence
  reverseSteps(x: Address, y: Address, steps: Count, count: Count): void;
  joinSteps(
    x: Address,
    xStride: Count,
    y: Address,
    yStride: Count,
    steps: Count,
    batch: Count,
    width: Count,
  ): void;
  splitSteps(
    y: Address,
    yStride: Count,
    x: Address,
    xStride: Count,
    steps: Count,
    batch: Count,
    width: Count,
  ): void;
  repeatSteps(x: Address, y: Address, steps: Count, count: Count): void;
  sumSteps(y: Address, x: Address, steps: Count, count: Count): void;

  // embedding
  embeddingForward(
    index: Address,
    indexStride: Count,
    table: Address,
    y: Address,
    yStride: Count,
    rows: Count,
    width: Count,
    mask: Address,
  ): void;
  embeddingGradients(
    index: Address,
    indexStride: Count,
    dy: Address,
    dyStride: Count,
    dTable: Address,
    rows: Count,
    width: Count,
    groupBegin: Count,
    groupEnd: Count,
  ): void;

  // normalization
  layerNormalizationForward(
    x: Address,
    y: Address,
    gamma: Address,
    beta: Address,
    statistics: Address,
    rows: Count,
    width: Count,
    stride: Count,
    epsilon: number,
  ): void;
  layerNormalizationBackward(
    x: Address,
    dy: Address,
    dx: Address,
    gamma: Address,
    statistics: Address,
    rows: Count,
    width: Count,
    stride: Count,
  ): void;
  layerNormalizationGradients(
    x: Address,
    dy: Address,
    statistics: Address,
    dGamma: Address,
    dBeta: Address,
    rows: Count,
    width: Count,
    stride: Count,
    groupBegin: Count,
    groupEnd: Count,
  ): void;

  // lstm with peepholes or a projection
  lstmPackProjected(
    kernel: Address,
    recurrent: Address,
    bias: Address,
    panels: Address,
    panelBias: Address,
    features: Count,
    units: Count,
    width: Count,
  ): void;
  lstmPackPeepholes(peepholes: Address, packed: Address, units: Count): void;
  lstmExtendedForward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: number): void;
  lstmExtendedBackward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: number): void;
  lstmExtendedWeightGradients(descriptor: Address, groupBegin: Count, groupEnd: Count, part: number): void;

  // gru
  gruPackKernel(
    kernel: Address,
    recurrent: Address,
    bias: Address,
    panels: Address,
    panelBias: Address,
    features: Count,
    units: Count,
    resetAfter: number,
  ): void;
  gruPackTransposed(matrix: Address, panels: Address, rows: Count, units: Count, gates: Count): void;
  gruForward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: number): void;
  gruBackward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: number): void;
  gruWeightGradients(descriptor: Address, groupBegin: Count, groupEnd: Count, part: number): void;

  // simple recurrent layer; its weight gradients take groups four at a time
  rnnPackKernel(kernel: Address, recurrent: Address, panels: Address, features: Count, units: Count): void;
  rnnForward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: number): void;
  rnnBackward(descriptor: Address, rowBegin: Count, rowEnd: Count, part: number): void;
  rnnWeightGradients(descriptor: Address, groupBegin: Count, groupEnd: Count, part: number): void;

  // bidirectional
  mergeForward(descriptor: Address): void;
  mergeBackward(descriptor: Address): void;

  // activation
  activationForward(code: number, z: Address, y: Address, count: Count): void;
  activationBackward(code: number, z: Address, y: Address, dy: Address, dz: Address, count: Count): void;
  softmaxForward(z: Address, y: Address, rows: Count, width: Count, stride: Count): void;
  softmaxBackward(y: Address, dy: Address, dz: Address, rows: Count, width: Count, stride: Count): void;

  // losses
  meanSquaredErrorLoss: LossKernel;
  meanAbsoluteErrorLoss: LossKernel;
  logCoshLoss: LossKernel;
  meanAbsolutePercentageLoss: LossKernel;
  poissonLoss: LossKernel;
  meanSquaredLogarithmicLoss: LossKernel;
  klDivergenceLoss: LossKernel;
  hingeLoss: LossKernel<[binary: number]>;
  squaredHingeLoss: LossKernel<[binary: number]>;
  cosineSimilarityLoss: LossKernel;
  huberLoss: LossKernel<[delta: number]>;
  binaryCrossentropyLoss: LossKernel<[fromLogits: number, labelSmoothing: number]>;
  categoricalCrossentropyLoss: LossKernel<[fromLogits: number, labelSmoothing: number]>;
  sparseCategoricalCrossentropyLoss: LossKernel<[targetStride: Count, fromLogits: number]>;
  quantileLoss: LossKernel<[levels: Address, quantiles: Count, targetStride: Count]>;
  gaussianNegativeLogLikelihoodLoss: LossKernel<[targetStride: Count]>;

  // optimizers: one update of `count` weights
  sgdStep(w: Address, g: Address, count: Count, learningRate: number): void;
  sgdMomentumStep(
    w: Address,
    g: Address,
    m: Address,
    count: Count,
    learningRate: number,
    momentum: number,
    nesterov: number,
  ): void;
  adamStep(
    w: Address,
    g: Address,
    m: Address,
    v: Address,
    count: Count,
    alpha: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
  adamAmsgradStep(
    w: Address,
    g: Address,
    m: Address,
    v: Address,
    vHat: Address,
    count: Count,
    alpha: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
  nadamStep(
    w: Address,
    g: Address,
    m: Address,
    v: Address,
    count: Count,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    momentScale: number,
    gradientScale: number,
    velocityScale: number,
  ): void;
  rmspropStep(
    w: Address,
    g: Address,
    v: Address,
    m: Address,
    mean: Address,
    count: Count,
    learningRate: number,
    rho: number,
    momentum: number,
    epsilon: number,
  ): void;
  adadeltaStep(
    w: Address,
    g: Address,
    squares: Address,
    steps: Address,
    count: number,
    learningRate: number,
    rho: number,
    epsilon: number,
  ): void;
  adamaxStep(
    w: Address,
    g: Address,
    momentum: Address,
    norm: Address,
    count: number,
    alpha: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
  adagradStep(
    w: Address,
    g: Address,
    sums: Address,
    count: Count,
    learningRate: number,
    epsilon: number,
  ): void;
  lionStep(
    w: Address,
    g: Address,
    m: Address,
    count: Count,
    learningRate: number,
    beta1: number,
    beta2: number,
  ): void;
  scaleInPlace(x: Address, count: Count, factor: number): void;
  clipByValue(x: Address, count: Count, bound: number): void;
  sumOfSquares(x: Address, count: Count): number;
  /** Σ (x - y)² */
  squaredDistance(x: Address, y: Address, count: Count): number;
  addInPlace(y: Address, x: Address, count: Count): void;
  /** y += factor · x */
  axpy(count: Count, factor: number, x: Address, y: Address): void;
  lerpInPlace(average: Address, w: Address, count: Count, momentum: number): void;
}
