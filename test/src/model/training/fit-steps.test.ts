import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Dataset,
  type DatasetBatch,
  dense,
  earlyStopping,
  type FitOptions,
  lstm,
  reduceLROnPlateau,
  type Sequential,
  sequential,
  sgd,
  type Tensor,
} from "../../../../src/index.js";
import { bitsOf, errorOf, values } from "../support.js";

const N = 10;
const x = values([N, 2], 1);
const y = values([N, 1], 2);
const rows = (t: Tensor, begin: number, end: number): Tensor => {
  const size = t.data.length / t.shape[0]!;
  return { shape: [end - begin, ...t.shape.slice(1)], data: t.data.slice(begin * size, end * size) };
};
const make = (learningRate = 0.1): Sequential => {
  const model = sequential([dense({ units: 1, inputShape: [2] })], { seed: 1 });
  model.compile({ optimizer: sgd({ learningRate }), loss: "mse", metrics: ["mae"] });
  return model;
};
const batch = (i: number): DatasetBatch => ({
  x: rows(x, 2 * (i % 5), 2 * (i % 5) + 2),
  y: rows(y, 2 * (i % 5), 2 * (i % 5) + 2),
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a generator function is a dataset", () => {
  it("called anew for each epoch", async () => {
    let called = 0;
    const model = make();
    const { history } = await model.fit(
      function* () {
        called += 1;
        for (let i = 0; i < 5; i++) yield batch(i);
      },
      { epochs: 3 },
    );
    expect(called).toBe(3);
    const byTensors = make();
    const expected = await byTensors.fit(x, y, { epochs: 3, batchSize: 2, shuffle: false });
    expect(history).toEqual(expected.history);
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(byTensors.getWeights()));
  });

  it("gone on with where stepsPerEpoch says how long an epoch is, and closed at the end", async () => {
    const drawn: number[] = [];
    let closed = 0;
    const endless: Dataset = async function* () {
      try {
        for (let i = 0; ; i++) {
          drawn.push(i);
          yield batch(i);
        }
      } finally {
        closed += 1;
      }
    };
    const steps: (number | null)[] = [];
    const model = make();
    const { epoch } = await model.fit(endless, {
      epochs: 4,
      stepsPerEpoch: 3,
      callbacks: [
        {
          onTrainBegin() {
            steps.push(this.params!.steps);
          },
        },
      ],
    });
    expect(epoch).toEqual([0, 1, 2, 3]);
    expect(drawn).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect([closed, steps]).toEqual([1, [3]]);
    expect(model.optimizer.iterations).toBe(12);
  });

  it("that runs out within an epoch ends it with a warning, and begins anew in the next", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    let called = 0;
    const model = make();
    await model.fit(
      function* () {
        called += 1;
        for (let i = 0; i < 5; i++) yield batch(i);
      },
      { epochs: 3, stepsPerEpoch: 3 },
    );
    // 3, then the 2 that are left, then 3 of a new round.
    expect([called, model.optimizer.iterations, warn.mock.calls.length]).toEqual([2, 8, 1]);
    expect(String(warn.mock.calls[0]![0])).toContain("2 of 3 steps");
  });

  it("for predict and evaluate too, with steps", async () => {
    const endless: Dataset = function* () {
      for (let i = 0; ; i++) yield batch(i);
    };
    const model = make();
    expect(await model.evaluate(endless, { steps: 5 })).toEqual(await model.evaluate(x, y, { batchSize: 2 }));
    expect((await model.predict(endless, { steps: 2 })).shape).toEqual([4, 1]);
    expect((await model.predict(x, { batchSize: 3, steps: 2 })).shape).toEqual([6, 1]);
  });
});

describe("stepsPerEpoch with tensors", () => {
  it("cuts the same stream of batches into other epochs", async () => {
    const [by5, by2] = [make(), make()];
    await by5.fit(x, y, { epochs: 2, batchSize: 1 });
    await by2.fit(x, y, { epochs: 10, batchSize: 1, stepsPerEpoch: 2 });
    // Both saw the twenty batches of two shuffled rounds: the order is drawn when the data begin anew.
    expect(bitsOf(by2.getWeights())).toEqual(bitsOf(by5.getWeights()));
  });
});

