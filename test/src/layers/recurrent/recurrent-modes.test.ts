import { describe, expect, it } from "vitest";
import { gru, lstm, sequential, simpleRNN, type Tensor } from "../../../../src/index.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import type { RecurrentLayerSpec } from "../../../oracle/layers/wrappers.js";
import { errorOf, expectNear, modelOf, values } from "../../model/support.js";
import { expectAgreement, ragged, randomize } from "../agreement.js";

const TIMESTEPS = 6;
const FEATURES = 3;
const UNITS = 5;
// A full sample, a short one, one step, none at all.
const LENGTHS = [6, 3, 1, 0];

interface Cell {
  readonly title: string;
  readonly states: number;
  readonly layer: (more?: object) => OracleLayerSpec;
}

const inner = (kind: RecurrentLayerSpec["kind"], more: object): RecurrentLayerSpec => ({
  kind,
  units: UNITS,
  ...more,
});
const cells: Cell[] = [
  { title: "gru", states: 1, layer: (more = {}) => inner("gru", more) },
  {
    title: "gru, reset before",
    states: 1,
    layer: (more = {}) => inner("gru", { resetAfter: false, ...more }),
  },
  { title: "simpleRNN", states: 1, layer: (more = {}) => inner("simpleRNN", more) },
  {
    title: "bidirectional gru",
    states: 2,
    layer: (more = {}) => ({ kind: "bidirectional", layer: inner("gru", more) }),
  },
  {
    title: "bidirectional lstm",
    states: 4,
    layer: (more = {}) => ({ kind: "bidirectional", mergeMode: "mul", layer: inner("lstm", more) }),
  },
];

const first: OracleLayerSpec = { kind: "masking", inputShape: [TIMESTEPS, FEATURES] };

describe.each(cells)("$title", ({ layer, states }) => {
  describe.each(["pre", "post"] as const)("with steps missing, %s", (padding) => {
    const x = ragged(LENGTHS, TIMESTEPS, FEATURES, { padding });

    it.each([
      {},
      { returnSequences: true },
      { goBackwards: true },
      { goBackwards: true, returnSequences: true },
      { activation: "gelu", returnSequences: true },
    ])("passes its state over masked steps: %o", (more) =>
      expectAgreement({ layers: [first, layer(more)], x }),
    );

    it("hands the mask on to the next layer and the loss", () =>
      expectAgreement({
        layers: [
          first,
          layer({ returnSequences: true }),
          layer({ goBackwards: true, returnSequences: true }),
        ],
        x,
        counted: 10,
      }));

    it("truncated", () =>
      expectAgreement({ layers: [first, layer({ returnSequences: true })], x, truncate: 2 }));

    it("puts out zero before the first valid step though the state is not", () =>
      expectAgreement({
        layers: [{ ...first, batchSize: 4 }, layer({ returnSequences: true, stateful: true })],
        x,
        initialStates: [null, Array.from({ length: states }, (_, i) => values([4, UNITS], 70 + i))],
      }));
  });

  it("starts from the states it is given", () =>
    expectAgreement({
      layers: [{ ...layer({ stateful: true }), inputShape: [TIMESTEPS, FEATURES], batchSize: 3 }],
      x: values([3, TIMESTEPS, FEATURES], 1),
      initialStates: [Array.from({ length: states }, (_, i) => values([3, UNITS], 70 + i))],
    }));
});

const kinds = ["gru", "simpleRNN"] as const;

describe.each(kinds)("a stateful %s", (kind) => {
  const stateful = (timesteps: number | null) => {
    const model = modelOf([
      { ...inner(kind, { stateful: true, returnSequences: true }), inputShape: [timesteps, 2], batchSize: 2 },
    ]);
    randomize(model, 100);
    return model;
  };
  const x = values([2, 9, 2], 1);
  const steps = (from: number, to: number): Tensor => ({
    shape: [2, to - from, 2],
    data: Float32Array.from([0, 1].flatMap((n) => [...x.data.slice((n * 9 + from) * 2, (n * 9 + to) * 2)])),
  });

  it("makes of two halves what it makes of the whole, to the bit, and of single steps", async () => {
    const model = stateful(null);
    const whole = await model.predict(x, { batchSize: 2 });
    model.resetStates();
    const halves = [await model.predict(steps(0, 4)), await model.predict(steps(4, 9))];
    model.resetStates();
    for (let t = 0; t < 9; t++) {
      for (let n = 0; n < 2; n++) {
        const half = t < 4 ? halves[0]! : halves[1]!;
        const at = (n * half.shape[1]! + (t < 4 ? t : t - 4)) * UNITS;
        const expected = whole.data.slice((n * 9 + t) * UNITS, (n * 9 + t + 1) * UNITS);
        expect(half.data.slice(at, at + UNITS)).toEqual(expected);
      }
      const { data } = model.step({ shape: [2, 2], data: steps(t, t + 1).data });
      expect(data.slice(0, UNITS)).toEqual(whole.data.slice(t * UNITS, (t + 1) * UNITS));
    }
  });

  it("gives and takes its states", async () => {
    const model = stateful(9);
    const layer = model.layers[0] as ReturnType<typeof gru>;
    const { data } = await model.predict(x, { batchSize: 2 });
    const [h, ...more] = await layer.getStates();
    expect(more).toEqual([]);
    expect(h!.shape).toEqual([2, UNITS]);
    expect(h!.data).toEqual(
      Float32Array.from([0, 1].flatMap((n) => [...data.slice((n * 9 + 8) * UNITS, (n + 1) * 9 * UNITS)])),
    );
    layer.setStates(null);
    expect((await layer.getStates())[0]!.data).toEqual(new Float32Array(2 * UNITS));
    const error = await errorOf(() => layer.setStates([values([2, UNITS + 1], 1)]));
    expect(error.message).toContain("[2, 6], expected [2, 5]");
  });
});

