import type { Shape } from "../shapes.js";

/** What a contender is asked to do in a process of its own. */
export interface Task {
  readonly shape: Shape;
  readonly mode: "training" | "prediction" | "step";
  /** Threads of a contender that can choose; `"auto"`: its own default. */
  readonly threads: number | "auto";
  /**
   * Warm-up ends after so many steps, but not before `leastWarmSeconds`, in which optimizing compilers finish; or after
   * `warmSeconds`, but not before `leastWarmSteps` (default 1).
   */
  readonly warmSteps: number;
  readonly leastWarmSeconds: number;
  readonly warmSeconds: number;
  readonly leastWarmSteps?: number;
  /** Seconds of timing; at least one step is timed. */
  readonly seconds: number;
  /** The built gateflow to run, as a URL; default: this tree's dist/. */
  readonly dist?: string;
  /** gateflow: measures the micro-kernel's rate before and after. */
  readonly ceiling?: true;
  /** TensorFlow.js: its backend. */
  readonly backend?: "wasm" | "cpu";
}

export interface Outcome {
  readonly engine: string;
  readonly milliseconds: readonly number[];
  readonly warmSteps: number;
  /** The largest difference of a prediction from float64's, before anything was timed. */
  readonly predictionError: number;
  /** Losses of the first updates; empty in prediction. */
  readonly losses: readonly number[];
  /** Best rate of the micro-kernel in this process, beside the timing; ours alone. */
  readonly ceiling?: number;
}
