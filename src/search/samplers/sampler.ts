import type { Params } from "../space.js";

/** What a finished trial tells a sampler: the smaller `loss`, the better (a maximized value comes with its sign turned). */
export interface Observation {
  readonly number: number;
  readonly params: Params;
  /** Last value reported; Infinity for a failed trial. */
  readonly loss: number;
  /** Steps after which a trial was given up; Infinity where it was complete. */
  readonly steps: number;
}

/** Says which values the next trial tries. The same seed, number and observations give the same values. */
export interface Sampler {
  readonly name: string;
  /** Whether proposals depend on earlier trials. */
  readonly isAdaptive: boolean;
  /** Trials after which there is nothing more to try. */
  readonly size?: number;
  propose(number: number, finished: readonly Observation[]): Params;
}
