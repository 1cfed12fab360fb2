import { complete, type Steps } from "./steps.js";

/**
 * A least-squares fit by Householder reflections, which also answers for every model made of its first columns alone.
 */
export interface LeastSquares {
  readonly observations: number;
  /** How many leading columns are independent; nothing is known of models with more. */
  readonly rank: number;
  /** Coefficients of the model of the first `count` columns (default: all independent ones). */
  coefficients(count?: number): number[];
  /** Residual sum of squares of the model of the first `count` columns. */
  residualSum(count: number): number;
  /** t statistic of the last coefficient in the model of the first `count` columns, homoscedastic errors. */
  lastT(count: number): number;
}

/**
 * Fits y on the columns.
 *
 * @param columns regressors, each as long as `y`; the order fixes which models are nested.
 */
export const leastSquares = (columns: readonly Float64Array[], y: Float64Array): LeastSquares =>
  complete(leastSquaresSteps(columns, y));

/** Numbers that are turned between two pauses: a few milliseconds. */
const PIECE = 500_000;

/** {@link leastSquares}, a column a piece, or a few reflections where columns are long. */
export function* leastSquaresSteps(columns: readonly Float64Array[], y: Float64Array): Steps<LeastSquares> {
  const n = y.length;
  const reduced = columns.map((column) => column.slice());
  const rotated = y.slice();
  const size = norm(y, 0);
  let rank = 0;
  while (rank < Math.min(n, reduced.length)) {
    const column = reduced[rank]!;
    const rest = norm(column, rank);
    // What remains of a column after its predecessors is then rounding: n * epsilon bounds what they can leave behind.
    if (rest <= n * Number.EPSILON * norm(columns[rank]!, 0)) break;
    const reflector = column.slice(rank);
    reflector[0]! += column[rank]! > 0 ? rest : -rest;
    const half = rest * (rest + Math.abs(column[rank]!));
    let turned = 0;
    for (let j = rank; j < reduced.length; j++) {
      reflect(reduced[j]!, reflector, half, rank);
      turned += n;
      if (turned < PIECE) continue;
      turned = 0;
      yield;
    }
    reflect(rotated, reflector, half, rank);
    rank++;
    yield;
  }

  const residualSum = (count: number): number => {
    let squares = 0;
    for (let t = count; t < n; t++) squares += rotated[t]! * rotated[t]!;
    return squares;
  };
  return {
    observations: n,
    rank,
    residualSum,
    coefficients(count = rank) {
      const beta = new Array<number>(count).fill(0);
      for (let k = count - 1; k >= 0; k--) {
        let value = rotated[k]!;
        for (let j = k + 1; j < count; j++) value -= reduced[j]![k]! * beta[j]!;
        beta[k] = value / reduced[k]![k]!;
      }
      return beta;
    },
    lastT(count) {
      // With R triangular, the last coefficient is rotated / R and its standard error s / |R|.
      // A series that obeys the model exactly leaves residuals of rounding, or none: epsilon keeps t finite.
      const sigma = Math.sqrt(Math.max(residualSum(count), (Number.EPSILON * size) ** 2) / (n - count));
      return (Math.sign(reduced[count - 1]![count - 1]!) * rotated[count - 1]!) / sigma;
    },
  };
}

function norm(values: Float64Array, from: number): number {
  let squares = 0;
  for (let t = from; t < values.length; t++) squares += values[t]! * values[t]!;
  return Math.sqrt(squares);
}

/** x -= v (v·x) / half from element `from` on, in place. */
function reflect(x: Float64Array, v: Float64Array, half: number, from: number): void {
  let product = 0;
  for (let i = 0; i < v.length; i++) product += v[i]! * x[from + i]!;
  const factor = product / half;
  for (let i = 0; i < v.length; i++) x[from + i]! -= factor * v[i]!;
}
