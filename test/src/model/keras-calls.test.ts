import { describe, expect, it, vi } from "vitest";
import {
  concatenate,
  dense,
  dropout,
  earlyStopping,
  fromSafetensors,
  input,
  learningRateScheduler,
  lstm,
  model,
  sequential,
  toArray,
  toSafetensors,
} from "../../../src/index.js";

const x = Array.from({ length: 6 }, (_, n) =>
  Array.from({ length: 4 }, (_, t) => [Math.sin(n + t), Math.cos(n * t)]),
);
const y = x.map((_, n) => [n / 6]);
const chain = () => {
  const made = sequential([lstm({ units: 2, inputShape: [4, 2] }), dense({ units: 1 })], { seed: 1 });
  made.compile({ loss: "mse", metrics: ["mae"] });
  return made;
};
const graph = () => {
  const i = input({ shape: [4, 2] });
  const made = model({ inputs: i, outputs: dense({ units: 1 }).apply(lstm({ units: 2 }).apply(i)), seed: 1 });
  made.compile({ loss: "mse", metrics: ["mae"] });
  return made;
};
const options = (given: object) => given as never;
const none = {
  callbacks: null,
  validationData: null,
  validationSplit: null,
  classWeight: null,
  sampleWeight: null,
  stepsPerEpoch: null,
  validationSteps: null,
  validationBatchSize: null,
  batchSize: null,
};

describe.each([
  ["a chain", chain],
  ["a graph", graph],
])("Keras's words in the calls of %s", (_kind, make) => {
  it("null is as if it were not there", async () => {
    const [plain, other] = [
      await make().fit(x as never, y as never),
      await make().fit(x as never, y as never, options(none)),
    ];
    expect(other.history).toEqual(plain.history);
    const made = make();
    const logs = await made.evaluate(x as never, y as never);
    expect(
      await made.evaluate(
        x as never,
        y as never,
        options({ batchSize: null, steps: null, sampleWeight: null }),
      ),
    ).toEqual(logs);
    expect(await made.predict(x as never, options({ batchSize: null, steps: null }))).toEqual(
      await made.predict(x as never),
    );
  });

  it("evaluate and predict say a line when they are asked to", async () => {
    const said: string[] = [];
    const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
    try {
      const made = make();
      await made.evaluate(x as never, y as never, { verbose: 0 });
      await made.predict(x as never, { verbose: false });
      expect(said).toEqual([]);
      await made.evaluate(x as never, y as never, { verbose: 2 });
      await made.predict(x as never, { verbose: "auto" });
    } finally {
      write.mockRestore();
    }
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^evaluate {2}.* s {2}loss .* {2}mae .*\n$/);
    expect(said[1]).toMatch(/^predict {2}.* s\n$/);
  });

  it("what cannot be is refused by name", async () => {
    const made = make();
    await expect(made.evaluate(x as never, y as never, options({ returnDict: false }))).rejects.toThrow(
      /returnDict/,
    );
    await expect(made.evaluate(x as never, y as never, options({ verbose: 3 }))).rejects.toThrow(/verbose/);
    await expect(made.fit(x as never, y as never, options({ verbose: "loud" }))).rejects.toThrow(/verbose/);
    await expect(made.fit(x as never, y as never, options({ epoch: 1 }))).rejects.toThrow(/epoch/);
    await expect(made.predict(x as never, options([]))).rejects.toThrow(/options/);
    expect(Object.keys(await made.evaluate(x as never, y as never, { returnDict: true }))).toEqual([
      "loss",
      "mae",
    ]);
    expect(Object.keys(await made.trainOnBatch(x as never, y as never, { returnDict: true }))).toEqual([
      "loss",
      "mae",
    ]);
  });

  it("hooks of a batch may have Keras's second names", async () => {
    const said: string[] = [];
    const counting = {
      seen: 0,
      onBatchBegin: (batch: number) => void said.push(`begin ${batch}`),
      onBatchEnd(batch: number) {
        said.push(`end ${batch}`);
        this.seen += 1;
      },
    };
    await make().fit(x as never, y as never, { batchSize: 3, callbacks: [counting] });
    expect(said).toEqual(["begin 0", "end 0", "begin 1", "end 1"]);
    expect(counting.seen).toBe(2);
    await expect(
      make().fit(x as never, y as never, { callbacks: [Object.freeze({ onBatchEnd() {} })] }),
    ).rejects.toThrow(/onTrainBatchEnd/);
  });

  it("callbacks take None, and the scheduler options", async () => {
    const { history } = await make().fit(x as never, y as never, {
      epochs: 2,
      callbacks: [
        earlyStopping({ monitor: "loss", baseline: null }),
        learningRateScheduler({ schedule: (_epoch, rate) => rate / 2 }),
      ],
    });
    expect(history.learning_rate).toEqual([0.0005, 0.00025]);
    expect(() => learningRateScheduler({ rate: 1 } as never)).toThrow(/rate/);
  });
});

