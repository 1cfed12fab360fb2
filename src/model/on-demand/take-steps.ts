import type { ExampleSource, Examples } from "../data/examples.js";

type Round = Iterator<Examples> | AsyncIterator<Examples>;

/** Batches drawn in rounds of a fixed number, as `stepsPerEpoch` asks for. */
export interface SteppedSource extends ExampleSource {
  /** Ends the iteration that is under way, so that a generator can close what it has open. */
  close(): Promise<void>;
}

const iterate = (source: ExampleSource, begin?: () => Uint32Array | null): Round => {
  const batches = source.batches(begin);
  return Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
};

/**
 * `steps` batches a round. Keras's rule (EpochIterator): a round goes on where the last one ended, and begins anew when
 * the source had run out at its end; a source that runs out within a round ends it, with a warning.
 * @param anew begin anew in each round, as validation does, so that it always looks at the same samples.
 * @param first steps of the first round, where some of it was done before; `drawn` those drawn since the source began.
 */
export function takeSteps(
  where: string,
  source: ExampleSource,
  steps: number,
  { anew = false, first = steps, drawn: before = 0 }: { anew?: boolean; first?: number; drawn?: number } = {},
): SteppedSource {
  let round: Round | undefined;
  let drawn = before;
  let wanted = first;
  const close = async (): Promise<void> => {
    await round?.return?.();
    round = undefined;
    drawn = 0;
  };
  return {
    samples: source.samples,
    steps,
    batchSize: source.batchSize,
    close,
    async *batches(begin) {
      const count = wanted;
      wanted = steps;
      if (anew) await close();
      for (let step = 0; step < count; step++) {
        round ??= iterate(source, begin);
        const { value, done } = await round.next();
        if (done === true) {
          round = undefined;
          drawn = 0;
          console.warn(
            `${where}: the data ran out after ${step} of ${count} steps, and the epoch ends there. Make sure that they give enough batches, or ask for fewer steps.`,
          );
          return;
        }
        drawn += 1;
        yield value;
      }
      if (source.steps !== null && drawn >= source.steps) await close();
      if (anew) await close();
    },
  };
}

/** A source whose first iteration leaves out the batches that were trained on before. */
export function skipping(source: ExampleSource, count: number): ExampleSource {
  let left = count;
  return {
    ...source,
    async *batches(begin) {
      for await (const examples of source.batches(begin)) {
        if (left > 0) left -= 1;
        else yield examples;
      }
    },
  };
}
