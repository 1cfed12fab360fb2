/** What a page of Chromium and its workers hold, over minutes, and whether it grows. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { below } from "./chromium-cpu.js";
import { pageCounts } from "./page-counts.js";

export interface MemoryReading {
  readonly minute: number;
  /** Bytes of script alive in the page, after a collection. */
  readonly page: number;
  /** The same of its workers, the training and the doctor, with the arrays they hold. Threads of the engine hold neither. */
  readonly workers: number;
  /** What the machine has given the page's process, workers and kernels' memory included; null where there is no /proc. */
  readonly resident: number | null;
  readonly nodes: number;
  readonly listeners: number;
}

/** Of the largest of the browser's pages. */
function residentBytes(): number | null {
  if (process.platform !== "linux") return null;
  const sizes = below(process.pid).flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) return [];
      return [1024 * Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0)];
    } catch {
      return [];
    }
  });
  return Math.max(0, ...sizes);
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

/** Asks each worker of a page that listens: threads of an engine wait for work, and never answer. */
async function workersOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  const workers: string[] = [];
  const waiting = new Map<number, (result: HeapUsage) => void>();
  let asked = 0;
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker") workers.push(sessionId);
  });
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message) as { id: number; result: HeapUsage };
    waiting.get(id)?.(result);
  });
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const ask = async (sessionId: string, method: string): Promise<HeapUsage> => {
    const id = ++asked;
    const answer = new Promise<HeapUsage>((resolve) => waiting.set(id, resolve));
    await session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    return answer;
  };
  return async () => {
    let sum = 0;
    for (const worker of workers) {
      await ask(worker, "HeapProfiler.collectGarbage");
      const { usedSize, backingStorageSize = 0 } = await ask(worker, "Runtime.getHeapUsage");
      sum += usedSize + backingStorageSize;
    }
    return sum;
  };
}

/** Reads it so often, over so many minutes. */
export async function memoryOver(page: Page, minutes: number, readings: number): Promise<MemoryReading[]> {
  const began = performance.now();
  const all: MemoryReading[] = [];
  const workers = await workersOf(page);
  for (let i = 0; i < readings; i++) {
    const rest = began + (60_000 * minutes * i) / (readings - 1) - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    const { heap, nodes, listeners } = await pageCounts(page);
    all.push({
      minute: (performance.now() - began) / 60_000,
      page: heap,
      workers: await workers(),
      resident: residentBytes(),
      nodes,
      listeners,
    });
  }
  return all;
}

/** Growth a minute by least squares. */
export function growthOf(readings: readonly MemoryReading[], of: (reading: MemoryReading) => number): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, value] = [readings.map(({ minute }) => minute), readings.map(of)];
  const [x, y] = [mean(at), mean(value)];
  const over = at.reduce((sum, own, i) => sum + (own - x) * (value[i]! - y), 0);
  return over / at.reduce((sum, own) => sum + (own - x) ** 2, 0);
}
