import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConsoleLine, startConsoleProxy } from "./console-proxy.js";
import { framebufferPng, type Rectangle } from "./framebuffer.js";
import type { Browser, OpenPage } from "./page.js";
import { delay, type Session, startScreen, startSession } from "./webkit-driver.js";
import { webkitPage } from "./webkit-page.js";

/** How long a page may take to say what it complains of, and a screen to show it, in milliseconds. */
const ARRIVAL_MS = 100;
const PAINT_MS = 100;

/** How often a window is asked for a size before it is called wrong. */
const RESIZES = 5;

/** Where a page is on the screen, once it has been drawn. */
const WHERE = `const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done({
  x: screenX + (outerWidth - innerWidth) / 2, y: screenY + outerHeight - innerHeight, width: innerWidth, height: innerHeight }), ${PAINT_MS})));`;

function openPage({ send, end }: Session, picture: string): OpenPage {
  const run = <T>(script: string): Promise<T> =>
    send("POST", "/execute/sync", { script, args: [] }) as Promise<T>;
  const past: ConsoleLine[] = [];
  const said = (): Promise<ConsoleLine[]> => run("return globalThis.__console ?? []");
  const page = webkitPage(send, {
    // What a page said is gone with it.
    leaving: async () => void past.push(...(await said())),
    async screenshot() {
      const where = (await send("POST", "/execute/async", { script: WHERE, args: [] })) as Rectangle;
      return framebufferPng(picture, where);
    },
    async resize(width, height) {
      // The page learns of its window's new size later than the driver, and the frame around it may still change meanwhile.
      let seen: [number, number] = [0, 0];
      for (let attempt = 0; attempt < RESIZES; attempt++) {
        const [wide, high] = await run<[number, number]>(
          "return [outerWidth - innerWidth, outerHeight - innerHeight]",
        );
        await send("POST", "/window/rect", { x: 0, y: 0, width: width + wide, height: height + high });
        for (let look = 0; look < 10; look++) {
          seen = await run<[number, number]>("return [innerWidth, innerHeight]");
          if (seen[0] === width && seen[1] === height) return;
          await delay(PAINT_MS);
        }
      }
      throw new Error(`WebKit's window shows ${seen.join(" × ")} pixels, not ${width} × ${height}.`);
    },
    end,
  });
  const lines = async (): Promise<ConsoleLine[]> => {
    await delay(ARRIVAL_MS);
    return [...past, ...(await said())];
  };
  return Object.assign(page, {
    consoleErrors: async () => (await lines()).filter(({ type }) => type === "error").map(({ text }) => text),
    consoleLines: async () => (await lines()).map(({ text }) => text),
  });
}

/** WebKitGTK's MiniBrowser through its driver. Each page is a process with a profile of its own. */
export async function openWebkit(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), "webkit-"));
  const screen = await startScreen(folder);
  const proxy = await startConsoleProxy();
  const start = (): Promise<Session> => startSession(folder, screen.display, proxy.host);
  // The first page's session tells the version.
  let next: Session | undefined = await start();
  const sessions = new Set<Session>([next]);
  return {
    name: "webkit",
    version: next.version,
    async open(url, size = { width: 1280, height: 800 }) {
      const session = next ?? (await start());
      next = undefined;
      sessions.add(session);
      const page = openPage(session, screen.picture);
      await page.setViewportSize(size);
      await page.goto(url);
      return page;
    },
    async close() {
      await Promise.all([...sessions].map((session) => session.end()));
      await proxy.close();
      await screen.end();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
