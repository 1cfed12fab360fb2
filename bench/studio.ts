/**
 * npm run bench:studio: what the studio costs, in Chromium. Bytes of a cold load, time to the first picture, frames a second
 * and long tasks while seed-b trains, updates a second with the page and without it, memory over minutes (--minutes=10).
 *
 * Beside what a clock says, on Linux, what a busy machine does not change: CPU time of the page and of the training, and
 * what follows from both for two cores that do nothing else.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { openBrowser, serve } from "../test/browsers/open-browser.js";
import { type CpuTime, cpuTime, longestTask } from "./support/chromium-cpu.js";
import { growthOf, type MemoryReading, memoryOver } from "./support/chromium-memory.js";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const minutes = Number(/--minutes=([\d.]+)/.exec(process.argv.join(" "))?.[1] ?? 0.5);
const isMemoryAlone = process.argv.includes("--memory");
/** Seconds of each measurement of speed, and how often both are measured in turn. */
const SECONDS = 6;
const TURNS = 3;

const batch = 64;
const length = 2600;

/** seed-b: 64 sequences of 20 steps and 5 features through 128 and 64 units. */
const recipe = {
  data: "sines",
  knobs: { length, features: 5 },
  seed: 1,
  trainShare: 0.8,
  reproducible: true,
  recipe: {
    series: { scale: null },
    window: 20,
    horizon: 1,
    layers: [
      { kind: "lstm", units: 128, returnSequences: true },
      { kind: "lstm", units: 64 },
      { kind: "dense", units: 1 },
    ],
    compile: { optimizer: { name: "adam", learningRate: 0.001 }, loss: "mse" },
    fit: { epochs: 100_000, batchSize: batch, shuffle: true },
  },
};

/** The same training in a worker of a page that shows nothing. */
const bare = `
import { adam, createEngine, dense, lstm, sequential } from "./gateflow.min.js";
const worker = () => new Worker("./thread.js", { type: "module" });
const engine = await createEngine({ reproducible: true, ...(crossOriginIsolated ? { worker } : { threads: 1 }) });
const model = sequential([lstm({ units: 128, returnSequences: true, inputShape: [20, 5] }), lstm({ units: 64 }), dense({ units: 1 })], { seed: 1, engine });
model.compile({ optimizer: adam({ learningRate: 0.001 }), loss: "mse" });
const count = ${Math.floor(0.8 * length) - 20};
const x = { shape: [count, 20, 5], data: Float32Array.from({ length: count * 100 }, (_, i) => Math.sin(i / 7)) };
const y = { shape: [count, 1], data: Float32Array.from({ length: count }, (_, i) => Math.sin(i / 9)) };
let updates = 0;
setInterval(() => postMessage(updates), 200);
await model.fit(x, y, { epochs: 1e6, batchSize: ${batch}, validationData: [{ shape: [500, 20, 5], data: x.data.slice(0, 50000) }, { shape: [500, 1], data: y.data.slice(0, 500) }], callbacks: [{ onTrainBatchEnd() { updates++; } }] });
`;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
/** CPU milliseconds a second, or an update. */
const between = (from: CpuTime | null, to: CpuTime | null, count: number): CpuTime | null =>
  from === null || to === null
    ? null
    : { workers: (to.workers - from.workers) / count, page: (to.page - from.page) / count };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const kilo = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;

/** What is alive while it trains: at the beginning, at the end, and how it grows. */
async function tellMemory(page: Page): Promise<void> {
  // The first half minute fills what is kept: moments, and looks at them.
  await pause(30_000);
  const readings = await memoryOver(page, minutes, Math.max(3, Math.round(2 * minutes) + 1));
  const [from, to] = [readings[0]!, readings.at(-1)!];
  const tell = (name: string, of: (reading: MemoryReading) => number): void => {
    const most = Math.max(...readings.map(of));
    console.log(
      `${name.padEnd(26)} ${kilo(of(from))} at first, ${kilo(of(to))} after ${to.minute.toFixed(1)} min, ${kilo(most)} at most, ${kilo(growthOf(readings, of))} a minute`,
    );
  };
  tell("script alive in the page", (reading) => reading.page);
  tell("alive in workers", (reading) => reading.workers);
  tell("the process, resident", (reading) => reading.resident ?? Number.NaN);
  console.log(
    `elements and listeners     ${from.nodes} and ${from.listeners}, ${to.nodes} and ${to.listeners} at the end`,
  );
}

