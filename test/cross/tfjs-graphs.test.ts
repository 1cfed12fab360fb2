import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import {
  fromLayersModel,
  type GraphModel,
  type LayersModelSource,
  type Tensor,
  toLayersModel,
} from "../../src/index.js";
import { graphCases } from "../src/formats/graph-models.js";
import { expectNear, values } from "../src/model/support.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
  await tf.ready();
});

const toTf = ({ shape, data }: Tensor): tf.Tensor =>
  tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32");

/** The same predictions, output by output. */
async function expectSame(ours: GraphModel, theirs: layers.LayersModel, x: readonly Tensor[]): Promise<void> {
  const got = [await ours.predict<Tensor | Tensor[]>(x.length === 1 ? x[0]! : x)].flat();
  const given = x.map(toTf);
  const wanted = [theirs.predict(given.length === 1 ? given[0]! : given)].flat() as tf.Tensor[];
  expect(got.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  for (const [i, { data }] of got.entries())
    expectNear(`output ${i}`, data, await wanted[i]!.data(), 1e-5, 1e-6);
}

describe("a functional model in TensorFlow.js", () => {
  it.each(Object.entries(graphCases).filter(([, { not = [] }]) => !not.includes("tfjs")))(
    "computes what ours does: %s",
    async (_, { build, x }) => {
      const model = build();
      model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 20 + i, 0.7)));
      const artifacts = (await toLayersModel(model)) as unknown as tf.io.ModelArtifacts;
      await expectSame(model, await layers.loadLayersModel(tf.io.fromMemory(artifacts)), x);
    },
  );

  /** What TensorFlow.js would store, read here. */
  async function reread(theirs: layers.LayersModel): Promise<GraphModel> {
    let kept: tf.io.ModelArtifacts | undefined;
    await theirs.save(
      tf.io.withSaveHandler(async (artifacts) => {
        kept = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    return fromLayersModel<GraphModel>(kept as unknown as LayersModelSource);
  }

  it("that it made itself is read: encoder and decoder, a shared layer, a model inside", async () => {
    const a = layers.input({ shape: [5, 3] });
    const b = layers.input({ shape: [4, 2] });
    // "orthogonal" needs tensor methods that tfjs-core alone does not bring.
    const gates = { recurrentActivation: "sigmoid", recurrentInitializer: "glorotUniform" } as const;
    const [, h, c] = layers.layers
      .lstm({ units: 3, returnState: true, ...gates })
      .apply(a) as layers.SymbolicTensor[];
    const sequence = layers.layers
      .lstm({ units: 3, returnSequences: true, ...gates })
      .apply(b, { initialState: [h!, c!] }) as layers.SymbolicTensor;
    const begin = layers.input({ shape: [4, 3] });
    const inner = layers.model({
      inputs: begin,
      outputs: layers.layers.dense({ units: 2, activation: "tanh" }).apply(begin) as layers.SymbolicTensor,
    });
    const shared = layers.layers.gru({ units: 2, ...gates });
    const inside = inner.apply(sequence) as layers.SymbolicTensor;
    const twice = layers.layers
      .add()
      .apply([shared.apply(inside) as layers.SymbolicTensor, shared.apply(b) as layers.SymbolicTensor]);
    const theirs = layers.model({ inputs: [a, b], outputs: [sequence, twice as layers.SymbolicTensor] });
    await expectSame(await reread(theirs), theirs, [values([2, 5, 3], 1), values([2, 4, 2], 2)]);
  });
});
