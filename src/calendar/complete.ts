/** Runs work that pauses to its end, without pauses. */
export function complete<Result>(work: Generator<void, Result, void>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
