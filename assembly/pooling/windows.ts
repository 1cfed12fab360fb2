/**
 * Pooling over windows of time steps, for all samples and features of a step at once. Window t covers the steps
 * [t strides - shift, t strides - shift + poolSize) that are there: what `padding: "same"` adds counts for nothing.
 */

/** The first step of window t that is there. */
// @ts-ignore: decorator
@inline
export function windowBegin(t: i32, strides: i32, shift: i32): i32 {
  return max(0, t * strides - shift);
}

/** The step behind the last one of window t that is there. */
// @ts-ignore: decorator
@inline
export function windowEnd(t: i32, strides: i32, shift: i32, poolSize: i32, xSteps: i32): i32 {
  return min(xSteps, t * strides - shift + poolSize);
}
