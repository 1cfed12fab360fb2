import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import ts from "typescript-5";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as gateflow from "../../src/index.js";
import * as node from "../../src/node/index.js";
import { openDoors } from "./doors.js";
import { root } from "./source-files.js";

const { dense, input, lstm, sequential, slidingWindows } = gateflow;

/** Two years of days would be too many: ten years of months, with a season. */
const series = Array.from(
  { length: 120 },
  (_, t) => 10 + Math.sin((2 * Math.PI * t) / 12) + 0.1 * Math.cos(t * t),
);
const { x, y } = slidingWindows(series, { window: 20 });
const recipe: gateflow.Recipe = {
  series: { scale: "standard" },
  window: 12,
  layers: [
    { kind: "lstm", units: 4 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: "adam", loss: "meanSquaredError" },
  fit: { epochs: 2 },
};

function compiled(): gateflow.Sequential {
  const model = sequential([lstm({ units: 4, inputShape: [20, 1] }), dense({ units: 1 })], { seed: 1 });
  model.compile({ optimizer: "adam", loss: "mse" });
  return model;
}

/** What examples begin with: a model, its data, a recipe, files. */
async function context(): Promise<Record<string, unknown>> {
  const model = compiled();
  const files: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
    pt: () => gateflow.toTorch(model),
    keras: () => gateflow.toKeras(model),
    onnx: () => gateflow.toOnnx(model),
    npz: () => gateflow.writeNpz({ x, y }),
    npy: () => gateflow.writeNpy(x),
  };
  return {
    model,
    series,
    monthly: series,
    monthlySales: series,
    load: series,
    x,
    y,
    recipe,
    sick: { ...recipe, series: {} },
    readFile: (name: string) => files[name.split(".").at(-1)!]!(),
    writeFile: async () => {},
  };
}

/** What single examples have before them in the text around. */
const before: Readonly<Record<string, () => Promise<Record<string, unknown>> | Record<string, unknown>>> = {
  diagnose: async () => {
    const model = compiled();
    return { model, history: await model.fit(x, y, { epochs: 1 }) };
  },
  loadForecaster: async () => ({ owner: await gateflow.forecaster({ epochs: 1 }).fit(series) }),
  fromSafetensors: async () => ({
    bytes: await gateflow.toSafetensors(compiled()),
    myLoss: () => ({ loss: 0, gradient: [0] }),
  }),
  classificationReport: () => {
    const labels = gateflow.tensor(Array.from(y.data, (value) => (value > 10 ? 1 : 0)));
    return {
      labels,
      model: sequential([
        lstm({ units: 2, inputShape: [20, 1] }),
        dense({ units: 1, activation: "sigmoid" }),
      ]),
    };
  },
  model: () => ({ model: gateflow.model }),
  input: () => ({ model: gateflow.model }),
  ...Object.fromEntries(
    ["trace", "traceChart"].map((name) => [
      name,
      () => ({ x: gateflow.tensor(x.data.slice(0, 20) as Float32Array, [1, 20, 1]) }),
    ]),
  ),
  multiHeadAttention: () => ({ x: input({ shape: [20, 16] }) }),
  normalization: () => ({ x: gateflow.tensor(new Float32Array(10 * 24 * 2).fill(1), [10, 24, 2]) }),
  ...Object.fromEntries(
    ["attention", "additiveAttention", "dot"].map((name) => [
      name,
      () => ({ decoded: input({ shape: [5, 8] }), encoded: input({ shape: [7, 8] }) }),
    ]),
  ),
  fromLayersModel: async () => {
    const { weightData, weightSpecs, ...json } = await gateflow.toLayersModel(compiled());
    const bytes = new Uint8Array(weightData as ArrayBuffer);
    const text = JSON.stringify({ ...json, weightsManifest: [{ paths: [], weights: weightSpecs }] });
    return { text, shard1: bytes.slice(0, 40), shard2: bytes.slice(40) };
  },
};

/** What an example needs that no test has: a file of others, or a service. */
const elsewhere: Readonly<Record<string, string>> = {
  fromTorch: "a PyTorch model whose LSTM lies within another module",
  loadModel: "a Keras configuration beside its weights",
  readTable: "a Parquet file of sales",
  readWordVectors: "GloVe's vectors",
  startQueueWorker: "Redis",
  crossValidate: "workers of what is built",
  ensemble: "workers of what is built",
  textVectorization: "texts with labels, and a compiled model of them",
  threads: "workers of what is built",
  serveTraining: "a worker",
  trainInWorker: "workers of what is built",
  windowBatches: "a series of quarter hours",
};

