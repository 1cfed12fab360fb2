import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  adam,
  createEngine,
  dense,
  type Engine,
  EngineError,
  lstm,
  type NamedTensor,
  type Sequential,
  StateError,
  sequential,
  type Tensor,
} from "../../../../src/index.js";
import { bitsOf, expectNear, values } from "../support.js";

const x = values([4, 5, 2], 1);
const y = values([4, 1], 2);

const make = (engine: Engine, units = 4): Sequential => {
  const model = sequential(
    [
      lstm({ units, inputShape: [null, 2], returnSequences: true, dropout: 0.1, recurrentDropout: 0.1 }),
      lstm({ units: 3 }),
      dense({ units: 1 }),
    ],
    { seed: 1, engine },
  );
  model.compile({
    optimizer: adam({ useEma: true, gradientAccumulationSteps: 2 }),
    loss: "mse",
    metrics: ["mae"],
  });
  return model;
};

/** Everything that takes memory. */
async function use(model: Sequential): Promise<void> {
  await model.fit(x, y, { epochs: 2, batchSize: 3, validationData: [x, y] });
  await model.predict(values([9, 7, 2], 3));
  await model.gradients(x, y);
  await model.trainOnBatch(values([6, 5, 2], 4), values([6, 1], 5));
  await model.evaluate(x, y);
}

describe("dispose gives everything back", () => {
  it("after every kind of pass, with an optimizer's moments", async () => {
    const engine = await createEngine();
    const before = engine.info.memoryInUse;
    const model = make(engine);
    expect(engine.info.memoryInUse).toBe(before);
    await use(model);
    expect(engine.info.memoryInUse).toBeGreaterThan(before);
    model.dispose();
    expect(engine.info.memoryInUse).toBe(before);
    engine.dispose();
  });

  it("compile anew gives the moments of the optimizer before back", async () => {
    const engine = await createEngine();
    const model = make(engine);
    await use(model);
    const { memoryInUse } = engine.info;
    for (let i = 0; i < 3; i++) {
      model.compile({ optimizer: adam({ useEma: true, gradientAccumulationSteps: 2 }), loss: "mse" });
      await model.trainOnBatch(x, y);
      await model.trainOnBatch(x, y);
    }
    expect(engine.info.memoryInUse).toBe(memoryInUse);
    model.dispose();
    engine.dispose();
  });

  it("with two models on one engine, the other's stays", async () => {
    const engine = await createEngine();
    const [first, second] = [make(engine), make(engine, 7)];
    await use(first);
    const alone = engine.info.memoryInUse;
    await use(second);
    const expected = (await second.predict(x)).data;
    first.dispose();
    expect((await second.predict(x)).data).toEqual(expected);
    const third = make(engine);
    await use(third);
    expect((await second.predict(x)).data).toEqual(expected);
    second.dispose();
    expect(engine.info.memoryInUse).toBe(alone);
    third.dispose();
    engine.dispose();
  });

  it("memoryMap() tells where it all stands", async () => {
    const engine = await createEngine();
    const model = make(engine);
    await use(model);
    const map = model.memoryMap();
    for (const part of [
      "parameters · weights",
      "optimizer · moments",
      "lstm · gates",
      "dense · output",
      "training",
      "prediction",
    ]) {
      expect(map).toContain(part);
    }
    model.dispose();
    engine.dispose();
  });
});

