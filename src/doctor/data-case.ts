import type { TensorLike } from "../tensor.js";
import { type Alignment, alignmentOf, openWindows, type Windows } from "./evidence/window-source.js";

/** What data rules look at: a raw series' columns, or examples and, where given, those kept for validation. */
export interface DataCase {
  /** Raw: a fault only where no preparation mends it. */
  readonly kind: "series" | "examples";
  /** The series' columns, or x's features. */
  readonly columns: readonly Float64Array[];
  readonly windows: Windows | null;
  readonly validation: Windows | null;
  /** The raw series, where it was given beside the examples: its first column, gaps as NaN. */
  readonly series: Float64Array | null;
  /** Where the target's place among the features is known. */
  readonly alignment: Alignment | null;
  /** Whether targets are class indices or one-hot rows; undefined: nothing is known of the loss. */
  readonly isClassification: boolean;
  /** Whether inputs are indices of an embedding. */
  readonly isIndexed: boolean;
  /** Whether the model is stateful: then one time step a batch is a way to work. */
  readonly isStateful: boolean;
  /** Whether the examples come with a model that has been trained: then its answers tell more than their look. */
  readonly isTrained: boolean;
  /**
   * Of a trained model its loss in units of the best constant answer's, on the examples held back where there are any; null
   * before training, and where no model is known.
   */
  readonly unlearnt: number | null;
  /** Of a trained model its loss on the examples held back over that on those it was trained on; null as above. */
  readonly heldOverTrain: number | null;
}

export function seriesCase(columns: readonly Float64Array[]): DataCase {
  return {
    kind: "series",
    columns,
    windows: null,
    validation: null,
    series: columns[0] ?? null,
    alignment: null,
    isClassification: false,
    isIndexed: false,
    isStateful: false,
    isTrained: false,
    unlearnt: null,
    heldOverTrain: null,
  };
}

/** Whether every target is one of few whole numbers, as classes are. */
function looksLikeClasses(windows: Windows): boolean {
  const seen = new Set<number>();
  for (const value of windows.y.data) {
    if (!Number.isInteger(value) || value < 0) return false;
    seen.add(value);
    if (seen.size > 20) return false;
  }
  // Ten examples a class or more: a count or a price seldom repeats itself so often.
  return windows.y.data.length >= 10 * seen.size;
}

export interface ExamplesOptions {
  readonly validation?: readonly [TensorLike, TensorLike] | undefined;
  readonly series?: Float64Array | null;
  readonly isClassification?: boolean;
  readonly isIndexed?: boolean;
  readonly isStateful?: boolean;
}

export function examplesCase(x: TensorLike, y: TensorLike, options: ExamplesOptions = {}): DataCase {
  const windows = openWindows(x, y);
  const alignment = alignmentOf(windows);
  // A value of the series itself is an amount, though there be only two.
  const isClassification = options.isClassification ?? (alignment === null && looksLikeClasses(windows));
  return {
    kind: "examples",
    columns: windows.columns,
    windows,
    validation: options.validation === undefined ? null : openWindows(...options.validation),
    series: options.series ?? null,
    alignment,
    isClassification,
    isIndexed: options.isIndexed ?? false,
    isStateful: options.isStateful ?? false,
    isTrained: false,
    unlearnt: null,
    heldOverTrain: null,
  };
}

/** Named columns of a case: features and targets of examples, or a series' columns. */
export function namedColumns(at: DataCase): { name: string; values: Float64Array; isTarget: boolean }[] {
  const kind = at.kind === "series" ? "column" : "feature";
  return [
    ...at.columns.map((values, f) => ({ name: `${kind} ${f}`, values, isTarget: false })),
    ...(at.windows?.targets ?? []).map((values, k, { length }) => ({
      name: length === 1 ? "target" : `target ${k}`,
      values,
      isTarget: true,
    })),
  ];
}
