import { describe, expect, it } from "vitest";
import { type Plan, protocol } from "../../../../bench/faults/patient.js";
import { ask } from "../../../../bench/faults/run-case.js";
import { sineMix } from "../../../../bench/faults/series.js";

const TIMEOUT = 60_000;
const shape = { window: 20, units: 20, learningRate: 0.01, epochs: 25, seed: 1, isTrained: true };
const healthy = protocol(sineMix(480, 2), shape);
const codes = async (change: Partial<Plan>): Promise<readonly string[]> =>
  (await ask({ ...healthy, ...change })).codes;

describe("a training that was too short", () => {
  it(
    "is told after two epochs, though it has reached a tenth of the constant answer's loss",
    async () => {
      const { codes: found, diagnoses } = await ask({ ...healthy, epochs: 2 });
      expect(found[0]).toBe("underfitting_stopped_early");
      expect(diagnoses[0]!.evidence.lossOverConstant).toBeLessThan(0.5);
    },
    TIMEOUT,
  );

  it(
    "is none after many epochs whose loss falls no more",
    async () => {
      expect(await codes({ epochs: 30 })).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    "is told as too large a batch where there is one update an epoch",
    async () => {
      const small = { optimizer: { name: "adam", config: { learningRate: 0.005 } } };
      expect((await codes({ ...small, batchSize: 512, epochs: 20 }))[0]).toBe("batch_size_too_large");
    },
    TIMEOUT,
  );

  it(
    "is none with large batches and epochs enough",
    async () => {
      expect(await codes({ batchSize: 128, epochs: 100 })).toEqual([]);
      expect(await codes({ batchSize: 512, epochs: 300 })).toEqual([]);
    },
    TIMEOUT,
  );
});