async function gzipOf(paths: readonly string[]): Promise<number> {
  const sizes = paths.map(async (path) => gzipSync(await readFile(path), { level: 9 }).length);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const served = await serve(dist, {
  files: {
    "/bare.html": `<!doctype html><title>0</title><script type="module">const w = new Worker("./bare.js", { type: "module" }); w.onmessage = ({ data }) => { document.title = data; };</script>`,
    "/bare.js": bare,
    "/thread.js": `import "./worker.js";`,
  },
  headers: isolated,
});
const browser = await openBrowser("chromium");
const address = `${served.url}studio/#run&recipe=${encodeURIComponent(JSON.stringify(recipe))}`;

async function measureMemory(): Promise<void> {
  const page = await browser.open(address);
  await page.waitForFunction(
    () => /update \d\d/.test(document.querySelector("[role=status]")?.textContent ?? ""),
    undefined,
    { timeout: 300_000 },
  );
  await tellMemory(page as unknown as Page);
}

async function measureAll(): Promise<void> {
  const blank = await browser.open("about:blank");
  await blank.close();
  const before = cpuTime();
  const first = await browser.open(`${served.url}studio/`);
  await first.waitForFunction(() =>
    /loss \d/.test(document.querySelector("[role=status]")?.textContent ?? ""),
  );
  const firstPicture = await first.evaluate(() => performance.now());
  await first.waitForFunction(
    () => document.querySelector("ul[aria-label=Findings]")?.getAttribute("aria-busy") === "false",
  );
  const loaded = [...new Set(served.requests)].map((path) =>
    join(dist, path.endsWith("/") ? `${path}index.html` : path),
  );
  const all = (await readdir(join(dist, "studio"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  console.log(`first picture             ${firstPicture.toFixed(0)} ms from a cold load`);
  const loading = between(before, cpuTime(), 1);
  if (loading !== null)
    console.log(
      `CPU until the doctor spoke ${loading.page} ms page and browser, ${loading.workers} ms workers`,
    );
  const sizes = await Promise.all(loaded.map(async (path) => [await gzipOf([path]), path] as const));
  for (const [size, path] of sizes.sort(([a], [b]) => b - a).slice(0, 8))
    console.log(`  ${kilo(size)} ${path.slice(dist.length)}`);
  console.log(`cold load, doctor included ${kilo(await gzipOf(loaded))} gzip in ${loaded.length} files`);
  console.log(`all there is to fetch      ${kilo(await gzipOf(all))} gzip in ${all.length} files`);
  await first.close();

  const rates = { page: [] as number[], bare: [] as number[] };
  /** CPU milliseconds of workers an update, and of everything else a second. */
  const costs = { page: [] as number[], bare: [] as number[], shown: [] as number[] };
  for (let turn = 0; turn < TURNS; turn++) {
    const plain = await browser.open(`${served.url}bare.html`);
    await plain.waitForFunction(() => Number(document.title) > 10);
    const read = () => plain.evaluate(() => [Number(document.title), performance.now()] as const);
    const [from, fromCpu] = [await read(), cpuTime()];
    await pause(1000 * SECONDS);
    const [to, toCpu] = [await read(), cpuTime()];
    rates.bare.push((1000 * (to[0] - from[0])) / (to[1] - from[1]));
    costs.bare.push(between(fromCpu, toCpu, to[0] - from[0])?.workers ?? Number.NaN);
    await plain.close();

    const page = await browser.open(address);
    const real = page as unknown as Page;
    const updates = (): Promise<readonly [number, number]> =>
      page.evaluate(() => {
        const text = document.querySelector("[role=status]")?.textContent ?? "";
        return [Number(/update (\d+)/.exec(text)?.[1] ?? 0), performance.now()] as const;
      });
    while ((await updates())[0] < 10) await pause(100);
    await page.waitForFunction(
      () => document.querySelector("ul[aria-label=Findings]")?.getAttribute("aria-busy") === "false",
    );
    // As text: tsx would name the functions within by a helper the page does not have.
    const watch = () =>
      page.evaluate<{ rate: number; longest: number }>(`(async () => {
      const long = [];
      new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) long.push(duration); }).observe({ type: "longtask" });
      let frames = 0;
      const began = performance.now();
      await new Promise((resolve) => {
        const tick = () => { frames++; if (performance.now() - began < ${1000 * SECONDS}) requestAnimationFrame(tick); else resolve(); };
        requestAnimationFrame(tick);
      });
      return { rate: (1000 * frames) / (performance.now() - began), longest: Math.max(0, ...long) };
    })()`);
    // Frames are counted by a page that asks for each of them, which costs; speed and cost are measured without that.
    const [start, startCpu] = [await updates(), cpuTime()];
    await pause(1000 * SECONDS);
    const [end, endCpu] = [await updates(), cpuTime()];
    rates.page.push((1000 * (end[0] - start[0])) / (end[1] - start[1]));
    costs.page.push(between(startCpu, endCpu, end[0] - start[0])?.workers ?? Number.NaN);
    costs.shown.push(between(startCpu, endCpu, (end[1] - start[1]) / 1000)?.page ?? Number.NaN);
    let seen = { rate: 0, longest: 0 };
    const cpu = await longestTask(real, async () => {
      seen = await watch();
    });
    console.log(
      `while seed-b trains        ${seen.rate.toFixed(1)} frames/s, longest task ${seen.longest.toFixed(0)} ms on the clock, ${cpu.toFixed(0)} ms of CPU`,
    );
    if (turn === TURNS - 1) await tellMemory(real);
    await page.close();
  }
  const [page, plain] = [median(rates.page), median(rates.bare)];
  console.log(
    `updates of seed-b          ${page.toFixed(1)}/s with the page, ${plain.toFixed(1)}/s without: ${((100 * page) / plain).toFixed(0)} %`,
  );
  const [withPage, without, shown] = [median(costs.page), median(costs.bare), median(costs.shown)];
  const cores = 2;
  const free = (1000 * cores - shown) / (1000 * cores);
  console.log(
    `CPU of seed-b              ${withPage.toFixed(1)} ms an update with the page, ${without.toFixed(1)} without; the page itself ${shown.toFixed(0)} ms a second: on ${cores} cores of their own ${(100 * free * (without / withPage)).toFixed(0)} % of the speed`,
  );
}

try {
  await (isMemoryAlone ? measureMemory() : measureAll());
} finally {
  await browser.close();
  await served.close();
}
