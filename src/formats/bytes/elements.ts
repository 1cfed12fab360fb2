import { FormatError } from "../../errors.js";

/** Elements of a shape. Readers are fetched later than `tensor.ts`, which they would tear out of its chunk. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** A 16-bit float (IEEE 754 binary16) as a number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const words = new DataView(new ArrayBuffer(4));

/** A bfloat16, the upper half of a float32, as a number. */
export function bfloatToNumber(bits: number): number {
  words.setUint32(0, bits << 16);
  return words.getFloat32(0);
}

/** How an element is stored; whole numbers of eight bytes are read as BigInt. */
interface ElementKind {
  readonly bytes: number;
  readonly isFloat: boolean;
  read(view: DataView, at: number, littleEndian: boolean): number | bigint;
}

export const elementKinds = {
  float64: { bytes: 8, isFloat: true, read: (view, at, little) => view.getFloat64(at, little) },
  float32: { bytes: 4, isFloat: true, read: (view, at, little) => view.getFloat32(at, little) },
  float16: { bytes: 2, isFloat: true, read: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  bfloat16: {
    bytes: 2,
    isFloat: true,
    read: (view, at, little) => bfloatToNumber(view.getUint16(at, little)),
  },
  int64: { bytes: 8, isFloat: false, read: (view, at, little) => view.getBigInt64(at, little) },
  uint64: { bytes: 8, isFloat: false, read: (view, at, little) => view.getBigUint64(at, little) },
  int32: { bytes: 4, isFloat: false, read: (view, at, little) => view.getInt32(at, little) },
  uint32: { bytes: 4, isFloat: false, read: (view, at, little) => view.getUint32(at, little) },
  int16: { bytes: 2, isFloat: false, read: (view, at, little) => view.getInt16(at, little) },
  uint16: { bytes: 2, isFloat: false, read: (view, at, little) => view.getUint16(at, little) },
  int8: { bytes: 1, isFloat: false, read: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, isFloat: false, read: (view, at) => view.getUint8(at) },
  bool: { bytes: 1, isFloat: false, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
} as const satisfies Record<string, ElementKind>;

export type ElementType = keyof typeof elementKinds;

const hostIsLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Elements as float32 (floats) or int32 (whole numbers). The bytes must be exactly those of `shape`.
 * @param nameOf says in an error which tensor it is.
 * @throws FormatError for a wrong number of bytes, a whole number beyond int32, a finite float beyond float32.
 */
export function readElements(
  bytes: Uint8Array,
  type: ElementType,
  shape: readonly number[],
  nameOf: () => string,
  littleEndian = true,
): Float32Array | Int32Array {
  const kind: ElementKind = elementKinds[type];
  const size = sizeOf(shape);
  if (!Number.isSafeInteger(size) || size * kind.bytes !== bytes.length) {
    throw new FormatError(
      `${nameOf()} [${shape.join(", ")}] of ${type} needs ${size * kind.bytes} bytes, the file has ${bytes.length} for it. It is damaged or cut off.`,
      { received: bytes.length, expected: size * kind.bytes },
    );
  }
  if (type === "float32" && littleEndian && hostIsLittle) {
    return new Float32Array(new Uint8Array(bytes).buffer);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind.isFloat) {
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      const value = kind.read(view, i * kind.bytes, littleEndian) as number;
      values[i] = value;
      if (Number.isFinite(value) && !Number.isFinite(values[i])) {
        throw new FormatError(`${nameOf()} holds ${value} at place ${i}, which is beyond float32.`, {
          received: value,
        });
      }
    }
    return values;
  }
  const values = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const value = Number(kind.read(view, i * kind.bytes, littleEndian));
    values[i] = value;
    if (values[i] !== value) {
      throw new FormatError(
        `${nameOf()} holds ${value} at place ${i}, which is beyond int32 (-2147483648 … 2147483647).`,
        { received: value },
      );
    }
  }
  return values;
}

/** Elements a wrong shape could not have: whole, not negative, at most 2^32 altogether. */
export const isShape = (shape: unknown): shape is number[] =>
  Array.isArray(shape) &&
  shape.length <= 32 &&
  shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) &&
  sizeOf(shape) <= 2 ** 32;
