import { Budget } from "../bytes/budget.js";
import { ByteReader } from "../bytes/byte-reader.js";
import { readElements, sizeOf } from "../bytes/elements.js";
import { readChunks } from "./hdf5-chunks.js";
import {
  type Datatype,
  MESSAGE,
  type Message,
  readAddress,
  readDatatype,
  readMessages,
  readShape,
  UNDEFINED,
} from "./hdf5-objects.js";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const MOST_LINKS = 100_000;

export const isHdf5 = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

export type AttributeValue = string | number | readonly string[] | readonly number[];

/** An array in the file. */
export interface Hdf5Dataset {
  readonly shape: readonly number[];
  /** Whether it lies in pieces, perhaps compressed. */
  readonly isChunked: boolean;
  /** @throws FormatError where it lies in pieces, is no array of numbers, or is damaged. */
  read(): Float32Array | Int32Array;
  readChunked(): Promise<Float32Array | Int32Array>;
}

const padded = (size: number): number => Math.ceil(size / 8) * 8;

/** An HDF5 file that nobody has checked yet: whatever its addresses say, reading it ends. */
export class Hdf5File {
  readonly reader: ByteReader;
  readonly budget: Budget;
  readonly root: Hdf5Group;
  readonly #heaps = new Map<number, Map<number, Uint8Array>>();
  #links = 0;

  constructor(bytes: Uint8Array) {
    this.reader = new ByteReader("hdf5", bytes);
    this.budget = new Budget("hdf5", bytes.length);
    this.root = new Hdf5Group(this, this.#rootAddress(), "");
  }

  #rootAddress(): number {
    const { reader } = this;
    if (!isHdf5(reader.bytes)) reader.refuse("the first bytes are not those of an HDF5 file");
    reader.seek(8);
    const version = reader.u8();
    if (version > 3) reader.refuse(`superblocks of version ${version} are not read`);
    if (version < 2) reader.skip(4);
    if (reader.u8() !== 8 || reader.u8() !== 8) reader.refuse("addresses of other than eight bytes");
    if (version < 2) {
      // Reserved, two sizes of nodes, flags; version 1 has one more; then four addresses and the root's entry.
      reader.skip(1 + 4 + 4 + (version === 1 ? 4 : 0) + 32 + 8);
    } else reader.skip(1 + 24);
    return readAddress(reader);
  }

  /** @throws FormatError when there are more than any model has. */
  countLink(): void {
    if (++this.#links > MOST_LINKS) this.reader.refuse("the file has too many links");
  }

  /** A text of any length, which stands in a global heap. */
  longText(at: number): string {
    const { reader } = this;
    reader.seek(at);
    const length = reader.u32();
    const address = readAddress(reader);
    const index = reader.u32();
    if (length === 0 || address === UNDEFINED || address === 0) return "";
    const object = this.#heap(address).get(index) ?? reader.refuse("a text is missing from its heap", at);
    this.budget.spend(object.length, "a text");
    return decode(object.subarray(0, Math.min(length, object.length)));
  }

  #heap(address: number): Map<number, Uint8Array> {
    const known = this.#heaps.get(address);
    if (known !== undefined) return known;
    const { reader } = this;
    if (reader.seek(address).text(4) !== "GCOL") reader.refuse("a heap is none", address);
    reader.skip(4);
    const end = address + reader.u64();
    if (end > reader.length) reader.refuse("a heap reaches beyond the file", address);
    const objects = new Map<number, Uint8Array>();
    while (end - reader.at >= 16) {
      const index = reader.u16();
      reader.skip(6);
      const size = reader.u64();
      if (index === 0) break;
      objects.set(index, reader.take(size));
      reader.seek(Math.min(end, reader.at - size + padded(size)));
    }
    this.#heaps.set(address, objects);
    return objects;
  }
}

