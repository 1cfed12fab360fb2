/** -1, 0 or 1 with the sign of x, of four floats; NaN for NaN. */
// @ts-ignore: decorator
@inline
export function sign4(x: v128): v128 {
  const one = v128.or(v128.and(x, i32x4.splat(0x80000000)), f32x4.splat(1));
  return v128.bitselect(one, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)));
}