describe("a model that is disposed of while it", () => {
  type Call = (model: Sequential, during: () => void) => Promise<unknown>;
  /** Batches that call `during` before the third. */
  function* batches(during: () => void): Generator<{ x: Tensor; y: Tensor }> {
    for (let i = 0; i < 5; i++) {
      if (i === 2) during();
      yield { x, y };
    }
  }
  const dataset = (during: () => void) => ({ [Symbol.iterator]: () => batches(during) });
  const calls: Record<string, Call> = {
    "trains, from a callback": (model, during) =>
      model.fit(x, y, {
        epochs: 3,
        batchSize: 1,
        callbacks: [{ onTrainBatchEnd: (batch) => void (batch === 1 && during()) }],
      }),
    "trains on a dataset": (model, during) => model.fit(dataset(during), { epochs: 3 }),
    "validates what it learned": (model, during) =>
      model.fit(x, y, { validationData: [x, y], callbacks: [{ onTestBegin: during }] }),
    evaluates: (model, during) => model.evaluate(dataset(during)),
    predicts: (model, during) => model.predict(dataset(during)),
  };

  describe.each(Object.entries(calls))("%s", (_, call) => {
    it("ends that with a StateError, keeps no memory and writes into no other model's", async () => {
      const engine = await createEngine({ threads: 1 });
      const model = make(engine);
      let other: Sequential | undefined;
      let inUse = 0;
      let weights: readonly NamedTensor[] = [];
      const running = call(model, () => {
        model.dispose();
        expect(engine.info.memoryInUse).toBe(0);
        other = make(engine);
        other.memoryMap();
        inUse = engine.info.memoryInUse;
        weights = other.getWeights();
      });
      await expect(running).rejects.toThrow(StateError);
      expect(engine.info.memoryInUse).toBe(inUse);
      expect(other?.getWeights()).toEqual(weights);
      engine.dispose();
    });

    it("ends that with a StateError when it was the engine that was disposed of", async () => {
      const engine = await createEngine({ threads: 1 });
      const running = call(make(engine), () => engine.dispose());
      await expect(running).rejects.toThrow(StateError);
    });
  });
});

describe("a model that does not fit into memory", () => {
  /** Makes the engine refuse its `nth` region from now on; the function returned makes it willing again. */
  function refuse(engine: Engine, nth: number): () => void {
    const { memory } = engine;
    const take = memory.take.bind(memory);
    let left = nth;
    memory.take = (floats) => {
      left -= 1;
      if (left <= 0) throw new EngineError("engine memory: these do not fit");
      return take(floats);
    };
    return () => {
      memory.take = take;
    };
  }

  it.each([1, 2, 3, 6, 10, 30])(
    "has given all back after dispose, whichever region was refused: %i",
    async (nth) => {
      const engine = await createEngine({ threads: 1 });
      const model = make(engine);
      refuse(engine, nth);
      await expect(model.fit(x, y)).rejects.toThrow(EngineError);
      model.dispose();
      expect(engine.info.memoryInUse).toBe(0);
      engine.dispose();
    },
  );

  it("trains as if nothing had happened once there is room", async () => {
    const engine = await createEngine({ threads: 1 });
    const [model, other] = [make(engine), make(engine)];
    for (const nth of [1, 2, 3, 6, 10, 30]) {
      const relent = refuse(engine, nth);
      await expect(model.fit(x, y)).rejects.toThrow(EngineError);
      relent();
    }
    expect((await model.fit(x, y)).history).toEqual((await other.fit(x, y)).history);
    model.dispose();
    other.dispose();
    expect(engine.info.memoryInUse).toBe(0);
    engine.dispose();
  });
});

describe("a model that is forgotten instead of disposed of", () => {
  it("gives its memory back when it is collected, moments included", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const engine = await createEngine();
    const forget = async (): Promise<void> => {
      await use(make(engine));
    };
    await forget();
    expect(engine.info.memoryInUse).toBeGreaterThan(0);
    // Finalizers run some turns after a collection.
    for (let turn = 0; turn < 100 && engine.info.memoryInUse > 0; turn++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(engine.info.memoryInUse).toBe(0);
    engine.dispose();
  });
});

