import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute } from "../../bench/support/child.js";
import { type Browser, openBrowser, serve } from "../browsers/open-browser.js";
import { installed } from "./bundlers.js";
import { ISOLATED } from "./golden-page.js";
import { makeProject, type Printed, type Project, printed } from "./project.js";

let project: Project;
let expected: Printed;
const node = async (file: string): Promise<Printed> =>
  printed(await execute(process.execPath, [file.startsWith("/") ? file : join(project.folder, file)]));

beforeAll(async () => {
  project = await makeProject();
  expected = await node("main.mjs");
}, 300_000);
afterAll(() => project?.remove());

describe("the packed library, installed in an empty project", () => {
  it("trains with threads in Node", () => {
    expect(expected).toMatchObject({ threads: 2, flow: 2 });
    expect(expected.loss).toBeLessThan(0.2);
  });

  it("comes by require()", async () => {
    expect(await node("required.cjs")).toEqual(expected);
  });

  it("runs in a worker thread", async () => {
    expect(await node("threaded.mjs")).toEqual(expected);
  });
});

describe.each(installed)("bundled by $name", ({ page, server }) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser("chromium");
  });
  afterAll(() => browser?.close());

  it("runs on a server", async () => {
    expect(await node(await server(project.folder))).toEqual(expected);
  });

  it.each(["page.mjs", "worker-page.mjs"] as const)("runs in a page: %s", async (entry) => {
    const folder = await page(project.folder, entry);
    // esbuild makes no workers of what pages start.
    if (folder === undefined) return expect(entry).toBe("worker-page.mjs");
    const { url, close } = await serve(folder, { headers: ISOLATED });
    const opened = await browser.open(url);
    await opened.waitForFunction(() => document.title !== "training");
    expect(printed(await opened.evaluate(() => document.title))).toEqual(expected);
    expect(await opened.consoleErrors()).toEqual([]);
    await opened.close();
    await close();
  });
});
