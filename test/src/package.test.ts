import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "../../bench/support/bundle-page.js";
import { root, rootPath } from "../house/source-files.js";

const run = promisify(execFile);
const MEGA = 1e6;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-package-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function bytesOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name)).then(({ size }) => size)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe("the package", () => {
  it("packed and installed in an empty project runs README's example, with at most 30 packages and 8 MB", async () => {
    // The build is there already: the tests begin with it.
    const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: rootPath,
    });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    const home = join(folder, "project");
    await mkdir(home);
    await writeFile(join(home, "package.json"), '{ "private": true, "type": "module" }');
    const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", ...flags, join(folder, filename)], { cwd: home });

    const lock = JSON.parse(await readFile(join(home, "package-lock.json"), "utf8"));
    const packages = Object.keys(lock.packages).filter((path) => path !== "");
    expect(packages.length).toBeLessThanOrEqual(30);
    // More is what the compiler alone writes to dist/: `npm run build` makes of it what is published.
    expect(await bytesOf(join(home, "node_modules"))).toBeLessThanOrEqual(8 * MEGA);

    const readme = await readFile(new URL("README.md", root), "utf8");
    const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    const expected = /```text\n(LSTM {3}RMSE [\s\S]*?)```/.exec(readme)![1]!;
    await writeFile(join(home, "example.js"), example);
    const { stdout } = await run(process.execPath, ["example.js"], { cwd: home });
    expect(stdout).toBe(expected);

    await writeFile(
      join(home, "doors.js"),
      `const doors = await Promise.all(["gateflow", "gateflow/core", "gateflow/series", "gateflow/node"].map((d) => import(d)));
       console.log(doors.map((door) => Object.keys(door).length > 3).join(), import.meta.resolve("gateflow/worker").endsWith("dist/worker.js"), import.meta.resolve("gateflow/kernels/simd128.wasm").endsWith(".wasm"));`,
    );
    const told = await run(process.execPath, ["doors.js"], { cwd: home });
    expect(told.stdout.trim()).toBe("true,true,true,true true true");
  });

  it("is one file for a page, which trains", async () => {
    const file = join(folder, "gateflow.min.js");
    expect(await bundlePage(file)).toBeLessThan(2 * MEGA);
    const code = await readFile(file, "utf8");
    expect(code).not.toMatch(/\b(from|import)\s*\(?"\.{1,2}\//);
    const { adam, dense, lstm, sequential } = (await import(
      pathToFileURL(file).href
    )) as typeof import("../../src/index.js");
    const model = sequential([lstm({ units: 2, inputShape: [3, 1] }), dense({ units: 1 })], { seed: 1 });
    model.compile({ optimizer: adam(), loss: "mse" });
    const x = { shape: [4, 3, 1], data: new Float32Array(12).fill(0.5) };
    const { history } = await model.fit(
      x,
      { shape: [4, 1], data: new Float32Array(4).fill(1) },
      { epochs: 2 },
    );
    expect(history.loss![1]!).toBeLessThan(history.loss![0]!);
  });
});
