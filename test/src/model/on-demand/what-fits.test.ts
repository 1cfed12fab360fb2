import { afterAll, describe, expect, it } from "vitest";
import {
  ConfigError,
  createEngine,
  dense,
  type Engine,
  EngineError,
  lstm,
  type Sequential,
  sequential,
  tensor,
} from "../../../../src/index.js";

const MEBI = 2 ** 20;
const engines: Engine[] = [];
const samples = 600;
const x = tensor(
  Float32Array.from({ length: samples * 50 * 4 }, (_, i) => Math.sin(i)),
  [samples, 50, 4],
);
const y = tensor(new Float32Array(samples), [samples, 1]);

async function limited(maxMemory: number): Promise<Sequential> {
  const engine = await createEngine({ maxMemory, threads: 1, reproducible: true });
  engines.push(engine);
  const model = sequential([lstm({ units: 32, inputShape: [50, 4] }), dense({ units: 1 })], {
    engine,
    seed: 1,
  });
  model.compile({ loss: "mse", optimizer: "adam" });
  return model;
}

const failure = async (work: Promise<unknown>): Promise<EngineError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
};

afterAll(() => {
  for (const engine of engines) engine.dispose();
});

describe("an engine with a limit of memory", () => {
  it("refuses a batch before a weight has changed, and names one that fits", async () => {
    const model = await limited(8 * MEBI);
    const before = model.getWeights();
    const error = await failure(model.fit(x, y, { batchSize: samples }));
    expect(error.code).toBe("out_of_memory");
    expect(error.message).toMatch(
      /^fit\(\): a batch of 600 with 50 time steps needs .* of 8\.0 MiB are free/,
    );
    expect(model.getWeights()).toEqual(before);
    const batchSize = error.expected as number;
    expect(batchSize).toBeGreaterThan(50);
    await model.fit(x, y, { batchSize });
    expect(model.getWeights()).not.toEqual(before);
  });

  it("refuses a validation that does not fit before the first step", async () => {
    const model = await limited(8 * MEBI);
    const before = model.getWeights();
    let begun = 0;
    const many = tensor(new Float32Array(6000 * 50 * 4), [6000, 50, 4]);
    const error = await failure(
      model.fit(x, y, {
        batchSize: 8,
        validationData: [many, tensor(new Float32Array(6000), [6000, 1])],
        validationBatchSize: 6000,
        callbacks: [
          {
            onTrainBatchBegin() {
              begun += 1;
            },
          },
        ],
      }),
    );
    expect(error.code).toBe("out_of_memory");
    expect(begun).toBe(0);
    expect(model.getWeights()).toEqual(before);
  });

  it("says where not even one sample fits, and gives the memory back", async () => {
    const model = await limited(2 * MEBI);
    const long = tensor(new Float32Array(40_000 * 4), [1, 40_000, 4]);
    const endless = sequential([lstm({ units: 32, inputShape: [null, 4] }), dense({ units: 1 })], {
      engine: engines.at(-1)!,
    });
    endless.compile({ loss: "mse", optimizer: "sgd" });
    const error = await failure(endless.trainOnBatch(long, [[1]]));
    expect(error.message).toContain("Not even one sample fits");
    endless.dispose();
    model.dispose();
    expect(engines.at(-1)!.info.memoryInUse).toBe(0);
  });

  it("trains to the same bits as one without", async () => {
    const free = await limited(2 ** 32);
    const tight = await limited(4 * MEBI);
    const options = { batchSize: 16, epochs: 1, shuffle: false };
    expect((await tight.fit(x, y, options)).history).toEqual((await free.fit(x, y, options)).history);
    expect(tight.getWeights()).toEqual(free.getWeights());
    expect(engines.at(-1)!.info.memoryBytes).toBeLessThanOrEqual(4 * MEBI);
  });

  it("does not blame the memory for an error that comes later", async () => {
    const model = await limited(8 * MEBI);
    await failure(model.fit(x, y, { batchSize: samples }));
    const callbacks = [
      {
        onTrainBegin() {
          throw new Error("the callback's own");
        },
      },
    ];
    await expect(model.fit(x, y, { batchSize: 8, callbacks })).rejects.toThrow("the callback's own");
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 33, "1GB", null])("refuses maxMemory: %s", async (maxMemory) => {
    await expect(createEngine({ maxMemory: maxMemory as never })).rejects.toThrow(ConfigError);
  });
});
