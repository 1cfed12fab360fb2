/**
 * A million rows of three columns: what `examine` and `train` take, how long the event loop is held, and how soon an
 * abort is heard. `npx tsx bench/million-rows.ts [rows] [examine|train|abort …]`, after `npm run build`.
 */
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer, runScript, taskOf } from "./support/child.js";
import { circumstances } from "./support/machine.js";
import { asText } from "./support/table.js";

interface Task {
  readonly args: readonly string[];
  /** Milliseconds after which the command is stopped. */
  readonly abortAt?: number;
}

interface Measured {
  readonly code: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly megabytes: number;
  /** The longest time a timer of 10 ms had to wait, in ms, and how often longer than 50. */
  readonly held: number;
  readonly over50: number;
  readonly heard: number | null;
}

async function writeRows(path: string, rows: number): Promise<void> {
  const out = createWriteStream(path);
  out.write("time,load,temperature\n");
  let seed = 1;
  const noise = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32 - 0.5;
  };
  for (let i = 0; i < rows; ) {
    let text = "";
    for (const end = Math.min(rows, i + 20_000); i < end; i++) {
      const time = new Date(Date.UTC(2020, 0, 1) + i * 60_000).toISOString().slice(0, 16).replace("T", " ");
      const day = Math.sin((2 * Math.PI * i) / 1440);
      const load = 100 + 20 * day + 5 * Math.sin((2 * Math.PI * i) / 10_080) + 3 * noise();
      text += `${time},${load.toFixed(3)},${(10 + 5 * day + noise()).toFixed(2)}\n`;
    }
    if (!out.write(text)) await new Promise<void>((resolve) => out.once("drain", () => resolve()));
  }
  await new Promise<void>((resolve) => out.end(resolve));
}

async function measure({ args, abortAt }: Task): Promise<Measured> {
  const { run } = (await import(new URL("../dist/cli/run.js", import.meta.url).href)) as {
    run: (args: readonly string[], io: unknown) => Promise<number>;
  };
  const abort = new AbortController();
  let aborted = 0;
  if (abortAt !== undefined)
    setTimeout(() => {
      aborted = performance.now();
      abort.abort();
    }, abortAt);
  let [last, held, over50] = [performance.now(), 0, 0];
  const timer = setInterval(() => {
    const waited = performance.now() - last - 10;
    held = Math.max(held, waited);
    if (waited > 50) over50++;
    last = performance.now();
  }, 10);
  const began = performance.now();
  const quiet = (): void => {};
  const code = await run(args, {
    out: quiet,
    err: quiet,
    progressStream: undefined,
    columns: 80,
    color: false,
    signal: abort.signal,
    debug: false,
  });
  clearInterval(timer);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    code,
    seconds: (performance.now() - began) / 1000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    megabytes: maxRSS / 1024,
    held,
    over50,
    heard: aborted === 0 ? null : performance.now() - aborted,
  };
}

if (process.argv[2]?.startsWith("{") === true) answer(await measure(taskOf<Task>()));
else {
  const [given, ...wanted] = process.argv.slice(2);
  const rows = Number(given ?? 1_000_000);
  const names = wanted.length > 0 ? wanted : ["examine", "train", "abort"];
  const folder = mkdtempSync(join(tmpdir(), "gateflow-rows-"));
  const file = join(folder, "rows.csv");
  await writeRows(file, rows);
  const tasks: Record<string, Task> = {
    examine: { args: ["examine", file, "-t", "load", "--json"] },
    train: { args: ["train", file, "-t", "load", "-o", join(folder, "out")] },
    abort: { args: ["train", file, "-t", "load", "-o", join(folder, "out")], abortAt: 8000 },
  };
  const lines: (readonly (string | number)[])[] = [];
  for (const name of names) {
    const m = await runScript<Measured>("million-rows.ts", tasks[name], { timeout: 1_800_000 });
    lines.push([
      name,
      m.seconds.toFixed(1),
      m.cpu.toFixed(1),
      m.megabytes.toFixed(0),
      m.held.toFixed(0),
      m.over50,
      m.heard === null ? "" : m.heard.toFixed(0),
    ]);
  }
  rmSync(folder, { recursive: true });
  const { cpu, processors, node, load } = circumstances();
  process.stdout.write(
    asText({
      title: `${rows} rows of three columns`,
      columns: ["command", "s", "CPU s", "MB", "longest hold, ms", "holds over 50 ms", "abort heard, ms"],
      rows: lines,
      notes: [`Node ${node}, ${cpu} x ${processors}, load ${load.toFixed(1)} when it ended.`],
    }),
  );
}
