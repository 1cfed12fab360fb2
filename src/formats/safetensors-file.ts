import { FormatError } from "../errors.js";
import { describeShape, type NamedTensor, sizeOf } from "../tensor.js";
import { type ElementType, elementKinds, isShape, readElements } from "./bytes/elements.js";
import { isRecord, parseJson } from "./bytes/json.js";

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
    if (Object.hasOwn(header, name)) throw new FormatError(`safetensors: two tensors are named \`${name}\`.`);
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
    header = parseJson(
      "safetensors",
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
  const { dtype, shape, data_offsets: offsets } = (isRecord(entry) ? entry : {}) as Partial<Entry>;
  const whole = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  const fits =
    typeof dtype === "string" &&
    isShape(shape) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(whole);
  if (!fits)
    throw new FormatError(
      `safetensors: the header's entry for \`${name}\` lacks dtype, shape or data_offsets.`,
    );
  return entry as Entry;
}

const types: Readonly<Record<string, ElementType>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  U64: "uint64",
  I32: "int32",
  U32: "uint32",
  I16: "int16",
  U16: "uint16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

const floats = Object.keys(types).filter((dtype) => elementKinds[types[dtype]!].isFloat);

/** A tensor in the file, read when it is needed. */
export interface ListedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly isFloat: boolean;
  readonly dtype: string;
  /** @throws FormatError for whole numbers: weights are floats. */
  read(): Float32Array;
}

/**
 * What the file holds, in the order of its bytes.
 * @throws FormatError for a header that does not fit the bytes, holes, overlaps, or a dtype that is not known.
 */
export function listSafetensors(bytes: Uint8Array): {
  tensors: readonly ListedTensor[];
  metadata: Readonly<Record<string, string>>;
} {
  const { header, dataBegin } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== "string")) {
    throw new FormatError("safetensors: `__metadata__` is no object of texts.", { received: metadata });
  }
  const sorted = Object.entries(entries)
    .map(([name, entry]) => ({ name, entry: checkEntry(name, entry) }))
    .sort((a, b) => a.entry.data_offsets[0] - b.entry.data_offsets[0]);
  let expected = 0;
  const tensors = sorted.map(({ name, entry: { dtype, shape, data_offsets: offsets } }): ListedTensor => {
    const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined;
    if (type === undefined) {
      throw new FormatError(
        `safetensors: \`${name}\` is ${dtype}; weights are read from ${floats.join(", ")}.`,
        { received: dtype, expected: floats },
      );
    }
    const [begin, end] = offsets;
    const kind = elementKinds[type];
    const fits =
      begin === expected && end - begin === sizeOf(shape) * kind.bytes && dataBegin + end <= bytes.length;
    if (!fits) {
      throw new FormatError(
        `safetensors: \`${name}\` ${describeShape(shape)} ${dtype} is said to lie at bytes ${begin} to ${end}, which does not fit the file. It is damaged or cut off.`,
      );
    }
    expected = end;
    return {
      name,
      shape: [...shape],
      dtype,
      isFloat: kind.isFloat,
      read() {
        if (!kind.isFloat) {
          throw new FormatError(
            `safetensors: \`${name}\` is ${dtype}; weights are read from ${floats.join(", ")}.`,
            { received: dtype, expected: floats },
          );
        }
        const content = bytes.subarray(dataBegin + begin, dataBegin + end);
        return readElements(content, type, shape, () => `safetensors: \`${name}\``) as Float32Array;
      },
    };
  });
  if (dataBegin + expected !== bytes.length) {
    throw new FormatError(
      `safetensors: ${bytes.length - dataBegin - expected} bytes follow the last tensor. The file is damaged.`,
    );
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

/**
 * @returns the tensors, as float32 (F64, F16 and BF16 are converted), in the order of their bytes.
 * @throws as `listSafetensors`; FormatError for an integer dtype.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { tensors, metadata } = listSafetensors(bytes);
  return { tensors: tensors.map(({ name, shape, read }) => ({ name, shape, data: read() })), metadata };
}
