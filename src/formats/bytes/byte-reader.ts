import { FormatError } from "../../errors.js";

/** Reads bytes of a file nobody has checked yet: whatever lies beyond its end is a FormatError that says where. */
export class ByteReader {
  readonly #view: DataView;

  /** @param format stands before every error, such as `npy`. */
  constructor(
    readonly format: string,
    readonly bytes: Uint8Array,
    public at = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** @throws FormatError with the offset. */
  refuse(what: string, at = this.at, cause?: unknown): never {
    throw new FormatError(`${this.format}: ${what} (at byte ${at} of ${this.length}).`, {
      received: at,
      ...(cause === undefined ? {} : { cause }),
    });
  }

  /** Moves on by `count` bytes and gives where they begin. */
  skip(count: number): number {
    const { at } = this;
    if (!Number.isSafeInteger(count) || count < 0 || count > this.left) {
      this.refuse(`${count} bytes are announced where ${Math.max(0, this.left)} are left`);
    }
    this.at = at + count;
    return at;
  }

  seek(at: number): this {
    if (!Number.isSafeInteger(at) || at < 0 || at > this.length)
      this.refuse(`an address lies outside: ${at}`);
    this.at = at;
    return this;
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  u16(littleEndian = true): number {
    return this.#view.getUint16(this.skip(2), littleEndian);
  }

  u32(littleEndian = true): number {
    return this.#view.getUint32(this.skip(4), littleEndian);
  }

  i32(littleEndian = true): number {
    return this.#view.getInt32(this.skip(4), littleEndian);
  }

  f64(littleEndian = true): number {
    return this.#view.getFloat64(this.skip(8), littleEndian);
  }

  /** A whole number of eight bytes. @throws FormatError beyond 2^53. */
  u64(littleEndian = true): number {
    const at = this.skip(8);
    const value = this.#view.getBigUint64(at, littleEndian);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.refuse(`the number ${value} is too large`, at);
    return Number(value);
  }

  /** A view of the next bytes, not a copy. */
  take(count: number): Uint8Array {
    const at = this.skip(count);
    return this.bytes.subarray(at, at + count);
  }

  text(count: number): string {
    const at = this.at;
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.take(count));
    } catch (cause) {
      if (cause instanceof FormatError) throw cause;
      return this.refuse("a text is no UTF-8", at, cause);
    }
  }
}
