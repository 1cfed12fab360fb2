/** A group to be written: what it holds by name, and texts beside it. */
export interface NewGroup {
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>;
  readonly children: Readonly<Record<string, NewGroup | NewDataset>>;
}

/** An array to be written, float32 or int32, in one piece. */
export interface NewDataset {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

const UNDEFINED = 0xffffffffffffffffn;
/** Children of an inner node, twice: the superblock says so, HDF5's default. */
const INNER_K = 16;
/** Where a heap's list of free space says that there is none. */
const NOTHING_FREE = 1n;

const encoder = new TextEncoder();
const padded = (size: number): number => Math.ceil(size / 8) * 8;

/** Bytes that grow; addresses are positions in it. */
class Output {
  #bytes = new Uint8Array(2 ** 16);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  /** Room of `size` bytes, zero, at a multiple of eight. */
  take(size: number): number {
    const at = padded(this.length);
    const end = at + size;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.length = end;
    return at;
  }

  set(at: number, bytes: Uint8Array | readonly number[]): void {
    this.#bytes.set(bytes, at);
  }

  u16(at: number, value: number): void {
    this.#view.setUint16(at, value, true);
  }

  u32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  u64(at: number, value: number | bigint): void {
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  numbers(at: number, data: Float32Array | Int32Array): void {
    for (let i = 0; i < data.length; i++) {
      if (data instanceof Float32Array) this.#view.setFloat32(at + i * 4, data[i]!, true);
      else this.#view.setInt32(at + i * 4, data[i]!, true);
    }
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

const bytesOf = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => {
  const output = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    output.set(part, at);
    at += part.length;
  }
  return output;
};

const little = (value: number | bigint, width: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes.subarray(0, width);
};

const toEight = (bytes: Uint8Array): Uint8Array =>
  bytesOf(bytes, new Uint8Array(padded(bytes.length) - bytes.length));

/** Messages of an object's header (File Format Specification 3.0, IV.A.2), padded to eight bytes. */
const message = (type: number, data: Uint8Array): Uint8Array => {
  const body = toEight(data);
  return bytesOf(little(type, 2), little(body.length, 2), [0, 0, 0, 0], body);
};

const dataspace = (shape: readonly number[]): Uint8Array =>
  bytesOf([1, shape.length, 0, 0, 0, 0, 0, 0], ...shape.map((extent) => little(extent, 8)));

/** IEEE float32, little endian: sign at 31, exponent 8 bits at 23 with bias 127. */
const float32 = bytesOf([0x11, 0x20, 0x1f, 0], little(4, 4), [0, 0, 32, 0, 23, 8, 0, 23], little(127, 4));
const int32 = bytesOf([0x10, 0x08, 0, 0], little(4, 4), [0, 0, 32, 0]);
/** UTF-8 of one length, ended by zero. */
const fixedText = (size: number): Uint8Array => bytesOf([0x13, 0x10, 0, 0], little(size, 4));
/** UTF-8 of any length in a global heap, over bytes. */
const longText = bytesOf([0x19, 0x01, 0x01, 0], little(16, 4), [0x10, 0, 0, 0], little(1, 4), [0, 0, 8, 0]);

class Writer {
  readonly out = new Output();
  readonly #texts: { at: number; bytes: Uint8Array }[] = [];

  constructor(
    /** Half the entries of a leaf. */
    readonly leafK: number,
  ) {}

  #header(messages: readonly Uint8Array[]): number {
    const body = bytesOf(...messages);
    const at = this.out.take(16 + body.length);
    this.out.set(at, [1, 0]);
    this.out.u16(at + 2, messages.length);
    this.out.u32(at + 4, 1);
    this.out.u32(at + 8, body.length);
    this.out.set(at + 16, body);
    return at;
  }

  dataset({ shape, data }: NewDataset): number {
    const address = data.length === 0 ? UNDEFINED : BigInt(this.out.take(data.length * 4));
    if (data.length > 0) this.out.numbers(Number(address), data);
    return this.#header([
      message(0x01, dataspace(shape)),
      message(0x03, data instanceof Float32Array ? float32 : int32),
      // Space is allocated late, fill values are written if they are set; none is.
      message(0x05, Uint8Array.of(2, 2, 2, 1, 0, 0, 0, 0)),
      message(0x08, bytesOf([3, 1], little(address, 8), little(data.length * 4, 8))),
    ]);
  }

  group({ attributes = {}, children }: NewGroup): number {
    const entries = Object.entries(children)
      .map(([name, child]) => ({
        bytes: encoder.encode(name),
        address: "data" in child ? this.dataset(child) : this.group(child),
      }))
      .sort((a, b) => compareBytes(a.bytes, b.bytes));
    const { tree, heap } = this.#symbols(entries);
    const head = message(0x11, bytesOf(little(tree, 8), little(heap, 8)));
    const texts: { offset: number; bytes: Uint8Array }[] = [];
    let length = 16 + head.length;
    const own = Object.entries(attributes).map(([name, value]) => {
      const made = this.#attribute(name, value);
      if (typeof value === "string")
        texts.push({ offset: length + made.length - 16, bytes: encoder.encode(value) });
      length += made.length;
      return made;
    });
    const at = this.#header([head, ...own]);
    for (const { offset, bytes } of texts) this.#texts.push({ at: at + offset, bytes });
    return at;
  }

