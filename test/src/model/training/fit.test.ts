import { describe, expect, it } from "vitest";
import {
  type Callback,
  type Dataset,
  type DatasetBatch,
  type Logs,
  type Sequential,
  sgd,
  type Tensor,
} from "../../../../src/index.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { bitsOf, errorOf, expectNear, modelOf, values } from "../support.js";

const layers: OracleLayerSpec[] = [
  { kind: "lstm", units: 4, inputShape: [3, 2] },
  { kind: "dense", units: 1 },
];
const N = 11;
const x = values([N, 3, 2], 1);
const y = values([N, 1], 2);
const rows = (t: Tensor, begin: number, end: number): Tensor => {
  const size = t.data.length / t.shape[0]!;
  return { shape: [end - begin, ...t.shape.slice(1)], data: t.data.slice(begin * size, end * size) };
};
const make = (learningRate = 0.1, seed = 1): Sequential =>
  modelOf(layers, { optimizer: sgd({ learningRate }), loss: "mse", metrics: ["mae"] }, { seed });

/** Means that only differ in the order of float64 additions. */
const DIGITS = 12;

describe("the history is Keras's", () => {
  it("has loss, metrics and their val_ twins, one number an epoch", async () => {
    const { epoch, history } = await make().fit(x, y, { epochs: 3, batchSize: 4, validationData: [x, y] });
    expect(epoch).toEqual([0, 1, 2]);
    expect(Object.keys(history)).toEqual(["loss", "mae", "val_loss", "val_mae"]);
    expect(Object.values(history).every((series) => series.length === 3)).toBe(true);
  });

  it("loss is the mean of the batches' losses, each before its update, weighted by the batch's size", async () => {
    const one = make();
    const losses: number[] = [];
    const maes: number[] = [];
    for (const [begin, end] of [
      [0, 4],
      [4, 8],
      [8, 11],
    ] as const) {
      const { loss, mae } = await one.trainOnBatch(rows(x, begin, end), rows(y, begin, end));
      losses.push(loss! * (end - begin));
      maes.push(mae! * (end - begin));
    }
    const mean = (parts: number[]): number => parts.reduce((sum, part) => sum + part, 0) / N;
    const { history } = await make().fit(x, y, { batchSize: 4, shuffle: false });
    expect(history.loss![0]).toBeCloseTo(mean(losses), DIGITS);
    // The metric sums one number a row; adding them up in another order moves float32's last bits.
    expect(history.mae![0]).toBeCloseTo(mean(maes), 6);
  });

  it("batch logs are the running means", async () => {
    const seen: Logs[] = [];
    const batchLosses: number[] = [];
    const one = make();
    for (const begin of [0, 4, 8]) {
      const end = Math.min(begin + 4, N);
      batchLosses.push((await one.trainOnBatch(rows(x, begin, end), rows(y, begin, end))).loss!);
    }
    await make().fit(x, y, {
      batchSize: 4,
      shuffle: false,
      callbacks: [{ onTrainBatchEnd: (_, logs) => void seen.push({ ...logs }) }],
    });
    const [a, b, c] = batchLosses as [number, number, number];
    expect(seen.map(({ loss }) => loss)).toEqual([
      expect.closeTo(a, DIGITS),
      expect.closeTo((a + b) / 2, DIGITS),
      expect.closeTo((4 * a + 4 * b + 3 * c) / N, DIGITS),
    ]);
  });

  it("val_loss is measured after the epoch", async () => {
    const model = make();
    const { history } = await model.fit(x, y, { batchSize: 4, validationData: [x, y] });
    const { loss, mae } = await model.evaluate(x, y, { batchSize: 4 });
    expect([history.val_loss![0], history.val_mae![0]]).toEqual([loss, mae]);
  });

  it("validation weights its samples when given three tensors", async () => {
    const weights = Float32Array.from({ length: N }, (_, i) => (i < 5 ? 0 : 1));
    const { history } = await make(0).fit(x, y, { validationData: [x, y, { shape: [N], data: weights }] });
    const { loss } = await make().evaluate(rows(x, 5, N), rows(y, 5, N));
    expect(history.val_loss![0]).toBeCloseTo((loss! * (N - 5)) / N, 6);
  });

  it("callbacks may add to the logs of an epoch", async () => {
    const callback: Callback = {
      onEpochEnd: (epoch, logs) => {
        logs.twice = 2 * epoch;
      },
    };
    const { history } = await make().fit(x, y, { epochs: 3, callbacks: [callback] });
    expect(history.twice).toEqual([0, 2, 4]);
  });
});

