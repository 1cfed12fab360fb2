import type { Page } from "playwright-core";

export interface PageCounts {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** Bytes of script, elements and listeners that are alive after a collection. */
export async function pageCounts(page: Page): Promise<PageCounts> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}
