import type { CompileOptions } from "../../model/compile.js";
import { deviationOfRawSpread, normalQuantile } from "../../numerics/normal.js";

/** What the network says of each step: one number, a number for each level, or a mean and a spread. */
export type Head =
  | { readonly kind: "point" }
  | { readonly kind: "quantile"; readonly levels: readonly number[] }
  | { readonly kind: "gaussian" };

/** Numbers in a row of the network's output. */
export const widthOf = (head: Head, outputs: number): number =>
  outputs * (head.kind === "point" ? 1 : head.kind === "gaussian" ? 2 : head.levels.length);

export const lossOf = (head: Head): CompileOptions["loss"] =>
  head.kind === "point"
    ? "mse"
    : head.kind === "gaussian"
      ? "gaussianNegativeLogLikelihood"
      : { name: "quantile", config: { quantiles: head.levels } };

/** The point forecast of step `o` among `outputs`, in the unit of the targets: a mean, or the median. */
export function pointOf(head: Head, row: Float32Array, o: number): number {
  return head.kind === "quantile" ? row[o * head.levels.length + head.levels.indexOf(0.5)]! : row[o]!;
}

/** What the network takes for the quantile of step `o`; undefined for a head or level it does not know. */
export function quantileOf(
  head: Head,
  row: Float32Array,
  o: number,
  outputs: number,
  level: number,
): number | undefined {
  if (head.kind === "point") return undefined;
  if (head.kind === "gaussian") {
    return row[o]! + normalQuantile(level) * deviationOfRawSpread(row[outputs + o]!);
  }
  const k = head.levels.indexOf(level);
  return k < 0 ? undefined : row[o * head.levels.length + k]!;
}
