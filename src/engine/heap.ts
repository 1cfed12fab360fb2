import { EngineError } from "../errors.js";

const ALIGNMENT = 64;

interface Span {
  address: number;
  bytes: number;
}

/**
 * Which bytes of a linear memory are taken: a first-fit list of free spans that merges neighbours on release.
 * It knows addresses only; `Memory` owns the bytes. Addresses are multiples of 64, a cache line.
 */
export class Heap {
  readonly #taken = new Map<number, number>();
  #free: Span[] = [];
  #end: number;

  /** @param start first byte that may be handed out. */
  constructor(start: number) {
    this.#end = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
  }

  /** One past the highest byte ever handed out: how large the memory has to be. */
  get end(): number {
    return this.#end;
  }

  /** Bytes handed out and not yet given back. */
  get bytesInUse(): number {
    return [...this.#taken.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  take(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const index = this.#free.findIndex((span) => span.bytes >= size);
    let address: number;
    if (index >= 0) {
      const span = this.#free[index]!;
      address = span.address;
      span.address += size;
      span.bytes -= size;
      if (span.bytes === 0) this.#free.splice(index, 1);
    } else {
      address = this.#end;
      this.#end += size;
    }
    this.#taken.set(address, size);
    return address;
  }

  give(address: number): void {
    const bytes = this.#taken.get(address);
    if (bytes === undefined) {
      throw new EngineError(`engine memory: address ${address} is not taken.`);
    }
    this.#taken.delete(address);
    this.#free.push({ address, bytes });
    this.#free.sort((a, b) => a.address - b.address);
    const merged: Span[] = [];
    for (const span of this.#free) {
      const last = merged.at(-1);
      if (last !== undefined && last.address + last.bytes === span.address) last.bytes += span.bytes;
      else merged.push(span);
    }
    this.#free = merged;
    const last = merged.at(-1)!;
    if (last.address + last.bytes === this.#end) this.#end = merged.pop()!.address;
  }
}
