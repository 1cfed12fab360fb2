import { describe, expect, it } from "vitest";
import { type Fields, readMessage, writeMessage } from "../../../../src/formats/onnx/protobuf.js";
import { fc } from "../../../support/property.js";

const inner: Fields = { 1: ["a", "int32"], 2: ["text", "string"] };
const fields: Fields = {
  1: ["a", "int32"],
  2: ["b", "string"],
  3: ["c", inner],
  4: ["d", "int32", "packed"],
  5: ["big", "int64"],
  6: ["bytes", "bytes"],
  7: ["floats", "float", "repeated"],
  8: ["parts", inner, "repeated"],
  9: ["doubles", "double", "packed"],
  10: ["graph", "opaque"],
  11: ["bigs", "int64", "repeated"],
};
const none = { d: [], floats: [], parts: [], doubles: [], bigs: [] };
const read = (...bytes: number[]) => readMessage(fields, Uint8Array.from(bytes));

describe("protobuf", () => {
  // The examples of https://protobuf.dev/programming-guides/encoding/, and what follows from it.
  it.each<[string, number[], object]>([
    ["a = 150", [0x08, 0x96, 0x01], { a: 150 }],
    ["a text", [0x12, 7, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67], { b: "testing" }],
    ["a message", [0x1a, 3, 0x08, 0x96, 0x01], { c: { a: 150 } }],
    ["packed numbers", [0x22, 6, 3, 0x8e, 0x02, 0x9e, 0xa7, 0x05], { d: [3, 270, 86942] }],
    ["ten bytes of -2", [0x08, 0xfe, ...Array(8).fill(0xff), 1], { a: -2 }],
    ["floats one by one", [0x3d, 0, 0, 0x80, 0x3f, 0x3d, 0, 0, 0, 0xc0], { floats: [1, -2] }],
    ["an empty message", [0x42, 0], { parts: [{}] }],
  ])("%s is read and written", (_, bytes, message) => {
    expect(read(...bytes)).toEqual({ ...none, ...message });
    expect([...writeMessage(fields, message as Record<string, unknown>)]).toEqual(bytes);
  });

  it("reads repeated numbers as they come, packed or not, and what is not named is skipped", () => {
    expect(read(0x20, 3, 0x22, 2, 4, 5, 0x3a, 4, 0, 0, 0x80, 0x3f)).toEqual({
      ...none,
      d: [3, 4, 5],
      floats: [1],
    });
    // Field 100 as a varint, as eight bytes, as text, as four bytes.
    const unknown = [
      0xa0, 6, 0x96, 1, 0xa1, 6, 1, 2, 3, 4, 5, 6, 7, 8, 0xa2, 6, 2, 9, 9, 0xa5, 6, 1, 2, 3, 4,
    ];
    expect(read(...unknown, 0x08, 7)).toEqual({ ...none, a: 7 });
  });

  it("merges a message that comes twice, and takes the last of two numbers", () => {
    expect(read(0x1a, 2, 0x08, 1, 0x1a, 3, 0x12, 1, 0x78, 0x08, 1, 0x08, 2)).toEqual({
      ...none,
      a: 2,
      c: { a: 1, text: "x" },
    });
  });

  it("gives bytes as a view, and a message nobody looks into as it is", () => {
    const bytes = Uint8Array.of(0x32, 3, 1, 2, 3, 0x52, 2, 0xff, 0xff);
    const { bytes: view, graph } = readMessage(fields, bytes) as Record<string, Uint8Array>;
    expect([view!.buffer, view!.byteOffset, [...view!]]).toEqual([bytes.buffer, 2, [1, 2, 3]]);
    expect([...graph!]).toEqual([0xff, 0xff]);
  });

  it("what is written is read back: whole numbers of 64 bits to the last, texts of any letters, numbers of any kind", () => {
    const message = fc.record({
      a: fc.integer(),
      b: fc.string({ unit: "binary", maxLength: 300 }),
      big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      bytes: fc.uint8Array({ maxLength: 300 }),
      floats: fc.array(fc.float({ noNaN: true })),
      doubles: fc.array(fc.double({ noNaN: true })),
      bigs: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      d: fc.array(fc.integer()),
      parts: fc.array(fc.record({ a: fc.integer() })),
    });
    fc.assert(
      fc.property(message, (given) => {
        expect(readMessage(fields, writeMessage(fields, given))).toEqual(given);
      }),
      { numRuns: 300 },
    );
    for (const value of [2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), -1n, 0n]) {
      expect(readMessage(fields, writeMessage(fields, { big: value })).big).toBe(value);
    }
  });

  it.each<[string, number[], RegExp]>([
    ["a varint without end", [0x08, ...Array(20).fill(0xff)], /varint/],
    ["a varint past the end", [0x08, 0x96], /varint|past the end/],
    ["a text longer than the file", [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x61], /past the end/],
    ["bytes of 2^63 bytes", [0x32, ...Array(8).fill(0xff), 0x7f, 1], /past the end/],
    ["packed numbers that announce 2^32", [0x22, 0x80, 0x80, 0x80, 0x80, 0x10, 1], /are announced, 1 left/],
    ["packed floats of five bytes", [0x3a, 5, 0, 0, 0x80, 0x3f, 1], /cut off|bounds/],
    ["packed floats longer than the file", [0x3a, 8, 0, 0, 0x80, 0x3f], /8 bytes are announced, 4 left/],
    ["a message longer than its own", [0x1a, 2, 0x12, 5, 1, 1, 1, 1, 1], /past the end of its message/],
    ["a message that announces too much", [0x1a, 9, 0x08, 1], /9 bytes are announced, 2 left/],
    ["half a float", [0x3d, 0, 0], /./],
    ["an unknown field past the end", [0xa2, 6, 9, 1], /past the end/],
    ["an unknown varint past the end", [0xa0, 6, 0xff], /past the end/],
    ["a group", [0x0b, 0x0c], /./],
    ["a field of number 0", [0x00], /number 0/],
    ["a number where a text belongs", [0x10, 1], /b is written as what it is not/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => read(...bytes)).toThrow(message);
  });

  it("ends for every cut and every byte that is changed", () => {
    const whole = writeMessage(fields, {
      a: -7,
      b: "name",
      c: { a: 1, text: "in" },
      d: [1, 2, 300],
      big: 2n ** 60n,
      bytes: new Uint8Array(9),
      floats: [1, 2],
      parts: [{ a: 1 }, {}],
    });
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = whole.slice();
        changed[at] = byte;
        try {
          readMessage(fields, changed);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(whole.length * 64);
  });
});
