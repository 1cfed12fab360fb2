/** CPU time of Chromium's threads, which a busy machine does not change, where time on the clock is mostly other people's. */
import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";

/** Linux counts in hundredths of a second. */
const TICK_MS = 10;

const numbersIn = (folder: string): number[] =>
  readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Fields of /proc/…/stat behind the name in brackets. */
function statOf(path: string): { name: string; fields: string[] } | null {
  try {
    const text = readFileSync(path, "utf8");
    const end = text.lastIndexOf(")");
    return { name: text.slice(text.indexOf("(") + 1, end), fields: text.slice(end + 2).split(" ") };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

/** Processes below one. */
export function below(pid: number): number[] {
  const parents = numbersIn("/proc").map(
    (own) => [own, Number(statOf(`/proc/${own}/stat`)?.fields[1])] as const,
  );
  const of = (parent: number): number[] =>
    parents.filter(([, above]) => above === parent).flatMap(([own]) => [own, ...of(own)]);
  return of(pid);
}

export interface CpuTime {
  /** Milliseconds of workers: the training and its threads, and the doctor. */
  readonly workers: number;
  /** Of everything else in the browser: script, layout, drawing, putting it on the screen. */
  readonly page: number;
}

/** What the browser that this process started has used so far; null where there is no /proc. */
export function cpuTime(): CpuTime | null {
  if (process.platform !== "linux") return null;
  let [workers, page] = [0, 0];
  for (const pid of below(process.pid)) {
    let threads: number[] = [];
    if (!/^chrom/.test(statOf(`/proc/${pid}/stat`)?.name ?? "")) continue;
    try {
      threads = numbersIn(`/proc/${pid}/task`);
    } catch {
      continue;
    }
    for (const thread of threads) {
      const stat = statOf(`/proc/${pid}/task/${thread}/stat`);
      if (stat === null) continue;
      const time = TICK_MS * (Number(stat.fields[11]) + Number(stat.fields[12]));
      if (stat.name.startsWith("DedicatedWorker")) workers += time;
      else page += time;
    }
  }
  return { workers, page };
}

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the clock, and of the thread's CPU. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task of pages' main threads while something is done, in milliseconds of their own CPU time. */
export async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ["toplevel"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const at = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    traceEvents.filter(({ ph, args }) => ph === "M" && args?.name === "CrRendererMain").map(at),
  );
  const tasks = traceEvents.filter((event) => event.name.endsWith("RunTask") && mains.has(at(event)));
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}
