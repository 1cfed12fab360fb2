import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".html": "text/html",
};

/** A page that runs the golden training and posts what it found. */
const page = `<!doctype html><title>gateflow</title><script type="module">
const tell = (what) => fetch("/result", { method: "POST", body: JSON.stringify(what) });
try {
  const { runAll } = await import("/bench/engines/runs.mjs");
  await tell({ isolated: crossOriginIsolated, runs: await runAll(location.origin + "/", location.origin + "/dist/") });
} catch (error) {
  await tell({ error: String(error && error.stack || error) });
}
</script>`;

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What a page told. */
export interface PageResult<Run> {
  readonly isolated?: boolean;
  readonly runs?: readonly Run[];
  readonly error?: string;
}

/**
 * Serves the repository on this machine alone, opens the page in a headless Chromium with a profile of its own, and
 * waits for its answer.
 * @param isolated whether the page is cross-origin isolated: only then can memory be shared with workers.
 * @param dist the built package, as a file URL, served as /dist/.
 */
export async function runInChromium<Run>(
  program: string,
  dist: string,
  isolated: boolean,
  timeout: number,
): Promise<PageResult<Run>> {
  let settle: (result: PageResult<Run>) => void = () => {};
  const told = new Promise<PageResult<Run>>((resolve) => {
    settle = resolve;
  });
  const root = new URL("../../", import.meta.url);
  const send = async (path: string, response: ServerResponse): Promise<void> => {
    const headers = isolated
      ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
      : {};
    try {
      const file = path.startsWith("/dist/") ? new URL(path.slice(6), dist) : new URL(path.slice(1), root);
      const body = path === "/" ? page : await readFile(file);
      response.writeHead(200, { ...headers, "Content-Type": types[extname(path)] ?? "text/html" }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  };
  const server = createServer((request, response) => {
    if (request.method !== "POST") {
      void send(new URL(request.url ?? "/", "http://localhost").pathname, response);
      return;
    }
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      response.end();
      settle(JSON.parse(body) as PageResult<Run>);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const profile = await mkdtemp(join(tmpdir(), "gateflow-chromium-"));
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
    child.on("error", (error) => {
      settle({ error: error.message });
      resolve();
    });
  });
  const timer = setTimeout(() => settle({ error: `no answer in ${timeout / 1000} s` }), timeout);
  try {
    return await told;
  } finally {
    clearTimeout(timer);
    child.kill("SIGTERM");
    await ended;
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const chromiumPath = (): string => process.env.CHROMIUM ?? fileURLToPath("file:///usr/bin/chromium");
