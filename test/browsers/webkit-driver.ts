import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { findProgram, miniBrowser, virtualScreen, webkitDriver } from "./find-program.js";

const SCREEN = { width: 1920, height: 1400 };
const START_MS = 60_000;
const SCRIPT_MS = 600_000;

/** The window can be no narrower than its toolbar. */
const NARROW_TOOLBAR = "button, entry, toolbar { padding: 0; margin: 0; min-width: 0; border: 0; }";

/** One command of W3C WebDriver within a session. */
export type Send = (method: "GET" | "POST" | "DELETE", path: string, body?: object) => Promise<unknown>;

export const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A program that ends with this one, whatever ends it. @returns what ends it earlier. */
function ending(child: ChildProcess): () => Promise<void> {
  const kill = (): void => void child.kill();
  process.once("exit", kill);
  return async () => {
    process.removeListener("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    kill();
    await ended;
  };
}

/** A screen that nobody looks at, whose picture is a file: the driver's own screenshots never come. */
export async function startScreen(
  folder: string,
): Promise<{ display: string; picture: string; end(): Promise<void> }> {
  const screen = spawn(
    findProgram(virtualScreen),
    [
      ...["-displayfd", "1", "-screen", "0", `${SCREEN.width}x${SCREEN.height}x24`],
      ...["-nolisten", "tcp", "-fbdir", folder],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const end = ending(screen);
  const [number] = (await once(screen.stdout!, "data")) as [Buffer];
  return { display: `:${number.toString().trim()}`, picture: join(folder, "Xvfb_screen0"), end };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

async function command(address: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(address, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } };
  if (!response.ok) throw new Error(`WebKit: ${method} ${address}: ${value.error}: ${value.message}`);
  return value;
}

async function startDriver(
  folder: string,
  display: string,
): Promise<{ address: string; end(): Promise<void> }> {
  const home = mkdtempSync(join(folder, "home-"));
  mkdirSync(join(home, ".config/gtk-3.0"), { recursive: true });
  writeFileSync(join(home, ".config/gtk-3.0/gtk.css"), NARROW_TOOLBAR);
  const port = await freePort();
  const driver = spawn(findProgram(webkitDriver), [`--port=${port}`, "--host=127.0.0.1"], {
    stdio: "ignore",
    env: {
      ...process.env,
      HOME: home,
      XDG_RUNTIME_DIR: home,
      DISPLAY: display,
      GDK_BACKEND: "x11",
      // Without a language pages get none, and Intl refuses what `navigator.language` says.
      LANG: "en_US.UTF-8",
      LANGUAGE: "en_US",
      LIBGL_ALWAYS_SOFTWARE: "1",
      NO_AT_BRIDGE: "1",
      GSETTINGS_BACKEND: "memory",
      WEBKIT_DISABLE_DMABUF_RENDERER: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
  });
  const end = ending(driver);
  const address = `http://127.0.0.1:${port}`;
  const last = performance.now() + START_MS;
  const answers = (): Promise<boolean> =>
    fetch(`${address}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (performance.now() > last) throw new Error(`WebKit's driver does not answer within ${START_MS} ms.`);
    await delay(50);
  }
  return { address, end };
}

export interface Session {
  readonly version: string;
  readonly send: Send;
  end(): Promise<void>;
}

/** A WebKit of its own, with a driver of its own, which serves one session. @param proxy through which it sees the net. */
export async function startSession(folder: string, display: string, proxy: string): Promise<Session> {
  const binary = findProgram(miniBrowser);
  const driver = await startDriver(folder, display);
  const { sessionId, capabilities } = (await command(`${driver.address}/session`, "POST", {
    capabilities: {
      alwaysMatch: {
        proxy: { proxyType: "manual", httpProxy: proxy },
        "webkitgtk:browserOptions": { binary, args: ["--automation"] },
      },
    },
  })) as { sessionId: string; capabilities: { browserVersion: string } };
  const send: Send = (method, path, body) =>
    command(`${driver.address}/session/${sessionId}${path}`, method, body);
  await send("POST", "/timeouts", { script: SCRIPT_MS, pageLoad: SCRIPT_MS, implicit: 0 });
  return {
    version: capabilities.browserVersion,
    send,
    async end() {
      await send("DELETE", "").catch(() => {});
      await driver.end();
    },
  };
}
