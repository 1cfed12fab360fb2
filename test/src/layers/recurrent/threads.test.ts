import { expect, it } from "vitest";
import {
  bidirectional,
  createEngine,
  gru,
  type Layer,
  lstm,
  sequential,
  simpleRNN,
} from "../../../../src/index.js";
import { bitsOf, values } from "../../model/support.js";

const inputShape = [16, 7];
const layers: [kind: string, make: () => Layer][] = [
  ["gru", () => gru({ units: 70, returnSequences: true, inputShape })],
  ["gru, reset before", () => gru({ units: 70, resetAfter: false, inputShape })],
  ["simpleRNN", () => simpleRNN({ units: 70, inputShape })],
  [
    "lstm, projected, with peepholes",
    () => lstm({ units: 40, peepholes: true, projectionUnits: 17, inputShape }),
  ],
  [
    "bidirectional gru with dropout",
    () => bidirectional({ layer: gru({ units: 40, dropout: 0.2, recurrentDropout: 0.2 }), inputShape }),
  ],
];

it.each(layers)("%s trains to the same bits on one, two and three threads", async (_kind, make) => {
  const trained = async (threads: number): Promise<number[][]> => {
    const engine = await createEngine({ threads, reproducible: true });
    const model = sequential([make()], { engine, seed: 1 });
    model.compile({ loss: "mse", optimizer: "adam" });
    // An odd batch, so that shares of rows differ; more batches than a tuner tries each way.
    const x = values([33, 16, 7], 1);
    const y = values([33, ...(model.outputShape as number[])], 2);
    for (let i = 0; i < 10; i++) await model.trainOnBatch(x, y);
    const bits = bitsOf(model.getWeights());
    engine.dispose();
    return bits;
  };
  const alone = await trained(1);
  expect(await trained(2)).toEqual(alone);
  expect(await trained(3)).toEqual(alone);
});
