import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type Random } from "../../src/index.js";
import { builtNode } from "../../test/support/built.js";
import { rootPath } from "../support/child.js";

/** What becomes of a run: killed after so many milliseconds, files limited to so many KiB, or its disk full after a while. */
export type Fault =
  | { readonly kill: number }
  | { readonly limit: number }
  | { readonly fill: number; readonly disk: string };

/** What became of programs that were killed, or had no room, again and again. */
export interface FaultOutcome {
  /** Runs that a fault ended. */
  readonly faults: number;
  /** Those of them in which nothing was under way yet. */
  readonly early: number;
  /** Whole programs, from the first start to the end after all kills. */
  readonly rounds: number;
  /** What was lost, in words; empty: nothing. */
  readonly losses: readonly string[];
}

/** Waits before each kill: some fall into the start, most into the work. */
const LONGEST_MS = 900;

/** Of `programs/training.mjs`, from 0. */
const LAST_EPOCH = 59;

interface Run {
  readonly lines: readonly string[];
  /** Whether a fault ended it. */
  readonly isBroken: boolean;
  /** What it said of its end, where it was not killed: the error's class and text. */
  readonly failure?: string;
}

/** Takes all room that is left on a small disk. */
function fillUp(disk: string): void {
  const filler = openSync(join(disk, "filler"), "a");
  for (const size of [65_536, 4096, 512, 1]) {
    try {
      for (;;) writeSync(filler, Buffer.alloc(size));
    } catch {
      // No piece of this size fits any more.
    }
  }
  closeSync(filler);
}

