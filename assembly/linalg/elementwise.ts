/**
 * Element-wise passes over padded activations. Counts of the functions used between kernels are bytes, multiples of 16.
 */

/** y += x */
export function addFloats(xPtr: usize, yPtr: usize, bytes: usize): void {
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    v128.store(yPtr + offset, f32x4.add(v128.load(yPtr + offset), v128.load(xPtr + offset)));
  }
}

/** y = a ⊙ b */
export function multiplyFloats(aPtr: usize, bPtr: usize, yPtr: usize, bytes: usize): void {
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    v128.store(yPtr + offset, f32x4.mul(v128.load(aPtr + offset), v128.load(bPtr + offset)));
  }
}

/** y += a ⊙ b */
export function addProducts(aPtr: usize, bPtr: usize, yPtr: usize, bytes: usize): void {
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    const product = f32x4.mul(v128.load(aPtr + offset), v128.load(bPtr + offset));
    v128.store(yPtr + offset, f32x4.add(v128.load(yPtr + offset), product));
  }
}

/**
 * multiplySteps: y[s] = x[s] ⊙ factors for each of `steps` blocks of `count` floats: one mask for every time step.
 *
 * Shapes   x, y [steps, count]; factors [count]; count a multiple of 4
 * Writes   y (=)
 * Alias    y may be x; Align 16
 * Oracle   test/assembly/linalg/elementwise.test.ts
 */
export function multiplySteps(xPtr: usize, factorsPtr: usize, yPtr: usize, steps: i32, count: i32): void {
  assert((count & 3) == 0);
  const bytes = (<usize>count) << 2;
  for (let step = 0; step < steps; step++) {
    multiplyFloats(xPtr + <usize>step * bytes, factorsPtr, yPtr + <usize>step * bytes, bytes);
  }
}
