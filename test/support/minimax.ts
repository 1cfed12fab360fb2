/**
 * Minimax polynomials by Remez exchange, in float64.
 *
 * `minimax` finds the coefficients c of p(x) = c[0] + c[1] x + … + c[degree] x^degree that make the largest
 * |weight(x) · (p(x) - f(x))| on [lo, hi] as small as possible (Remez 1934; the error of the best polynomial
 * alternates between +E and -E at degree + 2 points).
 */
export interface MinimaxFit {
  readonly coefficients: readonly number[];
  /** Largest weighted error of the fit, before its coefficients are rounded to float32. */
  readonly error: number;
}

const GRID = 4001;
const EXCHANGES = 40;

function solve(matrix: number[][], right: number[]): number[] {
  const n = right.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    [right[column], right[pivot]] = [right[pivot]!, right[column]!];
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let k = column; k < n; k++) matrix[row]![k]! -= factor * matrix[column]![k]!;
      right[row]! -= factor * right[column]!;
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = right[row]!;
    for (let k = row + 1; k < n; k++) sum -= matrix[row]![k]! * right[k]!;
    right[row] = sum / matrix[row]![row]!;
  }
  return right;
}

export const horner = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/** Where |error| peaks between two changes of its sign. */
function alternation(errors: readonly number[]): number[] {
  const peaks: number[] = [];
  let best = 0;
  for (let i = 1; i < errors.length; i++) {
    if (errors[i]! * errors[best]! < 0) {
      peaks.push(best);
      best = i;
    } else if (Math.abs(errors[i]!) > Math.abs(errors[best]!)) {
      best = i;
    }
  }
  peaks.push(best);
  return peaks;
}

export function minimax(
  f: (x: number) => number,
  weight: (x: number) => number,
  lo: number,
  hi: number,
  degree: number,
): MinimaxFit {
  const grid = Array.from(
    { length: GRID },
    (_, i) => (lo + hi) / 2 - ((hi - lo) / 2) * Math.cos((Math.PI * i) / (GRID - 1)),
  );
  const values = grid.map(f);
  const weights = grid.map(weight);
  const points = degree + 2;
  let chosen = Array.from({ length: points }, (_, i) => Math.round((i * (GRID - 1)) / (points - 1)));
  let coefficients: number[] = [];
  let error = Number.POSITIVE_INFINITY;
  for (let exchange = 0; exchange < EXCHANGES; exchange++) {
    const matrix = chosen.map((at, i) => [
      ...Array.from({ length: degree + 1 }, (_, power) => grid[at]! ** power),
      (i % 2 === 0 ? 1 : -1) / Math.max(weights[at]!, 1e-300),
    ]);
    coefficients = solve(
      matrix,
      chosen.map((at) => values[at]!),
    ).slice(0, degree + 1);
    const errors = grid.map((x, i) => weights[i]! * (horner(coefficients, x) - values[i]!));
    error = Math.max(...errors.map(Math.abs));
    const peaks = alternation(errors);
    while (peaks.length > points) {
      if (Math.abs(errors[peaks[0]!]!) < Math.abs(errors[peaks.at(-1)!]!)) peaks.shift();
      else peaks.pop();
    }
    if (peaks.length < points || peaks.every((peak, i) => peak === chosen[i])) break;
    chosen = peaks;
  }
  return { coefficients, error };
}
