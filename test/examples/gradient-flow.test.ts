import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-examples-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What an example prints; its pictures must be there. */
async function example(name: string): Promise<string> {
  const { stdout } = await run(
    `${root}node_modules/.bin/tsx`,
    ["--tsconfig", `${root}test/tsconfig.json`, `${root}examples/gradient-flow/${name}.ts`],
    { cwd: folder },
  );
  const pictures = [...stdout.matchAll(/^out\/.*\.svg$/gm)].map(([path]) => path);
  expect(pictures.length).toBeGreaterThan(0);
  for (const path of pictures) expect(await readFile(join(folder, path), "utf8")).toMatch(/^<svg /);
  return stdout;
}

describe("examples/gradient-flow", () => {
  it("spectral radius: a linear gradient grows by exactly ρ a step back, tanh by less", async () => {
    const lines = [...(await example("spectral-radius")).matchAll(/^ +([\d.]+) +([\d.]+) +([\d.]+) /gm)];
    expect(lines.map(([, radius]) => Number(radius))).toEqual([0.5, 0.9, 1, 1.1, 1.5]);
    for (const [, radius, linear, tanh] of lines) {
      expect(Number(linear)).toBeCloseTo(Number(radius), 3);
      expect(Number(tanh)).toBeLessThan(Number(linear) + 5e-4);
    }
  });

  it("forget bias: the higher it is, the further the cell's gradient reaches", async () => {
    const lines = [...(await example("forget-bias")).matchAll(/^ +(-?\d+) +([\d.]+) steps .* ([\d.]+) \(/gm)];
    expect(lines.map(([, bias]) => Number(bias))).toEqual([-1, 0, 1, 2, 4]);
    const [constants, rates] = [2, 3].map((column) => lines.map((line) => Number(line[column])));
    expect(constants).toEqual([...constants!].sort((a, b) => a - b));
    expect(rates).toEqual([...rates!].sort((a, b) => a - b));
  });

  it("truncation: the gradient reaches the last cut and not a step further", async () => {
    const lines = [
      ...(await example("truncation")).matchAll(/^truncate +(\S+): a gradient reaches (\d+) of 48/gm),
    ];
    expect(lines.map(([, every, reached]) => [every, Number(reached)])).toEqual([
      ["5", 3],
      ["10", 8],
      ["20", 8],
      ["never", 48],
    ]);
  });

  it("clipping: without it training is lost to NaN, with it it learns", async () => {
    const out = await example("clipping");
    expect(out).toMatch(/^without clipping .*NaN from step \d+ on/m);
    const [, first, last] = /^globalClipnorm: 1 .* loss ([\d.]+) → ([\d.]+)/m.exec(out)!;
    expect(Number(last)).toBeLessThan(Number(first) / 5);
  });

  it("adding problem: an LSTM learns it, a simple recurrent layer says the mean", async () => {
    const out = await example("adding-problem");
    const mse = (kind: string): number => Number(new RegExp(`^${kind} +mse ([\\d.]+)`, "m").exec(out)![1]);
    expect(mse("lstm")).toBeLessThan(0.02);
    expect(mse("simpleRNN")).toBeGreaterThan(0.1);
  });
});
