import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCore } from "../support/built.js";
import { trainSmall, variants } from "../support/train-small.mjs";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url);
const script = fileURLToPath(new URL("test/support/train-small.mjs", root));
const entryOf = (entry: "core" | "index"): string => fileURLToPath(new URL(`dist/${entry}.js`, root));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-core-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Bundles a program as a page would have it, in chunks, and runs it in a process that knows nothing else of gateflow. */
async function bundledRun(entry: "core" | "index"): Promise<unknown> {
  const home = join(folder, entry);
  await build({
    stdin: {
      contents: `
        import * as gateflow from ${JSON.stringify(entryOf(entry))};
        import { trainSmall, variants } from ${JSON.stringify(script)};
        const told = {};
        for (const name of Object.keys(variants)) {
          for (const reproducible of [true, false]) told[name + reproducible] = await trainSmall(gateflow, name, reproducible);
        }
        console.log(JSON.stringify(told));`,
      resolveDir: fileURLToPath(root),
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: home,
    logLevel: "silent",
  });
  await writeFile(join(home, "package.json"), '{ "type": "module" }');
  const { stdout } = await run(process.execPath, [join(home, "stdin.js")], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

describe("gateflow/core", () => {
  it("bundled and minified computes to the bit what gateflow does", async () => {
    const core = await bundledRun("core");
    expect(Object.keys(core as object)).toHaveLength(2 * Object.keys(variants).length);
    expect(core).toEqual(await bundledRun("index"));
  });

  it("trains in these tests: every variant changes its weights and its loss", async () => {
    const gateflow = await builtCore();
    for (const name of Object.keys(variants)) {
      const { history } = await trainSmall(gateflow, name, true);
      expect(history.loss).toHaveLength(3);
      expect(new Set(history.loss).size).toBe(3);
    }
  });

  it("has every kernel that its code calls, and none that it does not", async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from ${JSON.stringify(entryOf("core"))};`, resolveDir: folder },
      bundle: true,
      format: "esm",
      platform: "browser",
      external: ["*relaxed.js"],
      write: false,
      logLevel: "silent",
    });
    const { parallelKernels } = await import("../../src/engine/threads/worker-pool.js");
    // The pool names the kernels of all cells, to find them by number.
    const code = outputFiles[0]!.text.replace(/parallelKernels = \[[^\]]*\]/, "");
    const files = ["src/engine/kernels.ts", "src/engine/layer-kernels.ts"];
    const declared = (await Promise.all(files.map((path) => readFile(new URL(path, root), "utf8")))).join(
      "\n",
    );
    const names = [...declared.matchAll(/^ {2}(\w+)(?:\(|: LossKernel)/gm)].map(([, name]) => name!);
    // As a member or as text: `leakyRelu: 5` is an activation's code.
    const called = names.filter((name) => new RegExp(`[."']${name}\\b`).test(code));
    const module = await WebAssembly.compile(await readFile(new URL("build/core-release.wasm", root)));
    const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...parallelKernels]));
    expect(called.length).toBeGreaterThan(20);
    expect([...exported].sort()).toEqual([...called].sort());
  });

  it("knows the default names and tells of others what to do", async () => {
    const { dense, lstm, sequential } = await builtCore();
    const model = () => sequential([lstm({ units: 2, inputShape: [3, 1] }), dense({ units: 1 })]);
    const refusals: [() => unknown, RegExp][] = [
      [
        () => lstm({ units: 2, kernelInitializer: "lecunNormal" }),
        /`kernelInitializer`.*such as heNormal\(\)/,
      ],
      [
        () => lstm({ units: 2, recurrentInitializer: "orthogonl" as "orthogonal" }),
        /Did you mean `orthogonal`/,
      ],
      [
        () => dense({ units: 2, kernelRegularizer: "l2", inputShape: [1] }).build([[1]]),
        /penalty and addGradient/,
      ],
      [() => dense({ units: 2, kernelConstraint: "nonNeg", inputShape: [1] }).build([[1]]), /with project/],
      [() => model().compile({ optimizer: "adam", loss: "poisson" }), /such as huber/],
      [() => model().compile({ optimizer: "lion", loss: "mse" }), /such as adam/],
      [
        () => model().compile({ optimizer: "adam", loss: "mse", metrics: ["r2"] }),
        /rootMeanSquaredError\(\)/,
      ],
      [() => model().compile({ loss: "mse" }), /`optimizer` is "rmsprop"/],
    ];
    for (const [refused, message] of refusals) {
      expect(refused).toThrow(message);
      expect(refused).toThrow(/gateflow\/core knows no other names.*import from "gateflow"/);
    }
    expect(() => lstm({ units: 2, peepholes: true })).toThrow(/`peepholes`.*Import lstm from "gateflow"/);
    expect(() => lstm({ units: 2, projectionUnits: 1 })).toThrow(/`projectionUnits`.*Import lstm from/);
    expect(() => dense({ units: 2, kernelInitializer: 3 as never })).toThrow(
      /expected a name \(glorotUniform, /,
    );
    expect(() => dense({ units: 2, activityRegularizer: 3 as never })).toThrow(
      /is 3, expected a regularizer/,
    );
  });
});
