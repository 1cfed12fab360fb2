import type { ExampleSource, Examples } from "../data/examples.js";
import { noSignal } from "./refusals.js";

/** How long a callback that has begun may still take after the signal, in milliseconds: a save is not cut in two. */
const GRACE_MS = 2000;

/** Waiting that ends with a signal, also for what never answers. */
export interface Patience {
  /** What `work` gives, or undefined when it has not given anything some time after the signal. */
  within<T>(work: Promise<T>): Promise<T | undefined>;
  /** The same batches, which end where the signal finds them waiting. */
  heed(source: ExampleSource): ExampleSource;
}

/** @throws ConfigError for what is no signal. */
export function patienceOf(where: string, signal: AbortSignal): Patience {
  if (typeof signal?.aborted !== "boolean" || typeof signal.addEventListener !== "function") {
    throw noSignal(where, signal);
  }
  const until = <T>(work: PromiseLike<T> | T, grace: number): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const abort = (): void => {
        timer = setTimeout(() => {
          signal.removeEventListener("abort", abort);
          resolve(undefined);
        }, grace);
      };
      const settled = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
      Promise.resolve(work).then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  const within = <T>(work: Promise<T>): Promise<T | undefined> => until(work, GRACE_MS);
  return {
    within,
    heed: (source) => ({
      ...source,
      async *batches(begin) {
        const batches = source.batches(begin);
        const round: Iterator<Examples> | AsyncIterator<Examples> =
          Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
        let isStuck = false;
        try {
          for (;;) {
            const next = await until(round.next(), 0);
            isStuck = next === undefined;
            if (next === undefined || next.done === true) return;
            yield next.value;
          }
        } finally {
          // A generator that waits for what never comes does not hear that it is over either.
          const closing = Promise.resolve(round.return?.());
          if (isStuck) closing.catch(() => {});
          else await within(closing);
        }
      },
    }),
  };
}
