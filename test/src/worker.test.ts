import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { transform } from "esbuild";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError, createEngine } from "../../src/index.js";
import { root } from "../house/source-files.js";
import { losses, sharedModel } from "./engine/models.js";

const file = new URL("dist/worker.js", root);

afterEach(() => {
  vi.restoreAllMocks();
});

/** The arrow function named `start`, minified. */
async function startOf(code: string): Promise<string> {
  const { code: plain } = await transform(code, { loader: "ts", minifySyntax: true, minifyWhitespace: true });
  const end = "Atomics.notify(words,1)}}";
  return plain.slice(plain.indexOf("const start="), plain.indexOf(end) + end.length);
}

describe("gateflow/worker", () => {
  it("does what the worker does that is made of text", async () => {
    const source = await readFile(new URL("src/engine/threads/worker-source.ts", root), "utf8");
    const text = /const work = `([\s\S]*?)`;/.exec(source)![1]!;
    const own = await startOf(await readFile(new URL("src/worker.ts", root), "utf8"));
    expect(own.length).toBeGreaterThan(400);
    expect(own).toBe(await startOf(text));
  });

  it.each([
    ["a URL", file],
    ["a string", file.href],
    ["a function", () => new Worker(file) as unknown as globalThis.Worker],
  ])("given as %s runs the threads, with the results of one", async (_, worker) => {
    const warn = vi.spyOn(console, "warn");
    const engine = await createEngine({ threads: 2, reproducible: true, worker });
    const alone = await createEngine({ threads: 1, reproducible: true });
    expect(engine.info).toMatchObject({ threads: 2, fallback: null });
    expect(await losses(sharedModel(engine), 64)).toEqual(await losses(sharedModel(alone), 64));
    expect(warn).not.toHaveBeenCalled();
    engine.dispose();
    alone.dispose();
  });

  it("that is not there leaves one thread, and info and one warning say why and what to change", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const worker = new URL("no-such-worker.js", file);
    for (let i = 0; i < 2; i++) {
      const engine = await createEngine({ threads: 2, worker });
      expect(engine.info.threads).toBe(1);
      expect(engine.info.fallback).toMatch(/1 of 2 threads run: .*no-such-worker\.js.*worker-src/);
      expect((await losses(sharedModel(engine), 4)).every(Number.isFinite)).toBe(true);
      engine.dispose();
    }
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(/^gateflow: 1 of 2 threads/);
  });

  it("that is no address is refused", async () => {
    const worker = 3 as unknown as string;
    await expect(createEngine({ worker })).rejects.toThrow(ConfigError);
    await expect(createEngine({ worker })).rejects.toThrow(/`worker` is 3, expected the address/);
  });
});
