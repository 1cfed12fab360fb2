/** npm run bench: everything gateflow claims about speed and size, measured. docs/benchmarks.md says how. */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { bytes } from "./sections/bytes.js";
import { growth } from "./sections/growth.js";
import { kernels } from "./sections/kernels.js";
import { memory } from "./sections/memory.js";
import { prediction, training } from "./sections/models.js";
import { pytorch } from "./sections/pytorch.js";
import { recording } from "./sections/recording.js";
import { start } from "./sections/start.js";
import { shapes } from "./shapes.js";
import { circumstances } from "./support/machine.js";
import type { Section } from "./support/section.js";
import { asMarkdown, asText } from "./support/table.js";

const sections: Readonly<Record<string, Section>> = {
  kernels,
  training,
  prediction,
  recording,
  pytorch,
  memory,
  start,
  bytes,
  growth,
};
/** Sections that take too long for a quick run, unless asked for by name. */
const long: readonly string[] = ["growth", "pytorch"];

interface Options {
  readonly quick?: true;
  readonly only?: string[];
  readonly shape?: string[];
  readonly markdown?: true;
  readonly dist: string;
}

/** A name that is not there gives one line, not a run that measures nothing. */
function chosen<Item>(wanted: readonly string[] | undefined, all: Readonly<Record<string, Item>>): Item[] {
  if (wanted === undefined) return Object.values(all);
  return wanted.map((name) => {
    const item = all[name];
    if (item !== undefined) return item;
    process.stderr.write(`bench: there is no "${name}"; there are ${Object.keys(all).join(", ")}\n`);
    return process.exit(1);
  });
}

const list = (value: string, before: string[] = []): string[] => [...before, ...value.split(",")];
const { quick, only, shape, markdown, dist } = new Command("npm run bench --")
  .description("Measures gateflow, beside its peers.")
  .option("--quick", "everything in under three minutes, with short timings")
  .option("--only <sections>", `some of ${Object.keys(sections).join(", ")}`, list)
  .option("--shape <names>", `some of ${shapes.map(({ name }) => name).join(", ")}`, list)
  .option("--markdown", "print the tables as Markdown, for docs/benchmarks.md")
  .option("--dist <url>", "the built package", new URL("../dist/", import.meta.url).href)
  .parse()
  .opts<Options>();

const log = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
};
const began = circumstances();
const head = `gateflow ${began.commit}${began.modified ? " (modified)" : ""}, Node ${began.node}, ${began.cpu} x ${began.processors}, load ${began.load.toFixed(1)}, ${began.date}`;
process.stdout.write(`${head}\n\n`);
// A step of xl takes seconds, and the engine wants some before it is settled.
const offered = quick && shape === undefined ? shapes.filter(({ name }) => name !== "xl") : shapes;
const settings = {
  quick: quick ?? false,
  shapes: chosen(shape, Object.fromEntries(offered.map((item) => [item.name, item]))),
  dist,
  log,
};
const names = only ?? Object.keys(sections).filter((name) => !(quick && long.includes(name)));
const results: Record<string, unknown> = {};
const startedAt = performance.now();
for (const [i, section] of chosen(names, sections).entries()) {
  try {
    const { reports, data } = await section(settings);
    log("");
    for (const report of reports) {
      process.stdout.write(`${markdown ? asMarkdown(report) : asText(report)}\n`);
    }
    results[names[i]!] = data;
  } catch (error) {
    // The other sections can still be measured.
    log("");
    process.stderr.write(`${names[i]} failed: ${(error as Error).message}\n\n`);
    results[names[i]!] = { failed: (error as Error).message };
    process.exitCode = 1;
  }
}
const folder = new URL("results/", import.meta.url);
await mkdir(folder, { recursive: true });
const file = new URL(`${began.date.replaceAll(/[:.]/g, "-")}-${began.commit}.json`, folder);
const seconds = Math.round((performance.now() - startedAt) / 1000);
await writeFile(file, `${JSON.stringify({ ...began, quick: settings.quick, seconds, results }, null, 1)}\n`);
process.stdout.write(`${seconds} s; numbers in ${fileURLToPath(file)}\n`);
