import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { measureSizes, WASM_BUDGET } from "../../bench/sections/bytes.js";
import { root } from "./source-files.js";

const KILO = 1024;
const gzip = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;

/**
 * Bytes of gzip an import may cost in a page, kernels included. The goal for a program that trains one model is 40 KB;
 * the first limit holds what is reached and is only ever moved down. The second grows with a room, and with nothing else:
 * doctor and pictures last.
 */
const LIMITS = { usual: 88 * KILO, whole: 172 * KILO };

describe("what ships stays small", () => {
  it.each(["release", "relaxed"])("the %s kernels are at most 30 KB of gzip", async (build) => {
    const bytes = await readFile(new URL(`build/${build}.wasm`, root));
    expect(gzip(bytes)).toBeGreaterThan(KILO);
    expect(gzip(bytes)).toBeLessThanOrEqual(WASM_BUDGET);
  });

  it("dist/ is there: npm run build makes it before the tests", () => {
    expect(existsSync(new URL("dist/index.js", root))).toBe(true);
  });

  it("an import of { sequential, lstm, dense, adam }, and one of everything, stay within their limits", async () => {
    const { usual, whole } = await measureSizes(new URL("dist/", root).href);
    // Shaken and minified, the usual import is the smaller one; otherwise a side effect ties the package together.
    expect(usual.gzip).toBeLessThan(0.8 * whole.gzip);
    expect(usual.gzip).toBeLessThanOrEqual(LIMITS.usual);
    expect(whole.gzip).toBeLessThanOrEqual(LIMITS.whole);
  });
});
