import { describe, expect, it } from "vitest";
import { createEngine, dense, lstm, sequential } from "../../../src/index.js";
import { bitsOf, values } from "./support.js";

/** Bits of the weights after three epochs and of a prediction, and how many threads there were. */
async function train(
  threads: number,
  batch: number,
  units: number,
): Promise<{ bits: number[][]; ran: number }> {
  const engine = await createEngine({ threads });
  const model = sequential(
    [
      lstm({ units, inputShape: [12, 5], returnSequences: true }),
      lstm({ units: 33, goBackwards: true }),
      dense({ units: 3 }),
    ],
    { seed: 1, engine },
  );
  model.compile({ optimizer: "adam", loss: "mse" });
  const x = values([batch, 12, 5], 1);
  await model.fit(x, values([batch, 3], 2), { epochs: 3, batchSize: batch });
  const { data } = await model.predict(x);
  const bits = [...bitsOf(model.getWeights()), [...new Uint32Array((data as Float32Array).buffer)]];
  const ran = engine.info.threads;
  engine.dispose();
  return { bits, ran };
}

describe("the number of threads", () => {
  it.each([
    { batch: 37, units: 64 },
    { batch: 64, units: 96 },
    { batch: 101, units: 50 },
  ])("changes no bit of what is learned: batches of $batch, $units units", async ({ batch, units }) => {
    const alone = await train(1, batch, units);
    expect(alone.ran).toBe(1);
    for (const threads of [2, 3]) {
      const shared = await train(threads, batch, units);
      expect(shared.ran).toBeGreaterThan(1);
      expect(shared.bits).toEqual(alone.bits);
    }
  });
});
