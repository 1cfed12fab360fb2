import type { Kernels } from "../engine/kernels.js";
import type { Memory } from "../engine/memory.js";
import { refuseUnknown } from "../options.js";
import type { Tensor } from "../tensor.js";
import type { ClassTargets } from "./class-targets.js";

/** One batch of predictions and targets, as addresses: rows (of samples, or of samples and time steps) of `width`. */
export interface LossBatch {
  /** @internal */
  readonly kernels: Kernels;
  /** @internal */
  readonly memory: Memory;
  /** @internal */
  readonly prediction: number;
  /** @internal */
  readonly target: number;
  /** @internal Weight of each row; 0 as an address: all ones. */
  readonly weight: number;
  /** @internal 1 or 0 for each row that counts or does not; 0 as an address: all count. */
  readonly mask: number;
  /** @internal Where scale · dL/dprediction goes (=); 0: value only. */
  readonly gradient: number;
  /** @internal Samples; rows are theirs, one a time step where predictions are sequences, step by step. */
  readonly samples: number;
  /** @internal */
  readonly isSequence: boolean;
  /** @internal */
  readonly rows: number;
  /** @internal */
  readonly width: number;
  /** @internal */
  readonly stride: number;
  /** @internal */
  readonly targetWidth: number;
  /** @internal */
  readonly targetStride: number;
  /** @internal */
  readonly scale: number;
  /** Rows that the mean divides by: those that are not masked. */
  readonly counted: number;
  /** Labels as they were given, for a user's own function; undefined: they are the target's rows. */
  readonly labels?: (() => Tensor) | undefined;
  /** What weighs samples, steps or outputs, mask included, as a user's own function takes it; undefined: nothing does. */
  readonly sampleWeight?: (() => Tensor) | undefined;
}

/** Options of every loss. */
export interface LossOptions {
  /** Its key in the logs where it is a metric. Default: Keras's, such as `mean_squared_error`. */
  readonly name?: string;
}

/** A measure of predictions against targets, with its gradient, computed in one pass. */
export interface Loss {
  /** Keras's name in camelCase, such as `meanSquaredError`. */
  readonly name: string;
  /** Its key in the logs where it is a metric. Default: Keras's, such as `mean_squared_error`. */
  readonly label?: string | undefined;
  /** The options that make this loss again; plain JSON. */
  readonly config: Record<string, unknown>;
  /** Whether it is a function of a user's own, which no file can hold. */
  readonly isCustom?: boolean;
  /** Whether targets are numbers like the predictions, or one class index a row. */
  readonly targets: "values" | "classes";
  /** @internal What it knows of class indices, where it takes them. */
  readonly classes?: ClassTargets;
  /** Whether the loss has to see all rows of a batch at once, as a user's own function does. */
  readonly isWholeBatch?: boolean;
  /** Whether targets may be as wide as they come: a user's own function that says so. */
  readonly takesAnyTargets?: boolean;
  /**
   * Which predictions of a row belong to one of its targets; undefined where a row is judged as a whole, so that its
   * outputs cannot be weighed one by one.
   */
  columnsOf?(target: number, width: number): readonly number[];
  /** Width of a row of targets for predictions of this width. @throws ShapeError for a width the loss cannot use. */
  targetWidth(width: number): number;
  /** Σ over rows of weight · (the row's loss); writes the gradient where one is asked for. */
  sum(batch: LossBatch): number;
}

/** An output's rows, as weights and labels have to know them. */
export interface OutputRows {
  readonly isSequence: boolean;
  readonly timesteps: number;
  /** Address of 1 or 0 for each row; 0: all count. */
  readonly mask: number;
}

/** The samples of a batch in tensors that hold more of them. */
export interface BatchSamples {
  readonly size: number;
  sampleOf(n: number): number;
}

/** What `gateflow` knows of weights and labels and `gateflow/core` does without; see `weigh-outputs.ts`. */
export interface LossExtras {
  /** Whether weights are as `expected`, or weigh outputs one by one. @throws ConfigError where the loss cannot. */
  takesWeights?(
    where: string,
    shape: readonly number[],
    output: { readonly steps: readonly number[]; readonly width: number },
    loss: Loss,
  ): boolean;
  /** Whether weights are one an output. */
  isByOutput?(weights: Tensor, output: OutputRows): boolean;
  /** The loss where they are. */
  sumByOutput?(
    loss: Loss,
    batch: LossBatch,
    weights: Tensor,
    output: OutputRows,
    samples: BatchSamples,
  ): number;
  /** The weights as a user's own function takes them; undefined: nothing weighs. */
  weightsOf?(
    memory: Memory,
    output: OutputRows,
    weights: Tensor | null,
    samples: BatchSamples,
  ): (() => Tensor) | undefined;
  /** The labels as they were given, where they are not as wide as the predictions. */
  labelsOf?(loss: Loss, width: number, labels: Tensor, samples: BatchSamples): (() => Tensor) | undefined;
  /** How wide a user's own function says its labels are. @throws ConfigError for what is no width. */
  widthOf?(name: string, width: unknown): number | "any" | undefined;
  /** @throws ConfigError for a metric that compares predictions to labels which are not as wide. */
  checkMetric?(
    where: string,
    metric: { readonly name: string; readonly isCustom?: boolean },
    loss: Loss,
    width: number | undefined,
  ): void;
}

export const lossExtras: LossExtras = {};

/** How a loss comes of its options: `gateflow` knows more of them, `gateflow/core` does not; see `reduction.ts`. */
export const lossMaking = {
  /** @throws ConfigError for an option that nobody reads. */
  make(where: string, options: LossOptions, known: readonly string[], loss: () => Loss): Loss {
    refuseUnknown(where, options, [...known, "name"]);
    return loss();
  },
};

export const isLoss = (value: unknown): value is Loss =>
  typeof value === "object" && value !== null && typeof (value as Partial<Loss>).sum === "function";

/** @internal What every loss kernel takes first, in its order. */
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
