/** assembly/activation/softmax.ts in float64, one row. */

export function softmax(z: ArrayLike<number>): number[] {
  const values = Array.from(z);
  const top = Math.max(...values);
  const powers = values.map((v) => Math.exp(v - top));
  const sum = powers.reduce((total, v) => total + v, 0);
  return powers.map((v) => v / sum);
}

/** Σ_k ∂y_k/∂z_j dy_k, by the full Jacobian. */
export function softmaxGradient(y: ArrayLike<number>, dy: ArrayLike<number>): number[] {
  return Array.from(y, (yj, j) =>
    Array.from(y, (yk, k) => yk * ((j === k ? 1 : 0) - yj) * dy[k]!).reduce((sum, term) => sum + term, 0),
  );
}
