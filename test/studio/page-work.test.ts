import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, openBrowser } from "../browsers/open-browser.js";
import { type ServedStudio, serveStudio } from "./built-studio.js";
import { StudioPage } from "./studio-page.js";

let served: ServedStudio;
let browser: Browser;
let studio: StudioPage;

beforeAll(async () => {
  served = await serveStudio();
  browser = await openBrowser("chromium");
  studio = new StudioPage(await browser.open(served.url));
  await studio.ready();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

interface Counted {
  readonly draws: Record<string, number>;
  readonly milliseconds: number;
}

/** Counts how often each picture is drawn, each of which begins by being wiped. */
const startCounting = (): Promise<void> =>
  studio.page.evaluate(() => {
    const counts: Record<string, number> = {};
    const { prototype } = CanvasRenderingContext2D;
    const wipe = prototype.clearRect;
    Object.assign(globalThis, { counts, began: performance.now() });
    prototype.clearRect = function (...box) {
      const name = this.canvas.closest("figure")?.getAttribute("aria-label");
      if (name != null) counts[name] = (counts[name] ?? 0) + 1;
      wipe.apply(this, box);
    };
  });
const counted = (): Promise<Counted> =>
  studio.page.evaluate(() => {
    const { counts, began } = globalThis as unknown as { counts: Record<string, number>; began: number };
    return { draws: { ...counts }, milliseconds: performance.now() - began };
  });

describe("what the page does while it trains", () => {
  it("draws each picture at most ten times a second, and none that is off the screen", async () => {
    await studio.page.setViewportSize({ width: 360, height: 640 });
    await studio.page.evaluate(() =>
      document.querySelector('figure[aria-label="Loss"]')!.scrollIntoView({ block: "start" }),
    );
    await studio.set("Epochs", 100_000);
    await studio.press("Train");
    await studio.until(({ epoch }) => epoch > 1, "A training under way");
    await startCounting();
    const from = await studio.state();
    await studio.until(({ update }) => update > from.update + 150, "150 updates");
    await studio.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)));
    const { draws, milliseconds } = await counted();
    expect(draws.Loss).toBeGreaterThan(1);
    for (const [name, count] of Object.entries(draws))
      expect(count, name).toBeLessThanOrEqual(2 + milliseconds / 95);
    for (const name of ["Forecast", "Cell trace", "Weights and updates"])
      expect(draws[name] ?? 0, name).toBe(0);
    // What was out of sight is up to date as soon as it is looked at.
    await studio.page.evaluate(() =>
      document.querySelector('figure[aria-label="Weights and updates"]')!.scrollIntoView(),
    );
    for (let tries = 0; (await counted()).draws["Weights and updates"] === undefined; tries++) {
      expect(tries).toBeLessThan(100);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await studio.press("Pause");
    await studio.page.setViewportSize({ width: 1280, height: 800 });
  });

  it("the doctor says what he sees while the training goes on", async () => {
    await studio.open("constant_target: sick");
    await studio.set("Units", 4);
    await studio.set("Window", 8);
    await studio.set("Epochs", 100_000);
    await studio.press("Reset");
    await studio.ready();
    await studio.findings();
    await studio.press("Train");
    const said = (): Promise<string> =>
      studio.page.evaluate(() => document.querySelector(".findings-state")?.textContent ?? "");
    for (let tries = 0; !(await said()).startsWith("Seen while it trains"); tries++) {
      expect(tries, await said()).toBeLessThan(600);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { update } = await studio.state();
    await studio.until((state) => state.update > update, "More updates");
    expect(await studio.findings()).toContain("constant_target");
    await studio.press("Pause");
    // A training that was paused is still the same one; another one begins without findings of this.
    await studio.open("constant_target: cured");
    expect(await studio.findings()).not.toContain("constant_target");
  });

  it("a doctor who breaks off in the middle is replaced, and the question put again", async () => {
    await studio.page.evaluate(() => {
      const post = Worker.prototype.postMessage as (this: Worker, ...message: unknown[]) => void;
      let broken = 0;
      Object.assign(globalThis, { timesBroken: () => broken });
      Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
        if ((message[0] as { kind: string }).kind !== "diagnose" || broken++ > 0) post.apply(this, message);
        else setTimeout(() => this.dispatchEvent(new ErrorEvent("error", { message: "gone" })));
      };
    });
    await studio.open("output_activation_range: sick");
    expect(await studio.findings()).toContain("output_activation_range");
    const asked = await studio.page.evaluate(() =>
      (globalThis as unknown as { timesBroken: () => number }).timesBroken(),
    );
    expect(asked).toBe(2);
  });

  it("a moment that is looked at stays the same one while the list of moments is thinned", async () => {
    await studio.choose("Data", "sines");
    await studio.set("Window", 8);
    await studio.set("Units", 2);
    await studio.press("Reset");
    await studio.ready();
    await studio.press("Train");
    await studio.until(({ epoch }) => epoch >= 20, "Twenty epochs");
    const time = studio.page.getByRole("slider", { name: "Time" });
    const when = async (): Promise<string> =>
      /update \d+/.exec((await studio.page.locator(".when").textContent()) ?? "")?.[0] ?? "";
    await time.press("Home");
    for (let i = 0; i < 4; i++) await time.press("ArrowRight");
    const chosen = await when();
    expect(chosen).not.toBe("update 0");
    // Every other one of more than 400 is dropped: of four an epoch after a hundred epochs.
    const end = Date.now() + 60_000;
    await studio.until(({ epoch }) => epoch > 115 || Date.now() > end, "More moments than are kept", 61_000);
    expect(Math.abs(Number((await when()).slice(7)) - Number(chosen.slice(7)))).toBeLessThanOrEqual(4);
    await studio.press("Pause");
  });

  it("a training that breaks off begins anew by itself, and comes to the same numbers", async () => {
    await studio.open("output_activation_range: cured");
    const whole = await studio.train(2);
    await studio.press("Reset");
    await studio.ready();
    await studio.page.evaluate(() => {
      const post = Worker.prototype.postMessage as (this: Worker, ...message: unknown[]) => void;
      let isBroken = false;
      Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
        post.apply(this, message);
        if ((message[0] as { kind: string }).kind !== "run" || isBroken) return;
        isBroken = true;
        this.terminate();
        setTimeout(() => this.dispatchEvent(new ErrorEvent("error", { message: "gone" })), 100);
      };
    });
    await studio.press("Train");
    expect(await studio.until(({ epoch }) => epoch === 2, "The training begun anew")).toEqual(whole);
    expect(await studio.page.locator(".notice").textContent()).toContain("gone");
    // What is asked of the worker in its place is answered, too.
    await studio.press("Step");
    await studio.until(({ update }) => update === whole.update + 1, "One update more");
  });
});
