/**
 * Solves (A + diag(penalty)) x = b for a symmetric positive definite A by Cholesky's factorization, in place.
 *
 * @param a row-major `[size, size]`, of which the lower triangle is read; overwritten by the factor.
 * @param b overwritten by the solution.
 * @returns false where the matrix is not positive definite to within rounding; `b` is then meaningless.
 */
export function solveRidge(a: Float64Array, b: Float64Array, penalty: Float64Array): boolean {
  const size = b.length;
  for (let i = 0; i < size; i++) a[i * size + i]! += penalty[i]!;
  for (let j = 0; j < size; j++) {
    const whole = a[j * size + j]!;
    let pivot = whole;
    for (let k = 0; k < j; k++) pivot -= a[j * size + k]! ** 2;
    if (!(pivot > whole * size * Number.EPSILON)) return false;
    const root = Math.sqrt(pivot);
    a[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = a[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * size + k]! * a[j * size + k]!;
      a[i * size + j] = sum / root;
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * size + k]! * b[k]!;
    b[i] = sum / a[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < size; k++) sum -= a[k * size + i]! * b[k]!;
    b[i] = sum / a[i * size + i]!;
  }
  return true;
}
