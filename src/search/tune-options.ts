import type { SearchData } from "./data.js";
import type { Runner } from "./runners/runner.js";
import type { Params } from "./space.js";
import type { Study } from "./study.js";
import type { RunningTrial, Trial } from "./trial.js";

/** How trials are proposed. */
export type SamplerName = "tpe" | "random" | "grid" | "sobol";
/** How trials are given up early. */
export type PrunerName = "asha" | "median";

/** What is told while a study runs. Each may be async; what it throws ends the study. */
export interface StudyCallback {
  onTrialBegin?(trial: { readonly number: number; readonly params: Params }): void | Promise<void>;
  onTrialReport?(trial: {
    readonly number: number;
    readonly step: number;
    readonly value: number;
  }): void | Promise<void>;
  onTrialEnd?(trial: Trial, study: Study): void | Promise<void>;
}

/** Options of `tune` that both of its forms take. */
export interface TuneOptions {
  /** Trials in all, those in `storage` included. Default 50; a grid ends when it is exhausted. */
  readonly trials?: number;
  /** Default `"tpe"`. */
  readonly sampler?: SamplerName;
  /** Gives up trials that are far behind. Default null: none is. */
  readonly pruner?: PrunerName | null;
  /** Default `"minimize"`. */
  readonly direction?: "minimize" | "maximize";
  /** Default 0. */
  readonly seed?: number;
  /** Where trials run. Default: threads of this machine in Node, this process elsewhere and for functions. */
  readonly runner?: Runner;
  /** A file that finished trials are written to, and read from when the same study is started again. Default: nothing is written. */
  readonly storage?: string;
  /** Seconds after which a trial has failed. Default: 3,600. */
  readonly trialTimeout?: number;
  /** Ends the study; what was finished is returned. Default: nothing ends it. */
  readonly signal?: AbortSignal;
  /** Told of every trial that begins and ends. Default: none. */
  readonly callbacks?: readonly StudyCallback[];
}

/** Options of `tune` for a recipe. */
export interface TuneRecipeOptions extends TuneOptions {
  /** A series, oldest value first, `{ series }` or `{ x, y }`. The last fifth is not looked at; of the rest the last fifth is validation. */
  readonly data: SearchData;
}

/** Options of `tune` for a function. */
export interface TuneFunctionOptions extends TuneOptions {
  /** A record in which any value may be `choice`, `uniform`, `logUniform` or `int`. */
  readonly space: Readonly<Record<string, unknown>>;
}

/** What a search tries to make small (or large): parameters by path in, a finite number out. */
export type Objective = (
  params: Record<string, never> & Params,
  trial: RunningTrial,
) => number | Promise<number>;
