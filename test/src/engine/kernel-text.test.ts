import { describe, expect, it } from "vitest";
import { decodeBytes, encodeBytes } from "../../../src/engine/kernel-text.js";

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe("the kernels as text", () => {
  it("every byte comes back, alone and beside every other", () => {
    const pairs = Uint8Array.from({ length: 256 * 512 }, (_, i) => (i % 2 === 0 ? i >> 9 : (i >> 1) % 256));
    for (const bytes of [every, pairs, new Uint8Array(0)]) {
      expect(Buffer.compare(decodeBytes(encodeBytes(bytes), bytes.length), bytes)).toBe(0);
    }
  });

  it("is made of characters that need no escape in a string, nor in a page", () => {
    expect(encodeBytes(every)).toMatch(/^[#-[\]-~]+$/);
  });

  it("is one character for the bytes that kernels are mostly made of, two for the others", () => {
    const length = (byte: number): number => encodeBytes(Uint8Array.of(byte)).length;
    // SIMD's prefix, local.get, local.set, i32.const, end, 0.
    expect([0xfd, 0x20, 0x21, 0x41, 0x0b, 0].map(length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect([...every].filter((byte) => length(byte) === 1)).toHaveLength(88);
  });
});
