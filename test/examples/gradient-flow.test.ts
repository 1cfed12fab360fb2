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

  it("copy task: with memories as long as the delay an LSTM copies, with a forget bias of 1 it guesses", async () => {
    const out = await example("copy-task");
    const result = (name: string): number[] => {
      const line = new RegExp(
        `^${name} +cross-entropy ([\\d.]+), ([\\d.]+)% right.* ([-\\d.e]+) → ([-\\d.e]+)  `,
        "m",
      );
      return line.exec(out)!.slice(1).map(Number);
    };
    expect(out).toMatch(/^who remembers nothing +cross-entropy 2\.0794 \(ln 8\), 12\.5% right/m);
    const [guessed, chance, before, after] = result("forget bias 1");
    expect(guessed).toBeGreaterThan(0.98 * Math.log(8));
    expect(chance).toBeLessThan(20);
    expect(after).toBeLessThan(before!);
    const [copied, right, atStart, atEnd] = result("chrono");
    expect(copied).toBeLessThan(0.1);
    expect(right).toBeGreaterThan(95);
    expect(Math.min(atStart!, atEnd!)).toBeGreaterThan(0.1);
  });

  it("LSTM against simple RNN: what is learnt ends at the memory horizon, and a long enough cell has none", async () => {
    const lines = [
      ...(await example("lstm-against-simple-rnn")).matchAll(
        /^ +(\d+) {3}(lstm, forget bias 1|lstm, chrono|simpleRNN) +([\d.]+) +(\d+|all) +(\d+|all) /gm,
      ),
    ].map(([, distance, name, mse, before]) => ({
      distance: Number(distance),
      name,
      mse: Number(mse),
      before: before === "all" ? Number.POSITIVE_INFINITY : Number(before),
    }));
    const of = (wanted: string) => lines.filter(({ name }) => name === wanted);
    expect(of("lstm, chrono").map(({ distance }) => distance)).toEqual([10, 20, 40, 80]);
    for (const { mse } of of("lstm, chrono")) expect(mse).toBeLessThan(0.002);
    for (const { distance, mse, before } of of("lstm, forget bias 1")) {
      if (before > distance) expect(mse).toBeLessThan(0.01);
      else expect(mse).toBeGreaterThan(0.3);
    }
    of("simpleRNN").forEach(({ mse }, i) => {
      expect(mse).toBeGreaterThan(5 * of("lstm, chrono")[i]!.mse);
    });
  });
});
