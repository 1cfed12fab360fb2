/** Longer than this nobody waits for the program's attention: a frame of a screen. */
const LONGEST_MS = 12;

/** Lets everything else that waits have its turn. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });

/** Drives work that pauses, giving way to others every few milliseconds. @throws the signal's reason once it is aborted. */
export async function inSlices<Result>(work: Generator<void, Result>, signal?: AbortSignal): Promise<Result> {
  let began = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - began < LONGEST_MS) continue;
    await breathe();
    signal?.throwIfAborted();
    began = performance.now();
  }
}
