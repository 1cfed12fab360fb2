import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export interface Served {
  /** `http://127.0.0.1:port/` */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/**
 * Serves a folder, and pages given as text, on loopback.
 * @param files paths that are not in the folder: `{ "/index.html": "<!doctype html>…" }`.
 * @param headers sent with every answer, such as a content security policy.
 */
export async function serve(
  folder: string,
  { files = {}, headers = {} }: { files?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<Served> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    requests.push(pathname);
    const path = pathname.endsWith("/") ? `${pathname}index.html` : decodeURIComponent(pathname);
    try {
      const body = files[path] ?? (await readFile(join(folder, normalize(path))));
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
