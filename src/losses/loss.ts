import type { Kernels } from "../engine/kernels.js";
import type { Memory } from "../engine/memory.js";

/** One batch of predictions and targets, as addresses: rows (of samples, or of samples and time steps) of `width`. */
export interface LossBatch {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly prediction: number;
  readonly target: number;
  /** Weight of each row; 0 as an address: all ones. */
  readonly weight: number;
  /** Where scale · dL/dprediction goes (=); 0: value only. */
  readonly gradient: number;
  /** Samples; rows are theirs, one a time step where predictions are sequences, step by step. */
  readonly samples: number;
  readonly isSequence: boolean;
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  readonly targetWidth: number;
  readonly targetStride: number;
  readonly scale: number;
}

/** A measure of predictions against targets, with its gradient, computed in one pass. */
export interface Loss {
  /** Keras's name in camelCase, such as `meanSquaredError`. */
  readonly name: string;
  /** The options that make this loss again; plain JSON. */
  readonly config: Record<string, unknown>;
  /** Whether it is a function of a user's own, which no file can hold. */
  readonly isCustom?: boolean;
  /** Whether targets are numbers like the predictions, or one class index a row. */
  readonly targets: "values" | "classes";
  /** Whether the loss has to see all rows of a batch at once, as a user's own function does. */
  readonly isWholeBatch?: boolean;
  /** Width of a row of targets for predictions of this width. @throws ShapeError for a width the loss cannot use. */
  targetWidth(width: number): number;
  /** Σ over rows of weight · (the row's loss); writes the gradient where one is asked for. */
  sum(batch: LossBatch): number;
}

export const isLoss = (value: unknown): value is Loss =>
  typeof value === "object" && value !== null && typeof (value as Partial<Loss>).sum === "function";

/** What every loss kernel takes first, in its order. */
export const lossArguments = ({
  prediction,
  target,
  weight,
  gradient,
  rows,
  width,
  stride,
  scale,
}: LossBatch) => [prediction, target, weight, gradient, rows, width, stride, scale] as const;
