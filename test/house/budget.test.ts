import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { CORE_BUDGET, measureSizes, type Sizes, WASM_BUDGET } from "../../bench/sections/bytes.js";
import { root, rootPath } from "./source-files.js";

const KILO = 1024;
const gzip = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;

/**
 * Bytes of gzip an import may cost in a page, kernels included. The budget is the core entry's. `usual` holds
 * what is reached and grows with the kernels, all of which come with it, and with what every model can do, such as keeping
 * its weights; `whole` grows with a room, and with nothing
 * else: layers last.
 */
const LIMITS = { core: CORE_BUDGET, usual: 95 * KILO, whole: 350 * KILO };

describe("what ships stays small", () => {
  let sizes: Sizes;
  beforeAll(async () => {
    // npm run build makes dist/ before the tests.
    expect(existsSync(new URL("dist/core.js", root))).toBe(true);
    sizes = await measureSizes(new URL("dist/", root).href);
  });

  it.each(["release", "relaxed", "core-release", "core-relaxed"])(
    "the %s kernels are within their budget of gzip",
    async (build) => {
      const bytes = await readFile(new URL(`build/${build}.wasm`, root));
      expect(gzip(bytes)).toBeGreaterThan(KILO);
      expect(gzip(bytes)).toBeLessThanOrEqual(build.startsWith("core") ? 11 * KILO : WASM_BUDGET);
    },
  );

  it("all that gateflow/core exports is within its budget of gzip, one build of its kernels included", () => {
    expect(LIMITS.core).toBe(CORE_BUDGET);
    expect(sizes.core.gzip).toBeLessThanOrEqual(LIMITS.core);
    // The kernels are in it: without them it is not worth measuring.
    expect(sizes.core.gzip).toBeGreaterThan(
      sizes.wasm.find(({ what }) => what.endsWith("core-simd128"))!.gzip,
    );
    expect(sizes.coreUsual.gzip).toBeLessThanOrEqual(sizes.core.gzip);
  });

  it("an import of { sequential, lstm, dense, adam } from gateflow, and one of everything, stay within their limits", () => {
    const { usual, whole } = sizes;
    // Shaken and minified, the usual import is the smaller one; otherwise a side effect ties the package together.
    expect(usual.gzip).toBeLessThan(0.5 * whole.gzip);
    expect(usual.gzip).toBeLessThanOrEqual(LIMITS.usual);
    expect(whole.gzip).toBeLessThanOrEqual(LIMITS.whole);
  });

  it.each(["standardScaler", "slidingWindows", "trainTestSplit"])(
    "%s of gateflow/series costs at most 6 KB of gzip, and brings no layer and no kernel",
    async (name) => {
      const { outputFiles, metafile } = await build({
        stdin: { contents: `export { ${name} } from "./series.js";`, resolveDir: `${rootPath}dist` },
        bundle: true,
        minify: true,
        format: "esm",
        write: false,
        metafile: true,
      });
      const rooms = Object.keys(metafile.inputs).map((path) => path.replace(/^dist\//, "").split("/")[0]);
      expect(rooms.filter((room) => ["engine", "layers", "model", "assembly"].includes(room!))).toEqual([]);
      expect(outputFiles[0]!.contents.length).toBeGreaterThan(KILO);
      expect(gzip(outputFiles[0]!.contents)).toBeLessThanOrEqual(6 * KILO);
    },
  );
});
