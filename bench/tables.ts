/**
 * What a large table costs: `npx tsx bench/tables.ts [rows]` (default: a million rows by 3 columns).
 *
 * Writes a CSV file into the system's folder for temporary files, reads it, describes it as `gateflow examine` does, and
 * prints seconds of the processor, the longest time the event loop was held (in processor time, so that a busy machine
 * does not count), and the most memory the process had.
 */

import { once } from "node:events";
import { createWriteStream, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTableWhole } from "../src/node/read-table.js";
import { summaryInParts } from "../src/report/summary/series-summary.js";
import { inSlices } from "../src/table/slices.js";

const rows = Number(process.argv[2] ?? 1_000_000);
const path = join(tmpdir(), `gateflow-bench-${process.pid}.csv`);

async function write(): Promise<void> {
  const file = createWriteStream(path);
  file.write("time,load,price\n");
  for (let i = 0; i < rows; i++) {
    const time = new Date(Date.UTC(2000, 0, 1) + i * 60_000).toISOString().slice(0, 19).replace("T", " ");
    const load = 100 + 10 * Math.sin(i / 229.18) + ((i * 7919) % 1000) / 500;
    if (!file.write(`${time},${load.toFixed(3)},${i % 97}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

const seconds = (usage: NodeJS.CpuUsage): number => (usage.user + usage.system) / 1e6;

/** Runs something and says what it cost. */
async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
  let longest = 0;
  let last = process.cpuUsage();
  const timer = setInterval(() => {
    longest = Math.max(longest, seconds(process.cpuUsage(last)) * 1000);
    last = process.cpuUsage();
  }, 1);
  const before = process.cpuUsage();
  const result = await work();
  const cost = seconds(process.cpuUsage(before));
  clearInterval(timer);
  const most = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${name.padEnd(10)} ${cost.toFixed(1)} s of processor, event loop held ${longest.toFixed(0)} ms at most, ${most.toFixed(0)} MB at most`,
  );
  return result;
}

await write();
try {
  const table = await measured("read", () => readTableWhole(path, { columns: ["load"] }));
  const { dates, times } = table;
  await measured("describe", () =>
    inSlices(
      summaryInParts({
        path,
        target: "load",
        unit: undefined,
        values: table.columns.load!,
        ...(dates === undefined || times === undefined ? {} : { dates, times }),
      }),
    ),
  );
} finally {
  rmSync(path, { force: true });
}
