import { once } from "node:events";
import { mkdirSync, symlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StudioServer, startStudioServer } from "../../../../src/cli/studio/studio-server.js";
import { ConfigError } from "../../../../src/index.js";
import { scratch } from "../capture.js";

const { folder, file } = scratch();
const page = join(folder, "studio");

let server: StudioServer;
let port: number;
beforeAll(async () => {
  mkdirSync(join(page, "assets", "empty"), { recursive: true });
  file("studio/index.html", "<!doctype html><title>studio</title>");
  file("studio/teachers.html", "<!doctype html>");
  file("studio/assets/main-1a.js", "export {};");
  file("studio/assets/main-C5Q5J_EW.js", "export {};");
  file("studio/assets/style.css", "a { color: red }");
  file("studio/assets/core.wasm", "\0asm");
  file("studio/assets/with space.json", "{}");
  file("studio/assets/nothing.txt", "");
  file("studio/assets/strange.xyz", "?");
  file("secret.txt", "secret");
  file("studio-other.txt", "secret");
  symlinkSync(join(folder, "secret.txt"), join(page, "assets", "link.txt"));
  server = await startStudioServer(page, 0);
  port = Number(new URL(server.url).port);
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A request as it is written, where fetch would tidy it up. */
function ask(path: string, method = "GET", headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode!, headers: response.headers, body });
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? "x" : undefined);
  });
}

describe("the studio's server", () => {
  it.each([
    ["/", "text/html; charset=utf-8"],
    ["/index.html?case=a#b", "text/html; charset=utf-8"],
    ["/teachers.html", "text/html; charset=utf-8"],
    ["/assets/main-1a.js", "text/javascript; charset=utf-8"],
    ["/assets/style.css", "text/css; charset=utf-8"],
    ["/assets/core.wasm", "application/wasm"],
    ["/assets/with%20space.json", "application/json"],
    ["/assets/nothing.txt", "text/plain; charset=utf-8"],
    ["/assets/strange.xyz", "application/octet-stream"],
  ])("gives %s as %s", async (path, type) => {
    const { status, headers, body } = await ask(path);
    expect([status, headers["content-type"]]).toEqual([200, type]);
    expect(body.length).toBe(Number(headers["content-length"]));
    const head = await ask(path, "HEAD");
    expect([head.status, head.body, head.headers["content-length"]]).toEqual([
      200,
      "",
      headers["content-length"],
    ]);
  });

  it("isolates the page, lets it run nothing but its own files, and says so of refusals too", async () => {
    for (const { headers } of [
      await ask("/"),
      await ask("/no"),
      await ask("/", "GET", { host: "a.example" }),
    ]) {
      expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
      expect(headers["cross-origin-embedder-policy"]).toBe("require-corp");
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      const policy = headers["content-security-policy"] as string;
      expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self';/);
      expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|\*|https?:/);
    }
  });

  it.each(["a.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.a.example", "[::1]"])(
    "refuses the host «%s»",
    async (host) => {
      expect((await ask("/", "GET", { host })).status).toBe(403);
    },
  );

  it("takes localhost for what it is", async () => {
    expect((await ask("/", "GET", { host: `localhost:${port}` })).status).toBe(200);
  });

  it.each(["https://a.example", "null", "http://127.0.0.1", "http://127.0.0.1:1"])(
    "refuses the origin %s",
    async (origin) => {
      expect((await ask("/", "GET", { origin })).status).toBe(403);
      expect((await ask("/", "OPTIONS", { origin })).status).toBe(403);
    },
  );

  it("takes its own origin", async () => {
    expect((await ask("/", "GET", { origin: `http://127.0.0.1:${port}` })).status).toBe(200);
  });

  it.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/../../secret.txt",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/../studio-other.txt",
    "/assets/link.txt",
    "/%00",
    "/%zz",
    "//secret.txt",
    "/assets",
    "/assets/",
    "/assets/empty/",
    "/index.html/",
    "/no.html",
    "http://a.example/index.html",
  ])("has nothing at %s", async (path) => {
    const { status, body } = await ask(path);
    expect([status, body]).toEqual([404, "There is no such file.\n"]);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])("does not do %s", async (method) => {
    const { status, headers } = await ask("/", method);
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  it("outlives nonsense and requests that are broken off", async () => {
    for (const text of [
      "nonsense\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: 127.0.0.1",
      `GET /assets/main-1a.js HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    ]) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(text);
      socket.destroy();
    }
    expect((await ask("/")).status).toBe(200);
  });

  it("listens on loopback alone", () => {
    expect(server.url).toBe(`http://127.0.0.1:${port}/`);
  });

  it("refuses a port that is taken, in one line", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const taken = (other.address() as { port: number }).port;
    await expect(startStudioServer(page, taken)).rejects.toThrow(ConfigError);
    await expect(startStudioServer(page, taken)).rejects.toThrow(
      new RegExp(`^Port ${taken} is taken: another program has it\\. Choose another with --port, or 0 `),
    );
    other.close();
  });

  it("ends though a connection is kept open", async () => {
    const short = await startStudioServer(page, 0);
    const socket = connect(Number(new URL(short.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", () => {});
    const closed = once(socket, "close");
    await short.close();
    await closed;
    await expect(fetch(short.url)).rejects.toThrow();
  });

  it("what has its content in its name may be kept, everything else is asked for anew", async () => {
    const kept = await ask("/assets/main-C5Q5J_EW.js");
    expect(kept.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    for (const path of ["/", "/assets/main-1a.js", "/assets/style.css", "/assets/none-C5Q5J_EW.js"])
      expect((await ask(path)).headers["cache-control"], path).toBe("no-cache");
  });
});
