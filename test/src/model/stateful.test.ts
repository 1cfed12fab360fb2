import { describe, expect, it } from "vitest";
import {
  dense,
  dropout,
  type LstmOptions,
  lstm,
  type Sequential,
  sequential,
  type Tensor,
} from "../../../src/index.js";
import type { LstmLayer } from "../../../src/layers/recurrent/lstm.js";
import { errorOf, expectNear, values } from "./support.js";

const BATCH = 3;
const UNITS = 5;
const long = values([BATCH, 8, 2], 1);

/** Steps begin … end - 1 of every sequence. */
function steps(t: Tensor, begin: number, end: number): Tensor {
  const [batch, length, width] = t.shape as [number, number, number];
  const data = new Float32Array(batch * (end - begin) * width);
  for (let n = 0; n < batch; n++) {
    data.set(
      t.data.subarray((n * length + begin) * width, (n * length + end) * width),
      n * (end - begin) * width,
    );
  }
  return { shape: [batch, end - begin, width], data };
}

const make = (options: Partial<LstmOptions> = {}, stateful = true): Sequential =>
  sequential(
    [
      lstm({
        units: UNITS,
        inputShape: [null, 2],
        batchSize: BATCH,
        stateful,
        returnSequences: true,
        ...options,
      }),
      dropout({ rate: 0.2 }),
      lstm({ units: 4, stateful, returnSequences: true }),
      dense({ units: 1 }),
    ],
    { seed: 3 },
  );
const lstmOf = (model: Sequential, index = 0): LstmLayer => model.layers[index] as LstmLayer;

describe("a stateful model", () => {
  it("goes on where the batch before ended: two halves are one long sequence", async () => {
    const whole = await make({}, false).predict(long);
    const model = make();
    const halves = [await model.predict(steps(long, 0, 3)), await model.predict(steps(long, 3, 8))];
    // The dense layer adds up an odd last row in another order, and which row is the last depends on the length.
    expectNear("first half", halves[0]!.data, steps(whole, 0, 3).data, 1e-6);
    expectNear("second half", halves[1]!.data, steps(whole, 3, 8).data, 1e-6);
    const [h] = await lstmOf(model, 2).getStates();
    const once = make();
    await once.predict(long);
    expect((await lstmOf(once, 2).getStates())[0]).toEqual(h);
  });

  it("begins anew after resetStates", async () => {
    const model = make();
    const first = await model.predict(long);
    expect((await model.predict(long)).data).not.toEqual(first.data);
    model.resetStates();
    expect((await model.predict(long)).data).toEqual(first.data);
  });

  it("shows and takes its states, [h, c], each [batch, units]", async () => {
    const model = make();
    await model.predict(steps(long, 0, 4));
    const states = await lstmOf(model).getStates();
    const second = await lstmOf(model, 2).getStates();
    expect(states.map(({ shape }) => shape)).toEqual([
      [BATCH, UNITS],
      [BATCH, UNITS],
    ]);
    const rest = await model.predict(steps(long, 4, 8));
    model.resetStates();
    lstmOf(model).setStates(states);
    lstmOf(model, 2).setStates(second);
    expect((await model.predict(steps(long, 4, 8))).data).toEqual(rest.data);
    lstmOf(model).setStates(null);
    expect((await lstmOf(model).getStates()).every(({ data }) => data.every((value) => value === 0))).toBe(
      true,
    );
  });

  it("shows as h its last output", async () => {
    const model = sequential([lstm({ units: UNITS, inputShape: [4, 2], batchSize: BATCH, stateful: true })]);
    const output = await model.predict(steps(long, 0, 4));
    const [h] = await lstmOf(model).getStates();
    expect(h!.data).toEqual(output.data);
  });

  it("takes states before it was ever used", async () => {
    const [model, used] = [make(), make()];
    await used.predict(long);
    const states = await lstmOf(used).getStates();
    lstmOf(model).setStates(states);
    lstmOf(model, 2).setStates(await lstmOf(used, 2).getStates());
    expect((await model.predict(long)).data).toEqual((await used.predict(long)).data);
  });

  it("steps one by one as it predicts a whole sequence", async () => {
    const model = make();
    const whole = await model.predict(long);
    model.resetStates();
    for (let t = 0; t < 8; t++) {
      const { shape, data } = steps(long, t, t + 1);
      const got = model.step({ shape: [shape[0]!, shape[2]!], data });
      expectNear(`step ${t}`, got.data, steps(whole, t, t + 1).data, 1e-6);
    }
    const [h] = await lstmOf(model, 2).getStates();
    const once = make();
    await once.predict(long);
    expect((await lstmOf(once, 2).getStates())[0]).toEqual(h);
  });

  it("steps a single series given as [features]", async () => {
    const one = sequential([
      lstm({ units: 4, inputShape: [null, 2], batchSize: 1, stateful: true }),
      dense({ units: 1 }),
    ]);
    const series = values([1, 6, 2], 5);
    const whole = await one.predict(series);
    one.resetStates();
    let last: Tensor = { shape: [], data: new Float32Array() };
    for (let t = 0; t < 6; t++) last = one.step([...series.data.subarray(2 * t, 2 * t + 2)]);
    expect(last).toEqual({ shape: [1, 1], data: whole.data });
  });

  it("trains from the state it is in, and moves it on; gradients() leaves it alone", async () => {
    const model = make();
    model.compile({ loss: "mse", optimizer: "sgd" });
    const y = values([BATCH, 8, 1], 2);
    await model.predict(long);
    const before = await lstmOf(model).getStates();
    const first = await model.gradients(long, y);
    expect(await model.gradients(long, y)).toEqual(first);
    expect(await lstmOf(model).getStates()).toEqual(before);
    const { loss } = await model.trainOnBatch(long, y);
    // trainOnBatch drops units out, so its loss is another; the state it started from is not.
    expect(Number.isFinite(loss)).toBe(true);
    expect(await lstmOf(model).getStates()).not.toEqual(before);
    model.resetStates();
    expect((await model.gradients(long, y)).loss).not.toBeCloseTo(first.loss, 6);
  });

  it("carries its state from batch to batch of fit and evaluate", async () => {
    const y = values([BATCH, 8, 1], 2);
    const model = make();
    model.compile({ loss: "mse", optimizer: "sgd" });
    const parts = [0, 4].map((begin) => ({
      x: steps(long, begin, begin + 4),
      y: steps(y, begin, begin + 4),
    }));
    const stateless = make({}, false);
    stateless.compile({ loss: "mse" });
    const { loss } = await stateless.evaluate(long, y);
    expect((await model.evaluate(parts)).loss).toBeCloseTo(loss!, 6);
    model.resetStates();
    const { history } = await model.fit(parts, { epochs: 1, validationData: parts });
    expect(history.loss!.length).toBe(1);
  });

  it("keeps the state when its plan grows with longer sequences", async () => {
    const whole = await make({}, false).predict(long);
    const model = make();
    await model.predict(steps(long, 0, 1));
    const rest = await model.predict(steps(long, 1, 8));
    expectNear("rest", rest.data, steps(whole, 1, 8).data, 1e-6);
  });

  it("read backwards ends in the state of its first step", async () => {
    const backwards = sequential([
      lstm({ units: UNITS, inputShape: [4, 2], batchSize: BATCH, stateful: true, goBackwards: true }),
    ]);
    const output = await backwards.predict(steps(long, 0, 4));
    expectNear("h", (await lstmOf(backwards).getStates())[0]!.data, output.data, 0);
  });
});

