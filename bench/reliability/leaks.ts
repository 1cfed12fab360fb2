import { dense, lstm, sequential, tensor } from "../../src/index.js";

/** Memory of the process after each part of the work, in bytes: what a leak makes rise. */
export interface MemoryCourse {
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
  /** Least squares over the second half, in bytes for each piece of work. */
  readonly slope: number;
}

const nextTask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function slopeOf(xs: readonly number[], ys: readonly number[]): number {
  const half = Math.floor(xs.length / 2);
  const [x, y] = [xs.slice(half), ys.slice(half)];
  const [mx, my] = [x, y].map((all) => all.reduce((sum, value) => sum + value, 0) / all.length) as [
    number,
    number,
  ];
  let [across, along] = [0, 0];
  for (const [i, value] of x.entries()) {
    across += (value - mx) * (y[i]! - my);
    along += (value - mx) ** 2;
  }
  return across / along;
}

/** @param one piece of work; `parts` of them are measured after. Needs `node --expose-gc`. */
async function courseOf(
  total: number,
  parts: number,
  one: (i: number) => Promise<void>,
): Promise<MemoryCourse> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("run it with node --expose-gc");
  const counts: number[] = [];
  const bytes: number[] = [];
  for (let part = 1, done = 0; part <= parts; part++) {
    for (; done < Math.round((total * part) / parts); done++) await one(done);
    // What was forgotten is found by the collector, and told in a later task.
    for (let i = 0; i < 5; i++) {
      gc();
      await nextTask();
    }
    const { heapUsed, arrayBuffers, external } = process.memoryUsage();
    counts.push(done);
    bytes.push(heapUsed + Math.max(arrayBuffers, external));
  }
  return { counts, bytes, slope: slopeOf(counts, bytes) };
}

const x = [[[1], [2], [3]]];

/** Models that are made, trained for a step and forgotten; every other one is disposed of. */
export const forgottenModels = (total: number, parts: number): Promise<MemoryCourse> =>
  courseOf(total, parts, async (i) => {
    const model = sequential([lstm({ units: 4, inputShape: [3, 1] }), dense({ units: 1 })], { seed: i });
    model.compile({ loss: "mse", optimizer: "adam" });
    await model.trainOnBatch(x, [[1]]);
    if (i % 2 === 0) model.dispose();
    if (i % 50 === 0) await nextTask();
  });

/** Predictions of one model, one time step each. */
export function manyPredictions(total: number, parts: number): Promise<MemoryCourse> {
  const model = sequential(
    [lstm({ units: 4, inputShape: [1, 1], batchSize: 1, stateful: true }), dense({ units: 1 })],
    {
      seed: 1,
    },
  );
  const step = tensor([[0.5]]);
  return courseOf(total, parts, async (i) => {
    if (i % 10 === 0) await model.predict([[[0.5]]]);
    else model.step(step);
  });
}
