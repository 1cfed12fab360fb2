import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { expect } from "vitest";
import type { OpenPage } from "../browsers/open-browser.js";
import type { GoldenRun } from "../golden/reproducible.mjs";
import { rootPath } from "../house/source-files.js";

/** Nothing but the page's own files, and WebAssembly compiled. No `blob:`, nothing inline. */
export const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:";
export const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>training</title><link rel="icon" href="data:,"><script type="module" src="./page.js"></script></html>`;

/** What a page says of itself when its runs are over. */
export interface Told {
  readonly runs: readonly (GoldenRun & { readonly fallback: string | null })[];
  readonly isolated: boolean;
}

const trainer = readFileSync(`${rootPath}test/golden/reproducible.mjs`, "utf8").replace(/^export /gm, "");

/**
 * A page's own script: runs the golden training once for each of the options, which are JavaScript.
 * @param from where the library is.
 * @param how JavaScript that makes of `gateflow` and the options the library that trains.
 */
export const script = (from: string, options: readonly string[], how = "gateflow"): string => `
import * as gateflow from "${from}";
${trainer}
const told = { runs: [], isolated: crossOriginIsolated };
try {
  for (const options of [${options.join(", ")}]) {
    let info = {};
    const createEngine = async (given) => {
      const engine = await gateflow.createEngine(given);
      info = engine.info;
      return engine;
    };
    const trained = (engine) => { info = engine; };
    const run = await trainGolden({ ...(${how}), createEngine }, options);
    told.runs.push({ ...run, threads: info.threads, fallback: info.fallback });
  }
} catch (error) {
  told.error = error + "\\n" + error.stack;
}
globalThis.told = told;
document.title = "done";
`;

/** Waits until the runs are over. */
export async function told(page: OpenPage): Promise<Told> {
  await page.waitForFunction(() => document.title === "done", undefined, { timeout: 100_000 });
  const told = await page.evaluate(() => (globalThis as unknown as { told: Told & { error?: string } }).told);
  expect(told.error).toBeUndefined();
  return told;
}

/** In pieces, as bundlers make an application. */
export async function bundleApp(entryPoints: Record<string, string>, outdir: string): Promise<void> {
  await build({
    entryPoints,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir,
    logLevel: "error",
  });
}
