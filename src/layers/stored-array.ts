import type { Memory } from "../engine/memory.js";
import { ShapeError, StateError } from "../errors.js";

/** Floats that live in an ordinary array until their model moves into an engine's memory, and there from then on. */
export class StoredArray {
  /** Made when it is first asked for; null once the values live elsewhere. */
  #host: Float32Array | null | undefined;
  #home: { memory: Memory; address: number } | null = null;

  constructor(readonly size: number) {}

  /** A copy of the values. @throws StateError after the model was disposed. */
  read(): Float32Array {
    if (this.#home !== null) return this.#home.memory.floats(this.#home.address, this.size).slice();
    return this.#mine().slice();
  }

  /** @throws ShapeError unless `values` has exactly `size` elements; StateError after dispose. */
  write(values: ArrayLike<number>): void {
    if (values.length !== this.size) {
      throw new ShapeError(`expected ${this.size} values, got ${values.length}.`, {
        received: values.length,
        expected: this.size,
      });
    }
    if (this.#home !== null) this.#home.memory.floats(this.#home.address, this.size).set(values);
    else this.#mine().set(values);
  }

  /** Moves the values into `memory`, where kernels find them. */
  moveInto(memory: Memory, address: number): void {
    memory.floats(address, this.size).set(this.#mine());
    this.#host = null;
    this.#home = { memory, address };
  }

  /** Forgets the values: the memory was given back. */
  abandon(): void {
    this.#host = null;
    this.#home = null;
  }

  #mine(): Float32Array {
    if (this.#host === null) throw new StateError("The model was disposed: its weights and states are gone.");
    this.#host ??= new Float32Array(this.size);
    return this.#host;
  }
}
