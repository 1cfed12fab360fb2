/**
 * What one simple recurrent layer hands its kernels: addresses in bytes, strides and counts in elements.
 * `src/engine/descriptors.ts` writes the same fields in the same order; test/house/descriptors.test.ts compares them.
 *
 * Hp = 4 ⌈H/4⌉, the floats of a row; P = ⌈H/16⌉, the panels of sixteen units.
 */
@unmanaged
export class RnnDescriptor {
  batch: i32;
  timesteps: i32;
  features: i32;
  units: i32;
  /** Activation code of assembly/activation/activate.ts. */
  activation: i32;

  /** x_t of sample n stands at x + 4 (t xTimeStride + n xStride); a negative xTimeStride walks backwards. */
  x: usize;
  xTimeStride: i32;
  xStride: i32;

  /** Panels of [W; R], [P][F + H][16], and the bias, [16 P]. */
  panels: usize;
  bias: usize;

  /** h_t, [ring][B][Hp], where step t stands at (t mod ring); index 0 is the initial state.
   *  A ring of T + 1 is the tape; a prediction needs only 2. */
  h: usize;
  hRing: i32;

  /** [T][B][Hp]: pre-activations in forward where the activation's derivative needs them (keepZ 1), dz after backward.
   *  A multiple of sixteen floats may be read behind it. */
  z: usize;
  keepZ: i32;

  /** 1 or 0 for each step and sample, f32 [T][B], in the order of reading; 0 as an address: no mask. A masked step
   *  copies its state. */
  mask: usize;

  /** Variational dropout (Gal & Ghahramani 2016): factors [B][Hp] of h_{t-1} before R, the same at every step, and the
   *  products [hRing][B][Hp] that R and dR read in place of h; 0: none. */
  recurrentMask: usize;
  hMasked: usize;

  /** Backward only. Panels of Wᵀ [⌈F/16⌉][H][16] and Rᵀ [P][H][16]. */
  kernelTransposed: usize;
  recurrentTransposed: usize;
  /** dL/dh from above: [T][B][Hp] when dySteps is T, [B][Hp] for the last step alone when it is 1. */
  dy: usize;
  dySteps: i32;
  /** dL/dx, laid out as x; 0: not wanted. */
  dx: usize;
  dxTimeStride: i32;
  dxStride: i32;
  /** Scratch [B][Hp]: dL/dh_t as it passes from step to step; what reaches it through R, with a recurrentMask. */
  dh: usize;
  dhThrough: usize;
  /** Scratch of packPairs, for each part that may run at once: [parts][⌈max(F, H)/2⌉][OUTER_ROWS][2]. */
  pairs: usize;
  /** Gradients: [F, H], [H, H], [H]. dBias may be 0. */
  dKernel: usize;
  dRecurrent: usize;
  dBias: usize;
  /** Truncated BPTT: nothing flows from step t to t-1 where t is a multiple of it; 0: never cut. */
  truncate: i32;
  /** What backward writes down, f64 [parts][T + 1][7], zeroed before (../probe/record); 0: nothing. */
  record: usize;
  /**
   * 1: when backward begins, dh (and dc) hold what flows back from the final state, and no cut at t = 0 keeps the
   * gradient from the initial state.
   */
  carry: i32;
}

/** Bytes of a descriptor, for the side that writes it. */
export function rnnDescriptorBytes(): i32 {
  return <i32>offsetof<RnnDescriptor>();
}