interface Example {
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

function examples(): Example[] {
  const { checker, things } = openDoors("src");
  const seen = new Set<ts.Symbol>();
  return things.flatMap(({ name, file, symbol }) => {
    if (seen.has(symbol)) return [];
    seen.add(symbol);
    return symbol
      .getJsDocTags(checker)
      .filter((tag) => tag.name === "example")
      .map(({ text }) => ({ name, file, code: ts.displayPartsToString(text) }));
  });
}

let folder: string;
const home = process.cwd();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-examples-"));
  await cp(fileURLToPath(new URL("examples/data/co2_weekly.csv", root)), join(folder, "co2_weekly.csv"));
  await writeFile(
    join(folder, "stores.csv"),
    "store,day,sales\na,2024-01-01,1\na,2024-01-02,2\nb,2024-01-01,3\n",
  );
  process.chdir(folder);
  for (const way of ["log", "warn"] as const) vi.spyOn(console, way).mockImplementation(() => {});
});
afterAll(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true, force: true });
});

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<void>;

/** What an example's line comes to, and what the remark behind it says it does. */
interface Claim {
  readonly name: string;
  readonly text: string;
  readonly value: unknown;
  /** The remark as code, in the example's own names. */
  readonly said: () => unknown;
}
const claims: Claim[] = [];

/** The remark behind a line as code; undefined where it is prose. What stands behind a colon explains. */
const asCode = (remark: string): string | undefined =>
  [remark, remark.split(": ")[0]!].find((text) => {
    try {
      return new Function(`return (${text});`) !== undefined;
    } catch {
      return /^-?[\d.]+…$/.test(text);
    }
  });

/** Lines such as `rmse([1], [3]); // 2` hand over what they come to. */
const withClaims = (code: string): string =>
  code.replace(/^(?!\s|const|let|import|await|[})\]])(.*); \/\/ (.+)$/gm, (line, expression, remark) => {
    const text = asCode(remark);
    if (text === undefined) return line;
    const said = text.endsWith("…") ? JSON.stringify(text) : text;
    return `claim(${JSON.stringify(remark)}, ${expression}, () => (${said}));`;
  });

/** Whether a value is what was said of it: numbers to four digits, `2.857…` by its beginning, a tensor as nested arrays. */
function isAs(said: unknown, value: unknown): boolean {
  if (typeof said === "string" && said.endsWith("…")) return String(value).startsWith(said.slice(0, -1));
  if (typeof said === "number" && typeof value === "number")
    return Object.is(said, value) || Math.abs(said - value) <= 1e-4 * Math.abs(said) + 1e-12;
  if (typeof said !== "object" || said === null || typeof value !== "object" || value === null)
    return said === value;
  if (Array.isArray(said) && "shape" in value)
    return isAs(said, gateflow.toArray<never>(value as gateflow.Tensor));
  const entries = Object.entries(said);
  const own = value as Record<string, unknown>;
  return entries.length === Object.keys(own).length && entries.every(([key, one]) => isAs(one, own[key]));
}

async function run({ name, file, code }: Example): Promise<void> {
  const names = {
    claim: (text: string, value: unknown, said: () => unknown) => claims.push({ name, text, value, said }),
    ...(file.startsWith("node/") ? { ...gateflow, ...node } : { ...node, ...gateflow }),
    ...(await context()),
    ...(await before[name]?.()),
  };
  const { code: js } = await transform(withClaims(code.replace(/^import .*$/gm, "")), {
    loader: "ts",
    target: "es2022",
    format: "esm",
  });
  await new AsyncFunction(...Object.keys(names), `{ ${js} \n}`)(...Object.values(names));
}

describe("examples in docstrings", () => {
  it("run to their end", async () => {
    const all = examples();
    expect(all.length).toBeGreaterThan(200);
    const failed: string[] = [];
    for (const example of all) {
      if (elsewhere[example.name] !== undefined) continue;
      await run(example).catch((error: Error) => {
        failed.push(`${example.name} (${example.file}): ${error.message.split("\n")[0]}`);
      });
    }
    expect(failed).toEqual([]);
  });

  it("what a remark says a line comes to, it comes to", () => {
    const wrong: string[] = [];
    let right = 0;
    for (const { name, text, value, said } of claims) {
      let expected: unknown;
      try {
        expected = said();
      } catch {
        continue; // A word that happens to be code, such as `counts`.
      }
      if (isAs(expected, value)) right += 1;
      else wrong.push(`${name}: ${text}, and it is ${JSON.stringify(value)}`);
    }
    expect(wrong).toEqual([]);
    expect(right).toBeGreaterThan(30);
  });

  it("a wrong name is found out", async () => {
    await expect(run({ name: "a", file: "", code: "sequentiel([]);" })).rejects.toThrow(
      "sequentiel is not defined",
    );
  });
});
