import { expect, it } from "vitest";
import {
  bidirectional,
  customLayer,
  dense,
  dropout,
  gru,
  input,
  type Layer,
  lstm,
  model,
  type Sequential,
  sequential,
  simpleRNN,
  type Tensor,
  toOnnx,
} from "../../../../../src/index.js";
import { runOnnx } from "../../../../support/onnx/run-onnx.js";
import { expectNear, values } from "../../../model/support.js";
import { maskedCases } from "../masked-models.js";

const plain = ({ shape, data }: Tensor) => ({ shape, data: [...data] });

/** What ONNX's operators make of a model is what the model predicts. */
async function expectSame(
  own: { predict: (x: never) => Promise<Tensor | Tensor[]> } & Parameters<typeof toOnnx>[0],
  x: readonly Tensor[],
): Promise<void> {
  const expected = [await own.predict((x.length === 1 ? x[0] : x) as never)].flat();
  const made = runOnnx(await toOnnx(own), x.map(plain));
  expected.forEach(({ shape, data }, i) => {
    expect(made[i]!.shape).toEqual(shape);
    expectNear(`output ${i}`, Float32Array.from(made[i]!.data), data, 1e-5, 1e-5);
  });
}

it.each(maskedCases)("masks: %s", async (_, { build, x }) => {
  await expectSame(build() as never, x);
});

const on = { inputShape: [6, 3] };
const cells: Readonly<Record<string, () => Layer>> = {
  "a projection": () => lstm({ units: 4, projectionUnits: 2, peepholes: true, returnSequences: true, ...on }),
  "an activation the operators have not": () =>
    lstm({ units: 4, activation: "gelu", goBackwards: true, ...on }),
  "reset before, another activation": () => gru({ units: 3, activation: "silu", resetAfter: false, ...on }),
  "both directions, projected": () =>
    bidirectional({ layer: lstm({ units: 3, projectionUnits: 2, returnSequences: true }), ...on }),
  "a backward direction of its own": () =>
    bidirectional({
      layer: lstm({ units: 3 }),
      backwardLayer: simpleRNN({ units: 3, goBackwards: true }),
      ...on,
    }),
  "directions that are not merged": () =>
    bidirectional({ layer: gru({ units: 3, returnSequences: true }), mergeMode: null, ...on }),
};

function filled(layers: Layer[]): Sequential {
  const made = sequential(layers, { seed: 2 });
  made.setWeights(made.getWeights().map(({ shape }, i) => values(shape, 60 + i, 0.7)));
  return made;
}

it.each(Object.entries(cells))("cells: %s", async (_, layer) => {
  await expectSame(filled([layer()]) as never, [values([2, 6, 3], 9)]);
});

it("stateful layers take their states as inputs and give them back as outputs", async () => {
  const own = filled([
    bidirectional({ layer: lstm({ units: 2, stateful: true, returnSequences: true }), batchSize: 2, ...on }),
    gru({ units: 3, stateful: true }),
  ]);
  const bytes = await toOnnx(own);
  const text = new TextDecoder("latin1").decode(bytes);
  for (const name of ["forward_h", "backward_c", "backward_c_out"])
    expect(text).toContain(`bidirectional_${name}`);
  const zeros = [2, 2, 2, 2, 3].map((width) => ({
    shape: [2, width],
    data: new Array<number>(2 * width).fill(0),
  }));
  const [first, second] = [values([2, 6, 3], 5), values([2, 6, 3], 6)];
  const [y, ...states] = runOnnx(bytes, [plain(first), ...zeros]);
  const [z] = runOnnx(bytes, [plain(second), ...states]);
  own.resetStates();
  expectNear("first run", Float32Array.from(y!.data), (await own.predict(first)).data, 1e-5, 1e-5);
  expectNear("second run", Float32Array.from(z!.data), (await own.predict(second)).data, 1e-5, 1e-5);
});

it("what has no word in ONNX is refused by name", async () => {
  const custom = customLayer({
    name: "twice",
    outputShape: ([shape]) => [...shape!],
    forward: ({ inputs }) => ({ output: inputs[0]! }),
    backward: ({ outputGradient }) => ({ inputs: [outputGradient], weights: {} }),
  });
  const x = input({ shape: [4] });
  const refused = [
    model({ inputs: x, outputs: custom.apply(dense({ units: 4 }).apply(x)) }),
    model({ inputs: x, outputs: dropout({ rate: 0.5 }).apply(x, { training: true }) }),
  ];
  await expect(toOnnx(refused[0]!)).rejects.toThrow(/`twice` \(customLayer\) has no counterpart in ONNX/);
  await expect(toOnnx(refused[1]!)).rejects.toThrow(/training: true/);
});
