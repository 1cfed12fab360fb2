/**
 * `npm run mutation -- [room …] [--files glob]`: changes the code of a room in every small way and counts
 * the changes that no test notices. Minutes to hours a room; no part of `npm test`.
 * Texts are left as they are: a test that repeats a message proves nothing. So are expressions that run once
 * while a module loads, because every test would have to run again for each.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { ROOMS, type Room } from "./rooms.js";

interface MutationReport {
  readonly files: Record<string, { readonly mutants: readonly Mutant[]; readonly source: string }>;
}
interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

const FOLDER = "build/mutation";
const NOTICED = new Set(["Killed", "Timeout"]);
const UNNOTICED = new Set(["Survived", "NoCoverage"]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { files: { type: "string" }, workers: { type: "string", default: "1" } },
});
const rooms = (positionals.length > 0 ? positionals : Object.keys(ROOMS)) as Room[];
for (const room of rooms) {
  if (!(room in ROOMS)) throw new Error(`no room "${room}": one of ${Object.keys(ROOMS).join(", ")}`);
}

mkdirSync(FOLDER, { recursive: true });
for (const room of rooms) mutate(room);

function mutate(room: Room): void {
  const config = `${FOLDER}/${room}.config.json`;
  const report = `${FOLDER}/${room}.json`;
  const settings = {
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    // Stryker reads a tsconfig by the API of older compilers; without one it leaves types alone.
    tsconfigFile: "no-such-file.json",
    mutate: [values.files ?? `src/${room}/**/*.ts`],
    mutator: { excludedMutations: ["StringLiteral"] },
    ignoreStatic: true,
    // What runs need of the built kernels stays; the rest would only be copied.
    ignorePatterns: ["dist", "docs", "out", "coverage", "bench/results", FOLDER],
    tempDirName: ".stryker-tmp",
    coverageAnalysis: "perTest",
    concurrency: Number(values.workers),
    dryRunTimeoutMinutes: 30,
    timeoutMS: 20_000,
    allowConsoleColors: false,
    reporters: ["json"],
    jsonReporter: { fileName: report },
  };
  writeFileSync(config, JSON.stringify(settings, null, 2));
  const run = spawnSync("npx", ["stryker", "run", config], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, GATEFLOW_MUTATED_ROOM: room },
  });
  if (run.status !== 0) throw new Error(`the run of ${room} ended with ${run.status}`);
  print(room, JSON.parse(readFileSync(report, "utf8")) as MutationReport);
}

function print(room: Room, report: MutationReport): void {
  let noticed = 0;
  let unnoticed = 0;
  const lines: string[] = [];
  for (const [file, { mutants, source }] of Object.entries(report.files)) {
    const text = source.split("\n");
    for (const mutant of mutants) {
      if (NOTICED.has(mutant.status)) noticed++;
      if (!UNNOTICED.has(mutant.status)) continue;
      unnoticed++;
      const { line, column } = mutant.location.start;
      const into = mutant.replacement?.replace(/\s+/g, " ").slice(0, 60) ?? "";
      lines.push(
        `${file}:${line}:${column} ${mutant.mutatorName} -> ${into} | ${text[line - 1]!.trim().slice(0, 90)}`,
      );
    }
  }
  const share = (100 * noticed) / Math.max(1, noticed + unnoticed);
  const summary = `${room}: ${noticed} of ${noticed + unnoticed} changes noticed, ${share.toFixed(1)}%`;
  writeFileSync(`${FOLDER}/${room}.survivors.txt`, `${summary}\n${lines.join("\n")}\n`);
  console.log(summary);
}
