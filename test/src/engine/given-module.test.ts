import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError, createEngine } from "../../../src/index.js";
import { root } from "../../house/source-files.js";
import { losses, sharedModel } from "./models.js";

const compiled = async (path: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await readFile(new URL(path, root)));

const { Module } = WebAssembly;
afterEach(() => {
  WebAssembly.Module = Module;
  vi.restoreAllMocks();
});

describe("createEngine({ module })", () => {
  it("computes with the kernels it is handed, where nothing may be compiled", async () => {
    const module = await compiled("dist/kernels/simd128.wasm");
    const own = await createEngine({ threads: 1, reproducible: true });
    const expected = await losses(sharedModel(own), 8);
    const bytes = await readFile(new URL("dist/kernels/simd128.wasm", root));
    WebAssembly.Module = new Proxy(Module, {
      construct() {
        throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
      },
    });
    const engine = await createEngine({ threads: 1, reproducible: true, module });
    expect(engine.info).toMatchObject({
      simd: "simd128",
      threads: 1,
      wasmBytes: bytes.length,
      fallback: null,
    });
    expect(await losses(sharedModel(engine), 8)).toEqual(expected);
    engine.dispose();
    own.dispose();
  });

  it("says that a module for memory of one thread cannot share it", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const module = await compiled("dist/kernels/simd128.wasm");
    const engine = await createEngine({ threads: 2, module });
    expect(engine.info.threads).toBe(1);
    expect(engine.info.fallback).toContain("compiled for memory of one thread");
    expect(warn).toHaveBeenCalledTimes(1);
    engine.dispose();
  });

  it("takes a module of shared memory as well, with threads", async () => {
    const bytes = await readFile(new URL("dist/kernels/simd128.wasm", root));
    const name = new TextEncoder().encode("\u0003env\u0006memory\u0002");
    const at = bytes.findIndex((_, i) => name.every((byte, k) => bytes[i + k] === byte));
    bytes[at + name.length] = 3;
    const engine = await createEngine({ threads: 2, module: await WebAssembly.compile(bytes) });
    expect(engine.info.threads).toBe(2);
    expect((await losses(sharedModel(engine), 64)).every(Number.isFinite)).toBe(true);
    engine.dispose();
  });

  it("knows relaxed kernels, and refuses them where the same bits were asked for", async () => {
    // Node 20 compiles relaxed SIMD behind a flag only: a module of a label alone stands for it.
    const label = new TextEncoder().encode("\u0008gateflowrelaxed 0000042");
    const module = await WebAssembly.compile(
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, label.length, ...label),
    );
    const refused = createEngine({ reproducible: true, module });
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(/`module` holds relaxed kernels.*simd128\.wasm/);
  });

  it("refuses a module that is not gateflow's, and what is no module", async () => {
    const empty = await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    await expect(createEngine({ module: empty })).rejects.toThrow(/holds no kernels of gateflow/);
    const bytes = new Uint8Array(8) as unknown as WebAssembly.Module;
    await expect(createEngine({ module: bytes })).rejects.toThrow(/expected a WebAssembly\.Module/);
  });
});

describe("fewer threads than asked for", () => {
  it("a page that is not cross-origin isolated is told the headers", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    vi.stubGlobal("crossOriginIsolated", false);
    const engine = await createEngine({ threads: 2 });
    expect(engine.info.threads).toBe(1);
    expect(engine.info.fallback).toMatch(
      /Cross-Origin-Opener-Policy: same-origin.*Cross-Origin-Embedder-Policy/,
    );
    expect(warn).toHaveBeenCalledTimes(1);
    engine.dispose();
    const quiet = await createEngine();
    expect(warn).toHaveBeenCalledTimes(1);
    quiet.dispose();
    vi.unstubAllGlobals();
  });
});
