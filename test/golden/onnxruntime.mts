/**
 * Runs what `toOnnx` writes in ONNX Runtime, and compares its numbers to gateflow's, for a chain of every kind of layer and
 * for every graph of the tests. ONNX Runtime is 300 MB and no dependency of the project; install it anywhere:
 *
 *     npm install --prefix /tmp/runtime --ignore-scripts onnxruntime-node@1.30.0
 *     npx tsx test/golden/onnxruntime.mts /tmp/runtime
 */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { type Model, type Tensor, toOnnx } from "../../src/index.js";
import { graphCases } from "../src/formats/graph-models.js";
import { onnxChains } from "../src/formats/onnx/chains.js";
import { values } from "../src/model/support.js";

interface RuntimeTensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>>;
}
interface Runtime {
  readonly InferenceSession: { create(bytes: Uint8Array): Promise<Session> };
  readonly Tensor: new (
    type: string,
    data: Float32Array | Int32Array,
    dims: readonly number[],
  ) => RuntimeTensor;
}

const runtime: Runtime = createRequire(`${resolve(process.argv[2] ?? ".")}/`)("onnxruntime-node");

/** The largest difference, beside 1 + |value|. */
async function differenceOf(model: Model, x: readonly Tensor[]): Promise<number> {
  const session = await runtime.InferenceSession.create(await toOnnx(model));
  const feeds = Object.fromEntries(
    session.inputNames.map((name, i) => {
      const { data, shape } = x[i]!;
      return [name, new runtime.Tensor(data instanceof Int32Array ? "int32" : "float32", data, shape)];
    }),
  );
  const theirs = await session.run(feeds);
  const given = (x.length === 1 ? x[0]! : x) as Tensor;
  const ours = [await model.predict<Tensor | Tensor[]>(given)].flat();
  let worst = 0;
  session.outputNames.forEach((name, o) => {
    const { dims, data } = theirs[name]!;
    if (dims.join() !== ours[o]!.shape.join()) worst = Number.POSITIVE_INFINITY;
    ours[o]!.data.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - data[i]!) / (1 + Math.abs(value)));
    });
  });
  return worst;
}

let wrong = 0;
const tell = (name: string, difference: number): void => {
  const isSame = difference <= 1e-5;
  if (!isSame) wrong += 1;
  console.log(`${isSame ? "same " : "WRONG"} ${difference.toExponential(1)} ${name}`);
};
for (const { name, build } of onnxChains) {
  const { model, x } = build();
  tell(name, await differenceOf(model, [x]));
}
for (const [name, { build, x }] of Object.entries(graphCases)) {
  const model = build();
  model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 20 + i, 0.7)));
  tell(name, await differenceOf(model as unknown as Model, x));
}
process.exit(wrong === 0 ? 0 : 1);
