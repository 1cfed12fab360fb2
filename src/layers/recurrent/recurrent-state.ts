import type { Kernels } from "../../engine/kernels.js";
import type { Memory } from "../../engine/memory.js";
import { ShapeError, StateError } from "../../errors.js";
import { describeShape, sameShape, type Tensor, type TensorLike, toTensor } from "../../tensor.js";
import { strideOf } from "../signal.js";
import { StoredArray } from "../stored-array.js";

/**
 * The state a stateful layer carries from batch to batch: h, and c where the cell has one, `[batch, units]` each,
 * padded like every activation.
 */
export class RecurrentState {
  readonly #parts: readonly StoredArray[];
  #addresses: readonly number[] = [];
  #memory: Memory | null = null;

  readonly names: readonly string[];
  readonly #widths: readonly number[];

  /** @param widths floats of a sample, part by part. */
  constructor(
    widths: Readonly<Record<string, number>>,
    readonly batch: number,
  ) {
    this.names = Object.keys(widths);
    this.#widths = Object.values(widths);
    this.#parts = this.#widths.map((width) => new StoredArray(batch * strideOf(width)));
  }

  /** Floats of part `i`, rows padded. */
  floats(i: number): number {
    return this.#parts[i]!.size;
  }

  /** Moves the state into an engine's memory, at one address a part. */
  moveInto(memory: Memory, addresses: readonly number[], keeper: object): void {
    if (this.#memory === memory && this.#addresses[0] === addresses[0]) return;
    this.#parts.forEach((part, i) => {
      part.moveInto({ memory, address: addresses[i]!, keeper });
    });
    this.#memory = memory;
    this.#addresses = addresses;
  }

  /** Takes the state out of a memory that is about to be given back. */
  moveOut(): void {
    for (const part of this.#parts) part.moveOut();
    this.#memory = null;
  }

  /** Copies part `i` to where a kernel begins. */
  load(kernels: Kernels, i: number, target: number): void {
    kernels.copyFloats(this.#addresses[i]!, target, this.floats(i));
  }

  /** Keeps what a kernel ended with. */
  keep(kernels: Kernels, i: number, source: number): void {
    kernels.copyFloats(source, this.#addresses[i]!, this.floats(i));
  }

  reset(): void {
    for (const part of this.#parts) part.write(new Float32Array(part.size));
  }

  /** Forgets the values: the memory was given back. */
  abandon(): void {
    for (const part of this.#parts) part.abandon();
  }

  read(): Tensor[] {
    return this.#parts.map((part, i) => {
      const width = this.#widths[i]!;
      const stride = strideOf(width);
      const padded = part.read();
      const data = new Float32Array(this.batch * width);
      for (let n = 0; n < this.batch; n++) {
        data.set(padded.subarray(n * stride, n * stride + width), n * width);
      }
      return { shape: [this.batch, width], data };
    });
  }

  /**
   * Checks states, and gives the function that writes them.
   * @throws ShapeError unless there is one `[batch, units]` tensor for each of the state's parts.
   */
  prepare(where: string, states: readonly TensorLike[]): () => void {
    if (!Array.isArray(states) || states.length !== this.names.length) {
      throw new ShapeError(`${where}: expected [${this.names.join(", ")}], one tensor each.`, {
        received: states,
        expected: this.names,
      });
    }
    const tensors = states.map((state) => toTensor(state));
    for (const [i, { shape }] of tensors.entries()) {
      const expected = [this.batch, this.#widths[i]!];
      if (!sameShape(shape, expected)) {
        throw new ShapeError(
          `${where}: state ${this.names[i]} has shape ${describeShape(shape)}, expected ${describeShape(expected)} (batch, units).`,
          { received: shape, expected },
        );
      }
    }
    return () => {
      tensors.forEach(({ data }, i) => {
        const width = this.#widths[i]!;
        const stride = strideOf(width);
        const padded = new Float32Array(this.batch * stride);
        for (let n = 0; n < this.batch; n++) {
          padded.set(data.subarray(n * width, (n + 1) * width), n * stride);
        }
        this.#parts[i]!.write(padded);
      });
    };
  }

  checkBatch(name: string, batch: number): void {
    if (batch === this.batch) return;
    throw new ShapeError(
      `\`${name}\` is stateful for batches of ${this.batch}, got one of ${batch}: sample n of a batch goes on from sample n of the one before. ` +
        `Use batchSize: ${this.batch} and a number of samples that it divides.`,
      { received: batch, expected: this.batch },
    );
  }
}

/** The state of a layer that is asked for it. @throws StateError when the layer is not stateful or not yet built. */
export function stateOf(name: string, state: RecurrentState | undefined): RecurrentState {
  if (state !== undefined) return state;
  throw new StateError(
    `\`${name}\` carries no state: give it stateful: true and add it to a model whose first layer has a batchSize.`,
  );
}
