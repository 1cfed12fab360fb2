import type { Cell64, Step64 } from "./cells64.js";

/** Sizes of ∂h_T/∂h_t, one entry a time step; the last is that of the identity. */
export interface JacobianNorms {
  /** √Σ of squares. */
  readonly frobenius: Float64Array;
  /** Largest singular value: the factor by which a gradient can grow on its way, at most (Pascanu et al. 2013). */
  readonly spectral: Float64Array;
}

const ITERATIONS = 60;

const normOf = (v: Float64Array): number => {
  let sum = 0;
  for (const value of v) sum += value * value;
  return Math.sqrt(sum);
};

/** Largest singular value by power iteration on JᵀJ, from a start that no symmetry is orthogonal to. */
function spectralNorm(rows: readonly Float64Array[]): number {
  const n = rows.length;
  let v = Float64Array.from({ length: n }, (_, j) => 1 + ((j * 7919) % 101) / 101);
  let size = 0;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const length = normOf(v);
    if (length === 0) return 0;
    const next = new Float64Array(n);
    size = 0;
    for (const row of rows) {
      let product = 0;
      for (let j = 0; j < n; j++) product += row[j]! * (v[j]! / length);
      size += product * product;
      for (let j = 0; j < n; j++) next[j]! += product * row[j]!;
    }
    v = next;
  }
  return Math.sqrt(size);
}

/**
 * ‖∂h_T/∂h_t‖ for every t: the rows of the Jacobian are the gradients of the single elements of h_T, sent back through
 * the steps one unit vector at a time. Exact but for float64; T · H times the cost of one step back.
 *
 * @param masked steps that copied their state: the Jacobian passes unchanged.
 * @param truncate steps after which truncated BPTT cuts; 0: the true Jacobian.
 */
export function jacobianNorms(
  cell: Cell64,
  steps: readonly Step64[],
  masked: (t: number) => boolean,
  truncate: number,
): JacobianNorms {
  const last = steps.length - 1;
  const n = cell.width;
  const zeros = (): Float64Array => new Float64Array(n);
  const noCell = (): Float64Array => new Float64Array(steps[0]!.cell.length);
  let hidden = Array.from({ length: n }, (_, k) => {
    const unit = zeros();
    unit[k] = 1;
    return unit;
  });
  let cells = hidden.map(noCell);
  const [frobenius, spectral] = [new Float64Array(last + 1), new Float64Array(last + 1)];
  for (let t = last; t >= 0; t--) {
    frobenius[t] = Math.sqrt(hidden.reduce((sum, row) => sum + normOf(row) ** 2, 0));
    spectral[t] = spectralNorm(hidden);
    if (truncate > 0 && t % truncate === 0) {
      hidden = hidden.map(zeros);
      cells = cells.map(noCell);
    } else if (!masked(t)) {
      const back = hidden.map((row, k) => cell.back(steps[t]!, row, cells[k]!));
      hidden = back.map((gradient) => gradient.hidden);
      cells = back.map((gradient) => gradient.cell);
    }
  }
  return { frobenius, spectral };
}