/** Runs a program until it ends. Times count from its first line. */
async function run(program: string, task: unknown, fault: Fault | null): Promise<Run> {
  const own = [`${rootPath}bench/reliability/programs/${program}`, JSON.stringify(task)];
  const limited = `ulimit -f ${fault !== null && "limit" in fault ? fault.limit : "unlimited"}; exec "$0" "$@"`;
  const child: ChildProcess =
    fault !== null && "limit" in fault
      ? spawn("bash", ["-c", limited, process.execPath, ...own])
      : spawn(process.execPath, own);
  let said = "";
  let complaint = "";
  let timer: NodeJS.Timeout | undefined;
  const strike = (): void => {
    if (fault !== null && "kill" in fault) timer ??= setTimeout(() => child.kill("SIGKILL"), fault.kill);
    if (fault !== null && "fill" in fault) timer ??= setTimeout(() => fillUp(fault.disk), fault.fill);
  };
  child.stdout!.on("data", (text: Buffer) => {
    said += text.toString();
    strike();
  });
  child.stderr!.on("data", (text: Buffer) => {
    complaint += text.toString();
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  clearTimeout(timer);
  if (fault !== null && "fill" in fault) rmSync(join(fault.disk, "filler"), { force: true });
  // The last line of a killed program may be cut.
  const lines = said
    .slice(0, said.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
  const failure = lines.find((line) => line.startsWith("failed "))?.slice(7);
  if (signal !== "SIGKILL" && code !== 0 && failure === undefined)
    throw new Error(`${program} ended with ${code}, ${signal}: ${complaint}`);
  return {
    lines,
    isBroken: signal === "SIGKILL" || failure !== undefined,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What must hold after a run that had no room: it said so in gateflow's own words, and left no part of a file. */
function lossesOf({ failure }: Run, folder: string): string[] {
  if (failure === undefined) return [];
  const parts = readdirSync(folder).filter((name) => name.endsWith(".part"));
  return [
    ...(/^(Data|Config|State|Engine|Format|Gateflow)Error: .*(EFBIG|ENOSPC|too large|no space)/i.test(failure)
      ? []
      : [`said ${failure}`]),
    ...(parts.length === 0 ? [] : [`left ${parts.join(", ")}`]),
  ];
}

/** Numbers of lines such as `saved 4`. */
const numbersOf = (lines: readonly string[], word: string): number[] =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(" ")[1]));

type Part = (
  folder: string,
  seed: number,
  next: () => Fault | null,
) => Promise<{ starts: Run[]; losses: string[] }>;

/** A fit with a backup an epoch goes on from the last one, and ends with the bits of one that was never killed. */
const training: Part = async (folder, seed, next) => {
  const losses: string[] = [];
  const [whole] = (await run("training.mjs", { path: join(folder, "whole.backup"), seed }, null)).lines.slice(
    -1,
  );
  const starts: Run[] = [];
  let known = 0;
  for (;;) {
    const one = await run("training.mjs", { path: join(folder, "a.backup"), seed }, next());
    starts.push(one);
    const [from] = numbersOf(one.lines, "from");
    // Killed between the end of its fit, which removes the backup, and its last word: it begins anew.
    if (from === 0 && known === LAST_EPOCH) known = 0;
    if (from !== undefined && from < known)
      losses.push(`went on from epoch ${from}, ${known} were backed up`);
    known = Math.max(known, ...numbersOf(one.lines, "saved"));
    losses.push(...lossesOf(one, folder));
    if (one.isBroken) continue;
    if (one.lines.at(-1) !== whole) losses.push(`seed ${seed} ended with ${one.lines.at(-1)}, not ${whole}`);
    return { starts, losses };
  }
};

/** A study with a file runs no finished trial again, and ends with the trials of one that was never killed. */
const study: Part = async (folder, seed, next) => {
  const losses: string[] = [];
  const [whole] = (await run("study.mjs", { path: join(folder, "whole.jsonl"), seed }, null)).lines.slice(-1);
  const starts: Run[] = [];
  const ended = new Set<number>();
  for (;;) {
    const one = await run("study.mjs", { path: join(folder, "a.jsonl"), seed }, next());
    starts.push(one);
    for (const number of numbersOf(one.lines, "begin")) {
      if (ended.has(number)) losses.push(`trial ${number} had ended, and was run again`);
    }
    for (const number of numbersOf(one.lines, "end")) ended.add(number);
    losses.push(...lossesOf(one, folder));
    if (one.isBroken) continue;
    if (one.lines.at(-1) !== whole) losses.push(`seed ${seed}: other trials than without kills`);
    return { starts, losses };
  }
};

/** A file that is saved again and again is at every moment one whole model, the last that was said to be saved or the next. */
const saving: Part = async (folder, seed, next) => {
  const { loadModel } = await builtNode();
  const losses: string[] = [];
  const path = join(folder, "model.safetensors");
  const starts: Run[] = [];
  let known = 0;
  for (let i = 0; i < 10; i++) {
    const one = await run("saving.mjs", { path, from: known + 1, seed }, next());
    starts.push(one);
    known = Math.max(known, ...numbersOf(one.lines, "saved"));
    if (known === 0) continue;
    try {
      const model = await loadModel(path);
      const found = (model as { getWeights(): { data: ArrayLike<number> }[] })
        .getWeights()
        .map(({ data }) => data[0]);
      if (new Set(found).size !== 1) losses.push(`parts of two models: ${found}`);
      else if (found[0] !== known && found[0] !== known + 1)
        losses.push(`holds ${found[0]}, ${known} was saved`);
      known = Math.max(known, found[0] ?? 0);
      model.dispose();
    } catch (error) {
      losses.push(`cannot be read: ${(error as Error).message}`);
    }
    losses.push(...lossesOf(one, folder));
    if (!one.isBroken) break;
  }
  return { starts, losses };
};

/** A command that writes a folder of results: they are those of one run, all of them. */
const command: Part = async (folder, seed, next) => {
  const losses: string[] = [];
  const out = join(folder, "out");
  const starts: Run[] = [];
  for (let i = 0; i < 5; i++) {
    const one = await run("results.mjs", { out, run: i, seed }, i === 4 ? null : next());
    starts.push(one);
    const names = readdirSync(out).filter((name) => !name.startsWith(".") && !name.endsWith(".part"));
    const runs = new Set(names.map((name) => readFileSync(join(out, name), "utf8").split("\n")[0]));
    if (runs.size > 1) losses.push(`files of ${runs.size} runs side by side`);
  }
  return { starts, losses };
};

const parts = { training, study, saving, command } as const;
export type FaultyWork = keyof typeof parts;

/**
 * Lets a program run into faults drawn from a seed, starts it again after each, and looks whether anything was lost. Needs
 * the built package.
 * @param count of faults.
 * @param draw the next one, into a folder. Default: a SIGKILL within a second.
 */
export async function faults(
  work: FaultyWork,
  count: number,
  seed: number,
  draw: (random: Random, folder: string) => Fault = (random) => ({
    kill: random.uniform() ** 2 * LONGEST_MS,
  }),
  place: string = tmpdir(),
): Promise<FaultOutcome> {
  const random = createRandom(seed);
  let [found, early, rounds] = [0, 0, 0];
  const losses: string[] = [];
  while (found < count) {
    const folder = mkdtempSync(join(place, "gateflow-faults-"));
    // Once there were enough, what is under way runs to its end.
    let left = count - found;
    const next = (): Fault | null => (left-- > 0 ? draw(random, folder) : null);
    const { starts, losses: own } = await parts[work](folder, seed + rounds, next);
    const broken = starts.filter(({ isBroken }) => isBroken);
    found += broken.length;
    early += broken.filter(({ lines }) => lines.length < 2).length;
    rounds++;
    losses.push(...own);
    rmSync(folder, { recursive: true, force: true });
    // A limit that nothing came to is no fault: at most ten rounds for each that is asked for.
    if (rounds > 10 * count) break;
  }
  return { faults: found, early, rounds, losses };
}

/** Files limited to a size at which some of what is written fits and some does not. */
export const sizeLimits: Readonly<
  Record<Exclude<FaultyWork, "command">, readonly [low: number, high: number]>
> = {
  training: [1, 8],
  study: [1, 24],
  saving: [8, 80],
};
