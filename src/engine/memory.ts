import { EngineError } from "../errors.js";
import { Heap } from "./heap.js";

export const PAGE_BYTES = 65_536;
/** WebAssembly's 32-bit address space. */
export const MAXIMUM_BYTES = 2 ** 32;

/**
 * The linear memory of an engine: regions are taken and given back by address, and read or written through views.
 *
 * A view is good for one call: memory that grows detaches every view made before. Nothing else in gateflow makes one.
 */
export class Memory {
  readonly #memory: WebAssembly.Memory;
  readonly #heap: Heap;

  /** @param maximumPages how far it may grow. */
  constructor(
    memory: WebAssembly.Memory,
    heapBase: number,
    readonly maximumPages: number,
  ) {
    this.#memory = memory;
    this.#heap = new Heap(heapBase);
  }

  /** Bytes the memory occupies now; WebAssembly never shrinks it. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  get bytesInUse(): number {
    return this.#heap.bytesInUse;
  }

  /**
   * Takes a region of `floats` 32-bit elements, zeroed, at a multiple of 64 bytes.
   * @throws EngineError when the host refuses the memory.
   */
  take(floats: number): number {
    const address = this.#heap.take(floats * 4);
    try {
      this.#growTo(this.#heap.end);
    } catch (cause) {
      this.#heap.give(address);
      throw new EngineError(
        `engine memory: ${Math.ceil(floats / 2 ** 18)} MiB more do not fit (${Math.round(this.bytesInUse / 2 ** 20)} MiB in use, ` +
          `the limit is ${this.maximumPages / 16}). Use smaller batches, shorter sequences or \`truncate\`, or dispose of models.`,
        { code: "out_of_memory", cause },
      );
    }
    this.floats(address, floats).fill(0);
    return address;
  }

  give(address: number): void {
    this.#heap.give(address);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  #growTo(bytes: number): void {
    const missing = Math.ceil((bytes - this.bytes) / PAGE_BYTES);
    if (missing <= 0) return;
    // Growing by half again at least keeps the number of growths small; the host commits pages only when touched.
    const half = Math.ceil(this.bytes / PAGE_BYTES / 2);
    const room = this.maximumPages - this.bytes / PAGE_BYTES;
    this.#memory.grow(Math.max(missing, Math.min(half, room)));
  }
}
