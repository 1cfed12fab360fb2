import { describe, expect, it } from "vitest";
import { type Callback, ConfigError, type FitOptions, type Sequential, sgd } from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { bitsOf, errorOf, modelOf, values } from "./support.js";

const layers: OracleLayerSpec[] = [
  { kind: "lstm", units: 4, inputShape: [3, 2] },
  { kind: "dense", units: 1 },
];
const x = values([8, 3, 2], 1);
const y = values([8, 1], 2);
const make = (learningRate = 0.1): Sequential =>
  modelOf(layers, { optimizer: sgd({ learningRate }), loss: "mse", metrics: ["mae"] });

const hooks = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
  "onTestBegin",
  "onTestEnd",
  "onTestBatchBegin",
  "onTestBatchEnd",
] as const;

/** Writes down each event, some of them late. */
function recording(name: string, events: string[], delay: boolean): Callback {
  const own = hooks.map((hook) => [
    hook,
    async (...args: unknown[]) => {
      if (delay) await new Promise((resolve) => setTimeout(resolve, 1));
      events.push(`${name} ${hook}${typeof args[0] === "number" ? ` ${args[0]}` : ""}`);
    },
  ]);
  return Object.fromEntries(own) as Callback;
}

describe("callbacks", () => {
  it("hear Keras's events in Keras's order, one after the other, and training waits for them", async () => {
    const events: string[] = [];
    await make().fit(x, y, {
      epochs: 2,
      batchSize: 4,
      validationData: [x, y],
      callbacks: [recording("a", events, true), recording("b", events, false)],
    });
    const each = (event: string): string[] => [`a ${event}`, `b ${event}`];
    const epoch = (index: number): string[] =>
      [
        `onEpochBegin ${index}`,
        "onTrainBatchBegin 0",
        "onTrainBatchEnd 0",
        "onTrainBatchBegin 1",
        "onTrainBatchEnd 1",
        "onTestBegin",
        "onTestBatchBegin 0",
        "onTestBatchEnd 0",
        "onTestBatchBegin 1",
        "onTestBatchEnd 1",
        "onTestEnd",
        `onEpochEnd ${index}`,
      ].flatMap(each);
    expect(events).toEqual([...each("onTrainBegin"), ...epoch(0), ...epoch(1), ...each("onTrainEnd")]);
  });

  it("are told what is to come", async () => {
    const callback: Callback = {};
    const model = make();
    await model.fit(x, y, { epochs: 2, batchSize: 3, validationSplit: 0.25, callbacks: [callback] });
    expect(callback.model).toBe(model);
    expect(callback.params).toEqual({
      epochs: 2,
      steps: 2,
      samples: 6,
      verbose: 0,
      metrics: ["loss", "mae", "val_loss", "val_mae"],
    });
  });

  it("are given logs of the epoch with validation in them", async () => {
    const seen: string[][] = [];
    await make().fit(x, y, {
      validationData: [x, y],
      callbacks: [{ onEpochEnd: (_, logs) => void seen.push(Object.keys(logs)) }],
    });
    expect(seen).toEqual([["loss", "mae", "val_loss", "val_mae"]]);
  });

  it("may set weights, which the next batch begins with", async () => {
    const model = make();
    const zeros = model
      .getWeights()
      .map((weight) => ({ ...weight, data: new Float32Array(weight.data.length) }));
    const firstLosses: number[] = [];
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 4,
      shuffle: false,
      callbacks: [
        {
          onTrainBatchEnd: (batch, { loss }) => void (batch === 0 && firstLosses.push(loss!)),
          onEpochEnd: async (epoch) => {
            if (epoch === 0) model.setWeights(zeros);
          },
        },
      ],
    });
    // All weights zero predict zero.
    const squares = [...y.data].slice(0, 4).reduce((sum, value) => sum + value * value, 0);
    expect(firstLosses[1]).toBeCloseTo(squares / 4, 6);
    expect(firstLosses[0]).not.toBeCloseTo(squares / 4, 3);
  });

  it("may set weights at the very end, and a layer's through the layer", async () => {
    const model = make();
    const wanted = model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((w) => w + 1) }));
    await model.fit(x, y, { callbacks: [{ onTrainEnd: () => model.setWeights(wanted) }] });
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(wanted));
    const before = await model.predict(x);
    const dense = model.layers[1]!;
    dense.setWeights(
      dense.getWeights().map((weight) => ({ ...weight, data: weight.data.map((w) => 2 * w) })),
    );
    const after = await model.predict(x);
    // Twice the last layer's kernel and bias is twice the prediction, powers of two being exact.
    expect([...after.data]).toEqual([...before.data].map((value) => 2 * value));
  });

  it("may predict, evaluate and take gradients without a trace in what is trained or logged", async () => {
    const plain = make();
    const expected = await plain.fit(x, y, { epochs: 2, batchSize: 3, validationData: [x, y] });
    const watched = make();
    const got = await watched.fit(x, y, {
      epochs: 2,
      batchSize: 3,
      validationData: [x, y],
      callbacks: [
        {
          async onTrainBatchEnd() {
            await watched.predict(x);
            await watched.gradients(x, y);
            await watched.evaluate(x, y);
          },
        },
      ],
    });
    expect(bitsOf(watched.getWeights())).toEqual(bitsOf(plain.getWeights()));
    expect(got.history).toEqual(expected.history);
  });

  it("calls that only read may overlap, with each other and with nothing after them", async () => {
    const model = make();
    const alone = [await model.evaluate(x, y), await model.evaluate(x, y)];
    const together = await Promise.all([model.evaluate(x, y), model.evaluate(x, y), model.predict(x)]);
    expect(together.slice(0, 2)).toEqual(alone);
    await expect(model.fit(x, y)).resolves.toBeDefined();
  });

  it("may not fit from within fit", async () => {
    const model = make();
    const error = await errorOf(() =>
      model.fit(x, y, { callbacks: [{ onEpochEnd: async () => void (await model.fit(x, y)) }] }),
    );
    expect(error.name).toBe("StateError");
    expect(error.message).toContain("fit() is still running");
  });

  it("an error of a callback ends fit with that error, and the model can be trained again", async () => {
    const model = make();
    const fault = new Error("disk full");
    const throwing: Callback = {
      onTrainBatchEnd() {
        throw fault;
      },
    };
    await expect(model.fit(x, y, { callbacks: [throwing] })).rejects.toBe(fault);
    await expect(model.fit(x, y)).resolves.toBeDefined();
  });

  it("one instance may serve several fits", async () => {
    const events: string[] = [];
    const callback = recording("a", events, false);
    await make().fit(x, y, { callbacks: [callback] });
    await make().fit(x, y, { callbacks: [callback] });
    expect(events.filter((event) => event === "a onTrainBegin").length).toBe(2);
  });
});

