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
  /** By address; no two touch. */
  readonly #free: Span[] = [];
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
    const free = this.#free;
    let place = 0;
    for (let beyond = free.length; place < beyond; ) {
      const middle = (place + beyond) >>> 1;
      if (free[middle]!.address < address) place = middle + 1;
      else beyond = middle;
    }
    free.splice(place, 0, { address, bytes });
    for (const i of [place, place - 1]) {
      const span = free[i];
      const next = free[i + 1];
      if (span === undefined || span.address + span.bytes !== next?.address) continue;
      span.bytes += next.bytes;
      free.splice(i + 1, 1);
    }
    const last = free.at(-1)!;
    if (last.address + last.bytes === this.#end) this.#end = free.pop()!.address;
  }
}
