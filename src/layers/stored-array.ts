import type { Memory } from "../engine/memory.js";
import { ShapeError, StateError } from "../errors.js";

/** Where in an engine's memory values stand. */
export interface Home {
  readonly memory: Memory;
  readonly address: number;
  /** What gives the memory back when it is garbage; the values keep it alive. */
  readonly keeper: object;
  /** Told when the values were written from outside. */
  written?(): void;
  /** Told when the values have gone to another home. */
  left?(): void;
}

/** Floats that live in an ordinary array until their model moves into an engine's memory, and there from then on. */
export class StoredArray {
  /** Made when it is first asked for; null once the values live elsewhere. */
  #host: Float32Array | null | undefined;
  /** Makes the first values, where nobody has asked for them yet. */
  #first: (() => ArrayLike<number>) | undefined;
  #home: Home | null = null;

  /** @internal How many models use the values. */
  holders = 0;

  /** @internal */
  constructor(readonly size: number) {}

  /** @internal A copy of the values. @throws StateError after the model was disposed. */
  read(): Float32Array {
    if (this.#home !== null) return this.#home.memory.floats(this.#home.address, this.size).slice();
    return this.#mine().slice();
  }

  /** @internal @throws ShapeError unless `values` has exactly `size` elements; StateError after dispose. */
  write(values: ArrayLike<number>): void {
    if (values.length !== this.size) {
      throw new ShapeError(`expected ${this.size} values, got ${values.length}.`, {
        received: values.length,
        expected: this.size,
      });
    }
    this.#first = undefined;
    if (this.#home === null) this.#mine().set(values);
    else {
      this.#home.memory.floats(this.#home.address, this.size).set(values);
      this.#home.written?.();
    }
  }

  /** @internal Leaves the making of the first values to whoever asks for them. */
  protected defer(first: () => ArrayLike<number>): void {
    this.#first = first;
  }

  /** @internal Moves the values, wherever they are, to where kernels find them. */
  moveInto(home: Home): void {
    const before = this.#home;
    home.memory.floats(home.address, this.size).set(before === null ? this.#mine() : this.read());
    this.#host = null;
    this.#home = home;
    before?.left?.();
  }

  /** @internal Takes the values out of a memory that is about to be given back. */
  moveOut(): void {
    if (this.#home === null) return;
    this.#host = this.read();
    this.#home = null;
  }

  /** @internal A model that used the values is gone: they are kept where another one uses them. */
  letGo(): void {
    this.holders -= 1;
    if (this.holders > 0) this.moveOut();
    else this.abandon();
  }

  /** @internal Forgets the values: the memory was given back. */
  abandon(): void {
    this.#host = null;
    this.#home = null;
    this.#first = undefined;
  }

  #mine(): Float32Array {
    if (this.#host === null) throw new StateError("The model was disposed: its weights and states are gone.");
    const first = this.#first;
    if (first !== undefined) this.write(first());
    this.#host ??= new Float32Array(this.size);
    return this.#host;
  }
}