/** Text up to its first zero; what is no UTF-8 becomes a mark, since names are compared and shown only. */
function decode(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

export class Hdf5Group {
  readonly #messages: readonly Message[];
  #links: Map<string, number> | undefined;
  #attributes: Map<string, AttributeValue> | undefined;

  /** @param path as errors say it. */
  constructor(
    readonly file: Hdf5File,
    address: number,
    readonly path: string,
  ) {
    this.#messages = readMessages(file.reader, address);
  }

  /** Addresses of what the group holds, by name. */
  get links(): ReadonlyMap<string, number> {
    this.#links ??= this.#readLinks();
    return this.#links;
  }

  get names(): string[] {
    return [...this.links.keys()];
  }

  /** A group or a dataset by its path; undefined where there is none. */
  get(path: string): Hdf5Group | Hdf5Dataset | undefined {
    let group: Hdf5Group = this;
    const steps = path.split("/").filter((step) => step !== "");
    for (const [i, step] of steps.entries()) {
      const address = group.links.get(step);
      if (address === undefined) return undefined;
      const found = group.#open(address, step);
      if (i === steps.length - 1) return found;
      if (!(found instanceof Hdf5Group)) return undefined;
      group = found;
    }
    return group;
  }

  group(path: string): Hdf5Group | undefined {
    const found = this.get(path);
    return found instanceof Hdf5Group ? found : undefined;
  }

  dataset(path: string): Hdf5Dataset | undefined {
    const found = this.get(path);
    return found === undefined || found instanceof Hdf5Group ? undefined : found;
  }

  #open(address: number, name: string): Hdf5Group | Hdf5Dataset {
    const { file } = this;
    const path = `${this.path}/${name}`;
    const messages = readMessages(file.reader, address);
    const dataspace = messages.find(({ type }) => type === MESSAGE.dataspace);
    return dataspace === undefined ? new Hdf5Group(file, address, path) : datasetOf(file, messages, path);
  }

  /** Attributes by name; those that are neither numbers nor texts are left out. */
  get attributes(): ReadonlyMap<string, AttributeValue> {
    this.#attributes ??= this.#readAttributes();
    return this.#attributes;
  }

  #readAttributes(): Map<string, AttributeValue> {
    const attributes = new Map<string, AttributeValue>();
    const { reader } = this.file;
    for (const message of this.#messages) {
      if (message.type === MESSAGE.attributeInfo) {
        reader.seek(message.at + 1);
        if (reader.u8() & 1) reader.skip(2);
        if (readAddress(reader) !== UNDEFINED)
          reader.refuse("attributes that lie apart are not read", message.at);
      }
      if (message.type !== MESSAGE.attribute) continue;
      const [name, value] = this.#readAttribute(message);
      if (value !== undefined) attributes.set(name, value);
    }
    return attributes;
  }

  #readAttribute({ at, size }: Message): [string, AttributeValue | undefined] {
    const { reader } = this.file;
    reader.seek(at);
    const version = reader.u8();
    if (version < 1 || version > 3) reader.refuse(`attributes of version ${version} are not read`, at);
    const flags = reader.u8();
    const [nameSize, typeSize, spaceSize] = [reader.u16(), reader.u16(), reader.u16()];
    if (version === 3) reader.skip(1);
    const room = version === 1 ? padded : (length: number): number => length;
    const nameAt = reader.skip(room(nameSize));
    const typeAt = reader.skip(room(typeSize));
    const spaceAt = reader.skip(room(spaceSize));
    const dataAt = reader.at;
    const name = decode(reader.bytes.subarray(nameAt, nameAt + nameSize));
    if (version > 1 && flags & 3) return [name, undefined];
    const datatype = readDatatype(reader, typeAt);
    const shape = readShape(reader, spaceAt);
    const count = sizeOf(shape);
    if (datatype.kind === "other") return [name, undefined];
    if (datatype.size < 1 || dataAt + count * datatype.size > at + size) {
      reader.refuse(`the attribute \`${name}\` is longer than its message`, at);
    }
    return [name, this.#values(datatype, shape, dataAt)];
  }

  #values(datatype: Datatype, shape: readonly number[], at: number): AttributeValue {
    const { reader } = this.file;
    const places = Array.from({ length: sizeOf(shape) }, (_, i) => at + i * datatype.size);
    if (datatype.kind === "number") {
      const bytes = reader.bytes.subarray(at, at + places.length * datatype.size);
      const numbers = [
        ...readElements(bytes, datatype.type, shape, () => "hdf5: an attribute", datatype.littleEndian),
      ];
      return shape.length === 0 ? numbers[0]! : numbers;
    }
    const texts = places.map((place) =>
      datatype.kind === "text"
        ? decode(reader.bytes.subarray(place, place + datatype.size)).trimEnd()
        : this.file.longText(place),
    );
    return shape.length === 0 ? texts[0]! : texts;
  }

  #readLinks(): Map<string, number> {
    const links = new Map<string, number>();
    const { reader } = this.file;
    const add = (name: string, address: number): void => {
      this.file.countLink();
      links.set(name, address);
    };
    for (const { type, at } of this.#messages) {
      reader.seek(at);
      if (type === MESSAGE.symbolTable) this.#readSymbols(readAddress(reader), readAddress(reader), add);
      else if (type === MESSAGE.link) this.#readLink(add);
      else if (type === MESSAGE.linkInfo) {
        reader.skip(1);
        if (reader.u8() & 1) reader.skip(8);
        if (readAddress(reader) !== UNDEFINED)
          reader.refuse(`the links of \`${this.path}/\` lie apart; such groups are not read`, at);
      }
    }
    return links;
  }

  #readLink(add: (name: string, address: number) => void): void {
    const { reader } = this.file;
    const version = reader.u8();
    const flags = reader.u8();
    if (version !== 1) reader.refuse(`links of version ${version} are not read`);
    const kind = flags & 8 ? reader.u8() : 0;
    if (flags & 4) reader.skip(8);
    if (flags & 16) reader.skip(1);
    const width = flags & 3;
    const length =
      width === 0 ? reader.u8() : width === 1 ? reader.u16() : width === 2 ? reader.u32() : reader.u64();
    const name = reader.text(length);
    // Soft and external links lead elsewhere by name; a model's file has none.
    if (kind === 0) add(name, readAddress(reader));
  }

  /** A group of the first kind: a B-tree of nodes whose names stand in a heap. */
  #readSymbols(tree: number, heap: number, add: (name: string, address: number) => void): void {
    const { reader } = this.file;
    if (reader.seek(heap).text(4) !== "HEAP") reader.refuse("a heap of names is none", heap);
    reader.skip(4);
    const size = reader.u64();
    reader.skip(8);
    const names = readAddress(reader);
    if (names + size > reader.length) reader.refuse("a heap of names reaches beyond the file", heap);
    const nameAt = (offset: number): string => {
      if (offset >= size) reader.refuse("a name lies outside of its heap", heap);
      const end = reader.bytes.indexOf(0, names + offset);
      if (end < 0 || end >= names + size) reader.refuse("a name does not end", heap);
      return decode(reader.bytes.subarray(names + offset, end));
    };
    const seen = new Set<number>();
    const waiting = [tree];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen.has(at)) reader.refuse("a group holds itself", at);
      seen.add(at);
      const signature = reader.seek(at).text(4);
      if (signature === "SNOD") {
        reader.skip(2);
        const count = reader.u16();
        for (let i = 0; i < count; i++) {
          const name = reader.u64();
          const address = readAddress(reader);
          const next = reader.skip(24) + 24;
          add(nameAt(name), address);
          reader.seek(next);
        }
      } else if (signature === "TREE") {
        if (reader.u8() !== 0) reader.refuse("a tree of another kind than a group's", at);
        reader.skip(1);
        const count = reader.u16();
        reader.skip(16 + 8);
        const children: number[] = [];
        for (let i = 0; i < count; i++) {
          children.push(readAddress(reader));
          reader.skip(8);
        }
        waiting.push(...children.reverse());
      } else reader.refuse("a group's node is none", at);
    }
  }
}

