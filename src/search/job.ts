import type { ForecasterOptions } from "../forecast/types.js";
import type { Recipe } from "../recipe/recipe.js";

/** A training as plain data: what a runner may hand to another thread or machine. */
export type Job =
  | {
      /** Trains a recipe on its own split; the value is the last validation loss. */
      readonly kind: "recipe";
      readonly recipe: Recipe;
      readonly seed: number;
      /** Whether the weights come back too. */
      readonly keep?: true;
    }
  | {
      /** Trains on some of the examples and tests on others. */
      readonly kind: "fold";
      readonly recipe: Recipe;
      readonly seed: number;
      readonly train: readonly number[];
      readonly test: readonly number[];
    }
  | {
      /** Fits a forecaster on the series. */
      readonly kind: "forecaster";
      readonly options: ForecasterOptions;
      /** The first rows, which it learns from; undefined: all. */
      readonly rows?: number;
    };

/** What comes back, as plain data. */
export interface JobResult {
  /** Validation loss, or the test's. */
  readonly value: number;
  /** Loss on the examples trained on. */
  readonly train?: number;
  /** A saved model or forecaster. */
  readonly bytes?: Uint8Array;
}

/** What a job may tell while it runs. */
export interface JobHooks {
  /** Called in the order of the steps, and for the last time before the job ends. @returns whether to go on. */
  report(value: number, step: number): Promise<boolean>;
  /** Whether something judges by what is reported: otherwise a runner may go on without an answer, and tell several values at once. */
  readonly isJudged: boolean;
  readonly signal: AbortSignal;
}
