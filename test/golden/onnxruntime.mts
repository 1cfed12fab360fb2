/**
 * Runs every model that the tests write with `toOnnx` in ONNX Runtime, for Node and for pages: gateflow's prediction to 1e-5.
 * The runtimes are 300 MB and no dependencies of the project; install them anywhere:
 *
 *     npm install --prefix /tmp/runtime --ignore-scripts onnxruntime-node@1.30.0 onnxruntime-web@1.30.0
 *     npx tsx test/golden/onnxruntime.mts /tmp/runtime
 *
 * A second argument runs those models whose name holds it. Seen on 2026-11-29: 77 models in both, at most 2.4e-7 apart.
 */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import * as g from "../../src/index.js";
import { graphCases } from "../src/formats/graph-models.js";
import { onnxChains } from "../src/formats/onnx/chains.js";
import { maskedCases } from "../src/formats/onnx/masked-models.js";
import { values } from "../src/model/support.js";

/** The part of onnxruntime's packages that is used here. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number }; readonly versions: Record<string, string> };
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<Session>;
  };
  readonly Tensor: new (type: string, data: Float32Array | Int32Array, dims: readonly number[]) => unknown;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly { readonly type: string }[];
  run(feeds: object): Promise<Record<string, { data: ArrayLike<number>; dims: readonly number[] }>>;
}

type Case = readonly [name: string, build: () => { model: g.Model; x: readonly g.Tensor[] }];

const cases: readonly Case[] = [
  ...onnxChains.map(({ name, build }): Case => [name, () => ({ model: build().model, x: [build().x] })]),
  ...Object.entries(graphCases).map(([name, { build, x }]): Case => {
    const filled = (): g.Model => {
      const model = build();
      model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 20 + i, 0.7)));
      return model;
    };
    return [name, () => ({ model: filled(), x })];
  }),
  ...maskedCases.map(([name, { build, x }]): Case => [name, () => ({ model: build(), x })]),
];

/** The largest difference between the runtime's outputs and the model's. */
async function difference(runtime: Runtime, provider: string, [, build]: Case): Promise<number> {
  const { model, x } = build();
  const session = await runtime.InferenceSession.create(await g.toOnnx(model), {
    executionProviders: [provider],
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    x.map(({ shape, data }, i) => {
      const { type } = session.inputMetadata[i]!;
      const own = type === "float32" ? Float32Array.from(data) : Int32Array.from(data);
      return [session.inputNames[i]!, new runtime.Tensor(type, own, shape)];
    }),
  );
  const made = await session.run(feeds);
  const expected = [await model.predict((x.length === 1 ? x[0] : x) as g.Tensor)].flat();
  let worst = 0;
  expected.forEach(({ shape, data }, i) => {
    const got = made[session.outputNames[i]!]!;
    if (got.dims.join() !== shape.join()) worst = Number.NaN;
    for (let k = 0; k < data.length; k++) {
      const off = Math.abs(got.data[k]! - data[k]!);
      if (!(off <= worst)) worst = off;
    }
  });
  return worst;
}

const peers = createRequire(`${resolve(process.argv[2] ?? ".")}/`);
const only = process.argv[3] ?? "";
let failed = 0;
let run = 0;
for (const [name, provider] of [
  ["onnxruntime-web", "wasm"],
  ["onnxruntime-node", "cpu"],
] as const) {
  let runtime: Runtime;
  try {
    runtime = peers(name) as Runtime;
  } catch {
    console.error(`${name} is not installed there and left out.`);
    continue;
  }
  runtime.env.wasm.numThreads = 1;
  let worst = 0;
  for (const one of cases.filter(([own]) => own.includes(only))) {
    run += 1;
    const off = await difference(runtime, provider, one).catch((error: Error) => {
      console.log(`${name}: ${one[0]}: ${error.message}`);
      return Number.NaN;
    });
    if (off > worst) worst = off;
    if (off <= 1e-5) continue;
    failed += 1;
    console.log(`${name}: ${one[0]}: differs by ${off}`);
  }
  console.log(`${name}: the largest difference is ${worst.toExponential(1)}`);
}
console.log(`${run - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
