/** What every loss does to a row: its weight, and its gradient's padding. */

/** The weight of a row, 1 when there are no weights. */
// @ts-ignore: decorator
@inline
export function rowWeight(weightPtr: usize, row: i32): f32 {
  return weightPtr == 0 ? 1 : load<f32>(weightPtr + ((<usize>row) << 2));
}

/** Byte offset of a row. */
// @ts-ignore: decorator
@inline
export function rowOffset(row: i32, stride: i32): usize {
  return (<usize>row * <usize>stride) << 2;
}

/** Sets columns [from, stride) of a gradient row to 0. */
// @ts-ignore: decorator
@inline
export function zeroFrom(rowPtr: usize, from: i32, stride: i32): void {
  if (from < stride) memory.fill(rowPtr + ((<usize>from) << 2), 0, (<usize>(stride - from)) << 2);
}
