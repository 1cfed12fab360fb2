import type { EngineInfo } from "../engine/engine.js";
import type { ErrorDetails } from "../errors.js";
import type { History, Logs, TrainingParams } from "../model/events.js";
import type { FitOptions } from "../model/training/fit-options.js";
import type { NamedTensor } from "../tensor.js";

/** Keras's hooks, and whether the weights travel with them: not with those of each batch. */
export const HOOKS = {
  onTrainBegin: true,
  onTrainEnd: true,
  onEpochBegin: true,
  onEpochEnd: true,
  onTrainBatchBegin: false,
  onTrainBatchEnd: false,
  onTestBegin: false,
  onTestEnd: false,
  onTestBatchBegin: false,
  onTestBatchEnd: false,
} as const;
export type HookName = keyof typeof HOOKS;

/** What a worker's engine is made with; see `createEngine`. */
export interface WorkerEngineOptions {
  /** Upper bound on threads, the worker's own included. Default `'auto'`: as many as pay. */
  readonly threads?: number | "auto";
  /** The same bits on every machine. Default false. */
  readonly reproducible?: boolean;
  /** The address of `gateflow/worker`, for threads where the policy forbids `blob:`. Default: made of text. */
  readonly worker?: string | URL;
}

/** What begins a training: all of it plain data. */
export interface Order {
  readonly kind: "train";
  /** The model with its optimizer, as safetensors. */
  readonly model: Uint8Array;
  readonly x: unknown;
  readonly y: unknown;
  readonly options: Omit<FitOptions, "callbacks" | "signal">;
  readonly engine: WorkerEngineOptions;
  /** Hooks that somebody listens to. */
  readonly hooks: readonly HookName[];
  /** Names the listeners add to the logs, as far as they say. */
  readonly logNames: readonly string[];
}

/** The answer to a hook: what the listeners have changed. */
export interface Answer {
  readonly kind: "answer";
  readonly logs: Logs;
  readonly stopTraining: boolean;
  readonly learningRate?: number;
  readonly weights?: readonly NamedTensor[];
  /** The listener asked for weights that are not finite to be taken. */
  readonly allowNonFinite?: boolean;
  /** A listener threw: training ends. */
  readonly failed?: true;
}

export type ToWorker = Order | Answer | { readonly kind: "abort" };

/** A hook of the fit in the worker, which waits for the answer. */
export interface HookCall {
  readonly kind: "hook";
  readonly name: HookName;
  /** Epoch or batch, where the hook has one. */
  readonly index: number | null;
  readonly logs: Logs;
  readonly learningRate: number;
  readonly iterations: number;
  readonly batchLoss: number;
  readonly weights: NamedTensor[] | null;
  /** With onTrainBegin. */
  readonly params: TrainingParams | null;
}

/** An error as plain data: the kind of GateflowError, or null. */
export interface PlainError extends Omit<ErrorDetails, "cause" | "received" | "expected"> {
  readonly name: string;
  readonly message: string;
}

/** The end: what the training made, and why it broke off, if it did. */
export interface Ended {
  readonly kind: "ended";
  readonly error: PlainError | null;
  /** The model with its optimizer; null where there was none yet. */
  readonly model: Uint8Array | null;
  readonly history: History | null;
  readonly batchLoss: number;
  readonly engine: EngineInfo | null;
}

export type FromWorker = HookCall | Ended | { readonly kind: "ready" };
