import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./source-files.js";

const run = promisify(execFile);
const path = (relative: string): string => fileURLToPath(new URL(relative, root));

/** A library that exports what gateflow gave it, without naming a type: the compiler has to find the names. */
const library = `
import {
  adam, bidirectional, createEngine, dense, diagnose, doctor, earlyStopping, forecaster, gradientFlowRecorder, gru, input, kFold,
  loadForecaster, lstm, meanSquaredError, model, modelCheckpoint, normalization, orthogonalRegularizer, plotModel, resample,
  sequential, slidingWindows, standardScaler, stl, textVectorization, timeSeriesSplit, toArray, trace, trainTestSplit, tune, uniform,
  type Callback, type Layer, type TensorLike,
} from "gateflow";

export const cell = lstm({ units: 1 });
export const both = bidirectional({ layer: gru({ units: 2 }) });
export const stop = earlyStopping();
export const keep = modelCheckpoint({ save: () => {} });
export const windows = slidingWindows([1, 2, 3, 4], { window: 2 });
export const head = (units: number) => dense({ units });
export const rescaled = normalization();
export const search = tune((params) => Number(params.x), { space: { x: uniform(0, 1) }, trials: 1 });
const x = input({ shape: [null, 1] });
export const graph = model({ inputs: x, outputs: cell.apply(x) });
export const picture = plotModel(graph);
export const owner = forecaster({ horizon: 3 });
export const chain = sequential([cell, head(1)], { seed: 1 });
export const compiled = () => chain.compile({ optimizer: adam(), loss: meanSquaredError() });
export const recorder = gradientFlowRecorder();
export const watch = doctor();
export const folds = timeSeriesSplit({ nSplits: 3 });
export const shuffled = kFold({ nSplits: 3, shuffle: true, seed: 1 });
export const scaler = standardScaler();
export const parts = trainTestSplit([1, 2, 3, 4], { testFraction: 0.25 });
export const words = textVectorization({ maxTokens: 10 });
export const seasons = stl([1, 2, 1, 2, 1, 2, 1, 2], { period: 2 });
export const engine = createEngine({ threads: 1 });
export const penalty = orthogonalRegularizer();
export const traced = async (given: TensorLike) => trace(chain, given, { layer: "lstm" });
export const found = (given: TensorLike) => diagnose(chain, { x: given, y: given });
export const loaded = (bytes: Uint8Array) => loadForecaster(bytes);
export const monthly = resample([0, 86_400_000], [1, 2], { every: "day" });
export async function columns(given: TensorLike) {
  const rows = toArray(await chain.predict(given));
  const sequence: number[][][] = toArray(await chain.predict(given));
  return { first: rows.map((row) => row[0]), sequence };
}
export class Counting implements Callback {
  count = 0;
  onEpochEnd(): void {
    this.count += 1;
  }
}
export const unitsOf = (layers: readonly Layer[]): string[] => layers.map(({ name }) => name);
`;

const core = `
import { adam, dense, lstm, meanSquaredError, sequential } from "gateflow/core";
export const cell = lstm({ units: 1 });
export const head = () => dense({ units: 1 });
export const model = sequential([cell, head()]);
export const optimizer = adam();
export const loss = meanSquaredError();
`;

const series = `
import { difference, rolling, seasonality, standardScaler, walkForward } from "gateflow/series";
export const scaler = standardScaler();
export const steps = difference([1, 2, 4]);
export const means = rolling([1, 2, 3], 2);
export const season = seasonality([1, 2, 1, 2]);
export const folds = walkForward({ initial: 2 });
`;

const node = `
import { readTable, threads } from "gateflow/node";
export const table = readTable("a.csv");
export const runner = threads({ workers: 2 });
`;

/** What a consumer's project may set: all files of ours are checked, not skipped. */
const strict = { strict: true, skipLibCheck: false, declaration: true, module: "nodenext", target: "es2022" };
const exact = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true };
const projects = {
  "the language alone": { lib: ["ES2022"], types: [] },
  "the browser's types": { lib: ["ES2022", "DOM"], types: [], ...exact },
  "Node's types": { lib: ["ES2022"], types: ["node"], ...exact },
} as const;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-types-"));
  const installed = join(folder, "node_modules/gateflow");
  await mkdir(join(folder, "node_modules/@types"), { recursive: true });
  // A copy, as an installation is: of what a link leads to, no compiler would find the name again.
  await cp(path("dist"), join(installed, "dist"), {
    recursive: true,
    filter: (file) => !/\.\w+$/.test(file) || file.endsWith(".d.ts"),
  });
  await cp(path("package.json"), join(installed, "package.json"));
  const require = createRequire(path("package.json"));
  for (const name of ["@types/node", "undici-types"]) {
    const found = dirname(require.resolve(`${name}/package.json`));
    await symlink(found, join(folder, "node_modules", name));
  }
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "library", type: "module" }));
  await writeFile(join(folder, "library.ts"), library);
  await writeFile(join(folder, "core.ts"), core);
  await writeFile(join(folder, "series.ts"), series);
  await writeFile(join(folder, "node.ts"), node);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler says of a project, and the declarations it wrote. */
async function compile(compiler: string, project: keyof typeof projects, files: readonly string[]) {
  const require = createRequire(path("package.json"));
  const manifest = require.resolve(compiler);
  const { bin } = JSON.parse(await readFile(manifest, "utf8")) as { bin: { tsc: string } };
  const out = `out-${compiler.split("/")[0]}-${Object.keys(projects).indexOf(project)}`;
  const config = join(folder, `${out}.json`);
  await writeFile(
    config,
    JSON.stringify({
      compilerOptions: { ...strict, ...projects[project], outDir: out, rootDir: "." },
      files,
    }),
  );
  const said = await run(process.execPath, [join(dirname(manifest), bin.tsc), "-p", config]).then(
    () => "",
    ({ stdout }: { stdout: string }) => stdout,
  );
  const declared = (file: string): Promise<string> =>
    readFile(join(folder, out, file.replace(/\.ts$/, ".d.ts")), "utf8");
  return { said, declared };
}

/** TypeScript 5.9 takes 20 times as long: what differs between projects is found by the other. */
const runs = [
  ["TypeScript 5.9", "typescript-5/package.json", "the language alone"],
  ["TypeScript 5.9", "typescript-5/package.json", "the browser's types"],
  ["TypeScript 7", "typescript/package.json", "the language alone"],
  ["TypeScript 7", "typescript/package.json", "the browser's types"],
  ["TypeScript 7", "typescript/package.json", "Node's types"],
] as const;
describe("a library built on gateflow", () => {
  it.each(runs)("by %s knows all types it needs (%s: %s)", async (_, compiler, project) => {
    const files = ["library.ts", "core.ts", "series.ts", ...(project === "Node's types" ? ["node.ts"] : [])];
    const { said, declared } = await compile(compiler, project, files);
    expect(said).toBe("");
    // By their names, not by `any` and not by a path into the package.
    const text = await declared("library.ts");
    expect(text).toMatch(/cell: import\("gateflow"\)\.LstmLayer/);
    expect(text).not.toMatch(/: any\b|dist\//);
    expect(await declared("core.ts")).not.toMatch(/: any\b|dist\//);
  });
});

it("a type that is no export is found out", async () => {
  await writeFile(
    join(folder, "wrong.ts"),
    `import type { NoSuchType } from "gateflow";\nexport type A = NoSuchType;\n`,
  );
  const { said } = await compile("typescript/package.json", "the language alone", ["wrong.ts"]);
  expect(said).toMatch(/TS2305.*NoSuchType/);
});
