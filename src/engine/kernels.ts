/**
 * The kernels, as assembly/index.ts exports them: addresses in bytes, everything else in elements. What each computes,
 * reads and writes is said at its head in assembly/.
 */
type Address = number;
type Count = number;

export interface Kernels {
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
  lstmForward(descriptor: Address, rowBegin: Count, rowEnd: Count): void;
  lstmBackward(descriptor: Address, rowBegin: Count, rowEnd: Count): void;
  lstmWeightGradients(descriptor: Address, groupBegin: Count, groupEnd: Count): void;

  // activation
  activationForward(code: number, z: Address, y: Address, count: Count): void;
  activationBackward(code: number, z: Address, y: Address, dy: Address, dz: Address, count: Count): void;
  softmaxForward(z: Address, y: Address, rows: Count, width: Count, stride: Count): void;
  softmaxBackward(y: Address, dy: Address, dz: Address, rows: Count, width: Count, stride: Count): void;
}
