/** Runs of each way that are timed before one is chosen. */
const TRIALS = 3;
/** Runs after which the choice is looked at again: a machine that was busy may be free now. */
const TERM = 2_000;

/** Sizes remembered at once, so that the smaller last batch of an epoch does not make a gauge forget the others. */
const SIZES = 16;

interface Record {
  alone: number;
  shared: number;
  runs: number;
}

/**
 * Decides by measurement whether one piece of work runs faster alone or shared between threads. Results do not depend
 * on the answer, so it may change at any time.
 */
export class Gauge {
  readonly #records = new Map<number, Record>();

  /** Runs the work one way or the other. `size` tells equal work from other work. */
  run(size: number, alone: () => void, shared: () => void): void {
    const record = this.#recordOf(size);
    const run = record.runs++;
    if (run >= 2 * TRIALS) {
      if (record.shared < record.alone) shared();
      else alone();
      return;
    }
    const began = performance.now();
    if (run % 2 === 1) {
      shared();
      record.shared = Math.min(record.shared, performance.now() - began);
    } else {
      alone();
      record.alone = Math.min(record.alone, performance.now() - began);
    }
  }

  #recordOf(size: number): Record {
    const known = this.#records.get(size);
    if (known !== undefined && known.runs < TERM) return known;
    if (this.#records.size >= SIZES) this.#records.clear();
    const fresh = { alone: Number.POSITIVE_INFINITY, shared: Number.POSITIVE_INFINITY, runs: 0 };
    this.#records.set(size, fresh);
    return fresh;
  }
}
