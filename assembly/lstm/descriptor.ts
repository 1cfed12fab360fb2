/**
 * What one LSTM layer hands its kernels: addresses in bytes, strides and counts in elements.
 * `src/engine/descriptors.ts` writes the same fields in the same order; test/house/descriptors.test.ts compares them.
 *
 * Units come in groups of four, padded: G = ⌈H/4⌉, Hp = 4G. Gates, pre-activations and their gradients are held
 * group-major, so that a weight-gradient product reads each group's rows in order:
 *
 *     gates:  [G][T][B][ i i i i | f f f f | g g g g | o o o o ]
 */
@unmanaged
export class LstmDescriptor {
  batch: i32;
  timesteps: i32;
  features: i32;
  units: i32;
  /** Activation codes of assembly/activation/activate.ts. */
  activation: i32;
  recurrentActivation: i32;

  /** x_t of sample n stands at x + 4 (t xTimeStride + n xStride); a negative xTimeStride walks backwards. */
  x: usize;
  xTimeStride: i32;
  xStride: i32;

  /** Panels of [W; R], gates interleaved, [G][F + H][16], and the bias likewise, [G][16]. */
  panels: usize;
  bias: usize;

  /** h_t and c_t, [ring][B][Hp], where step t stands at (t mod ring); index 0 is the initial state.
   *  A ring of T + 1 is the tape; a prediction needs only 2. */
  h: usize;
  hRing: i32;
  c: usize;
  cRing: i32;

  /** The tape of the gates, [G][gateSteps][B][16]; gateSteps is T with a tape and 1 without. */
  gates: usize;
  gateSteps: i32;

  /** 1 or 0 for each step and sample, f32 [T][B]; 0 as an address: no mask. A masked step copies its state. */
  mask: usize;

  /** Variational dropout (Gal & Ghahramani 2016): factors [B][Hp] of h_{t-1} before R, the same at every step, and the
   *  products [hRing][B][Hp] that R and dR read in place of h; 0: none. */
  recurrentMask: usize;
  hMasked: usize;

  /** Backward only. Panels of Rᵀ [⌈H/16⌉][4Hp][16] and Wᵀ [⌈F/16⌉][4Hp][16], rows in the order of a gates' row. */
  recurrentTransposed: usize;
  kernelTransposed: usize;
  /** dL/dh from above: [T][B][Hp] when dySteps is T, [B][Hp] for the last step alone when it is 1. */
  dy: usize;
  dySteps: i32;
  /** dL/dx, laid out as x; 0: not wanted. */
  dx: usize;
  dxTimeStride: i32;
  dxStride: i32;
  /** Scratch: dL/dh_t and dL/dc_t as they pass from step to step, [B][Hp]; dz of one step row by row, [B][4Hp]. */
  dh: usize;
  dc: usize;
  /** Scratch [B][Hp] with a recurrentMask. */
  dhMasked: usize;
  dzRows: usize;
  /** Scratch of packPairs, for each part that may run at once: [parts][⌈max(F, H)/2⌉][OUTER_ROWS][2]. */
  pairs: usize;
  /** Gradients in Keras's layout: [F, 4H], [H, 4H], [4H]. dBias may be 0. */
  dKernel: usize;
  dRecurrent: usize;
  dBias: usize;
  /** Truncated BPTT: nothing flows from step t to t-1 where t is a multiple of it; 0: never cut. */
  truncate: i32;
  /** What backward writes down, f64 [parts][T + 1][16], zeroed before (../probe/record); 0: nothing. */
  record: usize;
  /** Scratch [B][Hp] with a record: dL/dc_t. */
  dcTotal: usize;
  /**
   * 1: when backward begins, dh (and dc) hold what flows back from the final state, and no cut at t = 0 keeps the
   * gradient from the initial state.
   */
  carry: i32;
}

/** Bytes of a descriptor, for the side that writes it. */
export function lstmDescriptorBytes(): i32 {
  return <i32>offsetof<LstmDescriptor>();
}
