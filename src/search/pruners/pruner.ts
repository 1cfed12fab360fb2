/** What the trials of a study have reported: by trial, the values by step. Smaller is better. */
export type Reports = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** Says which running trials are not worth going on with. */
export interface Pruner {
  readonly name: string;
  /** Whether a trial should be given up, right after it has reported `step`. */
  isBehind(number: number, step: number, reports: Reports, finished: ReadonlySet<number>): boolean;
}
