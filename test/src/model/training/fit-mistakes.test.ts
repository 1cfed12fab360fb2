import { describe, expect, it } from "vitest";
import {
  type Callback,
  csvLogger,
  dense,
  earlyStopping,
  modelCheckpoint,
  reduceLROnPlateau,
  type Sequential,
  sequential,
} from "../../../../src/index.js";
import { errorOf, values } from "../support.js";

const x = values([8, 2], 1);
const y = values([8, 1], 2);
const make = (): Sequential => {
  const model = sequential([dense({ units: 1, inputShape: [2] })], { seed: 1 });
  model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"] });
  return model;
};
const refused = async (work: (model: Sequential) => Promise<unknown>): Promise<string> => {
  const model = make();
  const error = await errorOf(() => work(model));
  expect(["ConfigError", "DataError"]).toContain(error.name);
  expect(model.optimizer.iterations).toBe(0);
  return error.message;
};
const save = (): void => {};

describe("a monitor that cannot exist is refused before the first update", () => {
  it.each<[string, () => Callback, string[]]>([
    ["earlyStopping without validation", () => earlyStopping(), ["val_loss", "validationData", "loss, mae"]],
    [
      "earlyStopping of a metric not compiled",
      () => earlyStopping({ monitor: "accuracy" }),
      ["accuracy", "loss, mae"],
    ],
    [
      "earlyStopping of a slip",
      () => earlyStopping({ monitor: "lost", mode: "min" }),
      ["Did you mean `loss`"],
    ],
    ["reduceLROnPlateau", () => reduceLROnPlateau(), ["val_loss"]],
    ["modelCheckpoint's monitor", () => modelCheckpoint({ save, saveBestOnly: true }), ["val_loss"]],
    [
      "modelCheckpoint's path",
      () => modelCheckpoint({ save, filepath: "m-{val_mae:.2f}.safetensors" }),
      ["{val_mae:.2f}"],
    ],
  ])("%s", async (_, callback, says) => {
    const message = await refused((model) =>
      model.fit(x, y, { callbacks: [callback(), { onEpochEnd() {} }] }),
    );
    for (const word of says) expect(message).toContain(word);
  });

  it("modelCheckpoint that reads the logs of batches knows that they hold no validation", async () => {
    const message = await refused((model) =>
      model.fit(x, y, {
        validationSplit: 0.5,
        callbacks: [modelCheckpoint({ save, saveBestOnly: true, saveFreq: 2 })],
      }),
    );
    expect(message).toContain("They hold: loss, mae.");
  });

  it("but not one that a callback may add to the logs; when it does not, the history is there still", async () => {
    const adding: Callback = { onEpochEnd: (_epoch, logs) => void Object.assign(logs, { own: 1 }) };
    const stop = earlyStopping({ monitor: "own", mode: "min" });
    const { history } = await make().fit(x, y, { epochs: 2, callbacks: [adding, stop] });
    expect(history.own).toEqual([1, 1]);
    const model = make();
    const looking: Callback = { onEpochEnd: (_epoch, _logs) => {} };
    const error = await errorOf(() =>
      model.fit(x, y, { callbacks: [looking, earlyStopping({ monitor: "own", mode: "min" })] }),
    );
    expect(error.name).toBe("ConfigError");
    expect(model.history?.history.loss).toHaveLength(1);
  });

  it("reduceLROnPlateau's learning_rate can be monitored", async () => {
    const stop = earlyStopping({ monitor: "learning_rate", mode: "min" });
    await make().fit(x, y, { callbacks: [reduceLROnPlateau({ monitor: "loss" }), stop] });
    expect(stop.best).toBe(0.01);
  });
});

