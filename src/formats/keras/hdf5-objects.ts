import type { ByteReader } from "../bytes/byte-reader.js";
import type { ElementType } from "../bytes/elements.js";
import { isShape } from "../bytes/elements.js";

/** Header messages of HDF5 (File Format Specification 3.0, IV.A.2) that are read. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const MOST_MESSAGES = 20_000;
/** Bit of a message's flags: it stands elsewhere in the file. */
const SHARED = 2;

/** One message of an object's header. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
  readonly isShared: boolean;
}

/** Where nothing is. */
export const UNDEFINED = 2 ** 64;

/** An address; `UNDEFINED` where there is none. */
export function readAddress(reader: ByteReader): number {
  const low = reader.u32();
  const high = reader.u32();
  if (low === 0xffffffff && high === 0xffffffff) return UNDEFINED;
  const address = high * 2 ** 32 + low;
  if (address > reader.length) reader.refuse(`an address lies outside: ${address}`);
  return address;
}

interface Block {
  readonly at: number;
  readonly size: number;
}

/** Messages of the first version: 8 bytes of head each, everything in multiples of 8. */
function readOld(reader: ByteReader, { at, size }: Block, found: (message: Message) => void): void {
  reader.seek(at);
  const end = at + size;
  while (end - reader.at >= 8) {
    const type = reader.u16();
    const length = reader.u16();
    const flags = reader.u8();
    reader.skip(3);
    found({ type, at: reader.skip(length), size: length, isShared: (flags & SHARED) !== 0 });
  }
}

/** Messages of the second version, with a checksum behind them, which is not read. */
function readNew(
  reader: ByteReader,
  { at, size }: Block,
  hasOrder: boolean,
  found: (message: Message) => void,
): void {
  reader.seek(at);
  const end = at + size;
  while (end - reader.at >= (hasOrder ? 6 : 4)) {
    const type = reader.u8();
    const length = reader.u16();
    const flags = reader.u8();
    if (hasOrder) reader.skip(2);
    if (length > end - reader.at) reader.refuse("a message reaches beyond its block");
    found({ type, at: reader.skip(length), size: length, isShared: (flags & SHARED) !== 0 });
  }
}

/** All messages of the object whose header stands at `address`, continuations followed. */
export function readMessages(reader: ByteReader, address: number): Message[] {
  reader.seek(address);
  const messages: Message[] = [];
  const blocks: Block[] = [];
  const seen = new Set<number>();
  const found = (message: Message): void => {
    if (messages.length >= MOST_MESSAGES) reader.refuse("an object has too many messages", address);
    if (message.type !== MESSAGE.continuation) {
      messages.push(message);
      return;
    }
    const back = reader.at;
    reader.seek(message.at);
    const block = { at: readAddress(reader), size: reader.u64() };
    if (block.size > reader.length || seen.has(block.at))
      reader.refuse("a header goes on in a circle", message.at);
    seen.add(block.at);
    blocks.push(block);
    reader.seek(back);
  };
  const first = reader.u8();
  if (first === 1) {
    reader.skip(7);
    const size = reader.u32();
    readOld(reader, { at: address + 16, size }, found);
    for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) readOld(reader, block, found);
    return messages;
  }
  if (first !== 0x4f || reader.text(3) !== "HDR" || reader.u8() !== 2)
    reader.refuse("no object is where one is said to be", address);
  const flags = reader.u8();
  if (flags & 0x20) reader.skip(16);
  if (flags & 0x10) reader.skip(4);
  const width = 1 << (flags & 3);
  const size =
    width === 1 ? reader.u8() : width === 2 ? reader.u16() : width === 4 ? reader.u32() : reader.u64();
  const hasOrder = (flags & 4) !== 0;
  readNew(reader, { at: reader.at, size }, hasOrder, found);
  for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
    if (block.size < 8 || reader.seek(block.at).text(4) !== "OCHK")
      reader.refuse("a header's continuation is none", block.at);
    readNew(reader, { at: block.at + 4, size: block.size - 8 }, hasOrder, found);
  }
  return messages;
}

/** Extents of a dataspace message; [] for a single value. */
export function readShape(reader: ByteReader, at: number): number[] {
  reader.seek(at);
  const version = reader.u8();
  const rank = reader.u8();
  reader.skip(version === 1 ? 6 : 2);
  if (version !== 1 && version !== 2) reader.refuse(`dataspaces of version ${version} are not read`, at);
  if (rank > 32) reader.refuse(`${rank} axes`, at);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) shape.push(reader.u64());
  if (!isShape(shape)) reader.refuse(`the shape [${String(shape)}] is none`, at);
  return shape;
}

/** What the elements of a dataset or an attribute are. */
export type Datatype =
  | {
      readonly kind: "number";
      readonly type: ElementType;
      readonly littleEndian: boolean;
      readonly size: number;
    }
  | { readonly kind: "text"; readonly size: number }
  | { readonly kind: "long text"; readonly size: 16 }
  | { readonly kind: "other"; readonly size: number };

const floats: Readonly<Record<number, ElementType>> = { 2: "float16", 4: "float32", 8: "float64" };
const signed: Readonly<Record<number, ElementType>> = { 1: "int8", 2: "int16", 4: "int32", 8: "int64" };
const unsigned: Readonly<Record<number, ElementType>> = { 1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64" };

/** The datatype message at `at`: numbers and texts; whatever else there is, is not read. */
export function readDatatype(reader: ByteReader, at: number): Datatype {
  reader.seek(at);
  const kind = reader.u8() & 15;
  const bits = reader.u8();
  reader.skip(2);
  const size = reader.u32();
  const littleEndian = (bits & 1) === 0;
  const number = (types: Readonly<Record<number, ElementType>>): Datatype => {
    const type = types[size];
    return type === undefined ? { kind: "other", size } : { kind: "number", type, littleEndian, size };
  };
  if (kind === 0) return number(bits & 8 ? signed : unsigned);
  if (kind === 1) return number(floats);
  if (kind === 3) return { kind: "text", size };
  // An enumeration, h5py's bool, is stored as the whole numbers that follow.
  if (kind === 8) return readDatatype(reader, at + 8);
  if (kind === 9 && (bits & 15) === 1) return { kind: "long text", size: 16 };
  return { kind: "other", size };
}