  #attribute(name: string, value: string | readonly string[]): Uint8Array {
    const nameBytes = bytesOf(encoder.encode(name), [0]);
    const texts = typeof value === "string" ? [] : value.map((text) => encoder.encode(text));
    const width = Math.max(1, ...texts.map(({ length }) => length + 1));
    const type = typeof value === "string" ? longText : fixedText(width);
    const space = dataspace(typeof value === "string" ? [] : [texts.length]);
    const data =
      typeof value === "string"
        ? new Uint8Array(16)
        : bytesOf(...texts.map((text) => bytesOf(text, new Uint8Array(width - text.length))));
    return message(
      0x0c,
      bytesOf(
        [1, 0],
        little(nameBytes.length, 2),
        little(type.length, 2),
        little(space.length, 2),
        toEight(nameBytes),
        toEight(type),
        toEight(space),
        data,
      ),
    );
  }

  /** Names in a heap, nodes of entries, and one tree over them. */
  #symbols(entries: readonly { bytes: Uint8Array; address: number }[]): { tree: number; heap: number } {
    const { out, leafK } = this;
    let size = 8;
    const offsets = entries.map(({ bytes }) => {
      const offset = size;
      size += padded(bytes.length + 1);
      return offset;
    });
    const data = out.take(size);
    entries.forEach(({ bytes }, i) => {
      out.set(data + offsets[i]!, bytes);
    });
    const heap = out.take(32);
    out.set(heap, encoder.encode("HEAP"));
    out.u64(heap + 8, size);
    out.u64(heap + 16, NOTHING_FREE);
    out.u64(heap + 24, data);
    const nodes: { address: number; lastName: number }[] = [];
    for (let from = 0; from < entries.length; from += 2 * leafK) {
      const part = entries.slice(from, from + 2 * leafK);
      const node = out.take(8 + 2 * leafK * 40);
      out.set(node, encoder.encode("SNOD"));
      out.set(node + 4, [1, 0]);
      out.u16(node + 6, part.length);
      part.forEach(({ address }, i) => {
        out.u64(node + 8 + i * 40, offsets[from + i]!);
        out.u64(node + 16 + i * 40, address);
      });
      nodes.push({ address: node, lastName: offsets[from + part.length - 1]! });
    }
    const tree = out.take(24 + 8 + 2 * INNER_K * 16);
    out.set(tree, encoder.encode("TREE"));
    out.u16(tree + 6, nodes.length);
    out.u64(tree + 8, UNDEFINED);
    out.u64(tree + 16, UNDEFINED);
    nodes.forEach(({ address, lastName }, i) => {
      out.u64(tree + 32 + i * 16, address);
      out.u64(tree + 40 + i * 16, lastName);
    });
    return { tree, heap };
  }

  /** The global heap of the long texts, and where they are from the attributes. */
  heap(): void {
    if (this.#texts.length === 0) return;
    const { out } = this;
    const size = Math.max(
      4096,
      this.#texts.reduce((sum, { bytes }) => sum + 16 + padded(bytes.length), 16 + 16),
    );
    const at = out.take(size);
    out.set(at, encoder.encode("GCOL"));
    out.set(at + 4, [1]);
    out.u64(at + 8, size);
    let place = at + 16;
    this.#texts.forEach(({ at: from, bytes }, i) => {
      out.u16(place, i + 1);
      out.u16(place + 2, 1);
      out.u64(place + 8, bytes.length);
      out.set(place + 16, bytes);
      place += 16 + padded(bytes.length);
      out.u32(from, bytes.length);
      out.u64(from + 4, at);
      out.u32(from + 12, i + 1);
    });
    // Object 0 is what is free, its size with its head.
    out.u64(place + 8, at + size - place);
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

const mostChildren = (group: NewGroup): number =>
  Math.max(
    Object.keys(group.children).length,
    ...Object.values(group.children).map((child) => ("data" in child ? 0 : mostChildren(child))),
  );

/**
 * An HDF5 file as h5py writes it by default: superblock version 0, groups of symbol tables, arrays in one piece. Source:
 * HDF5 File Format Specification 3.0.
 */
export function writeHdf5(root: NewGroup): Uint8Array {
  const SUPERBLOCK = 96;
  const writer = new Writer(Math.max(4, Math.ceil(mostChildren(root) / (4 * INNER_K))));
  const { out } = writer;
  out.take(SUPERBLOCK);
  const address = writer.group(root);
  writer.heap();
  out.set(0, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0, 0, 8, 8, 0]);
  out.u16(16, writer.leafK);
  out.u16(18, INNER_K);
  out.u64(24, 0);
  out.u64(32, UNDEFINED);
  out.take(0);
  out.u64(40, out.length);
  out.u64(48, UNDEFINED);
  out.u64(64, address);
  return out.finish();
}
