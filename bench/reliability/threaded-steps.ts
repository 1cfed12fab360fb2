import { createHash } from "node:crypto";
import {
  createEngine,
  createRandom,
  dense,
  type Engine,
  gru,
  lstm,
  type Random,
  type Sequential,
  sequential,
  type Tensor,
} from "../../src/index.js";

/** Steps that were made on several threads, and those whose weights differ in a bit from one thread's. */
export interface ThreadOutcome {
  readonly steps: number;
  readonly stops: number;
  /** Most threads at once, this one included. */
  readonly threads: number;
  readonly changed: readonly string[];
}

interface Shape {
  readonly cell: "lstm" | "gru";
  readonly units: number;
  readonly batch: number;
  readonly window: number;
  readonly seed: number;
}

/** Until a kernel's owner is known, every other run of it is shared: longer models would find out, and work alone. */
const STEPS = 8;
const MOST_THREADS = 9;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

function make({ cell, units, window, seed }: Shape, engine: Engine): Sequential {
  const layer = { lstm, gru }[cell];
  const model = sequential([layer({ units, inputShape: [window, 4] }), dense({ units: 2 })], {
    seed,
    engine,
  });
  model.compile({ optimizer: "adam", loss: "mse" });
  return model;
}

function examplesOf({ batch, window, seed }: Shape): { x: Tensor; y: Tensor } {
  const random = createRandom(seed).fork("examples");
  const draw = (shape: number[]): Tensor => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  });
  return { x: draw([batch, window, 4]), y: draw([batch, 2]) };
}

const hashOf = (model: Sequential): string => {
  const hash = createHash("sha256");
  for (const { data } of model.getWeights())
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest("hex");
};

const shapeOf = (random: Random): Shape => ({
  cell: random.integer(2) === 0 ? "lstm" : "gru",
  units: 8 + random.integer(56),
  batch: 9 + random.integer(60),
  window: 3 + random.integer(8),
  seed: random.integer(1_000_000),
});

/**
 * Trains models of drawn shapes on more threads than there are processors, with pauses, other engines coming and going, and
 * fits that are stopped; after each step the weights are held against one thread's.
 * @param count of steps.
 */
export async function threadedSteps(
  count: number,
  seed: number,
  say: (line: string) => void = () => {},
): Promise<ThreadOutcome> {
  const random = createRandom(seed);
  const alone = await createEngine({ threads: 1 });
  const changed: string[] = [];
  let [steps, stops, most] = [0, 0, 0];
  while (steps < count) {
    const engine = await createEngine({ threads: 2 + random.integer(MOST_THREADS - 1) });
    most = Math.max(most, engine.info.threads);
    for (let round = 0; round < 12 && steps < count; round++) {
      const shape = shapeOf(random);
      const told = `${JSON.stringify(shape)} on ${engine.info.threads} threads`;
      const { x, y } = examplesOf(shape);
      const reference = make(shape, alone);
      const expected: string[] = [];
      for (let step = 0; step < STEPS; step++) {
        await reference.trainOnBatch(x, y);
        expected.push(hashOf(reference));
      }
      const model = make(shape, engine);
      if (random.integer(4) === 0) {
        // Stopped after some steps: what was learnt until then stays, to the bit.
        const abort = new AbortController();
        const last = 1 + random.integer(STEPS - 1);
        let done = 0;
        await model
          .fit(x, y, {
            epochs: STEPS,
            batchSize: shape.batch,
            shuffle: false,
            signal: abort.signal,
            callbacks: [{ onTrainBatchEnd: () => void (++done === last && abort.abort(new Error("stop"))) }],
          })
          .catch((error: Error) => {
            if (error.message !== "stop") throw error;
          });
        stops++;
        steps += done;
        if (hashOf(model) !== expected[done - 1]) changed.push(`stopped after ${done}: ${told}`);
      } else {
        for (let step = 0; step < STEPS; step++) {
          if (random.integer(6) === 0) await pause(random.integer(4));
          // Another engine's threads come and go meanwhile.
          const other = random.integer(24) === 0 ? await createEngine({ threads: 3 }) : null;
          await model.trainOnBatch(x, y);
          other?.dispose();
          steps++;
          if (hashOf(model) !== expected[step]) changed.push(`step ${step}: ${told}`);
        }
      }
      model.dispose();
      reference.dispose();
    }
    engine.dispose();
    say(`${steps} steps, ${changed.length} changed`);
  }
  alone.dispose();
  return { steps, stops, threads: most, changed };
}
