import { describe, expect, it } from "vitest";
import {
  adam,
  createEngine,
  dense,
  gru,
  lstm,
  type Sequential,
  sequential,
  tensor,
} from "../../../../src/index.js";
import { assertAgreement } from "../../../oracle/compare.js";

/** Longer than two chunks of 256 steps, so that training goes by chunks; 7 does not divide the chunk. */
const TIMESTEPS = 700;
const TRUNCATE = 7;

const wave = (length: number, frequency: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * frequency));

function make(
  kind: "last" | "sequence",
  batch: number,
): { model: Sequential; x: ReturnType<typeof tensor>; y: ReturnType<typeof tensor> } {
  const model = sequential(
    [
      lstm({ units: 6, returnSequences: true, inputShape: [null, 2] }),
      gru({ units: 5, returnSequences: kind === "sequence" }),
      dense({ units: 1 }),
    ],
    { seed: 3 },
  );
  model.compile({ optimizer: adam({ learningRate: 1e-3 }), loss: "mse", truncate: TRUNCATE });
  const x = tensor(wave(batch * TIMESTEPS * 2, 0.37), [batch, TIMESTEPS, 2]);
  const y =
    kind === "sequence"
      ? tensor(wave(batch * TIMESTEPS, 0.11), [batch, TIMESTEPS, 1])
      : tensor(wave(batch, 0.11), [batch, 1]);
  return { model, x, y };
}

describe("training a long sequence chunk by chunk", () => {
  for (const kind of ["last", "sequence"] as const) {
    it(`makes the update of the whole gradient (${kind})`, async () => {
      const { model, x, y } = make(kind, 3);
      // gradients() takes the sequence whole; trainOnBatch with plain SGD-like bookkeeping by chunks.
      const whole = await model.gradients(x, y);
      const before = model.getWeights();
      const { sgd } = await import("../../../../src/index.js");
      model.compile({ optimizer: sgd({ learningRate: 1 }), loss: "mse", truncate: TRUNCATE });
      const { loss } = await model.trainOnBatch(x, y);
      expect(Math.abs(loss! - whole.loss) / whole.loss).toBeLessThan(1e-6);
      model.getWeights().forEach((weight, i) => {
        const step = before[i]!.data.map((value, k) => value - weight.data[k]!);
        // The update is read back from float32 weights near 1, so it carries their rounding, 6e-8 each.
        assertAgreement(weight.name, step, whole.weights[i]!.data, { relative: 1e-4, absolute: 3e-7 });
      });
    });
  }

  it("needs memory for a chunk, not for the sequence", async () => {
    const engine = await createEngine({ threads: 1 });
    const memoryFor = async (timesteps: number): Promise<number> => {
      const model = sequential([lstm({ units: 4, inputShape: [null, 1] }), dense({ units: 1 })], {
        seed: 1,
        engine,
      });
      model.compile({ optimizer: "adam", loss: "mse", truncate: 50 });
      await model.trainOnBatch(tensor(wave(timesteps, 0.1), [1, timesteps, 1]), [[0.5]]);
      const { memoryInUse } = engine.info;
      model.dispose();
      return memoryInUse;
    };
    expect(await memoryFor(100_000)).toBe(await memoryFor(1_000));
    engine.dispose();
  });

  it("ends in the same bits with one thread and with two", async () => {
    const run = async (threads: number): Promise<string> => {
      const engine = await createEngine({ threads });
      const { x, y } = make("sequence", 8);
      const model = sequential(
        [
          lstm({ units: 16, returnSequences: true, inputShape: [null, 2], dropout: 0.2 }),
          dense({ units: 1 }),
        ],
        { seed: 9, engine },
      );
      model.compile({ optimizer: "adam", loss: "mse", truncate: TRUNCATE });
      for (let i = 0; i < 8; i++) await model.trainOnBatch(x, y);
      const bytes = model.getWeights().map(({ data }) => Buffer.from(data.buffer).toString("hex"));
      engine.dispose();
      return bytes.join();
    };
    expect(await run(2)).toBe(await run(1));
  });
});
