/**
 * `npm run mutation -- [room …] [--files text] [--tests text] [--sample n] [--seed s] [--budget ms]`: changes the code of a room in every small way
 * and counts the changes that no test notices. No part of `npm test`.
 * Expressions that only run while a module loads or in `beforeAll` are counted apart: every test would have to run
 * again in a new process for each.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Change, instrument } from "./instrument.js";
import { ROOMS, type Room } from "./rooms.js";
import { reach, tryChanges } from "./run-tests.js";

const FOLDER = "build/mutation";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: "string", default: "" },
    tests: { type: "string", default: "" },
    sample: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    budget: { type: "string", default: "Infinity" },
  },
});
const rooms = (positionals.length > 0 ? positionals : Object.keys(ROOMS)) as Room[];
for (const room of rooms) {
  if (!(room in ROOMS)) throw new Error(`no room "${room}": one of ${Object.keys(ROOMS).join(", ")}`);
}

mkdirSync(FOLDER, { recursive: true });
for (const room of rooms) await mutate(room);

async function mutate(room: Room): Promise<void> {
  const paths = readdirSync(`src/${room}`, { recursive: true, encoding: "utf8" })
    .map((name) => join("src", room, name))
    .filter((path) => path.endsWith(".ts") && path.includes(values.files));
  const { code, changes } = await instrument(paths);
  const drawn = changes.filter(isDrawn);
  console.log(`${room}: ${changes.length} changes of ${paths.length} files, ${drawn.length} of them drawn`);
  const world = { room, folder: FOLDER, code, tests: values.tests, budget: Number(values.budget) };
  const reached = await reach(world);
  const noticed = await tryChanges(world, reached, new Set(drawn.map(({ id }) => id)));
  const byTest = new Set(reached.flatMap(({ hits }) => Object.keys(hits)));
  print(room, drawn, (id) => (noticed.has(id) ? "noticed" : byTest.has(id) ? "unnoticed" : "never run"));
}

/** Every n-th change, whatever else is changed in the code: by a hash (FNV-1a) of what and where it is. */
function isDrawn({ file, line, column, mutator, replacement }: Change): boolean {
  let hash = 0x811c9dc5;
  for (const letter of `${values.seed} ${file} ${line} ${column} ${mutator} ${replacement}`) {
    hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  }
  return hash % Number(values.sample) === 0;
}

function print(
  room: Room,
  changes: readonly Change[],
  fateOf: (id: string) => "noticed" | "unnoticed" | "never run",
): void {
  const lines: string[] = [];
  const counts = { noticed: 0, unnoticed: 0, "never run": 0 };
  for (const { id, file, line, column, mutator, replacement } of changes) {
    const fate = fateOf(id);
    counts[fate]++;
    if (fate === "noticed") continue;
    const text = readFileSync(file, "utf8").split("\n")[line - 1]!.trim().slice(0, 100);
    const into = replacement.replace(/\s+/g, " ").slice(0, 70);
    lines.push(`${fate} ${file}:${line}:${column} ${mutator} -> ${into} | ${text}`);
  }
  const tried = counts.noticed + counts.unnoticed;
  const share = (100 * counts.noticed) / Math.max(1, tried);
  const summary = `${room}: ${counts.noticed} of ${tried} changes noticed, ${share.toFixed(1)}%; ${counts["never run"]} more are in no test's body`;
  writeFileSync(`${FOLDER}/${room}.survivors.txt`, `${summary}\n${lines.sort().join("\n")}\n`);
  console.log(summary);
}
