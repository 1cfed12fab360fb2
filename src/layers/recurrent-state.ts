import type { Kernels } from "../engine/kernels.js";
import { ShapeError, StateError } from "../errors.js";
import { describeShape, type Tensor, type TensorLike, toTensor } from "../tensor.js";
import { Resident } from "./resident.js";
import { strideOf } from "./signal.js";

/**
 * The state a stateful layer carries from batch to batch: h, and c where the cell has one, `[batch, units]` each,
 * padded like every activation.
 */
export class RecurrentState {
  readonly #parts: readonly Resident[];
  #addresses: readonly number[] | null = null;

  constructor(
    readonly names: readonly string[],
    readonly batch: number,
    readonly units: number,
  ) {
    this.#parts = names.map(() => new Resident(batch * strideOf(units)));
  }

  get floats(): number {
    return this.batch * strideOf(this.units);
  }

  /** Moves the state into an engine's memory, at one address a part. */
  moveInto(memory: Parameters<Resident["moveInto"]>[0], addresses: readonly number[]): void {
    if (this.#addresses !== null) return;
    this.#parts.forEach((part, i) => {
      part.moveInto(memory, addresses[i]!);
    });
    this.#addresses = addresses;
  }

  /** Copies part `i` to where a kernel begins. */
  load(kernels: Kernels, i: number, target: number): void {
    kernels.copyFloats(this.#addresses![i]!, target, this.floats);
  }

  /** Keeps what a kernel ended with. */
  keep(kernels: Kernels, i: number, source: number): void {
    kernels.copyFloats(source, this.#addresses![i]!, this.floats);
  }

  reset(): void {
    for (const part of this.#parts) part.write(new Float32Array(part.size));
  }

  read(): Tensor[] {
    const stride = strideOf(this.units);
    return this.#parts.map((part) => {
      const padded = part.read();
      const data = new Float32Array(this.batch * this.units);
      for (let n = 0; n < this.batch; n++) {
        data.set(padded.subarray(n * stride, n * stride + this.units), n * this.units);
      }
      return { shape: [this.batch, this.units], data };
    });
  }

  /** @throws ShapeError unless there is one `[batch, units]` tensor for each of the state's parts. */
  write(where: string, states: readonly TensorLike[]): void {
    if (!Array.isArray(states) || states.length !== this.names.length) {
      throw new ShapeError(`${where}: expected [${this.names.join(", ")}], one tensor each.`, {
        received: states,
        expected: this.names,
      });
    }
    const tensors = states.map((state) => toTensor(state));
    for (const [i, { shape }] of tensors.entries()) {
      if (shape.length !== 2 || shape[0] !== this.batch || shape[1] !== this.units) {
        throw new ShapeError(
          `${where}: state ${this.names[i]} has shape ${describeShape(shape)}, expected ${describeShape([this.batch, this.units])} (batch, units).`,
          { received: shape, expected: [this.batch, this.units] },
        );
      }
    }
    const stride = strideOf(this.units);
    tensors.forEach(({ data }, i) => {
      const padded = new Float32Array(this.batch * stride);
      for (let n = 0; n < this.batch; n++) {
        padded.set(data.subarray(n * this.units, (n + 1) * this.units), n * stride);
      }
      this.#parts[i]!.write(padded);
    });
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