it("states of two directions are checked before any is set", async () => {
  const model = modelOf([
    { kind: "bidirectional", layer: inner("lstm", { stateful: true }), inputShape: [4, 2], batchSize: 2 },
  ]);
  const layer = model.layers[0] as unknown as ReturnType<typeof lstm>;
  const good = values([2, UNITS], 1);
  for (const states of [
    [good, good],
    [good, good, good, values([3, UNITS], 1)],
  ]) {
    expect((await errorOf(() => layer.setStates(states))).name).toBe("ShapeError");
  }
  for (const { data } of await layer.getStates()) expect(data).toEqual(new Float32Array(2 * UNITS));
});

describe("dropout", () => {
  // Enough that at a rate of one half some are dropped and some kept.
  const INPUTS = 16;
  const layers = [
    ["lstm", lstm],
    ["gru", gru],
    ["simpleRNN", simpleRNN],
  ] as const;

  it.each(layers)(
    "of a %s does nothing in prediction, and one mask serves all steps in training",
    async (_kind, make) => {
      const x = values([4, 5, INPUTS], 1);
      const build = (dropout: number, recurrentDropout: number) => {
        const model = sequential([make({ units: 4, dropout, recurrentDropout, inputShape: [5, INPUTS] })], {
          seed: 2,
        });
        model.compile({ loss: "mse", optimizer: "sgd" });
        return model;
      };
      const [plain, dropped] = [build(0, 0), build(0.5, 0.5)];
      expect((await dropped.predict(x)).data).toEqual((await plain.predict(x)).data);
      // A column of the input that is dropped for all samples and steps leaves its row of the kernel as it was.
      const single = values([1, 5, INPUTS], 2);
      const before = dropped.getWeights()[0]!.data;
      await dropped.trainOnBatch(single, values([1, 4], 3));
      const after = dropped.getWeights()[0]!.data;
      const width = after.length / INPUTS;
      const moved = Array.from({ length: INPUTS }, (_, row) => {
        const changes = after
          .slice(row * width, (row + 1) * width)
          .map((v, i) => v - before[row * width + i]!);
        return changes.some((change) => change !== 0);
      });
      expect(moved).toContain(false);
      expect(moved).toContain(true);
    },
  );

  it.each(["gru", "lstm", "simpleRNN"] as const)(
    "gradients of a %s are those of the loss it trained on",
    async (kind) => {
      // One step of plain SGD shows the gradient under the masks; central differences of the same masked loss check it.
      const rate = 2 ** -6;
      const make = () => {
        const model = sequential(
          [
            { lstm, gru, simpleRNN }[kind]({
              units: 3,
              dropout: 0.4,
              recurrentDropout: 0.4,
              returnSequences: true,
              inputShape: [4, 3],
            }),
          ],
          { seed: 5 },
        );
        randomize(model, 30);
        model.compile({ loss: "mse", optimizer: "sgd" });
        model.optimizer.learningRate = rate;
        return model;
      };
      const [x, y] = [values([2, 4, 3], 1), values([2, 4, 3], 2)];
      const trained = make();
      const before = trained.getWeights();
      await trained.trainOnBatch(x, y);
      const gradient = trained
        .getWeights()
        .flatMap(({ data }, i) => [...data].map((v, k) => (before[i]!.data[k]! - v) / rate));
      // The first batch of every model of this seed draws the same masks.
      const step = 2 ** -7;
      const lossWith = async (weight: number, element: number, change: number): Promise<number> => {
        const model = make();
        model.setWeights(
          before.map(({ shape, data }, i) => ({
            shape,
            data: Float32Array.from(data, (v, k) => (i === weight && k === element ? v + change : v)),
          })),
        );
        const { loss } = await model.trainOnBatch(x, y);
        model.dispose();
        return loss!;
      };
      const differences: number[] = [];
      for (const [i, { data }] of before.entries()) {
        for (let k = 0; k < data.length; k++) {
          differences.push(((await lossWith(i, k, step)) - (await lossWith(i, k, -step))) / (2 * step));
        }
      }
      // A float32 loss of about 1 over a step of 2^-7: 2^-24 / 2^-6 each, plus h² f'''; the norm is of order 1.
      expectNear("gradient", gradient, differences, 2e-3);
    },
  );
});
