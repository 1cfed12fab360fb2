/** The kernels of convolution, attention, merging, pooling, normalization over columns, noise and rectifiers; see `Kernels`. */
type Address = number;
type Count = number;

export interface LayerKernels {
  // convolution over time
  tapProduct(descriptor: Address, rowBegin: Count, rowEnd: Count, part: Count): void;
  tapWeightGradients(descriptor: Address, unitBegin: Count, unitEnd: Count, part: Count): void;

  // attention, products of two sequences
  attentionForward(descriptor: Address, unitBegin: Count, unitEnd: Count, part: Count): void;
  attentionBackward(descriptor: Address, unitBegin: Count, unitEnd: Count, part: Count): void;
  attentionScratchFloats(querySteps: Count, valueSteps: Count, keyDim: Count, valueDim: Count): Count;
  batchProduct(
    a: Address,
    b: Address,
    c: Address,
    rows: Count,
    columns: Count,
    depth: Count,
    batch: Count,
    transposed: number,
    panels: Address,
  ): void;

  // several activations into one
  combineRows(
    operation: number,
    first: number,
    x: Address,
    mask: Address,
    y: Address,
    rows: Count,
    stride: Count,
  ): void;
  claimGradient(
    x: Address,
    mask: Address,
    y: Address,
    dy: Address,
    dx: Address,
    claimed: Address,
    rows: Count,
    stride: Count,
  ): void;
  spreadRows(
    x: Address,
    xSteps: Count,
    xWidth: Count,
    xStride: Count,
    y: Address,
    steps: Count,
    width: Count,
    yStride: Count,
    batch: Count,
  ): void;
  gatherRows(
    y: Address,
    steps: Count,
    width: Count,
    yStride: Count,
    x: Address,
    xSteps: Count,
    xWidth: Count,
    xStride: Count,
    batch: Count,
  ): void;
  unitRows(x: Address, y: Address, scales: Address, rows: Count, width: Count, stride: Count): void;
  unitRowsBackward(
    y: Address,
    dy: Address,
    dx: Address,
    scales: Address,
    rows: Count,
    width: Count,
    stride: Count,
  ): void;

  // pooling over time
  maxPoolingForward(
    x: Address,
    y: Address,
    steps: Count,
    xSteps: Count,
    count: Count,
    poolSize: Count,
    strides: Count,
    shift: Count,
  ): void;
  maxPoolingBackward(
    x: Address,
    y: Address,
    dy: Address,
    dx: Address,
    steps: Count,
    xSteps: Count,
    count: Count,
    poolSize: Count,
    strides: Count,
    shift: Count,
  ): void;
  averagePoolingForward(
    x: Address,
    y: Address,
    steps: Count,
    xSteps: Count,
    count: Count,
    poolSize: Count,
    strides: Count,
    shift: Count,
  ): void;
  averagePoolingBackward(
    dy: Address,
    dx: Address,
    steps: Count,
    xSteps: Count,
    count: Count,
    poolSize: Count,
    strides: Count,
    shift: Count,
  ): void;
  maskedMeanForward(x: Address, mask: Address, y: Address, steps: Count, batch: Count, stride: Count): void;
  maskedMeanBackward(
    dy: Address,
    mask: Address,
    dx: Address,
    steps: Count,
    batch: Count,
    stride: Count,
  ): void;

  // normalization over columns
  affineRows(
    x: Address,
    y: Address,
    shift: Address,
    scale: Address,
    offset: Address,
    rows: Count,
    stride: Count,
  ): void;
  scaleColumns(x: Address, y: Address, scale: Address, rows: Count, stride: Count): void;
  columnMoments(
    x: Address,
    mask: Address,
    mean: Address,
    variance: Address,
    rows: Count,
    stride: Count,
  ): void;
  batchNormalizationSums(
    x: Address,
    dy: Address,
    mean: Address,
    scale: Address,
    sumDy: Address,
    sumDyX: Address,
    rows: Count,
    stride: Count,
  ): void;
  batchNormalizationBackward(
    x: Address,
    dy: Address,
    dx: Address,
    mask: Address,
    mean: Address,
    scale: Address,
    gammaScale: Address,
    sumDy: Address,
    sumDyX: Address,
    rows: Count,
    stride: Count,
  ): void;

  // noise, rectifiers
  gaussianNoise(
    x: Address,
    y: Address,
    count: Count,
    deviation: number,
    multiply: number,
    seedLow: number,
    seedHigh: number,
  ): void;
  leakyRelu(signs: Address, x: Address, y: Address, count: Count, slope: number): void;
  scaledElu(x: Address, y: Address, count: Count, alpha: number): void;
  scaledEluBackward(x: Address, y: Address, dy: Address, dx: Address, count: Count, alpha: number): void;
  preluForward(x: Address, alpha: Address, y: Address, rows: Count, stride: Count): void;
  preluBackward(
    x: Address,
    alpha: Address,
    dy: Address,
    dx: Address,
    dAlpha: Address,
    rows: Count,
    stride: Count,
  ): void;

  // steps and features change places
  swapSteps(
    x: Address,
    xStride: Count,
    y: Address,
    yStride: Count,
    steps: Count,
    batch: Count,
    width: Count,
  ): void;
}