describe("callbacks that are none are refused in words", () => {
  it.each<[string, unknown, string[]]>([
    ["one without an array", { onEpochEnd() {} }, ["callbacks: [callback]"]],
    ["a function in place of the array", earlyStopping, ["callbacks: [callback()]"]],
    ["a factory not called", [earlyStopping], ["earlyStopping()"]],
    ["a function", [() => {}], ["onEpochEnd"]],
    ["a number", [3], ["3"]],
    ["a hook in Python's spelling", [{ on_epoch_end() {} }], ["`on_epoch_end`", "`onEpochEnd`"]],
    ["a hook in another case", [{ onEpochend() {} }], ["`onEpochEnd`"]],
    [
      "a hook by its older name, of what cannot be changed",
      [Object.freeze({ onBatchEnd() {} })],
      ["`onTrainBatchEnd`"],
    ],
    ["a hook that is no function", [{ onEpochEnd: 3 }], ["onEpochEnd", "number"]],
  ])("%s", async (_, callbacks, says) => {
    const message = await refused((model) => model.fit(x, y, { callbacks: callbacks as never }));
    for (const word of says) expect(message).toContain(word);
  });

  it("a class's hooks are found on its prototype", async () => {
    class Mine {
      on_train_begin(): void {}
    }
    expect(await refused((model) => model.fit(x, y, { callbacks: [new Mine() as Callback] }))).toContain(
      "`onTrainBegin`",
    );
  });
});

describe("data in other libraries' shape are refused with what to write", () => {
  it.each<[string, (model: Sequential) => Promise<unknown>, string[]]>([
    ["xs and ys", (model) => model.fit([{ xs: [[1, 2]], ys: [[1]] }] as never), ["xs, ys", "{ x, y"]],
    [
      "xs and ys in a generator",
      (model) =>
        model.fit(function* () {
          yield { xs: [[1, 2]], ys: [[1]] };
        } as never),
      ["{ x, y"],
    ],
    [
      "pairs",
      (model) =>
        model.fit(function* () {
          yield [[[1, 2]], [[1]]];
        } as never),
      ["array", "pair[0]"],
    ],
    ["xs and ys for evaluate", (model) => model.evaluate([{ xs: [[1, 2]], ys: [[1]] }] as never), ["{ x, y"]],
    [
      "an object for validationData",
      (model) => model.fit(x, y, { validationData: { x, y } as never }),
      ["[x, y]", "x, y"],
    ],
    [
      "xs and ys for validationData",
      (model) => model.fit(x, y, { validationData: { xs: x, ys: y } as never }),
      ["[x, y]"],
    ],
    [
      "a function that gives nothing",
      (model) => model.fit((() => undefined) as never),
      ["undefined", "generator"],
    ],
    [
      "validationSteps without validation",
      (model) => model.fit(x, y, { validationSteps: 2 }),
      ["validationData"],
    ],
    [
      "validationFreq of nothing",
      (model) => model.fit(x, y, { validationFreq: 0, validationSplit: 0.5 }),
      ["validationFreq"],
    ],
    [
      "validationFreq of half an epoch",
      (model) => model.fit(x, y, { validationFreq: [1, 1.5], validationSplit: 0.5 }),
      ["1.5"],
    ],
    ["stepsPerEpoch of nothing", (model) => model.fit(x, y, { stepsPerEpoch: 0 }), ["stepsPerEpoch"]],
    ["batchSize with a dataset", (model) => model.evaluate([{ x, y }], { batchSize: 2 }), ["batchSize"]],
  ])("%s", async (_, work, says) => {
    const message = await refused(work);
    for (const word of says) expect(message).toContain(word);
  });
});

it("csvLogger has the columns of a validation that does not follow the first epoch", async () => {
  let text = "";
  await make().fit(x, y, {
    epochs: 2,
    validationSplit: 0.5,
    validationFreq: 2,
    callbacks: [
      csvLogger({
        sink: (line) => {
          text += line;
        },
      }),
    ],
  });
  const [names, first] = text.split("\n");
  expect(names).toBe("epoch,loss,mae,val_loss,val_mae");
  expect(first).toMatch(/,NA,NA$/);
});
