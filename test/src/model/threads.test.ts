import { describe, expect, it } from "vitest";
import { parallelKernels } from "../../../src/engine/threads/worker-pool.js";
import {
  conv1d,
  createEngine,
  dense,
  model as graphModel,
  gru,
  input,
  lstm,
  multiHeadAttention,
  type SymbolicTensor,
  sequential,
  simpleRNN,
  type Tensor,
} from "../../../src/index.js";
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

describe("a share with nothing in it", () => {
  it("is what most threads get of an LSTM of few units, and changes no bit of what a projection learns", async () => {
    const learned = async (threads: number): Promise<number[][]> => {
      const engine = await createEngine({ threads });
      const model = sequential(
        [lstm({ units: 8, projectionUnits: 4, inputShape: [20, 3] }), dense({ units: 1 })],
        { seed: 5, engine },
      );
      model.compile({ optimizer: "sgd", loss: "mse" });
      const x = values([64, 20, 3], 1);
      // Every other step is shared while the tuner compares.
      for (let step = 0; step < 8; step++) await model.trainOnBatch(x, values([64, 1], 2));
      engine.dispose();
      return bitsOf(model.getWeights());
    };
    const engine = await createEngine({ threads: 5 });
    expect(engine.info.threads).toBe(5);
    engine.dispose();
    const alone = await learned(1);
    expect(await learned(5)).toEqual(alone);
  });

  it.each(parallelKernels)("is nothing to do for %s", async (kernel) => {
    const gradients = async (emptyShares: boolean): Promise<number[][]> => {
      const engine = await createEngine({ threads: 1 });
      const { kernels } = engine;
      const whole = kernels[kernel];
      let calls = 0;
      kernels[kernel] = (descriptor, begin, end, part) => {
        calls += 1;
        if (emptyShares) for (const at of [begin, end]) whole(descriptor, at, at, part);
        whole(descriptor, begin, end, part);
        if (emptyShares) for (const at of [begin, end]) whole(descriptor, at, at, part);
      };
      const attends = kernel.startsWith("attention");
      const steps = input({ shape: [5, 3] });
      const head = simpleRNN({ units: 7 });
      const layers = attends
        ? []
        : [
            conv1d({ filters: 6, kernelSize: 3, padding: "same", inputShape: [5, 3] }),
            lstm({ units: 6, returnSequences: true }),
            lstm({ units: 6, projectionUnits: 4, peepholes: true, returnSequences: true }),
            gru({ units: 5, returnSequences: true }),
            gru({ units: 5, resetAfter: false, returnSequences: true }),
            head,
          ];
      const model = attends
        ? graphModel({
            inputs: steps,
            outputs: head.apply(
              multiHeadAttention({ numHeads: 2, keyDim: 3 }).apply([steps, steps]) as SymbolicTensor,
            ) as SymbolicTensor,
            seed: 5,
            engine,
          })
        : sequential(layers, { seed: 5, engine });
      model.compile({ optimizer: "sgd", loss: "mse" });
      const { weights, input: ofInput } = await model.gradients(values([9, 5, 3], 1), values([9, 7], 2));
      expect(calls).toBeGreaterThan(0);
      engine.dispose();
      return bitsOf([...weights, { ...(ofInput as Tensor), name: "input" }]);
    };
    expect(await gradients(true)).toEqual(await gradients(false));
  });
});
