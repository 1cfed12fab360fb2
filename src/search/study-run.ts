import { ConfigError, GateflowError, told } from "../errors.js";
import { numberIn } from "../options.js";
import { openJournal, type StudyHead } from "./journal.js";
import type { Pruner } from "./pruners/pruner.js";
import type { Observation, Sampler } from "./samplers/sampler.js";
import type { Dimension, Params } from "./space.js";
import { type Study, studyOf } from "./study.js";
import { type RunningTrial, type Trial, TrialPruned } from "./trial.js";
import type { TuneOptions } from "./tune-options.js";

/** One trial's work: a value, or what it throws. */
export type Work = (trial: RunningTrial) => Promise<number>;

export interface StudyPlan {
  readonly dimensions: readonly Dimension[];
  readonly sampler: Sampler;
  readonly pruner: Pruner | null;
  readonly head: StudyHead;
  readonly total: number;
  readonly workers: number;
  readonly timeout: number;
  readonly work: Work;
  readonly fill: (params: Params) => unknown;
}

/** Ends with the signal's reason, whatever the work is still waiting for. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** What ended a study from outside: its trial counts as not begun. */
class StudyEnded extends Error {}

/** A study under way: proposes, runs, writes down. */
export class StudyRun {
  readonly finished = new Map<number, Trial>();
  readonly #reports = new Map<number, Map<number, number>>();
  readonly #sign: 1 | -1;

  constructor(
    readonly plan: StudyPlan,
    readonly options: TuneOptions,
  ) {
    this.#sign = plan.head.direction === "minimize" ? 1 : -1;
  }

  study(): Study {
    const { dimensions, head, fill } = this.plan;
    return studyOf([...this.finished.values()], dimensions, head.direction, fill);
  }

  take(trial: Trial): void {
    this.finished.set(trial.number, trial);
    this.#reports.set(
      trial.number,
      new Map(Object.entries(trial.intermediate).map(([step, value]) => [Number(step), this.#sign * value])),
    );
  }

  /** What the sampler may know when it proposes a trial: of adaptive ones, the generations before its own. */
  #seenBy(number: number): Observation[] {
    const { sampler, head } = this.plan;
    const before = sampler.isAdaptive ? number - (number % head.generation) : 0;
    return [...this.finished.values()]
      .filter((trial) => trial.number < before)
      .map(({ number: own, params, value, state, intermediate }) => ({
        number: own,
        params,
        loss: value === null || state === "failed" ? Number.POSITIVE_INFINITY : this.#sign * value,
        steps:
          state === "complete"
            ? Number.POSITIVE_INFINITY
            : Math.max(0, ...Object.keys(intermediate).map(Number)),
      }));
  }

  /** Whether all that a trial's proposal depends on is known. */
  isDue(number: number): boolean {
    const { sampler, head } = this.plan;
    if (!sampler.isAdaptive) return true;
    const before = number - (number % head.generation);
    for (let i = 0; i < before; i++) if (!this.finished.has(i)) return false;
    return true;
  }

  #running(number: number, params: Params, signal: AbortSignal): RunningTrial {
    const reports = new Map<number, number>();
    this.#reports.set(number, reports);
    const isBehind = (): boolean => {
      const step = [...reports.keys()].at(-1);
      const { pruner } = this.plan;
      return (
        step !== undefined &&
        pruner?.isBehind(number, step, this.#reports, new Set(this.finished.keys())) === true
      );
    };
    return {
      number,
      params,
      signal,
      shouldPrune: isBehind,
      report: async (value, step) => {
        if (typeof value !== "number") {
          throw new ConfigError(`trial.report(): the value is ${told(value)}, expected a number.`, {
            received: value,
          });
        }
        numberIn("trial.report()", "step", step, { min: 0, integer: true });
        reports.set(step, this.#sign * value);
        for (const callback of this.options.callbacks ?? [])
          await callback.onTrialReport?.({ number, step, value });
        if (isBehind())
          throw new TrialPruned(`Trial ${number} was given up at step ${step}: it is far behind.`);
      },
    };
  }

  /** Runs one trial to its end, whatever that is. @throws StudyEnded when the study was ended meanwhile; what a callback throws. */
  async runOne(number: number): Promise<Trial> {
    const { sampler, timeout, work } = this.plan;
    const params = sampler.propose(number, this.#seenBy(number));
    for (const callback of this.options.callbacks ?? []) await callback.onTrialBegin?.({ number, params });
    const own = new AbortController();
    const outside = this.options.signal;
    const end = (): void => own.abort(new StudyEnded());
    outside?.addEventListener("abort", end, { once: true });
    const timer = setTimeout(
      () => own.abort(new GateflowError(`The trial took longer than ${timeout} seconds (\`trialTimeout\`).`)),
      Math.min(timeout * 1000, 2 ** 31 - 1),
    );
    const start = performance.now();
    let outcome: Pick<Trial, "value" | "state" | "error">;
    const trial = this.#running(number, params, own.signal);
    try {
      const value = await untilAborted((async () => work(trial))(), own.signal);
      outcome =
        typeof value === "number" && Number.isFinite(value)
          ? { value, state: "complete" }
          : {
              value: null,
              state: "failed",
              error: `The result is ${told(value)}, expected a finite number.`,
            };
    } catch (error) {
      if (outside?.aborted || error instanceof StudyEnded) throw new StudyEnded();
      const last = [...this.#reports.get(number)!.values()].at(-1);
      outcome =
        error instanceof TrialPruned
          ? {
              value: last === undefined || !Number.isFinite(last) ? null : this.#sign * last,
              state: "pruned",
            }
          : { value: null, state: "failed", error: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
      outside?.removeEventListener("abort", end);
    }
    const seconds = (performance.now() - start) / 1000;
    const intermediate = Object.fromEntries(
      [...this.#reports.get(number)!]
        .filter(([, value]) => Number.isFinite(value))
        .map(([step, value]) => [step, this.#sign * value]),
    );
    return { number, params, ...outcome, intermediate, seconds };
  }

  async run(): Promise<Study> {
    const { plan, options } = this;
    const journal = options.storage === undefined ? null : await openJournal(options.storage, plan.head);
    try {
      for (const trial of journal?.finished ?? []) if (trial.number < plan.total) this.take(trial);
      const open = Array.from({ length: plan.total }, (_, n) => n).filter((n) => !this.finished.has(n));
      const running = new Set<Promise<void>>();
      let failure: unknown;
      const launch = (number: number): void => {
        const one = this.runOne(number)
          .then(async (trial) => {
            await journal?.append(trial);
            this.take(trial);
            for (const callback of options.callbacks ?? []) await callback.onTrialEnd?.(trial, this.study());
          })
          .catch((error: unknown) => {
            if (!(error instanceof StudyEnded)) failure ??= error;
          })
          .finally(() => running.delete(one));
        running.add(one);
      };
      while (open.length > 0 || running.size > 0) {
        while (
          open.length > 0 &&
          running.size < plan.workers &&
          failure === undefined &&
          options.signal?.aborted !== true &&
          this.isDue(open[0]!)
        ) {
          launch(open.shift()!);
        }
        if (running.size === 0) break;
        await Promise.race(running);
      }
      if (failure !== undefined) throw failure;
      return this.study();
    } finally {
      await journal?.close();
    }
  }
}
