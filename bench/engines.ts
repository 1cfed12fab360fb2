/**
 * npm run bench:engines: one golden training run on every engine at hand. With `reproducible: true` all of them have to
 * give the hash in test/golden/reproducible.json; without it, the same with one thread as with two.
 * `--write` makes the file anew from this Node, after kernels have changed what they round.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import golden from "../test/golden/reproducible.json" with { type: "json" };
import { chromiumPath, runInChromium } from "./engines/browser.js";
import { pathOf, programs } from "./engines/programs.js";
import { execute } from "./support/child.js";
import { asText } from "./support/table.js";

interface Run {
  readonly reproducible: boolean;
  readonly simd: string;
  readonly threads: number;
  readonly hash: string;
}

const base = new URL("../", import.meta.url).href;
const { write, dist, only } = new Command("npm run bench:engines --")
  .option("--write", "write what this Node gives to test/golden/reproducible.json")
  .option("--dist <url>", "the built package", `${base}dist/`)
  .option("--only <name>", "engines whose name holds this text", "")
  .parse()
  .opts<{ write?: true; dist: string; only: string }>();

const TIMEOUT_MS = 120_000;
const script = fileURLToPath(new URL("engines/host.mjs", import.meta.url));
const rows: string[][] = [];
let failures = 0;
let expected = golden.hash;

function tell(engine: string, runs: readonly Run[]): void {
  const free = runs.filter(({ reproducible }) => !reproducible).map(({ hash }) => hash);
  for (const { reproducible, simd, threads, hash } of runs) {
    const same = reproducible ? hash === expected : hash === free[0];
    if (!same) failures += 1;
    const verdict = reproducible
      ? same
        ? "golden"
        : "DIFFERS"
      : same
        ? "own, threads equal"
        : "THREADS DIFFER";
    rows.push([
      engine,
      reproducible ? "reproducible" : "default",
      simd,
      String(threads),
      hash.slice(0, 12),
      verdict,
    ]);
  }
}

function fail(engine: string, error: unknown): void {
  failures += 1;
  const lines = (error as Error).message.trim().split("\n");
  rows.push([engine, "", "", "", "", `FAILED: ${lines.at(-1)?.slice(0, 100) ?? ""}`]);
  process.stderr.write(`${engine}: ${lines.join("\n")}\n`);
}

for (const program of programs.filter(({ name }) => name.includes(only))) {
  process.stderr.write(`${program.name} …\n`);
  try {
    const path = await pathOf(program);
    const output = await execute(
      path,
      [...program.arguments, script, JSON.stringify({ base, dist })],
      TIMEOUT_MS,
    );
    const runs = JSON.parse(output.trim().split("\n").at(-1)!) as Run[];
    if (program.package === null && write) {
      expected = runs[0]!.hash;
      const file = new URL("../test/golden/reproducible.json", import.meta.url);
      await writeFile(file, `${JSON.stringify({ hash: expected }, null, 2)}\n`);
    }
    tell(program.name, runs);
  } catch (error) {
    fail(program.name, error);
  }
}
if ("Chromium".includes(only)) {
  for (const isolated of [true, false]) {
    const name = isolated ? "Chromium, isolated page" : "Chromium, plain page";
    process.stderr.write(`${name} …\n`);
    const {
      isolated: is,
      runs,
      error,
    } = await runInChromium<Run>(chromiumPath(), dist, isolated, TIMEOUT_MS);
    if (runs === undefined || is !== isolated) fail(name, new Error(error ?? `isolated: ${is}`));
    else tell(name, runs);
  }
}
process.stdout.write(
  asText({
    title: "One golden training run",
    columns: ["engine", "choice", "simd", "threads", "hash", "bits"],
    rows,
  }),
);
process.exitCode = failures === 0 ? 0 : 1;
