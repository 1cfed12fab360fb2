import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { root, scratch } from "../capture.js";

const { folder, file } = scratch();
/** The package as it is built, with a page of the test's own. */
const home = join(folder, "package");

beforeAll(() => {
  mkdirSync(join(home, "dist"), { recursive: true });
  cpSync(join(root, "dist/cli"), join(home, "dist/cli"), { recursive: true });
  for (const name of readdirSync(join(root, "dist"))) {
    if (name !== "cli" && name !== "studio") symlinkSync(join(root, "dist", name), join(home, "dist", name));
  }
  for (const name of ["package.json", "node_modules"]) symlinkSync(join(root, name), join(home, name));
});

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

interface Run {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Waits until its output has the text. */
  said(text: RegExp): Promise<RegExpExecArray>;
  ended(): Promise<number | null>;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [join(home, "dist/cli/main.js"), "studio", ...args], {
    env: { ...process.env, ...env },
  });
  running.add(child);
  let out = "";
  let err = "";
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    err += data;
  });
  return {
    child,
    out: () => out,
    err: () => err,
    async said(text) {
      for (;;) {
        const found = text.exec(out);
        if (found) return found;
        await Promise.race([
          once(child.stdout, "data"),
          once(child, "exit").then(() => Promise.reject(new Error(err))),
        ]);
      }
    },
    ended: async () => child.exitCode ?? ((await once(child, "close")) as [number | null])[0],
  };
}

const build = (): void => {
  mkdirSync(join(home, "dist/studio"), { recursive: true });
  file("package/dist/studio/index.html", "<!doctype html><title>studio</title>");
};

describe("gateflow studio", () => {
  it("says how to build a page that is not there, in one line", async () => {
    rmSync(join(home, "dist/studio"), { recursive: true, force: true });
    const run = start(["--no-open"]);
    expect(await run.ended()).toBe(1);
    expect(run.out()).toBe("");
    expect(run.err()).toMatch(
      /^gateflow: The studio is not built: .*index\.html is missing\. .*`npm run studio:build`\.\n$/,
    );
  });

  it("prints its address, serves the page, and ends with 0 at Ctrl-C", async () => {
    build();
    const run = start(["--port", "0", "--no-open"]);
    const [, url] = await run.said(/^The studio is at (http:\/\/127\.0\.0\.1:\d+\/) \(Ctrl-C ends it\)\n$/);
    const response = await fetch(url!);
    expect([response.status, await response.text()]).toEqual([200, "<!doctype html><title>studio</title>"]);
    run.child.kill("SIGINT");
    expect(await run.ended()).toBe(0);
    expect(run.err()).toBe("");
  });

  it("says that a port is taken, or is none, in one line", async () => {
    build();
    const first = start(["--port", "0", "--no-open"]);
    const [, port] = await first.said(/127\.0\.0\.1:(\d+)/);
    const second = start(["--port", port!, "--no-open"]);
    expect(await second.ended()).toBe(1);
    expect(second.err()).toBe(
      `gateflow: Port ${port} is taken: another program has it. Choose another with --port, or 0 for any that is free.\n`,
    );
    for (const wrong of ["65536", "-1", "x"]) {
      const third = start([`--port=${wrong}`, "--no-open"]);
      expect(await third.ended()).toBe(1);
      expect(third.err()).toMatch(/^gateflow: option '--port <n>' argument '.*' is invalid\. .*\n$/);
    }
  });

  it("opens the browser of whoever has one, unless told not to", async () => {
    build();
    for (const name of ["xdg-open", "open"]) {
      chmodSync(file(name, `#!/bin/sh\necho "$1" >> "${join(folder, "opened")}"\n`), 0o755);
    }
    const env = { PATH: `${folder}${delimiter}${dirname(process.execPath)}${delimiter}/bin`, DISPLAY: ":7" };
    const opened = join(folder, "opened");
    const quiet = start(["--port", "0", "--no-open"], env);
    await quiet.said(/http/);
    const run = start(["--port", "0"], env);
    const [, url] = await run.said(/(http:\S+)/);
    while (!existsSync(opened)) await new Promise((resolve) => setTimeout(resolve, 20));
    // Whoever has it opened sees a training at once.
    expect(readFileSync(opened, "utf8")).toBe(`${url}#run\n`);

    for (const without of [
      { PATH: "", DISPLAY: ":7" },
      { ...env, DISPLAY: "", WAYLAND_DISPLAY: "" },
    ]) {
      const none = start(["--port", "0"], without);
      await none.said(/http/);
      none.child.kill("SIGINT");
      expect(await none.ended()).toBe(0);
    }
    // Whoever has it opened sees a training at once.
    expect(readFileSync(opened, "utf8")).toBe(`${url}#run\n`);
  });
});
