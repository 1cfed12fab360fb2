import type { ColumnMetaData } from "hyparquet";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../../../src/numerics/crc32.js";
import { checkPages } from "../../../../src/table/readers/parquet-pages.js";

/** A whole number as Thrift's compact protocol has it: zigzag, seven bits a byte. */
function varint(value: number): number[] {
  let rest = BigInt(value) >= 0n ? 2n * BigInt(value) : -2n * BigInt(value) - 1n;
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const PAGE = Uint8Array.from({ length: 40 }, (_, i) => 7 * i);
const I32 = 0x15;

/** A file that is one page of data, as its header says it. */
function fileWith(checksum: number | null): { file: ArrayBuffer; meta: ColumnMetaData } {
  const size = varint(PAGE.length);
  const crc = checksum === null ? [] : [I32, ...varint(checksum)];
  // Where a field is left out, the next one's number goes up by two.
  const values = [checksum === null ? 0x2c : 0x1c, I32, ...varint(5), 0];
  const header = [I32, 0, I32, ...size, I32, ...size, ...crc, ...values, 0];
  const bytes = Uint8Array.from([0x50, 0x41, 0x52, 0x31, ...header, ...PAGE]);
  const meta = {
    data_page_offset: 4n,
    num_values: 5n,
    total_compressed_size: BigInt(bytes.length - 4),
    total_uncompressed_size: BigInt(bytes.length - 4),
  };
  return { file: bytes.buffer, meta: meta as ColumnMetaData };
}
const check = (checksum: number | null): void => {
  const { file, meta } = fileWith(checksum);
  checkPages(file, meta);
};

describe("a page of a Parquet file", () => {
  it("is taken with the checksum of what is in it, or with none", () => {
    expect(() => check(null)).not.toThrow();
    // The format holds it as a number with a sign.
    expect(() => check(crc32(PAGE) | 0)).not.toThrow();
  });

  it("is refused with another one", () => {
    expect(() => check((crc32(PAGE) ^ 1) | 0)).toThrow("a page is damaged: its checksum is another");
    expect(() => check(0)).toThrow("checksum");
  });
});
