import type { ColumnMetaData } from "hyparquet";
import { crc32 } from "../../numerics/crc32.js";

type Field = number | Fields;
type Fields = ReadonlyMap<number, Field>;

/** Deeper than any header of a page. */
const DEEPEST = 8;

/** Thrift's compact protocol, as far as headers of pages need it. @throws Error at the end of the bytes. */
class CompactReader {
  constructor(
    readonly view: DataView,
    public at: number,
  ) {}

  #byte(): number {
    return this.view.getUint8(this.at++);
  }

  /** A number of the variable length, as float64; more than ten bytes are none. */
  #varint(): number {
    let [value, unit] = [0, 1];
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
    throw new Error("a number of a page's header does not end");
  }

  #signed(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #value(type: number, depth: number): Field {
    if (type === 1 || type === 2) return type === 1 ? 1 : 0;
    if (type === 3) return this.#byte();
    if (type >= 4 && type <= 6) return this.#signed();
    if (type === 7) this.at += 8;
    else if (type === 8) this.at += this.#varint();
    else if (type === 9 || type === 10) {
      const head = this.#byte();
      const count = head >> 4 === 15 ? this.#varint() : head >> 4;
      // Each takes a byte at the least, so that the bytes end before the count does.
      for (let i = 0; i < count; i++) {
        if ((head & 15) <= 2) this.#byte();
        else this.#value(head & 15, depth + 1);
      }
    } else if (type === 12) return this.fields(depth + 1);
    else throw new Error(`a page's header holds a field of the unknown type ${type}`);
    return 0;
  }

  fields(depth = 0): Fields {
    if (depth > DEEPEST) throw new Error("a page's header is nested too deep");
    const found = new Map<number, Field>();
    let id = 0;
    for (;;) {
      const head = this.#byte();
      if (head === 0) return found;
      id = head >> 4 === 0 ? this.#signed() : id + (head >> 4);
      found.set(id, this.#value(head & 15, depth));
    }
  }
}

/** Which field of a page's header says what is in it, and which of its numbers must be there. */
const kinds: Readonly<Record<number, { readonly field: number; readonly counts: readonly number[] }>> = {
  0: { field: 5, counts: [1] },
  2: { field: 7, counts: [1] },
  3: { field: 8, counts: [1, 2, 3, 5, 6] },
};

/**
 * Walks the headers of a column's pages. hyparquet takes them as they are: a count that is missing is NaN to it, at which it
 * reads for ever, and a page whose checksum is another is values to it.
 * @throws Error for a header without its counts, with more than the column claims, or with another checksum than its page has.
 */
export function checkPages(file: ArrayBuffer, meta: ColumnMetaData): void {
  const begin = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = begin + Number(meta.total_compressed_size);
  if (!(begin >= 4 && end <= file.byteLength)) throw new Error(`a column stands at bytes ${begin} to ${end}`);
  const view = new DataView(file, begin, end - begin);
  const whole = Number(meta.total_uncompressed_size);
  const within = (value: Field | undefined, most: number, what: string): number => {
    if (typeof value === "number" && value >= 0 && value <= most) return value;
    throw new Error(`a page claims ${typeof value === "number" ? value : "no"} ${what}`);
  };
  for (let at = 0; at < view.byteLength - 1; ) {
    const reader = new CompactReader(view, at);
    const header = reader.fields();
    const unpacked = within(header.get(2), whole, "bytes unpacked");
    const packed = within(header.get(3), view.byteLength - reader.at, "bytes");
    const kind = kinds[header.get(1) as number];
    if (kind !== undefined) {
      const own = header.get(kind.field);
      if (own === undefined || typeof own === "number")
        throw new Error("a page's header does not say what is in it");
      for (const count of kind.counts) {
        // Levels are bytes of the page, all else counts values.
        const isBytes = kind.field === 8 && count >= 5;
        within(
          own.get(count),
          isBytes ? unpacked : Math.max(Number(meta.num_values), whole),
          isBytes ? "bytes of levels" : "values",
        );
      }
    }
    const said = header.get(4);
    const page = new Uint8Array(file, begin + reader.at, packed);
    if (typeof said === "number" && said >>> 0 !== crc32(page))
      throw new Error("a page is damaged: its checksum is another");
    at = reader.at + packed;
  }
}
