import type { TensorLike } from "../tensor.js";
import type { ClassWeight } from "./evidence/class-weights.js";
import { memoryOf, REMEMBERS_Z } from "./evidence/series-order.js";
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
  /** Factors of the classes in training, where they are known. */
  readonly classWeight?: ClassWeight | undefined;
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

const MOST_CLASSES = 20;
/** Classes are counted without gaps: of more than a few, their number is about the largest one. */
const LEAST_FILLED = 0.8;

/** Whether every target is one of few whole numbers, as classes are; of targets of a model that reads tokens, of any. */
function looksLikeClasses({ y }: Windows, isIndexed: boolean): boolean {
  const seen = new Set<number>();
  let most = 0;
  for (const value of y.data) {
    if (!Number.isInteger(value) || value < 0) return false;
    seen.add(value);
    most = Math.max(most, value);
  }
  if (isIndexed) return true;
  // Ten examples a class or more: a count or a price seldom repeats itself so often.
  if (seen.size <= MOST_CLASSES) return y.data.length >= 10 * seen.size;
  const isScattered = memoryOf(Float64Array.from(y.data)) < REMEMBERS_Z;
  return isScattered && y.data.length >= 5 * seen.size && seen.size >= LEAST_FILLED * (most + 1);
}

/** Each token a few times at least: what is read once is an amount. */
const TIMES_A_TOKEN = 3;

/** Whether inputs are whole numbers without a time axis of features, `[samples, steps]`, that repeat themselves, as tokens do. */
function looksLikeIndices({ x }: Windows): boolean {
  if (x.shape.length !== 2 || x.data.length === 0) return false;
  const seen = new Set<number>();
  for (const value of x.data) {
    if (!Number.isInteger(value) || value < 0) return false;
    seen.add(value);
  }
  return seen.size > 2 && x.data.length >= TIMES_A_TOKEN * seen.size;
}

export interface ExamplesOptions {
  readonly validation?: readonly [TensorLike, TensorLike] | undefined;
  readonly series?: Float64Array | null;
  readonly isClassification?: boolean;
  readonly isIndexed?: boolean;
  readonly isStateful?: boolean;
  readonly classWeight?: ClassWeight | undefined;
}

export function examplesCase(x: TensorLike, y: TensorLike, options: ExamplesOptions = {}): DataCase {
  const windows = openWindows(x, y);
  const alignment = alignmentOf(windows);
  // A value of the series itself is an amount, though there be only two.
  const isIndexed = options.isIndexed ?? looksLikeIndices(windows);
  const isClassification =
    options.isClassification ?? ((isIndexed || alignment === null) && looksLikeClasses(windows, isIndexed));
  return {
    kind: "examples",
    columns: windows.columns,
    windows,
    validation: options.validation === undefined ? null : openWindows(...options.validation),
    series: options.series ?? null,
    alignment,
    isClassification,
    classWeight: options.classWeight,
    isIndexed,
    isStateful: options.isStateful ?? false,
    isTrained: false,
    unlearnt: null,
    heldOverTrain: null,
  };
}

/** What to call one of the columns: a series of one column is the series, and has no columns to count. */
export function columnName(at: DataCase, f: number): string {
  if (at.kind === "series") return at.columns.length === 1 ? "the series" : `column ${f}`;
  return `feature ${f}`;
}

/** Named columns of a case: features and targets of examples, or a series' columns. */
export function namedColumns(at: DataCase): { name: string; values: Float64Array; isTarget: boolean }[] {
  return [
    ...at.columns.map((values, f) => ({ name: columnName(at, f), values, isTarget: false })),
    ...(at.windows?.targets ?? []).map((values, k, { length }) => ({
      name: length === 1 ? "target" : `target ${k}`,
      values,
      isTarget: true,
    })),
  ];
}

/** Below this share of a constant answer's loss a trained model does not suffer from how its data look. */
const LEARNT_SHARE = 0.2;

export const hasLearnt = ({ unlearnt }: DataCase): boolean => unlearnt !== null && unlearnt < LEARNT_SHARE;
