import { constant, Variable } from "./autodiff.js";
import { abs, add, div, maximum, mul, scale, sqrt, square } from "./elementwise.js";
import { matmul, sum, sumLast, transpose } from "./structure.js";
import { sizeOf } from "./tensor64.js";

export interface RegularizerSpec {
  /** l1 Σ|w| */
  readonly l1?: number;
  /** l2 Σw², without a half */
  readonly l2?: number;
  /** Mean |cosine| between pairs of rows (or columns) of a matrix, times `factor`. */
  readonly orthogonal?: { readonly factor: number; readonly mode?: "rows" | "columns" };
}

/** x / ‖x‖ along the last axis; Keras bounds 1/‖x‖ by 1/ε = 1e7. */
export const normalize = (x: Variable): Variable =>
  div(x, sqrt(maximum(sumLast(square(x)), constant([], 1e-14))));

function orthogonalPenalty(w: Variable, factor: number, mode: "rows" | "columns"): Variable {
  const unit = normalize(mode === "rows" ? w : transpose(w));
  const n = unit.extent(0);
  const shape = [n, n];
  const offDiagonal = new Variable(
    shape,
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => (i % (n + 1) === 0 ? 0 : 1)),
  );
  const cosines = mul(matmul(unit, transpose(unit)), offDiagonal);
  return scale(sum(abs(cosines)), (0.5 * factor) / ((n * (n - 1)) / 2));
}

/** What a regularizer adds to the loss for `w`. */
export function penalty(w: Variable, { l1 = 0, l2 = 0, orthogonal }: RegularizerSpec): Variable {
  if (orthogonal !== undefined) return orthogonalPenalty(w, orthogonal.factor, orthogonal.mode ?? "rows");
  return add(scale(sum(abs(w)), l1), scale(sum(square(w)), l2));
}
