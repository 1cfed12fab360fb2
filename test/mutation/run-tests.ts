import { spawn } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { bundleTests } from "./bundle-tests.js";
import { type Entry, type Plan, readJournal } from "./journal.js";

/** What all processes of a room share. */
export interface MutatedRoom {
  readonly room: string;
  /** Where plans, journals and changed code are kept. */
  readonly folder: string;
  readonly code: Record<string, string>;
  /** What the paths of its tests hold that are asked; all do when it is empty. */
  readonly tests: string;
  /** Tests are tried on a change, quick ones first, for about so many milliseconds of what they take without it. */
  readonly budget: number;
}

export type Reached = Extract<Entry, { kind: "reached" }>;

/** A journal that does not grow for so long belongs to an endless loop: a start, and so many times the slowest test. */
const SILENCE = { least: 60_000, factor: 20 };

/** What each test reaches of the changes. */
export async function reach(world: MutatedRoom): Promise<Reached[]> {
  const entries = await runTests(world, {});
  return entries.filter((entry) => entry.kind === "reached");
}

/** Tries every change of `asked` on the tests that reach it until one notices, quick files first. Gives the noticed. */
export async function tryChanges(
  world: MutatedRoom,
  reached: readonly Reached[],
  asked: ReadonlySet<string>,
): Promise<Set<string>> {
  const within = withinBudget(reached, world.budget);
  const state: State = { noticed: new Set(), tried: new Set(), done: new Set(), unsound: new Set() };
  for (;;) {
    const tests: Plan["tests"] = {};
    const files = new Map<string, number[]>();
    for (const { test, file, ms, hits } of reached) {
      const changes = Object.entries(hits).filter(
        ([id]) =>
          asked.has(id) &&
          within.has(`${test} ${id}`) &&
          !state.noticed.has(id) &&
          !state.tried.has(`${test} ${id}`),
      );
      if (changes.length === 0 || state.done.has(file) || state.unsound.has(test)) continue;
      tests[test] = { ms, changes };
      files.set(file, [...(files.get(file) ?? []), ms]);
    }
    if (files.size === 0) return state.noticed;
    const cost = (times: readonly number[]) => times.reduce((sum, ms) => sum + ms, 0) / times.length;
    const order = [...files].sort(([, a], [, b]) => cost(a) - cost(b)).map(([file]) => file);
    const before = state.tried.size + state.done.size + state.unsound.size;
    settle(await runTests(world, { tests, order }), state);
    console.log(`  ${state.noticed.size} of ${asked.size} noticed, ${order.length} files were left`);
    if (state.tried.size + state.done.size + state.unsound.size === before)
      throw new Error(`${order[0]} does not get anywhere`);
  }
}

/** Which tests are tried on which change: its quickest three, and more as long as there is time. */
function withinBudget(reached: readonly Reached[], budget: number): Set<string> {
  const spent = new Map<string, readonly [tests: number, ms: number]>();
  const pairs = new Set<string>();
  for (const { test, ms, hits } of reached.toSorted((a, b) => a.ms - b.ms)) {
    for (const id of Object.keys(hits)) {
      const [tests, before] = spent.get(id) ?? [0, 0];
      if (tests >= 3 && before + ms > budget) continue;
      spent.set(id, [tests + 1, before + ms]);
      pairs.add(`${test} ${id}`);
    }
  }
  return pairs;
}

interface State {
  readonly noticed: Set<string>;
  /** Tests with changes. */
  readonly tried: Set<string>;
  /** Files of tests. */
  readonly done: Set<string>;
  /** Tests that fail when they are run twice. */
  readonly unsound: Set<string>;
}

/** Takes over what a process found out before it ended. */
function settle(entries: readonly Entry[], state: State): void {
  const { noticed, tried, done, unsound } = state;
  let open: Extract<Entry, { kind: "start" }> | undefined;
  for (const entry of entries) {
    if (entry.kind === "start") open = entry;
    if (entry.kind === "done") done.add(entry.file);
    if (entry.kind === "unsound") {
      unsound.add(entry.test);
      console.log(`  "${entry.name}" is not asked: it fails when it is run twice`);
    }
    if (entry.kind === "end") {
      open = undefined;
      tried.add(`${entry.test} ${entry.change}`);
      if (entry.noticed) noticed.add(entry.change);
    }
  }
  // It was ended while it tried: an endless loop is noticed.
  if (open === undefined) return;
  noticed.add(open.change);
  tried.add(`${open.test} ${open.change}`);
}

async function runTests(
  { room, folder, code, tests }: MutatedRoom,
  asked: Omit<Plan, "journal">,
): Promise<Entry[]> {
  const path = (what: string) => `${folder}/${room}.${what}`;
  const journal = path("journal.jsonl");
  writeFileSync(journal, "");
  const changed = Object.fromEntries(
    Object.entries(code).map(([name, text]) => [
      name,
      // Counting what is reached costs more than the code itself, and is of use only once.
      asked.tests === undefined ? text : text.replace("function cover() {", "function cover() { return;"),
    ]),
  );
  await bundleTests(room, tests, changed, path("tests"));
  writeFileSync(path("plan.json"), JSON.stringify({ ...asked, journal } satisfies Plan));
  const child = spawn("npx", ["vitest", "run", "--config", "test/mutation/vitest.config.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: {
      ...process.env,
      GATEFLOW_MUTATED_TESTS: path("tests"),
      GATEFLOW_MUTATION_PLAN: path("plan.json"),
    },
  });
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  child.stderr.on("data", (text) => {
    said += text;
  });
  const slowest = Math.max(0, ...Object.values(asked.tests ?? {}).map(({ ms }) => ms));
  const patience = SILENCE.least + SILENCE.factor * slowest;
  const watch = setInterval(() => {
    const silent = Date.now() - statSync(journal).mtimeMs > patience;
    if (asked.tests !== undefined && silent) process.kill(-child.pid!, "SIGKILL");
  }, 2000);
  await new Promise((resolve) => child.on("close", resolve));
  clearInterval(watch);
  const entries = readJournal(journal);
  if (entries.length === 0) throw new Error(`no test of ${room} ran:\n${said}`);
  if (asked.tests === undefined && said.includes("Failed")) console.log(said);
  return entries;
}
