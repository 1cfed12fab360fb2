import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "../../bench/support/bundle-page.js";
import { type Browser, browserNames, openBrowser, serve } from "../browsers/open-browser.js";
import type { GoldenRun } from "../golden/reproducible.mjs";
import { trainGolden } from "../golden/reproducible.mjs";
import { rootPath } from "../house/source-files.js";
import { builtGateflow } from "../support/built.js";
import { bundleApp, html, ISOLATED, STRICT, script, told } from "./golden-page.js";

let folder: string;
let golden: GoldenRun;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-pages-"));
  golden = await trainGolden(await builtGateflow(), { reproducible: true, threads: 1 });
  await bundlePage(join(folder, "gateflow.min.js"));
  await cp(join(rootPath, "dist/worker.js"), join(folder, "worker.js"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(browserNames)("%s", (name) => {
  const sharesMemory = name !== "webkit";
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(name);
  });
  afterAll(() => browser?.close());

  it("trains with the one file to the bits that Node has, under a strict policy, in three requests", async () => {
    const files = {
      "/index.html": html,
      "/page.js": script("./gateflow.min.js", ["{ reproducible: true, threads: 3 }", "{ threads: 1 }"]),
    };
    const served = await serve(folder, { files, headers: { "content-security-policy": STRICT } });
    const page = await browser.open(served.url);
    const { isolated, runs } = await told(page);
    expect(isolated).toBe(false);
    expect(runs[0]).toMatchObject({ simd: "simd128", threads: 1, loss: golden.loss, hash: golden.hash });
    expect(runs[1]!.loss).toBeCloseTo(golden.loss, 4);
    expect(served.requests).toEqual(["/", "/page.js", "/gateflow.min.js"]);
    // Threads were asked for, and are missing: one line says why, and what to change.
    expect(runs[0]!.fallback).toMatch(
      /^1 of 3 threads run: this page is not cross-origin isolated.*headers `Cross-Origin-Opener/,
    );
    expect(await page.consoleLines()).toEqual([`gateflow: ${runs[0]!.fallback}`]);
    expect(await page.consoleErrors()).toEqual([]);
    await page.close();
    await served.close();
  });

  it("trains with threads in an isolated page to the same bits, the worker's file given", async () => {
    const worker = `worker: new URL("./worker.js", import.meta.url)`;
    const options = [
      `{ reproducible: true, threads: 2, ${worker} }`,
      `{ threads: 1 }`,
      `{ threads: 2, ${worker} }`,
    ];
    await writeFile(join(folder, "source.js"), script(join(rootPath, "dist/index.js"), options));
    await bundleApp({ page: join(folder, "source.js") }, join(folder, "app"));
    await cp(join(folder, "worker.js"), join(folder, "app/worker.js"));
    const served = await serve(join(folder, "app"), {
      files: { "/index.html": html },
      headers: { ...ISOLATED, "content-security-policy": `${STRICT}; worker-src 'self'` },
    });
    const page = await browser.open(served.url);
    const { isolated, runs } = await told(page);
    expect(isolated).toBe(true);
    const threads = sharesMemory ? 2 : 1;
    expect(runs.map((run) => run.threads)).toEqual([threads, 1, threads]);
    expect(runs[0]!.hash).toBe(golden.hash);
    expect(runs[2]!.hash).toBe(runs[1]!.hash);
    if (sharesMemory) expect(runs[0]!.fallback).toBeNull();
    else expect(runs[0]!.fallback).toMatch(/^1 of 2 threads run: this host has no SharedArrayBuffer/);
    expect(await page.consoleErrors()).toEqual([]);
    await page.close();
    await served.close();
  });

  it("says what to change where the policy forbids a worker made of text", async () => {
    const files = {
      "/index.html": html,
      "/page.js": script("./gateflow.min.js", [
        "{ reproducible: true, threads: 2 }",
        "{ reproducible: true, threads: 2 }",
      ]),
    };
    const headers = { ...ISOLATED, "content-security-policy": `${STRICT}; worker-src 'self'` };
    const served = await serve(folder, { files, headers });
    const page = await browser.open(served.url);
    const { runs } = await told(page);
    for (const { threads, hash, fallback } of runs) {
      expect([threads, hash]).toEqual([1, golden.hash]);
      expect(fallback).toMatch(
        sharesMemory ? /forbids `blob:`, give the worker's file/ : /no SharedArrayBuffer/,
      );
    }
    const warnings = (await page.consoleLines()).filter((line) => line.startsWith("gateflow: "));
    expect(warnings).toEqual([`gateflow: ${runs[0]!.fallback}`]);
    await page.close();
    await served.close();
  });

  it("starts workers made of text where the policy allows them", async () => {
    const files = {
      "/index.html": html,
      "/page.js": script("./gateflow.min.js", ["{ reproducible: true, threads: 2 }"]),
    };
    const headers = { ...ISOLATED, "content-security-policy": `${STRICT}; worker-src blob:` };
    const served = await serve(folder, { files, headers });
    const page = await browser.open(served.url);
    const { runs } = await told(page);
    expect([runs[0]!.threads, runs[0]!.hash]).toEqual([sharesMemory ? 2 : 1, golden.hash]);
    expect(await page.consoleErrors()).toEqual([]);
    await page.close();
    await served.close();
  });
});
