import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "./find-program.js";
import {
  type Browser,
  browserNames,
  catchDownloads,
  openBrowser,
  type Served,
  serve,
  takeDownloads,
} from "./open-browser.js";

const HTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css"><button>Go on</button><label>Units <input type="number" value="3"></label>
<label>Case <select><option value="a">Alpha</option><option value="b">Beta</option></select></label>
<label>Time <input type="range" min="0" max="10"></label><label>Open a file <input type="file"></label>
<p role="status"></p><script src="/page.js"></script></html>`;

const SCRIPT = `
const say = (text) => { document.querySelector("p").textContent += text + " "; };
const [units, time] = document.querySelectorAll("input");
document.querySelector("button").onclick = ({ isTrusted }) => say("click " + isTrusted);
units.oninput = () => say("units " + units.value);
time.oninput = () => say("time " + time.value);
document.querySelector("select").onchange = ({ target }) => say("case " + target.value);
document.querySelector("[type=file]").onchange = async ({ target }) => say(target.files[0].name + " " + (await target.files[0].text()).length);
document.addEventListener("mousemove", ({ clientX, clientY }) => { document.body.dataset.at = clientX + "," + clientY; });
`;

const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

let served: Served;
beforeAll(async () => {
  const files = {
    "/index.html": HTML,
    "/page.js": SCRIPT,
    "/page.css":
      "body { background: rgb(20, 130, 240); margin: 0; } button { margin: 80px 0 0; border: 2px solid; }",
    "/icon.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`,
    "/bad.html": `<!doctype html><link rel="icon" href="/icon.svg"><script src="/bad.js"></script>`,
    "/bad.js": `console.log("said"); console.error("it is", 5); Promise.reject(new Error("unheard")); setTimeout(() => { throw new TypeError("late"); }); missing();`,
  };
  served = await serve("no-such-folder/", { files, headers: HEADERS });
});
afterAll(() => served.close());

describe.each(browserNames)("%s", (name) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(name);
  });
  afterAll(() => browser?.close());

  it("opens a page, acts as a person does, and sees what comes of it", async () => {
    expect(browser.version).toMatch(/^\d+\./);
    const page = await browser.open(served.url);
    expect(await page.evaluate("[innerWidth, innerHeight, crossOriginIsolated]")).toEqual([1280, 800, true]);
    expect(await page.evaluate(async (n: number) => ({ n: n + 1, title: document.title }), 4)).toEqual({
      n: 5,
      title: "A page",
    });
    await page.getByRole("button", { name: "go" }).click();
    await page.getByRole("spinbutton", { name: "Units" }).fill("12");
    await page.getByRole("combobox", { name: "Case", exact: true }).selectOption("Beta");
    await page.getByRole("slider", { name: /^time$/i }).press("End");
    await page.getByLabel("Open a file").setInputFiles(new URL(import.meta.url).pathname);
    await page.waitForFunction(() => document.querySelector("p")!.textContent!.includes("browsers.test.ts"));
    const status = page.getByRole("status");
    expect(await status.textContent()).toMatch(
      /^click true .*units 12 case b time 10 browsers\.test\.ts \d{4}/,
    );
    expect(await page.getByRole("spinbutton").inputValue()).toBe("12");
    await page.locator("button").hover({ position: { x: 3, y: 4 } });
    expect(await page.evaluate("document.body.dataset.at")).toBe("5,86");
    expect(await page.getByRole("slider", { name: "Speed" }).count()).toBe(0);
    expect(await page.consoleErrors()).toEqual([]);
    await expect(page.evaluate(() => Promise.reject(new RangeError("inside")))).rejects.toThrow(/inside/);
    await page.close();
  });

  it("takes a picture of what is seen, in the size asked for", async () => {
    const page = await browser.open(served.url, { width: 360, height: 500 });
    const first = decode(await page.screenshot());
    expect([first.width, first.height, ...first.data.slice(0, 3)]).toEqual([360, 500, 20, 130, 240]);
    await page.setViewportSize({ width: 768, height: 400 });
    expect(decode(await page.screenshot())).toMatchObject({ width: 768, height: 400 });
    expect(await page.consoleErrors()).toEqual([]);
    await page.close();
  });

  it("tells what a page complains of, uncaught and refused", async () => {
    const page = await browser.open(`${served.url}bad.html`);
    await page.evaluate(() => void document.body.setAttribute("style", "color: red"));
    const errors = (await page.consoleErrors()).join("\n");
    for (const text of [/it is 5/, /unheard/, /TypeError: late/, /missing/, /content.security.policy/i]) {
      expect(errors).toMatch(text);
    }
    expect(errors).not.toMatch(/said/);
    expect(await page.consoleLines()).toContain("said");
    await page.close();
  });

  it("keeps what a page hands out", async () => {
    const page = await browser.open(served.url);
    await catchDownloads(page);
    await page.evaluate(() => {
      const link = document.createElement("a");
      link.download = "model.bin";
      link.href = URL.createObjectURL(new Blob([new Uint8Array([0, 200, 7])]));
      link.click();
      URL.revokeObjectURL(link.href);
    });
    expect(await takeDownloads(page)).toEqual([{ name: "model.bin", bytes: Buffer.from([0, 200, 7]) }]);
    expect(await takeDownloads(page)).toEqual([]);
    await page.close();
  });
});

describe("a program that is not there", () => {
  it("is an error of one line that says what to install", () => {
    const program = { what: "Nothing", names: ["no-such-program"], debian: "no-such-package-of-debian" };
    const { getuid } = process;
    // Nobody but the superuser installs anything.
    process.getuid = () => 1;
    try {
      expect(() => findProgram(program)).toThrow(
        /^The tests of pages need Nothing: install no-such-package-of-debian \(apt-get install .*\)\.$/,
      );
    } finally {
      if (getuid) process.getuid = getuid;
    }
  });
});
