/**
 * What an attention hands its kernels: addresses in bytes, strides and counts in elements. A unit of work is one head of
 * one sample; unit u is sample u / heads, head u mod heads.
 * `src/engine/descriptors.ts` writes the same fields in the same order; test/house/descriptors.test.ts compares them.
 *
 * Rows are time-major: step t of sample n stands at row t B + n, and head h of it `…HeadStride` floats further on. Head
 * strides and row strides are multiples of 4. Sp = 4 ⌈S/4⌉, Tp = 4 ⌈T/4⌉.
 */
@unmanaged
export class AttentionDescriptor {
  batch: i32;
  heads: i32;
  /** T steps of the query, S of key and value. */
  querySteps: i32;
  valueSteps: i32;
  keyDim: i32;
  valueDim: i32;

  query: usize;
  queryStride: i32;
  queryHeadStride: i32;
  key: usize;
  keyStride: i32;
  keyHeadStride: i32;
  value: usize;
  valueStride: i32;
  valueHeadStride: i32;
  output: usize;
  outputStride: i32;
  outputHeadStride: i32;

  /** How scores are made: DOT or ADDITIVE. */
  mode: i32;
  /** DOT: the factor of q · k. ADDITIVE: the factor of q + k inside tanh. One float; 0 as an address: 1. */
  scale: usize;
  /** ADDITIVE: the factor of each feature's tanh, 4 ⌈keyDim/4⌉ floats, the padding zeros. */
  weights: usize;

  /** f32 [T][B] and [S][B], 1 or 0; 0 as an address: all count. A pair counts where all that are given do. */
  queryMask: usize;
  valueMask: usize;
  keyMask: usize;
  /** 1: step i looks at steps up to i alone. */
  causal: i32;
  /** 1: rows whose query is masked put out zero. */
  zeroMaskedQueries: i32;
  /** 1: a row of which nothing counts is a mean whose scores have a gradient (a large number was taken from each). */
  masksByBias: i32;

  /** Inverted dropout of the weights: the rate as the bits of a float, and its seed; 0: none. */
  dropoutRate: i32;
  seedLow: i32;
  seedHigh: i32;

  /** Softmax weights [units][T][Sp] as backward reads them (keepsWeights 1), or scratch [parts][T][Sp]. */
  attention: usize;
  keepsWeights: i32;
  /** Scratch for each part, `scratchFloats` floats; attentionScratchFloats says how many. */
  scratch: usize;
  scratchFloats: i32;

  /** Backward only. Gradients, laid out as what they belong to; 0: not wanted. */
  dOutput: usize;
  dQuery: usize;
  dKey: usize;
  dValue: usize;
  /** Each unit's share of the gradients of weights and scale, [units][4 ⌈keyDim/4⌉ + 4]; 0: not wanted. */
  shares: usize;
}

export const DOT: i32 = 0;
export const ADDITIVE: i32 = 1;

/** Bytes of a descriptor, for the side that writes it. */
export function attentionDescriptorBytes(): i32 {
  return <i32>offsetof<AttentionDescriptor>();
}

// @ts-ignore: decorator
@inline
export function padded4(count: i32): i32 {
  return (count + 3) & ~3;
}

// @ts-ignore: decorator
@inline
export function padded16(count: i32): i32 {
  return (count + 15) & ~15;
}

/** Floats of scratch a part needs: packed panels of key or value, dropped weights, their gradient, and a transpose. */
export function attentionScratchFloats(querySteps: i32, valueSteps: i32, keyDim: i32, valueDim: i32): i32 {
  const steps = max(querySteps, valueSteps);
  const panels = padded16(steps) * padded16(max(keyDim, valueDim));
  const square = padded4(querySteps) * padded4(valueSteps);
  return panels + 2 * square + max(square, padded4(querySteps) * padded4(keyDim));
}
