import { once } from "node:events";
import { createServer, request as forward } from "node:http";

/** The path under which a page finds the script, on whatever server it comes from. */
const SCRIPT_PATH = "/__console.js";

/** Keeps what a page says and what fails in it, for WebKit, whose driver does not tell. Runs before the page's scripts. */
const SCRIPT = `(() => {
  const kept = (globalThis.__console = []);
  const text = (value) => value instanceof Error ? String(value) : typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  for (const type of ["debug", "log", "info", "warn", "error"]) {
    const plain = console[type];
    console[type] = (...values) => {
      kept.push({ type, text: values.map(text).join(" ") });
      plain.apply(console, values);
    };
  }
  const failed = (text) => kept.push({ type: "error", text });
  addEventListener("error", ({ target, error, message }) =>
    failed(target === window || target === null ? String(error ?? message) : "Failed to load " + (target.src ?? target.href)), true);
  addEventListener("unhandledrejection", ({ reason }) => failed(String(reason)));
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    failed("Refused by the content security policy, " + effectiveDirective + ": " + blockedURI));
})();`;

export interface ConsoleLine {
  readonly type: string;
  readonly text: string;
}

export interface ConsoleProxy {
  readonly host: string;
  close(): Promise<void>;
}

/** An HTTP proxy on loopback that puts that script first into every page. */
export async function startConsoleProxy(): Promise<ConsoleProxy> {
  const server = createServer((request, response) => {
    const { hostname, port, pathname, search } = new URL(request.url!);
    if (pathname === SCRIPT_PATH) {
      response.writeHead(200, {
        "content-type": "text/javascript",
        "cross-origin-resource-policy": "same-origin",
      });
      response.end(SCRIPT);
      return;
    }
    const { "if-none-match": _, "if-modified-since": __, ...headers } = request.headers;
    const outgoing = forward(
      {
        host: hostname,
        port,
        path: pathname + search,
        method: request.method,
        headers: { ...headers, "accept-encoding": "identity" },
      },
      async (incoming) => {
        const { "content-length": length, ...rest } = incoming.headers;
        if (!String(rest["content-type"]).startsWith("text/html")) {
          response.writeHead(incoming.statusCode!, incoming.headers);
          incoming.pipe(response);
          return;
        }
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk as Buffer);
        const html = Buffer.concat(chunks).toString();
        // After the doctype, without which a page is shown as in the nineties, and before everything else.
        const at = /^\s*(<!doctype[^>]*>)?/i.exec(html)![0].length;
        response.writeHead(incoming.statusCode!, rest);
        response.end(`${html.slice(0, at)}<script src="${SCRIPT_PATH}"></script>${html.slice(at)}`);
      },
    );
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    request.pipe(outgoing);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    host: `127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
