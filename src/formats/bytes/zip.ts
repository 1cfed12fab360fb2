import { crc32 } from "../../numerics/crc32.js";
import { Budget } from "./budget.js";
import { ByteReader } from "./byte-reader.js";
import { inflateChunk } from "./inflate.js";

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end record stands in the last 22 bytes and a comment of at most so many. */
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 100_000;

/** What a zip's directory says of one member. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
}

export const isZip = (bytes: Uint8Array): boolean =>
  bytes.length >= 22 && bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/** Position of the end record, from the end backward. */
function findEnd(reader: ByteReader): number {
  const { bytes } = reader;
  const first = Math.max(0, bytes.length - 22 - LONGEST_COMMENT);
  for (let at = bytes.length - 22; at >= first; at--) {
    if (bytes[at] !== 0x50 || bytes[at + 1] !== 0x4b) continue;
    if (reader.seek(at).u32() === END) return at;
  }
  return reader.refuse("a zip without its directory; is it cut off?", bytes.length);
}

/** Entries and place of the directory; zip64's where the old record has no room for them. */
function readEnd(reader: ByteReader): { count: number; start: number } {
  const end = findEnd(reader);
  reader.seek(end + 10);
  let count = reader.u16();
  reader.skip(4);
  let start = reader.u32();
  if (count === 0xffff || start === 0xffffffff) {
    if (end < 20 || reader.seek(end - 20).u32() !== END_64_LOCATOR)
      reader.refuse("a zip64 directory is missing");
    reader.skip(4);
    reader.seek(reader.u64());
    if (reader.u32() !== END_64) reader.refuse("a zip64 directory is damaged");
    reader.skip(28);
    count = reader.u64();
    reader.skip(8);
    start = reader.u64();
  }
  if (count > MOST_ENTRIES) reader.refuse(`${count} members are too many`, end);
  return { count, start };
}

function readEntry(reader: ByteReader): Entry {
  if (reader.u32() !== CENTRAL) reader.refuse("a member's entry in the directory is damaged", reader.at - 4);
  reader.skip(4);
  const flags = reader.u16();
  const method = reader.u16();
  reader.skip(4);
  const crc = reader.u32();
  const entry = { packed: reader.u32(), size: reader.u32(), local: 0 };
  const [nameLength, extraLength, commentLength] = [reader.u16(), reader.u16(), reader.u16()];
  reader.skip(8);
  entry.local = reader.u32();
  const name = reader.text(nameLength);
  const extraEnd = reader.at + extraLength;
  while (extraEnd - reader.at >= 4) {
    const [id, length] = [reader.u16(), reader.u16()];
    const next = reader.at + length;
    if (id === 1) {
      if (entry.size === 0xffffffff) entry.size = reader.u64();
      if (entry.packed === 0xffffffff) entry.packed = reader.u64();
      if (entry.local === 0xffffffff) entry.local = reader.u64();
    }
    reader.seek(next);
  }
  reader.seek(extraEnd).skip(commentLength);
  return { name, method, flags, crc, ...entry };
}

/**
 * The members of a zip by name, folders left out. Stored members are views of `bytes`. Sizes, checksums and names are
 * checked, what comes out is bounded whatever the headers say.
 * @param wanted which members are unpacked; the others are left out.
 * @throws FormatError for a damaged archive, a bomb, encryption, or a method other than stored and deflated.
 */
export async function readZip(
  format: string,
  bytes: Uint8Array,
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, Uint8Array>> {
  const reader = new ByteReader(format, bytes);
  const { count, start } = readEnd(reader);
  reader.seek(start);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) entries.push(readEntry(reader));
  const budget = new Budget(format, bytes.length);
  const members = new Map<string, Uint8Array>();
  for (const { name, method, flags, crc, packed, size, local } of entries) {
    if (name.endsWith("/") || !wanted(name)) continue;
    const refuse = (what: string): never => reader.refuse(`member \`${name}\` ${what}`, local);
    if (members.has(name)) refuse("is there twice");
    if (flags & 1) refuse("is encrypted");
    reader.seek(local);
    if (reader.u32() !== LOCAL) refuse("is not where the directory says");
    reader.skip(22);
    const [nameLength, extraLength] = [reader.u16(), reader.u16()];
    reader.skip(nameLength + extraLength);
    const stored = reader.take(packed);
    if (method !== 0 && method !== 8) refuse(`is packed with method ${method}; stored and deflated are read`);
    if (method === 0 && size !== packed) refuse("announces two sizes");
    if (method === 8) budget.spend(size, `member \`${name}\``);
    const member = method === 0 ? stored : await inflateChunk(stored, size, "raw", refuse);
    if (member.length !== size) refuse(`unpacks to ${member.length} bytes, not the ${size} it announces`);
    if (crc32(member) !== crc) refuse("is damaged: its checksum is another");
    members.set(name, member);
  }
  return members;
}

/** A zip of stored members, the same bytes whenever it is made. */
export async function writeZip(members: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  // The first day a zip can hold; local midnight, as zip counts.
  return zipSync({ ...members }, { level: 0, mtime: new Date(1980, 0, 1) });
}
