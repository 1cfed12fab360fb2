import { PbfReader, PbfWriter } from "pbf";

/** What a field holds: one of protobuf's scalars, or a message; `opaque` is a message that nobody looks into. */
type Kind = "int32" | "int64" | "float" | "double" | "string" | "bytes" | "opaque";

/** A field of a message: its name here, what it holds, and how often. `packed` says how it is written; both are read. */
type Field = readonly [name: string, kind: Kind | Fields, repeated?: "repeated" | "packed" | undefined];

/** A message: its fields by their numbers. */
export interface Fields {
  readonly [number: number]: Field;
}

type Message = Record<string, unknown>;

interface Scalar {
  readonly wire: number;
  read(reader: PbfReader): unknown;
  write(writer: PbfWriter, value: never): void;
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
/** The least value that a byte of a varint has when another follows. */
const CONTINUES = 0x80;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The library's numbers are exact up to 2^53 only. */
function readInt64(reader: PbfReader): bigint {
  const start = reader.pos;
  const rounded = reader.readVarint(true);
  if (Number.isSafeInteger(rounded)) return BigInt(rounded);
  let value = 0n;
  for (let i = start; i < reader.pos; i++) {
    value |= BigInt(reader.buf[i]! % CONTINUES) << BigInt(7 * (i - start));
  }
  return BigInt.asIntN(64, value);
}

function writeInt64(writer: PbfWriter, value: bigint): void {
  writer.realloc(10);
  let rest = BigInt.asUintN(64, value);
  for (; rest >= CONTINUES; rest >>= 7n) {
    writer.buf[writer.pos++] = Number(rest % BigInt(CONTINUES)) + CONTINUES;
  }
  writer.buf[writer.pos++] = Number(rest);
}

const bytes: Scalar = {
  wire: DELIMITED,
  read: (reader) => reader.readBytes(),
  write: (writer, value) => writer.writeBytes(value),
};
const scalars: Readonly<Record<Kind, Scalar>> = {
  int32: {
    wire: VARINT,
    read: (reader) => reader.readVarint(true) | 0,
    write: (writer, value) => writer.writeVarint(value),
  },
  int64: { wire: VARINT, read: readInt64, write: writeInt64 },
  float: {
    wire: FIXED32,
    read: (reader) => reader.readFloat(),
    write: (writer, value) => writer.writeFloat(value),
  },
  double: {
    wire: FIXED64,
    read: (reader) => reader.readDouble(),
    write: (writer, value) => writer.writeDouble(value),
  },
  string: {
    wire: DELIMITED,
    // The library's own texts lose what is cut off at the end, and letters beyond U+1FFFF.
    read: (reader) => utf8.decode(reader.readBytes()),
    write: (writer, value) => writer.writeBytes(new TextEncoder().encode(value)),
  },
  bytes,
  opaque: bytes,
};

/** The end of what is `length` bytes long and begins here. The library does not look whether there is so much. */
function endOf(reader: PbfReader, end: number): number {
  const length = reader.readVarint();
  if (length > end - reader.pos) throw new Error(`${length} bytes are announced, ${end - reader.pos} left`);
  return reader.pos + length;
}

function readInto(message: Message, fields: Fields, reader: PbfReader, end: number): Message {
  while (reader.pos < end) {
    const number = reader.nextField(end);
    if (number === 0) throw new Error("a field has the number 0");
    const field = fields[number];
    if (field === undefined) reader.skip(reader.type);
    else readField(message, field, reader, end);
    if (reader.pos > end) throw new Error("a field goes past the end of its message");
  }
  return message;
}

function readField(message: Message, [name, kind, repeated]: Field, reader: PbfReader, end: number): void {
  const wire = typeof kind === "string" ? scalars[kind].wire : DELIMITED;
  if (reader.type === DELIMITED && wire !== DELIMITED && repeated !== undefined) {
    const { read } = scalars[kind as Kind];
    const last = endOf(reader, end);
    while (reader.pos < last) (message[name] as unknown[]).push(read(reader));
    if (reader.pos !== last) throw new Error(`the last of ${name} is cut off`);
  } else if (reader.type !== wire) {
    throw new Error(`${name} is written as what it is not`);
  } else if (typeof kind !== "string") {
    const last = endOf(reader, end);
    // A message that comes twice is merged.
    const before = repeated === undefined ? (message[name] as Message | undefined) : undefined;
    const value = readInto(before ?? empty(kind), kind, reader, last);
    if (repeated === undefined) message[name] = value;
    else (message[name] as unknown[]).push(value);
  } else {
    const value = scalars[kind].read(reader);
    if (repeated === undefined) message[name] = value;
    else (message[name] as unknown[]).push(value);
  }
}

function empty(fields: Fields): Message {
  const message: Message = {};
  for (const [name, , repeated] of Object.values(fields) as Field[]) {
    if (repeated !== undefined) message[name] = [];
  }
  return message;
}

/**
 * A message of protobuf as a plain object: what is not there is undefined, what may be repeated an array; bytes are views
 * of those that are given. Fields that `fields` does not name are skipped.
 * @throws Error for what is cut off or no message.
 */
export function readMessage(fields: Fields, from: Uint8Array): Message {
  return readInto(empty(fields), fields, new PbfReader(from), from.length);
}

function writeFields(writer: PbfWriter, fields: Fields, message: Message): void {
  for (const [key, field] of Object.entries(fields) as [string, Field][]) {
    const [name, kind, repeated] = field;
    const value = message[name];
    if (value === undefined) continue;
    const number = Number(key);
    const values = repeated === undefined ? [value] : (value as unknown[]);
    if (repeated === "packed" && values.length > 0) {
      const { write } = scalars[kind as Kind];
      writer.writeMessage(number, (all, own) => all.forEach((one) => void write(own, one as never)), values);
    } else {
      for (const one of values) {
        if (typeof kind === "string") {
          writer.writeTag(number, scalars[kind].wire);
          scalars[kind].write(writer, one as never);
        } else writer.writeMessage(number, (part, own) => writeFields(own, kind, part), one as Message);
      }
    }
  }
}

/** A plain object as a message of protobuf, its fields in the order of their numbers. */
export function writeMessage(fields: Fields, message: Message): Uint8Array {
  const writer = new PbfWriter();
  writeFields(writer, fields, message);
  return writer.finish();
}