describe("which samples are trained on", () => {
  it("validationSplit takes the last samples, floor(n (1 - split)) staying, before shuffling", async () => {
    // With a rate of 0 the losses tell which samples were seen.
    const { history } = await make(0).fit(x, y, { validationSplit: 0.3 });
    const at = Math.floor(N * (1 - 0.3));
    expect(at).toBe(7);
    const expected = async (begin: number, end: number): Promise<number> =>
      (await make().evaluate(rows(x, begin, end), rows(y, begin, end))).loss!;
    expect(history.loss![0]).toBeCloseTo(await expected(0, at), 6);
    expect(history.val_loss![0]).toBeCloseTo(await expected(at, N), 6);
  });

  it("sampleWeight goes with its sample through split and shuffle", async () => {
    const weights = { shape: [N], data: Float32Array.from({ length: N }, (_, i) => (i % 3) / 2) };
    const { history } = await make(0).fit(x, y, {
      sampleWeight: weights,
      validationSplit: 0.3,
      batchSize: 2,
    });
    const loss = async (begin: number, end: number): Promise<number> =>
      (
        await make().gradients(rows(x, begin, end), rows(y, begin, end), {
          sampleWeight: rows(weights, begin, end),
        })
      ).loss;
    expect(history.loss![0]).toBeCloseTo(await loss(0, 7), 6);
    expect(history.val_loss![0]).toBeCloseTo(await loss(7, N), 6);
  });

  it("classWeight weights samples by their label", async () => {
    const classes: OracleLayerSpec[] = [
      { kind: "lstm", units: 4, inputShape: [3, 2] },
      { kind: "dense", units: 3, activation: "softmax" },
    ];
    const labels = { shape: [N], data: Int32Array.from({ length: N }, (_, i) => i % 3) };
    const weightOf = [0.5, 2, 3];
    const still = (): Sequential =>
      modelOf(classes, { optimizer: sgd({ learningRate: 0 }), loss: "sparseCategoricalCrossentropy" });
    const sampleWeight = { shape: [N], data: Float32Array.from(labels.data, (label) => weightOf[label]!) };
    const byClass = await still().fit(x, labels, { classWeight: { 0: 0.5, 1: 2, 2: 3 } });
    const bySample = await still().fit(x, labels, { sampleWeight });
    expect(byClass.history).toEqual(bySample.history);
    const plain = await still().fit(x, labels);
    expect(byClass.history.loss).not.toEqual(plain.history.loss);
  });

  it("shuffle: false keeps the order, to the bit; shuffling changes it", async () => {
    const byHand = make();
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const begin of [0, 4, 8]) {
        const end = Math.min(begin + 4, N);
        await byHand.trainOnBatch(rows(x, begin, end), rows(y, begin, end));
      }
    }
    const ordered = make();
    await ordered.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false });
    expect(bitsOf(ordered.getWeights())).toEqual(bitsOf(byHand.getWeights()));
    const shuffled = make();
    await shuffled.fit(x, y, { epochs: 2, batchSize: 4 });
    expect(bitsOf(shuffled.getWeights())).not.toEqual(bitsOf(ordered.getWeights()));
  });

  it("every epoch is shuffled anew, and each sample is seen once an epoch", async () => {
    // Batches of one at a rate of 0: the running mean gives each sample's loss back.
    const orders: number[][] = [];
    let order: number[] = [];
    let before = 0;
    await make(0).fit(x, y, {
      epochs: 3,
      batchSize: 1,
      callbacks: [
        {
          onTrainBatchEnd: (batch, { loss }) => {
            const sum = loss! * (batch + 1);
            order.push(sum - before);
            before = sum;
          },
          onEpochEnd: () => {
            orders.push(order);
            order = [];
            before = 0;
          },
        },
      ],
    });
    const sorted = orders.map((losses) => [...losses].sort((a, b) => a - b));
    // Losses of order 1, taken back out of a running mean of float64.
    sorted.forEach((losses) => {
      expectNear("losses of an epoch", losses, sorted[0]!, 1e-9);
    });
    const digits = orders.map((losses) => losses.map((loss) => loss.toFixed(8)).join());
    expect(new Set(digits).size).toBe(3);
  });

  it("batches of any size up to more than all samples give one epoch's mean loss", async () => {
    const whole = (await make().evaluate(x, y)).loss!;
    for (const batchSize of [1, 2, 3, 10, 11, 17]) {
      const { history } = await make(0).fit(x, y, { batchSize });
      expect(history.loss![0]).toBeCloseTo(whole, 6);
      expect((await make().evaluate(x, y, { batchSize })).loss).toBeCloseTo(whole, 6);
      // Rows at the end of an odd batch are summed in another order.
      expectNear(
        "prediction",
        (await make().predict(x, { batchSize })).data,
        (await make().predict(x)).data,
        1e-6,
      );
    }
  });
});

