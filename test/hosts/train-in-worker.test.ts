import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "../../bench/support/bundle-page.js";
import { type Browser, browserNames, openBrowser, serve } from "../browsers/open-browser.js";
import { type GoldenRun, trainGolden } from "../golden/reproducible.mjs";
import { rootPath } from "../house/source-files.js";
import { builtGateflow } from "../support/built.js";
import { bundleApp, html, ISOLATED, STRICT, script, told } from "./golden-page.js";

let folder: string;
let golden: GoldenRun;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-background-"));
  golden = await trainGolden(await builtGateflow(), { reproducible: true, threads: 1 });
  await bundlePage(join(folder, "gateflow.min.js"));
  const page = script(join(rootPath, "dist/index.js"), ["{ threads: 1 }"], inWorker(OWN_FILE));
  await writeFile(join(folder, "source.js"), page);
  await writeFile(
    join(folder, "own.js"),
    `import ${JSON.stringify(join(rootPath, "dist/training-worker.js"))};`,
  );
  const entries = { page: join(folder, "source.js"), "own-worker": join(folder, "own.js") };
  await bundleApp(entries, join(folder, "app"));
  await cp(join(rootPath, "dist/worker.js"), join(folder, "app/worker.js"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The library with a `fit` that trains in a worker. */
const inWorker = (options: string): string => `{ ...gateflow, sequential(...given) {
  const model = gateflow.sequential(...given);
  model.fit = async (x, y, fit) => {
    const history = await gateflow.trainInWorker(model, x, y, { ...fit, ${options} });
    trained(history.engine);
    return history;
  };
  return model;
} }`;

const REPRODUCIBLE = "engine: { reproducible: true }";
const OWN_FILE = `worker: () => new Worker(new URL("./own-worker.js", import.meta.url), { type: "module" }),
  engine: { reproducible: true, threads: 2, worker: new URL("./worker.js", import.meta.url) }`;

describe.each(browserNames)("trainInWorker() in %s", (name) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(name);
  });
  afterAll(() => browser?.close());

  it("trains with the one file, which is its own worker, to the bits that Node has, under a strict policy", async () => {
    const files = {
      "/index.html": html,
      "/page.js": script("./gateflow.min.js", ["{ threads: 1 }"], inWorker(REPRODUCIBLE)),
    };
    const served = await serve(folder, {
      files,
      headers: { "content-security-policy": `${STRICT}; worker-src 'self'` },
    });
    const page = await browser.open(served.url);
    const { runs } = await told(page);
    expect(runs[0]).toMatchObject({ threads: 1, loss: golden.loss, hash: golden.hash });
    expect(runs[0]!.fallback).toMatch(/this page is not cross-origin isolated/);
    expect(new Set(served.requests)).toEqual(new Set(["/", "/page.js", "/gateflow.min.js"]));
    expect(await page.consoleErrors()).toEqual([]);
    await page.close();
    await served.close();
  });

  it("trains with threads in an isolated application that brings the worker's file, to the same bits", async () => {
    const headers = { ...ISOLATED, "content-security-policy": `${STRICT}; worker-src 'self'` };
    const served = await serve(join(folder, "app"), { files: { "/index.html": html }, headers });
    const page = await browser.open(served.url);
    const { runs, isolated } = await told(page);
    expect(isolated).toBe(true);
    expect([runs[0]!.threads, runs[0]!.hash]).toEqual([name === "webkit" ? 1 : 2, golden.hash]);
    expect(await page.consoleErrors()).toEqual([]);
    await page.close();
    await served.close();
  });

  it("says which file to give where there is none", async () => {
    const files = {
      "/index.html": html,
      "/page.js": script("./gateflow.min.js", ["{}"], inWorker(`worker: "./nowhere.js"`)),
    };
    const served = await serve(folder, { files });
    const page = await browser.open(served.url);
    await page.waitForFunction(() => document.title === "done", undefined, { timeout: 60_000 });
    expect(await page.evaluate("told.error")).toMatch(
      /trainInWorker\(\): the worker did not start: .*import "gateflow\/training-worker"/,
    );
    await page.close();
    await served.close();
  });
});
