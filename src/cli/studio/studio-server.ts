import { createReadStream } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { ConfigError } from "../../errors.js";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Nothing but the page's own files, none of them inline; WebAssembly may be compiled. Workers obey it as well. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Every answer has them, refusals too. The first two isolate the page, without which it gets no threads. */
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-cache",
} as const;

/** A file under assets/ with a hash in its name, as Vite writes them. */
const HASHED = /[\\/]assets[\\/][\w.-]+-[\w-]{8}\.\w+$/;

function refuse(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/** The real path of what is asked for, or undefined if it lies outside the folder, or nowhere. */
async function inside(folder: string, url: string): Promise<string | undefined> {
  try {
    // As it was sent: URL would take `..` out of it first.
    const path = decodeURIComponent(url.replace(/[?#].*$/, ""));
    if (!path.startsWith("/") || path.includes("\\") || path.split("/").includes("..")) return undefined;
    const real = await realpath(join(folder, path.endsWith("/") ? `${path}index.html` : path));
    return real.startsWith(folder + sep) ? real : undefined;
  } catch {
    return undefined;
  }
}

async function openFile(path: string | undefined): Promise<FileHandle | undefined> {
  if (path === undefined) return undefined;
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

async function answer(
  folder: string,
  hosts: readonly string[],
  { headers, method, url = "" }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  // Another site's page may reach this machine: by a name of its own that leads here, or by asking outright.
  if (!hosts.includes(headers.host ?? "")) return refuse(response, 403, "This host is not the studio's.");
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return refuse(response, 403, "Pages of another origin are refused.");
  }
  if (method !== "GET" && method !== "HEAD") {
    return refuse(response, 405, "Only GET and HEAD.", { Allow: "GET, HEAD" });
  }
  const path = await inside(folder, url);
  const file = await openFile(path);
  if (file === undefined) return refuse(response, 404, "There is no such file.");
  const { size } = await file.stat();
  // What is built has its content in its name: a second worker takes it from the browser's own store.
  if (HASHED.test(path!)) response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
  response.writeHead(200, {
    "Content-Type": TYPES[extname(path!)] ?? "application/octet-stream",
    "Content-Length": size,
  });
  if (method === "HEAD") {
    await file.close();
    response.end();
    return;
  }
  // Not more than was promised, even if the file grows meanwhile.
  const stream = createReadStream("", { fd: file, ...(size > 0 && { end: size - 1 }) });
  stream.on("error", () => response.destroy());
  response.on("close", () => stream.destroy());
  stream.pipe(response);
}

export interface StudioServer {
  /** Where the page is: `http://127.0.0.1:port/`. */
  readonly url: string;
  /** Ends it, and the connections that are open. */
  close(): Promise<void>;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: "another program has it",
        EACCES: "this user may not have it",
      };
      const reason = reasons[error.code ?? ""];
      reject(
        reason === undefined
          ? error
          : new ConfigError(
              `Port ${port} is taken: ${reason}. Choose another with --port, or 0 for any that is free.`,
              {
                received: port,
              },
            ),
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

/**
 * Serves a folder of static files to this machine alone.
 * @param folder holds index.html.
 * @param port 0 for any that is free.
 * @throws ConfigError when the port is taken.
 */
export async function startStudioServer(folder: string, port: number): Promise<StudioServer> {
  const real = await realpath(folder);
  const hosts: string[] = [];
  const server = createServer((request, response) => {
    answer(real, hosts, request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  const { port: own } = server.address() as { port: number };
  for (const name of ["127.0.0.1", "localhost"]) {
    // A browser leaves out the port of http.
    hosts.push(`${name}:${own}`, ...(own === 80 ? [name] : []));
  }
  return {
    url: `http://127.0.0.1:${own}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