describe("what a chain is made of", () => {
  it("an Input comes first, as in Keras 3", async () => {
    const made = sequential([
      input({ shape: [4, 2], name: "series" }),
      lstm({ units: 2 }),
      dense({ units: 1 }),
    ]);
    const other = chain();
    made.setWeights(other.getWeights());
    expect(await made.predict(x)).toEqual(await other.predict(x));
    expect(made.inputs[0]!.name).toBe("series");
    const stateful = sequential();
    stateful.add(input({ batchShape: [6, null, 2] })).add(lstm({ units: 2, stateful: true }));
    expect((await stateful.predict(x)).shape).toEqual([6, 2]);
    expect(() => sequential([dense({ units: 1 }), input({ shape: [2] })])).toThrow(/first/);
    expect(() => sequential([dense({ units: 1 }).apply(input({ shape: [2] }))])).toThrow(/expected a layer/);
  });

  it("whole models are layers, with their weights, in files too", async () => {
    const inner = sequential(
      [lstm({ units: 3, returnSequences: true, inputShape: [4, 2] }), dropout({ rate: 0.5 })],
      {
        name: "base",
        seed: 4,
      },
    );
    const made = sequential([inner, lstm({ units: 2 }), dense({ units: 1 })], { seed: 5 });
    expect(made.layers.map(({ name }) => name)).toEqual(["base", "lstm", "dense"]);
    made.compile({ loss: "mse" });
    const before = inner.getWeights()[0]!.data.slice();
    await made.fit(x, y, { epochs: 2 });
    expect(inner.getWeights()[0]!.data).not.toEqual(before);
    const again = await fromSafetensors(toSafetensors(made));
    expect(toArray(await again.predict(x))).toEqual(toArray(await made.predict(x)));
  });
});

describe("input", () => {
  it("of booleans is a mask of 1 and 0", async () => {
    const i = input({ shape: [4, 2] });
    const mask = input({ shape: [4], dtype: "bool" });
    const made = model({ inputs: [i, mask], outputs: lstm({ units: 2 }).apply(i, { mask }), seed: 1 });
    const open = input({ shape: [null, 2] });
    const short = model({ inputs: open, outputs: lstm({ units: 2 }).apply(open) });
    short.setWeights(made.getWeights());
    const masks = x.map(() => [1, 1, 0, 0]);
    expect(toArray(await made.predict([x, masks]))).toEqual(
      toArray(await short.predict(x.map((steps) => steps.slice(0, 2)))),
    );
  });

  it("takes shape and batch size as one", () => {
    expect(input({ batchShape: [2, null, 3] }).shape).toEqual([2, null, 3]);
    expect(input({ batchShape: [null, 5, 3] }).shape).toEqual([null, 5, 3]);
    expect(() => input({ shape: [3], batchShape: [1, 3] })).toThrow(/batchShape/);
    expect(() => input({ batchShape: 3 as never })).toThrow(/batchShape/);
  });
});

describe("calls of one batch", () => {
  it("test and predict take what is given as one batch, however long, and change nothing", async () => {
    const many = [...x, ...x, ...x, ...x, ...x, ...x];
    const labels = [...y, ...y, ...y, ...y, ...y, ...y];
    for (const made of [chain(), graph()]) {
      const weights = made.getWeights();
      const sampleWeight = labels.map((_, n) => n / 7);
      expect(await made.testOnBatch(many, labels, { sampleWeight })).toEqual(
        await made.evaluate(many, labels, { sampleWeight, batchSize: 36 }),
      );
      expect(await made.predictOnBatch(many)).toEqual(await made.predict(many, { batchSize: 36 }));
      expect(made.getWeights()).toEqual(weights);
    }
  });

  it("of stateful models, and of graphs with several inputs, by order and by name", async () => {
    const stateful = sequential([lstm({ units: 2, inputShape: [4, 2], batchSize: 6, stateful: true })], {
      seed: 1,
    });
    const first = await stateful.predictOnBatch(x);
    expect(await stateful.predictOnBatch(x)).not.toEqual(first);
    const [a, b] = [input({ shape: [4, 2], name: "a" }), input({ shape: [1], name: "b" })];
    const both = model({
      inputs: [a, b],
      outputs: concatenate().apply([lstm({ units: 2 }).apply(a), b]),
      seed: 1,
    });
    const [one, two] = [await both.predictOnBatch([x, y]), await both.predictOnBatch({ b: y, a: x })];
    expect(one).toEqual(two);
    expect(one.shape).toEqual([6, 3]);
  });
});