describe("stopping", () => {
  it("stopTraining in a batch hook ends after that batch, the epoch being logged", async () => {
    const model = make();
    let batches = 0;
    const { epoch } = await model.fit(x, y, {
      epochs: 5,
      batchSize: 2,
      callbacks: [
        {
          onTrainBatchEnd(batch) {
            batches += 1;
            if (batch === 1) model.stopTraining = true;
          },
        },
      ],
    });
    expect(batches).toBe(2);
    expect(epoch).toEqual([0]);
  });

  it("stopTraining in an epoch hook ends after that epoch; the next fit begins afresh", async () => {
    const model = make();
    const stop: Callback = {
      onEpochEnd(epoch) {
        if (epoch === 2) this.model!.stopTraining = true;
      },
    };
    expect((await model.fit(x, y, { epochs: 9, callbacks: [stop] })).epoch).toEqual([0, 1, 2]);
    expect((await model.fit(x, y, { epochs: 2 })).epoch).toEqual([0, 1]);
  });

  it("a signal ends fit at a batch's boundary, with the finished epochs and weights as they are", async () => {
    const controller = new AbortController();
    const model = make();
    const ended: number[] = [];
    let batches = 0;
    const { epoch } = await model.fit(x, y, {
      epochs: 5,
      batchSize: 2,
      shuffle: false,
      signal: controller.signal,
      callbacks: [
        {
          onTrainBatchEnd() {
            batches += 1;
            if (batches === 6) controller.abort();
          },
          onTrainEnd: () => void ended.push(batches),
        },
      ],
    });
    expect(batches).toBe(6);
    expect(ended).toEqual([6]);
    expect(epoch).toEqual([0]);
    const twin = make();
    for (let i = 0; i < 6; i++) {
      const [begin, end] = [(2 * i) % 8, ((2 * i) % 8) + 2];
      await twin.trainOnBatch(
        { shape: [2, 3, 2], data: x.data.slice(6 * begin, 6 * end) },
        { shape: [2, 1], data: y.data.slice(begin, end) },
      );
    }
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(twin.getWeights()));
  });

  it.each([5, "now", {}])("a signal that is none is refused: %j", async (signal) => {
    const error = await errorOf(() => make().fit(x, y, { signal } as unknown as FitOptions));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain("`signal`");
  });

  it("a signal given already aborted trains nothing", async () => {
    const model = make();
    const before = model.getWeights();
    const { epoch, history } = await model.fit(x, y, { epochs: 3, signal: AbortSignal.abort() });
    expect([epoch, history]).toEqual([[], {}]);
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(before));
  });

  it("fit gives the host a turn while it computes", async () => {
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 5);
    const wide = modelOf([
      { kind: "lstm", units: 32, inputShape: [20, 4] },
      { kind: "dense", units: 1 },
    ]);
    await wide.fit(values([256, 20, 4], 1), values([256, 1], 2), {
      // Some minutes of computing: a fit that never breathed would run through all of them without a turn.
      epochs: 20_000,
      callbacks: [
        {
          onEpochEnd() {
            wide.stopTraining = turns >= 3;
          },
        },
      ],
    });
    clearInterval(ticking);
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});
