import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../../src/errors.js";
import { readNpy, writeNpy } from "../../../../src/formats/numpy/npy.js";
import { readNpz, writeNpz } from "../../../../src/formats/numpy/npz.js";
import { figuresOf, goldenFile } from "../golden.js";

describe("arrays of NumPy", () => {
  it("every kind of number, byte order and axis order is read as NumPy has it", async () => {
    const expected = figuresOf<Record<string, { shape: number[]; values: number[] }>>("arrays.npz");
    const arrays = await readNpz(goldenFile("arrays.npz"));
    expect(Object.keys(arrays)).toEqual(Object.keys(expected));
    for (const [name, { shape, values }] of Object.entries(expected)) {
      expect(arrays[name]!.shape, name).toEqual(shape);
      expect([...arrays[name]!.data], name).toEqual(values);
    }
    expect(arrays.i8!.data).toBeInstanceOf(Int32Array);
    expect(arrays.bool!.data).toBeInstanceOf(Int32Array);
    expect(arrays.f8!.data).toBeInstanceOf(Float32Array);
  });

  it("compressed archives are unpacked", async () => {
    const { zeros, f8 } = await readNpz(goldenFile("compressed.npz"));
    expect(zeros!.shape).toEqual([20, 50]);
    expect(zeros!.data.every((value) => value === 0)).toBe(true);
    expect(f8!.data.length).toBe(6);
  });

  it("what is written is read back, floats and whole numbers", async () => {
    const tensors = {
      a: { shape: [2, 1, 3], data: Float32Array.of(1, -0, Number.NaN, 3e38, 1e-45, -5) },
      b: { shape: [], data: Int32Array.of(-7) },
      c: { shape: [0, 4], data: new Float32Array(0) },
    };
    const read = await readNpz(await writeNpz(tensors));
    expect(read).toEqual(tensors);
    expect(writeNpy([[1, 2]]).length % 64).toBe(8);
    expect(readNpy(writeNpy([1, 2, 3]))).toEqual({ shape: [3], data: Float32Array.of(1, 2, 3) });
  });

  it("objects, and whole numbers beyond int32, are refused", () => {
    expect(() => readNpy(goldenFile("objects.npy"))).toThrow(/dtype is `\|O`: Python objects/);
    expect(() => readNpy(goldenFile("beyond.npy"))).toThrow(/2147483648 at place 1, which is beyond int32/);
  });

  it("every cut of a file is refused", () => {
    const whole = writeNpy([
      [1.5, 2],
      [3, 4],
    ]);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readNpy(whole.subarray(0, length))).toThrow(FormatError);
    }
  });
});

describe("a zip is not believed", () => {
  const zeros = new Uint8Array(20_000_000);
  const bomb = (): Uint8Array => zipSync({ "x.npy": zeros });
  const lie = (bytes: Uint8Array, size: number): Uint8Array => {
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length - 4; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
      if (view.getUint32(at, true) === 0x04034b50) view.setUint32(at + 22, size, true);
    }
    return bytes;
  };

  it("a member that unpacks to more than it announces is refused", async () => {
    await expect(readNpz(lie(bomb(), 10))).rejects.toThrow(/`x.npy` unpacks to more than the 10 bytes/);
  });

  it("a member that announces too much is refused before anything is allocated", async () => {
    await expect(readNpz(lie(bomb(), 0xfffffff0))).rejects.toThrow(/times its size/);
  });

  it("a damaged member is refused by its checksum, a cut archive by its directory", async () => {
    const bytes = await writeNpz({ x: [1, 2, 3] });
    const damaged = bytes.slice();
    damaged[140]! ^= 1;
    await expect(readNpz(damaged)).rejects.toThrow(/checksum/);
    for (let length = 0; length < bytes.length; length += 7) {
      await expect(readNpz(bytes.subarray(0, length))).rejects.toThrow(FormatError);
    }
  });
});
