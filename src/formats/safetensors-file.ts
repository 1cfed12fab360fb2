import { FormatError } from "../errors.js";
import { describeShape, type NamedTensor, sizeOf } from "../tensor.js";

/**
 * The safetensors container: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes without
 * holes. Source: the format's specification, huggingface/safetensors.
 */
export interface SafetensorsFile {
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The specification's bound, against headers that exhaust memory. */
const MAXIMUM_HEADER_BYTES = 100_000_000;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** @returns the file's bytes; tensors are stored as F32, in the order given. */
export function writeSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    if (name in header) throw new FormatError(`safetensors: two tensors are named \`${name}\`.`);
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.length * 4] };
    offset += data.length * 4;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil((LENGTH_BYTES + text.length) / 8) * 8 - LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + padded + offset).fill(
    0x20,
    LENGTH_BYTES,
    LENGTH_BYTES + padded,
  );
  bytes.set(text, LENGTH_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  let at = LENGTH_BYTES + padded;
  for (const { data } of tensors) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataBegin: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw new FormatError(
      `safetensors: ${bytes.length} bytes are too few for a header. Is the file cut off?`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const dataBegin = LENGTH_BYTES + length;
  if (length > MAXIMUM_HEADER_BYTES || dataBegin > bytes.length) {
    throw new FormatError(
      `safetensors: the first eight bytes announce a header of ${length} bytes in a file of ${bytes.length}. Is this a safetensors file?`,
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataBegin)),
    );
  } catch (cause) {
    throw new FormatError("safetensors: the header is no JSON. Is this a safetensors file?", { cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new FormatError("safetensors: the header is no JSON object.");
  }
  return { header: header as Record<string, unknown>, dataBegin };
}

function checkEntry(name: string, entry: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>;
  const whole = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  const fits =
    typeof dtype === "string" &&
    Array.isArray(shape) &&
    shape.every(whole) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(whole);
  if (!fits)
    throw new FormatError(
      `safetensors: the header's entry for \`${name}\` lacks dtype, shape or data_offsets.`,
    );
  return entry as Entry;
}

/** A 16-bit float (IEEE 754 binary16) as a number. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const readers: Record<string, { bytes: number; read(view: DataView, at: number): number }> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) },
  BF16: {
    bytes: 2,
    read(view, at) {
      const scratch = new DataView(new ArrayBuffer(4));
      scratch.setUint32(0, view.getUint16(at, true) << 16);
      return scratch.getFloat32(0);
    },
  },
};

/**
 * @returns the tensors, as float32 (F64, F16 and BF16 are converted), in the order of their bytes.
 * @throws FormatError for a header that does not fit the bytes, holes, overlaps, or an integer dtype.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, dataBegin } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  const sorted = Object.entries(entries)
    .map(([name, entry]) => ({ name, entry: checkEntry(name, entry) }))
    .sort((a, b) => a.entry.data_offsets[0] - b.entry.data_offsets[0]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let expected = 0;
  const tensors = sorted.map(({ name, entry: { dtype, shape, data_offsets: offsets } }): NamedTensor => {
    const reader = readers[dtype];
    if (reader === undefined) {
      throw new FormatError(
        `safetensors: \`${name}\` is ${dtype}; weights are read from ${Object.keys(readers).join(", ")}.`,
        {
          received: dtype,
        },
      );
    }
    const [begin, end] = offsets;
    const size = sizeOf(shape);
    if (begin !== expected || end - begin !== size * reader.bytes || dataBegin + end > bytes.length) {
      throw new FormatError(
        `safetensors: \`${name}\` ${describeShape(shape)} ${dtype} is said to lie at bytes ${begin} to ${end}, which does not fit the file. It is damaged or cut off.`,
      );
    }
    expected = end;
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++) data[i] = reader.read(view, dataBegin + begin + i * reader.bytes);
    return { name, shape: [...shape], data };
  });
  if (dataBegin + expected !== bytes.length) {
    throw new FormatError(
      `safetensors: ${bytes.length - dataBegin - expected} bytes follow the last tensor. The file is damaged.`,
    );
  }
  return { tensors, metadata: metadata as Record<string, string> };
}