describe("validation", () => {
  it("takes validationSteps from the begin each time, in batches of validationBatchSize", async () => {
    const seen: number[] = [];
    const options: FitOptions = {
      epochs: 2,
      validationData: [x, y],
      validationBatchSize: 3,
      validationSteps: 2,
      callbacks: [{ onTestBatchEnd: (at) => void seen.push(at) }],
    };
    const model = make(0);
    const { history } = await model.fit(x, y, options);
    const first = await model.evaluate(rows(x, 0, 6), rows(y, 0, 6), { batchSize: 3 });
    expect(history.val_loss).toEqual([first.loss, first.loss]);
    expect(seen).toEqual([0, 1, 0, 1]);
  });

  it("follows the epochs that validationFreq says; its history has those alone, and monitors wait for them", async () => {
    const every = async (validationFreq: number | number[]) =>
      (await make().fit(x, y, { epochs: 5, validationSplit: 0.2, validationFreq })).history;
    const all = await every(1);
    expect((await every(2)).val_loss).toEqual([all.val_loss![1], all.val_loss![3]]);
    expect((await every([1, 5])).val_mae).toEqual([all.val_mae![0], all.val_mae![4]]);
    expect((await every(2)).loss).toEqual(all.loss);
    const stop = earlyStopping({ patience: 1, minDelta: 100 });
    const { epoch } = await make().fit(x, y, {
      epochs: 9,
      validationSplit: 0.2,
      validationFreq: 2,
      callbacks: [stop, reduceLROnPlateau()],
    });
    // Epochs 1 and 3 are looked at: the first sets the best, the second stops.
    expect(epoch).toEqual([0, 1, 2, 3]);
  });

  it("tells onTestBatchEnd the running means, metrics included", async () => {
    const seen: Record<string, number>[] = [];
    const model = make(0);
    await model.fit(x, y, {
      validationData: [x, y],
      validationBatchSize: 4,
      callbacks: [{ onTestBatchEnd: (_, logs) => void seen.push(logs) }],
    });
    for (const [at, end] of [4, 8, N].entries()) {
      const { loss, mae } = await model.evaluate(rows(x, 0, end), rows(y, 0, end));
      expect(seen[at]!.loss).toBeCloseTo(loss!, 6);
      expect(seen[at]!.mae).toBeCloseTo(mae!, 6);
    }
  });

  it("leaves the states of a stateful model alone, in all its forms", async () => {
    const sx = values([8, 5, 2], 1);
    const sy = values([8, 1], 2);
    const run = async (options: FitOptions) => {
      const model = sequential(
        [lstm({ units: 3, stateful: true, inputShape: [5, 2], batchSize: 4 }), dense({ units: 1 })],
        { seed: 1 },
      );
      model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "mse" });
      const { history } = await model.fit(sx, sy, { epochs: 3, shuffle: false, ...options });
      const [layer] = model.layers as unknown as [{ getStates(): Promise<Tensor[]> }];
      return [
        history.loss,
        bitsOf(model.getWeights()),
        (await layer.getStates()).map(({ data }) => [...data]),
      ];
    };
    const alone = await run({});
    const vx = values([4, 5, 2], 3);
    const vy = values([4, 1], 4);
    expect(await run({ validationData: [vx, vy] })).toEqual(alone);
    expect(await run({ validationData: [{ x: vx, y: vy }], validationSteps: 1 })).toEqual(alone);
    expect(await run({ validationData: [vx, vy], validationFreq: 2 })).toEqual(alone);
  });
});

describe("sampleWeight", () => {
  it("is taken by evaluate, which tells the weighted loss and the plain metrics", async () => {
    const sampleWeight = { shape: [N], data: Float32Array.from({ length: N }, (_, n) => n % 3) };
    const model = make(0);
    const { history } = await model.fit(x, y, { sampleWeight });
    expect((await model.evaluate(x, y, { sampleWeight })).loss).toBeCloseTo(history.loss![0]!, 6);
    expect((await model.evaluate(x, y, { sampleWeight })).mae).toBe((await model.evaluate(x, y)).mae);
    const error = await errorOf(() => model.predict(x, { sampleWeight } as never));
    expect(error.message).toContain("sampleWeight");
  });
});
