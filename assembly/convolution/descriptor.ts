/**
 * What a convolution over time hands its kernels: addresses in bytes, strides and counts in elements.
 * `src/engine/descriptors.ts` writes the same fields in the same order; test/house/descriptors.test.ts compares them.
 *
 * A tap is one of the kernel's steps. Tap k of output step t reads the input at the position
 *
 *     p = t positionStride + k tapStep - shift        step p / divisor, where that is whole and within the input
 *
 * so that the same kernel runs a convolution (positionStride: its strides, tapStep: its dilation, shift: its padding)
 * and carries a gradient back through one (tapStep and shift negative, divisor: its strides). With tapStep 0 every tap
 * reads the same step, `xTapStride` floats further on: the heads of an attention, summed.
 */
@unmanaged
export class TapsDescriptor {
  batch: i32;
  /** Time steps of y and of x. */
  steps: i32;
  xSteps: i32;
  taps: i32;
  positionStride: i32;
  tapStep: i32;
  shift: i32;
  divisor: i32;

  /** Groups of channels that do not meet; of each: floats summed over in one tap, and columns of y. */
  groups: i32;
  depth: i32;
  columns: i32;

  /** [xSteps][B] rows of xStride floats; a group and a tap begin so many floats further on. */
  x: usize;
  xStride: i32;
  xGroupStride: i32;
  xTapStride: i32;

  /** [groups][taps][⌈columns/16⌉][depth][16], and [groups][16 ⌈columns/16⌉] or 0. */
  panels: usize;
  start: usize;

  /** [steps][B] rows of yStride floats, a multiple of 4. In tapWeightGradients: dL/dy. */
  y: usize;
  yStride: i32;
  yGroupStride: i32;
  /** Whether the sums are added to what stands in y. */
  accumulate: i32;

  /** tapWeightGradients only. Scratch of packPairs for each part that may run at once: [parts][⌈depth/2⌉][OUTER_ROWS][2]. */
  pairs: usize;
  /** [taps][groups] blocks of [depth][columns], these strides apart; the bias's gradient, [groups columns] or 0. */
  dKernel: usize;
  dKernelTapStride: i32;
  dKernelGroupStride: i32;
  dKernelStride: i32;
  dBias: usize;
}

/** Bytes of a descriptor, for the side that writes it. */
export function tapsDescriptorBytes(): i32 {
  return <i32>offsetof<TapsDescriptor>();
}

/** Whether output step t has tap k: whether it falls on a step of the input. */
// @ts-ignore: decorator
@inline
export function hasTap(d: TapsDescriptor, t: i32, k: i32): bool {
  const position = t * d.positionStride + k * d.tapStep - d.shift;
  return position >= 0 && position % d.divisor == 0 && position / d.divisor < d.xSteps;
}
