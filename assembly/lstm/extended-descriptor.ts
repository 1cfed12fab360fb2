/**
 * What an LSTM layer with peepholes or a projection hands its kernels beside its LstmDescriptor, in which
 *
 *     h, hMasked, recurrentMask, dy, dh, dhMasked   have rows of Pp floats instead of Hp (Pp = Hp without a projection),
 *     panels, recurrentTransposed                   are those of R [P, 4H], and
 *     gates                                         holds pre-activations after forward, whatever the activations.
 */
@unmanaged
export class LstmExtendedDescriptor {
  /** Address of the LstmDescriptor. */
  base: usize;
  /** P, the width of h: the projection's, or H without one. */
  width: i32;

  /** Peepholes i, f, o of four units side by side, [G][12]; 0: none. */
  peepholes: usize;
  /** Their gradient, [3H]. */
  dPeepholes: usize;

  /** Panels of the projection, [⌈P/16⌉][H][16], and of its transpose, [⌈H/16⌉][P][16]; 0: none. */
  projection: usize;
  projectionTransposed: usize;
  /** What is projected, o ⊙ φ(c): [mSteps][B][Hp]; mSteps is T with a tape and 1 without. */
  m: usize;
  mSteps: i32;
  /** dL/dh of every step, masked rows as zeros, [T][B][Pp]; up to fifteen floats may be read behind it. */
  dhSteps: usize;
  /** Scratch [B][Hp]: dL/dm. */
  dm: usize;
  /** The projection's gradient, [H, P]. */
  dProjection: usize;
}

/** Bytes of a descriptor, for the side that writes it. */
export function lstmExtendedDescriptorBytes(): i32 {
  return <i32>offsetof<LstmExtendedDescriptor>();
}
