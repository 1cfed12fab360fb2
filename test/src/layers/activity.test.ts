import { describe, it } from "vitest";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { expectNear, modelOf, values } from "../model/support.js";
import { expectAgreement } from "./agreement.js";

const x = values([3, 4, 5], 1);
const first = { inputShape: [4, 5] } as const;
const lstmOf = (more: object = {}): OracleLayerSpec => ({ kind: "lstm", units: 4, ...more });

describe("activity regularizers", () => {
  const price = { l1: 0.03, l2: 0.02 };

  it.each<[string, readonly OracleLayerSpec[]]>([
    [
      "of a dense layer's rows",
      [{ kind: "dense", units: 3, activation: "tanh", activityRegularizer: price, inputShape: [4, 5] }],
    ],
    [
      "of an LSTM's last output",
      [lstmOf({ ...first, activityRegularizer: price }), { kind: "dense", units: 2 }],
    ],
    [
      "of an LSTM's sequence, and of layers behind it",
      [
        lstmOf({ ...first, returnSequences: true, activityRegularizer: price }),
        { kind: "dense", units: 3, activityRegularizer: { l1: 0.1 } },
        lstmOf({ activityRegularizer: { l2: 0.2 } }),
      ],
    ],
    [
      "of a masked sequence",
      [{ kind: "masking", ...first }, lstmOf({ returnSequences: true, activityRegularizer: price })],
    ],
  ])("price the output over the batch: %s", (_, layers) => {
    const masked = { shape: x.shape, data: x.data.map((v, i) => (i % 20 >= 15 ? 0 : v)) as Float32Array };
    return expectAgreement({ layers, x: masked });
  });

  it("of an embedding reach its table", async () => {
    const plain = modelOf([{ kind: "embedding", inputDim: 4, outputDim: 2, inputShape: [2] }]);
    const priced = modelOf([
      {
        kind: "embedding",
        inputDim: 4,
        outputDim: 2,
        inputShape: [2],
        activityRegularizer: { l2: 1 },
      } as never,
    ]);
    const ids = { shape: [2, 2], data: Int32Array.of(1, 2, 2, 3) };
    const y = values([2, 2, 2], 3);
    const [a, b] = [await plain.gradients(ids, y), await priced.gradients(ids, y)];
    const table = plain.getWeights()[0]!.data;
    // Each occurrence costs 2 w over a batch of 2; the word 2 occurs twice.
    const counts = [0, 1, 2, 1];
    const expected = Float64Array.from(
      table,
      (w, i) => a.weights[0]!.data[i]! + counts[Math.floor(i / 2)]! * w,
    );
    expectNear("table", b.weights[0]!.data, expected, 1e-5);
  });

  it("count in evaluate and in the training loss, not in metrics", async () => {
    const layers = (activityRegularizer: object): OracleLayerSpec[] => [
      { kind: "dense", units: 2, inputShape: [3], ...activityRegularizer },
    ];
    const rows = values([5, 3], 8);
    const y = values([5, 2], 9);
    const compile = { loss: "mse", metrics: ["mse"] } as const;
    const model = modelOf(layers({ activityRegularizer: { l2: 0.5 } }), compile);
    const { loss, mse } = await model.evaluate(rows, y);
    const { data } = await model.predict(rows);
    const penalty = Array.from(data).reduce((sum, v) => sum + 0.5 * v * v, 0) / 5;
    expectNear("loss", [loss!], [mse! + penalty], 1e-6);
    const trained = await model.trainOnBatch(rows, y);
    expectNear("training loss", [trained.loss!], [loss!], 1e-6);
  });
});
