/** assembly/optim/'s vector arithmetic in float64. */

export const axpy = (a: number, x: ArrayLike<number>, y: ArrayLike<number>): number[] =>
  Array.from(y, (v, i) => v + a * x[i]!);

export const lerp = (average: ArrayLike<number>, w: ArrayLike<number>, momentum: number): number[] =>
  Array.from(average, (v, i) => momentum * v + (1 - momentum) * w[i]!);

export const l1l2 = (w: ArrayLike<number>, l1: number, l2: number): number =>
  Array.from(w).reduce((sum, v) => sum + l1 * Math.abs(v) + l2 * v * v, 0);

export const l1l2Gradient = (w: ArrayLike<number>, g: ArrayLike<number>, l1: number, l2: number): number[] =>
  Array.from(w, (v, i) => g[i]! + l1 * Math.sign(v) + 2 * l2 * v);
