import { afterEach, describe, expect, it, vi } from "vitest";
import { createEngine, EngineError } from "../../../src/index.js";
import { losses, sharedModel } from "./models.js";

const { Memory, Module } = WebAssembly;
afterEach(() => {
  Object.assign(WebAssembly, { Memory, Module });
  vi.restoreAllMocks();
});

/** A host whose memory cannot be had where `isRefused` says so. */
function refuseMemory(isRefused: (shared: boolean) => boolean): void {
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (isRefused(descriptor.shared === true)) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  };
}

/** A host that compiles nothing. */
function refuseModules(message: string): void {
  WebAssembly.Module = new Proxy(Module, {
    construct() {
      throw new WebAssembly.CompileError(message);
    },
  });
}

describe("a host that has no room for shared memory", () => {
  it("computes on one thread, in memory that is not shared", async () => {
    refuseMemory((shared) => shared);
    const engine = await createEngine({ threads: 3 });
    expect(engine.info.threads).toBe(1);
    expect((await losses(sharedModel(engine), 64)).every(Number.isFinite)).toBe(true);
    engine.dispose();
  });
});

describe("an engine that cannot start says why", () => {
  const refusal = async (): Promise<string> => {
    const error = await createEngine({ threads: 2 }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).cause).toBeInstanceOf(Error);
    return (error as EngineError).message;
  };

  it("no address space", async () => {
    refuseMemory(() => true);
    const message = await refusal();
    expect(message).toContain("address space");
    expect(message).not.toContain("SIMD");
  });

  it("a content security policy", async () => {
    refuseModules("Wasm code generation disallowed by embedder");
    const message = await refusal();
    expect(message).toContain("disallowed by embedder");
    expect(message).toContain("wasm-unsafe-eval");
    expect(message).not.toContain("SIMD");
  });

  it("no SIMD", async () => {
    refuseModules("invalid opcode 0xfd");
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect(await refusal()).toContain("128-bit SIMD");
  });
});