describe("a stateful model refuses", () => {
  it("to be made without a batch size", async () => {
    const error = await errorOf(() => sequential([lstm({ units: 2, inputShape: [4, 2], stateful: true })]));
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain("batchSize");
  });

  it("another batch size, before anything moves", async () => {
    const model = make();
    const before = await lstmOf(model).getStates();
    const error = await errorOf(() => model.predict(values([BATCH + 1, 4, 2], 1)));
    expect(error.name).toBe("ShapeError");
    expect(error.message).toContain(`batches of ${BATCH}`);
    expect(await lstmOf(model).getStates()).toEqual(before);
    expect((await errorOf(() => model.step(values([2, 2], 1)))).name).toBe("ShapeError");
  });

  it("validation data it could not take in whole batches, before the first epoch", async () => {
    const model = make();
    model.compile({ loss: "mse" });
    const twice = values([2 * BATCH, 4, 2], 1);
    const labels = values([2 * BATCH, 4, 1], 2);
    const before = model.getWeights();
    for (const options of [
      { validationSplit: 1 / 3 },
      { validationData: [values([BATCH + 1, 4, 2], 1), values([BATCH + 1, 4, 1], 2)] as [Tensor, Tensor] },
    ]) {
      const error = await errorOf(() => model.fit(twice, labels, options));
      expect(error.name).toBe("ShapeError");
      expect(error.message).toContain(`batches of ${BATCH}`);
      expect(model.getWeights()).toEqual(before);
    }
    const halves = await model.fit(twice, labels, { validationSplit: 0.5 });
    expect(halves.history.val_loss!.length).toBe(1);
  });

  it("labels of the wrong shape, before its state moves", async () => {
    const model = make();
    model.compile({ loss: "mse" });
    const before = await lstmOf(model).getStates();
    for (const call of [
      () => model.trainOnBatch(long, values([BATCH, 8, 2], 1)),
      () => model.evaluate(long, values([BATCH, 7, 1], 1)),
      () => model.fit(long, values([BATCH, 1], 1)),
    ]) {
      expect((await errorOf(call)).name).toBe("ShapeError");
      expect(await lstmOf(model).getStates()).toEqual(before);
    }
  });

  it("states of the wrong number or shape", async () => {
    const model = make();
    const [h, c] = await lstmOf(model).getStates();
    expect((await errorOf(() => lstmOf(model).setStates([h!]))).name).toBe("ShapeError");
    expect((await errorOf(() => lstmOf(model).setStates([h!, values([BATCH, 4], 1)]))).name).toBe(
      "ShapeError",
    );
    expect(await lstmOf(model).getStates()).toEqual([h, c]);
  });

  it("to step without a state, and NaN, whose state would stay NaN", async () => {
    const stateless = make({}, false);
    const message = (await errorOf(() => stateless.step([1, 2]))).message;
    expect(message).toContain("predict()");
    const model = make();
    const before = await lstmOf(model).getStates();
    expect(
      (
        await errorOf(() =>
          model.step([
            [1, 2],
            [3, Number.NaN],
            [5, 6],
          ]),
        )
      ).name,
    ).toBe("DataError");
    expect((await errorOf(() => model.step([[1], [3], [5]]))).name).toBe("ShapeError");
    expect(await lstmOf(model).getStates()).toEqual(before);
  });

  it("to show a state a layer does not carry, or one of a disposed model", async () => {
    const stateless = make({}, false);
    expect((await errorOf(() => lstmOf(stateless).getStates())).name).toBe("StateError");
    const model = make();
    await model.predict(long);
    model.dispose();
    expect((await errorOf(() => lstmOf(model).getStates())).name).toBe("StateError");
    expect((await errorOf(() => lstmOf(model).setStates(null))).name).toBe("StateError");
  });
});