/** Layout of a dataset: where its bytes are. */
function datasetOf(file: Hdf5File, messages: readonly Message[], path: string): Hdf5Dataset {
  const { reader } = file;
  const find = (type: number): Message => {
    const message = messages.find((candidate) => candidate.type === type);
    if (message === undefined || message.isShared)
      return reader.refuse(`the dataset \`${path}\` is incomplete`);
    return message;
  };
  const shape = readShape(reader, find(MESSAGE.dataspace).at);
  const datatype = readDatatype(reader, find(MESSAGE.datatype).at);
  const layout = find(MESSAGE.layout);
  reader.seek(layout.at);
  const version = reader.u8();
  const rankOrClass = reader.u8();
  const layoutClass = version < 3 ? reader.u8() : rankOrClass;
  if (version < 3) reader.skip(5);
  const isChunked = layoutClass === 2;
  const size = sizeOf(shape) * datatype.size;
  const elements = (bytes: Uint8Array): Float32Array | Int32Array => {
    if (datatype.kind !== "number")
      return reader.refuse(`the dataset \`${path}\` holds no numbers`, layout.at);
    file.budget.spend(size, `\`${path}\``);
    return readElements(bytes, datatype.type, shape, () => `hdf5: \`${path}\``, datatype.littleEndian);
  };
  return {
    shape,
    isChunked,
    read() {
      reader.seek(layout.at + (version < 3 ? 8 : 2));
      if (layoutClass === 0 && version >= 3) return elements(reader.take(Math.min(reader.u16(), size)));
      if (layoutClass !== 1) return reader.refuse(`the dataset \`${path}\` lies in pieces`, layout.at);
      const address = readAddress(reader);
      if (size === 0) return elements(new Uint8Array(0));
      if (address === UNDEFINED) return reader.refuse(`the dataset \`${path}\` was never written`, layout.at);
      return elements(reader.seek(address).take(size));
    },
    async readChunked() {
      if (version !== 3)
        return reader.refuse(`the dataset \`${path}\` lies in pieces of a newer kind`, layout.at);
      file.budget.spend(size, `\`${path}\``);
      const filters = messages.find(({ type }) => type === MESSAGE.filters);
      return elements(await readChunks(reader, layout.at + 2, shape, datatype.size, filters));
    },
  };
}
