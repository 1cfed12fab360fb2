import { crc32 as reference } from "node:zlib";
import { expect, it } from "vitest";
import { crc32 } from "../../../src/numerics/crc32.js";

it("is the checksum of zip", () => {
  // The check value of the catalogue of parametrised CRC algorithms, and none of nothing.
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 31) & 255);
  if (reference !== undefined) expect(crc32(bytes)).toBe(reference(bytes));
});
