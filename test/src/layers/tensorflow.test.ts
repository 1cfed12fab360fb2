/** The same layers with the same weights in TensorFlow.js, whose kernels are float32 too. */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import * as tfc from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { bidirectional, gru, lstm, sequential, simpleRNN, type Tensor } from "../../../src/index.js";
import { expectNear, values } from "../model/support.js";
import { randomize } from "./agreement.js";

/** Two float32 programs that sum some ten terms in other orders over six steps. */
const RELATIVE = 2e-6;

beforeAll(async () => {
  await tfc.setBackend("cpu");
});

const x = values([3, 6, 2], 1);
const [units, timesteps, features] = [5, 6, 2];
/** Where the defaults differ: TensorFlow.js's gates have the old hard sigmoid. */
const gates = { activation: "tanh", recurrentActivation: "sigmoid" } as const;

async function expectSame(ours: ReturnType<typeof sequential>, layer: tfl.layers.Layer): Promise<void> {
  randomize(ours, 40);
  const theirs = tfl.sequential({ layers: [layer] });
  const weights = ours.getWeights();
  expect(theirs.getWeights().map(({ shape }) => shape)).toEqual(weights.map(({ shape }) => [...shape]));
  theirs.setWeights(
    weights.map(({ shape, data }) => tfc.tensor(Float32Array.from(data), [...shape], "float32")),
  );
  const input = tfc.tensor(Float32Array.from(x.data), [3, timesteps, features]);
  const expected = theirs.predict(input) as tfc.Tensor;
  const got: Tensor = await ours.predict(x);
  expect(got.shape).toEqual(expected.shape);
  expectNear("prediction", got.data, await expected.data(), RELATIVE);
}

const inputShape = [timesteps, features];

describe.each([{}, { returnSequences: true }, { goBackwards: true, returnSequences: true }])(
  "TensorFlow.js agrees, %o",
  (more) => {
    it("on a GRU whose reset gate comes before the product", () =>
      expectSame(
        sequential([gru({ units, resetAfter: false, inputShape, ...more })]),
        tfl.layers.gru({ units, ...gates, inputShape, ...more }),
      ));

    it("on a simple recurrent layer", () =>
      expectSame(
        sequential([simpleRNN({ units, inputShape, ...more })]),
        tfl.layers.simpleRNN({ units, inputShape, ...more }),
      ));

    it("on an LSTM", () =>
      expectSame(
        sequential([lstm({ units, inputShape, ...more })]),
        tfl.layers.lstm({ units, ...gates, inputShape, ...more }),
      ));
  },
);

describe.each(["concat", "sum", "mul", "ave"] as const)(
  "TensorFlow.js agrees on merging by %s",
  (mergeMode) => {
    it.each([false, true])("two LSTMs, returnSequences %s", (returnSequences) =>
      expectSame(
        sequential([bidirectional({ layer: lstm({ units, returnSequences }), mergeMode, inputShape })]),
        tfl.layers.bidirectional({
          layer: tfl.layers.lstm({ units, ...gates, returnSequences }) as tfl.RNN,
          mergeMode,
          inputShape,
        }),
      ),
    );
  },
);