describe("memory does not grow", () => {
  it("over 10,000 fits of one model", async () => {
    const engine = await createEngine();
    const model = sequential([lstm({ units: 2, inputShape: [2, 2] }), dense({ units: 1 })], {
      engine,
      seed: 1,
    });
    model.compile({ optimizer: "adam", loss: "mse" });
    const [small, labels] = [values([2, 2, 2], 1), values([2, 1], 2)];
    await model.fit(small, labels);
    const { memoryBytes, memoryInUse } = engine.info;
    for (let i = 0; i < 10_000; i++) await model.fit(small, labels);
    expect(engine.info).toMatchObject({ memoryBytes, memoryInUse });
    model.dispose();
    engine.dispose();
  });

  it("over 2,000 models made, trained and disposed of, of changing sizes", async () => {
    const engine = await createEngine();
    const cycle = async (units: number): Promise<void> => {
      const model = sequential([lstm({ units, inputShape: [3, 2] }), dense({ units: 1 })], {
        engine,
        seed: 1,
      });
      model.compile({ optimizer: "adam", loss: "mse" });
      await model.fit(values([3, 3, 2], 1), values([3, 1], 2));
      await model.predict(values([5, 3, 2], 1));
      model.dispose();
    };
    await cycle(17);
    const { memoryBytes, memoryInUse } = engine.info;
    for (let i = 0; i < 2000; i++) await cycle(1 + (i % 17));
    expect(engine.info).toMatchObject({ memoryBytes, memoryInUse });
    engine.dispose();
  });
});

describe("memory that grows between calls leaves no stale view", () => {
  it("a large model between two fits changes nothing of a small one", async () => {
    const train = async (grow: boolean): Promise<number[][]> => {
      const engine = await createEngine();
      const model = make(engine);
      await model.fit(x, y, { epochs: 2 });
      const { memoryBytes } = engine.info;
      if (grow) {
        const large = make(engine, 200);
        large.compile({ optimizer: "adam", loss: "mse" });
        await large.fit(values([64, 40, 2], 1), values([64, 1], 2));
        expect(engine.info.memoryBytes).toBeGreaterThan(memoryBytes);
        large.dispose();
      }
      await model.fit(x, y, { epochs: 4, initialEpoch: 2 });
      const weights = bitsOf(model.getWeights());
      model.dispose();
      engine.dispose();
      return weights;
    };
    expect(await train(true)).toEqual(await train(false));
  });

  it("a callback may make the memory grow in the middle of a fit", async () => {
    const train = async (grow: boolean): Promise<number[][]> => {
      const engine = await createEngine();
      const model = make(engine);
      const { memoryBytes } = engine.info;
      await model.fit(x, y, {
        epochs: 3,
        batchSize: 2,
        callbacks: [
          {
            async onTrainBatchEnd() {
              if (grow) await make(engine, 90).predict(values([64, 20, 2], 1));
            },
          },
        ],
      });
      if (grow) expect(engine.info.memoryBytes).toBeGreaterThan(memoryBytes);
      const weights = bitsOf(model.getWeights());
      engine.dispose();
      return weights;
    };
    expect(await train(true)).toEqual(await train(false));
  });

  it("a model of its own grows with batches and sequences, and shrinks back in meaning", async () => {
    const engine = await createEngine();
    const model = make(engine);
    const small = await model.predict(x);
    await model.predict(values([40, 5, 2], 3));
    await model.predict(values([2, 90, 2], 3));
    // Row 3 of four stands alone at the end, row 3 of forty does not: sums in another order.
    expectNear("prediction", (await model.predict(x)).data, small.data, 1e-6);
    expect((await model.predict(x)).data).toEqual(small.data);
    model.dispose();
    engine.dispose();
  });
});

describe("engines", () => {
  it("do not share memory", async () => {
    const [one, two] = [await createEngine(), await createEngine()];
    const model = make(one);
    await use(model);
    expect(two.info.memoryInUse).toBe(0);
    one.dispose();
    const other = make(two);
    await expect(use(other)).resolves.toBeUndefined();
    two.dispose();
  });

  it("tell what they are", async () => {
    const engine = await createEngine({ reproducible: true });
    const { simd, threads, wasmBytes, memoryBytes } = engine.info;
    expect(simd).toBe("simd128");
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(wasmBytes).toBeGreaterThan(10_000);
    expect(memoryBytes % 65_536).toBe(0);
    engine.dispose();
    expect(engine.info.memoryBytes).toBe(0);
  });
});
