/**
 * dropout: y = x · keep / (1 - rate), where element k is kept when a hash of (seed, k) says so.
 *
 * The mask is a function of the seed and the position alone: backward calls the kernel again with the gradient in
 * place of x, nothing is stored, and the result does not depend on who computes which part.
 *
 * Math     inverted dropout (Srivastava et al. 2014); keep where u >= rate, u = hash / 2^32
 * Shapes   x, y [count]
 * Writes   y (=)
 * Alias    y may be x; Align 16; any count >= 0, rounded up to a multiple of 4 (activations are padded to it)
 * Error    one rounding; a dropped element is 0 whatever x is
 * Oracle   test/assembly/layers/dropout.test.ts
 */
export function dropout(xPtr: usize, yPtr: usize, count: i32, rate: f32, seedLow: i32, seedHigh: i32): void {
  assert(rate >= 0 && rate < 1);
  const scale = f32x4.splat(<f32>1 / (<f32>1 - rate));
  const bound = i32x4.splat(<i32>(<u32>(<f64>rate * 4294967296.0)));
  const low = i32x4.splat(seedLow);
  const high = i32x4.splat(seedHigh);
  let position = i32x4(0, 1, 2, 3);
  const end = xPtr + (<usize>((count + 3) & ~3) << 2);
  for (; xPtr < end; xPtr += 16) {
    const bits = hash4(position, low, high);
    const keep = i32x4.ge_u(bits, bound);
    v128.store(yPtr, v128.and(keep, f32x4.mul(v128.load(xPtr), scale)));
    position = i32x4.add(position, i32x4.splat(4));
    yPtr += 16;
  }
}

/** 32 random bits for each of four positions, a function of the seed and the position alone. */
// @ts-ignore: decorator
@inline
export function hash4(position: v128, low: v128, high: v128): v128 {
  return mix(i32x4.add(mix(v128.xor(position, low)), high));
}

/** The finalizer of MurmurHash3 (Appleby), a bijection in which every input bit reaches every output bit. */
// @ts-ignore: decorator
@inline
function mix(bits: v128): v128 {
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 16)), i32x4.splat(0x85ebca6b));
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(bits, i32x4.shr_u(bits, 16));
}
