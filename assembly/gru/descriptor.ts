/**
 * What one GRU layer hands its kernels: addresses in bytes, strides and counts in elements.
 * `src/engine/descriptors.ts` writes the same fields in the same order; test/house/descriptors.test.ts compares them.
 *
 * Units come in groups of four, padded: G = ⌈H/4⌉, Hp = 4G. A row of a group holds four vectors; with resetAfter the
 * input's and the state's part of the candidate stand apart, because the reset gate scales one of them:
 *
 *     gates, pre-activations:  [G][T][B][ z z z z | r r r r | x W_h + b | h R_h + b ]
 *     gates, after forward:    [G][T][B][ z z z z | r r r r | candidate | h R_h + b ]
 *     gates, after backward:   [G][T][B][   dz    |   dr    | d(x W_h)  | d(h R_h)  ]
 *
 * Without resetAfter the fourth vector is idle in forward, and a copy of the third after backward.
 */
@unmanaged
export class GruDescriptor {
  batch: i32;
  timesteps: i32;
  features: i32;
  units: i32;
  /** Activation codes of assembly/activation/activate.ts. */
  activation: i32;
  recurrentActivation: i32;
  /** 1: the reset gate scales h R_h + b (cuDNN, Keras's default); 0: it scales h (Cho et al. 2014). */
  resetAfter: i32;

  /** x_t of sample n stands at x + 4 (t xTimeStride + n xStride); a negative xTimeStride walks backwards. */
  x: usize;
  xTimeStride: i32;
  xStride: i32;

  /** Panels of W and R, gates interleaved, [G][F + H][12], and where the four vectors start, [G][16]. */
  panels: usize;
  bias: usize;
  /** R_h in plain panels, [⌈H/16⌉][H][16]; without resetAfter only. */
  candidatePanels: usize;

  /** h_t, [ring][B][Hp], where step t stands at (t mod ring); index 0 is the initial state.
   *  A ring of T + 1 is the tape; a prediction needs only 2. */
  h: usize;
  hRing: i32;

  /** The tape of the gates, [G][gateSteps][B][16]; gateSteps is T with a tape and 1 without. */
  gates: usize;
  gateSteps: i32;

  /** 1 or 0 for each step and sample, f32 [T][B], in the order of reading; 0 as an address: no mask. A masked step
   *  copies its state. */
  mask: usize;

  /** Variational dropout (Gal & Ghahramani 2016): factors [B][Hp] of h_{t-1} before R, the same at every step, and the
   *  products [hRing][B][Hp] that R and dR read in place of h; 0: none. */
  recurrentMask: usize;
  hMasked: usize;

  /** Without resetAfter: r ⊙ h_{t-1}, [gateSteps][B][Hp], and its product with R_h, scratch [B][Hp]. */
  hReset: usize;
  candidate: usize;

  /** Backward only. Panels of Wᵀ [⌈F/16⌉][3Hp][16] and Rᵀ [⌈H/16⌉][3Hp][16], rows in the order of a row of dzRows;
   *  without resetAfter Rᵀ is [⌈H/16⌉][2Hp][16], z and r alone, and R_hᵀ stands by itself, [⌈H/16⌉][H][16]. */
  kernelTransposed: usize;
  recurrentTransposed: usize;
  candidateTransposed: usize;
  /** dL/dh from above: [T][B][Hp] when dySteps is T, [B][Hp] for the last step alone when it is 1. */
  dy: usize;
  dySteps: i32;
  /** dL/dx, laid out as x; 0: not wanted. */
  dx: usize;
  dxTimeStride: i32;
  dxStride: i32;
  /** Scratch [B][Hp]: dL/dh_t as it passes from step to step; what reaches it through R. */
  dh: usize;
  dhThrough: usize;
  /** Scratch, row by row: what W has to take back, [B][G][ dz | dr | d(x W_h) ], and R, [B][G][ dz | dr | d(h R_h) ]
   *  or, without resetAfter, [B][G][ dz | dr ] with the candidate's part in dCandidate, [B][Hp]. */
  dzInput: usize;
  dzRecurrent: usize;
  dCandidate: usize;
  /** Scratch of packPairs, for each part that may run at once: [parts][⌈max(F, H)/2⌉][OUTER_ROWS][2]. */
  pairs: usize;
  /** Gradients in Keras's layout: [F, 3H], [H, 3H], [2, 3H] or without resetAfter [3H]. dBias may be 0. */
  dKernel: usize;
  dRecurrent: usize;
  dBias: usize;
  /** Truncated BPTT: nothing flows from step t to t-1 where t is a multiple of it; 0: never cut. */
  truncate: i32;
  /** What backward writes down, f64 [parts][T + 1][13], zeroed before (../probe/record); 0: nothing. */
  record: usize;
  /**
   * 1: when backward begins, dh (and dc) hold what flows back from the final state, and no cut at t = 0 keeps the
   * gradient from the initial state.
   */
  carry: i32;
}

/** Bytes of a descriptor, for the side that writes it. */
export function gruDescriptorBytes(): i32 {
  return <i32>offsetof<GruDescriptor>();
}
