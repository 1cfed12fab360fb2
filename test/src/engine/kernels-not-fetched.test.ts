import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defaultEngine, prepareDefaultEngine } from "../../../src/engine/engine.js";
import { createEngine } from "../../../src/index.js";
import { losses, sharedModel } from "./models.js";

vi.mock("../../../src/engine/generated/relaxed.js", () => {
  throw new TypeError("import() is disallowed on ServiceWorkerGlobalScope");
});

describe("a host with relaxed SIMD that cannot fetch its kernels", () => {
  beforeEach(() => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("runs the plain ones, which are at hand", async () => {
    const engine = await createEngine({ threads: 1 });
    expect(engine.info.simd).toBe("simd128");
    const reproducible = await createEngine({ threads: 1, reproducible: true });
    expect(await losses(sharedModel(engine), 4)).toEqual(await losses(sharedModel(reproducible), 4));
    engine.dispose();
    reproducible.dispose();
  });

  it("has a default engine", async () => {
    const engine = await prepareDefaultEngine();
    expect(engine.info.simd).toBe("simd128");
    expect(defaultEngine()).toBe(engine);
    engine.dispose();
  });
});
