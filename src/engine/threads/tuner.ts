/** Runs of each way in a trial; their median decides, which one disturbed run does not move. */
const TRIALS = 3;
/** Work that takes less than a millisecond is disturbed more, and costs less to try. */
const TRIALS_OF_SHORT_WORK = 9;
const SHORT_MS = 1;
/**
 * Runs between two trials: few at first, because the host compiles better code while it runs, four times as many each
 * time the choice stands.
 */
const FIRST_TERM = 64;
const LONGEST_TERM = 4_096;
/** Sharing has to save this much to be chosen: two processors save far more, or wait for each other. */
const GAIN = 0.1;
/** It is dropped before its term ends when it comes to cost this much more than working alone. */
const LOSS = 0.05;
/** Weight of the last run in the running mean by which sharing is watched. */
const FORGETTING = 0.125;
/** Sizes remembered at once, so that the smaller last batch of an epoch does not make a tuner forget the others. */
const SIZES = 16;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** What is known of the work of one size. */
class Timing {
  #alone: number[] = [];
  #shared: number[] = [];
  #aloneTime = 0;
  #runningMean = 0;
  #isShared: boolean | undefined;
  #term = FIRST_TERM;
  #left = 0;

  run(alone: () => void, shared: () => void): void {
    const isTrial = this.#left === 0;
    const isShared = isTrial ? this.#shared.length < this.#alone.length : this.#isShared === true;
    if (!isTrial && !isShared) {
      this.#left -= 1;
      alone();
      return;
    }
    const began = performance.now();
    if (isShared) shared();
    else alone();
    const elapsed = performance.now() - began;
    if (isTrial) this.#try(isShared, elapsed);
    else this.#watch(elapsed);
  }

  #try(isShared: boolean, elapsed: number): void {
    (isShared ? this.#shared : this.#alone).push(elapsed);
    if (this.#shared.length < TRIALS) return;
    this.#aloneTime = median(this.#alone);
    if (this.#aloneTime < SHORT_MS && this.#shared.length < TRIALS_OF_SHORT_WORK) return;
    const sharedTime = median(this.#shared);
    const choice = sharedTime < this.#aloneTime * (1 - GAIN);
    this.#term = choice === this.#isShared ? Math.min(LONGEST_TERM, this.#term * 4) : FIRST_TERM;
    this.#isShared = choice;
    this.#runningMean = sharedTime;
    this.#left = this.#term;
    this.#alone = [];
    this.#shared = [];
  }

  /** Another program may have taken the other processors meanwhile: then waiting for them costs more than it saves. */
  #watch(elapsed: number): void {
    this.#runningMean += FORGETTING * (elapsed - this.#runningMean);
    this.#left = this.#runningMean > this.#aloneTime * (1 + LOSS) ? 0 : this.#left - 1;
  }
}

/**
 * Decides by measurement whether one piece of work runs faster alone or shared between threads. Results do not depend
 * on the answer, so it may change at any time.
 */
export class ThreadTuner {
  readonly #comparisons = new Map<number, Timing>();

  /** Runs the work one way or the other. `size` tells equal work from other work. */
  run(size: number, alone: () => void, shared: () => void): void {
    let comparison = this.#comparisons.get(size);
    if (comparison === undefined) {
      if (this.#comparisons.size >= SIZES) this.#comparisons.clear();
      comparison = new Timing();
      this.#comparisons.set(size, comparison);
    }
    comparison.run(alone, shared);
  }
}