/** Batches of four, made anew for each iteration; counts how often it was begun. */
class Batches implements Iterable<DatasetBatch> {
  begun = 0;
  *[Symbol.iterator](): Iterator<DatasetBatch> {
    this.begun += 1;
    for (let begin = 0; begin < N; begin += 4) {
      const end = Math.min(begin + 4, N);
      yield { x: rows(x, begin, end), y: rows(y, begin, end) };
    }
  }
}

describe("datasets", () => {
  it("are iterated anew in each epoch, and train like the tensors they come from", async () => {
    const dataset = new Batches();
    const model = make();
    const { history } = await model.fit(dataset, { epochs: 3, validationData: new Batches() });
    expect(dataset.begun).toBe(3);
    const reference = make();
    const expected = await reference.fit(x, y, {
      epochs: 3,
      batchSize: 4,
      shuffle: false,
      validationData: [x, y],
    });
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(reference.getWeights()));
    expect(history.loss).toEqual(expected.history.loss);
    // Validation in batches of four and of all: sums in another order.
    expectNear("val_loss", history.val_loss!, expected.history.val_loss!, 1e-6);
  });

  it("may be asynchronous", async () => {
    const asynchronous: Dataset = {
      async *[Symbol.asyncIterator]() {
        for (const batch of new Batches()) {
          await Promise.resolve();
          yield batch;
        }
      },
    };
    const [model, reference] = [make(), make()];
    await model.fit(asynchronous, { epochs: 2 });
    await reference.fit(new Batches(), { epochs: 2 });
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(reference.getWeights()));
    const { loss } = await model.evaluate(asynchronous);
    expect(loss).toBe((await reference.evaluate(new Batches())).loss);
    const predicted = await model.predict(asynchronous);
    expect(predicted.shape).toEqual([N, 1]);
  });

  it("a generator object, good for one epoch only, is refused with what to do", async () => {
    const once = (): Dataset => new Batches()[Symbol.iterator]() as Generator<DatasetBatch>;
    await expect(make().fit(once(), { epochs: 1 })).resolves.toBeDefined();
    const error = await errorOf(() => make().fit(once(), { epochs: 2 }));
    expect(error.name).toBe("DataError");
    expect(error.message).toContain("[Symbol.iterator]()");
  });

  it("options that only tensors have are refused", async () => {
    for (const options of [{ batchSize: 4 }, { validationSplit: 0.2 }, { sampleWeight: [1] }]) {
      const error = await errorOf(() => make().fit(new Batches(), options));
      expect(error.name).toBe("ConfigError");
      expect(error.message).toContain(Object.keys(options)[0]);
    }
  });
});

describe("the same seed gives the same bytes", () => {
  const dropping: OracleLayerSpec[] = [
    {
      kind: "lstm",
      units: 5,
      inputShape: [3, 2],
      returnSequences: true,
      dropout: 0.2,
      recurrentDropout: 0.2,
    },
    { kind: "dropout", rate: 0.3 },
    { kind: "lstm", units: 3 },
    { kind: "dense", units: 1 },
  ];
  const train = async (seed: number): Promise<number[][]> => {
    const model = modelOf(dropping, { optimizer: "adam", loss: "mse" }, { seed });
    await model.fit(x, y, { epochs: 3, batchSize: 4 });
    return bitsOf(model.getWeights());
  };

  it("twice, with dropout and shuffling", async () => {
    expect(await train(7)).toEqual(await train(7));
  });

  it("another seed gives others", async () => {
    const [a, b] = [await train(7), await train(8)];
    expect(a).not.toEqual(b);
  });

  it("dropout changes what is learned, and is off in evaluate and predict", async () => {
    const model = modelOf(dropping, { optimizer: "adam", loss: "mse" }, { seed: 7 });
    const first = await model.predict(x);
    expect((await model.predict(x)).data).toEqual(first.data);
    const { loss } = await model.evaluate(x, y);
    expect((await model.trainOnBatch(x, y)).loss).not.toBeCloseTo(loss!, 6);
  });

  it("training in two calls with initialEpoch is training in one", async () => {
    const [whole, parts] = [make(), make()];
    await whole.fit(x, y, { epochs: 4, batchSize: 4 });
    await parts.fit(x, y, { epochs: 2, batchSize: 4 });
    const { epoch } = await parts.fit(x, y, { initialEpoch: 2, epochs: 4, batchSize: 4 });
    expect(epoch).toEqual([2, 3]);
    expect(bitsOf(parts.getWeights())).toEqual(bitsOf(whole.getWeights()));
  });
});
