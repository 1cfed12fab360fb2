import { DataError, ShapeError } from "../../errors.js";
import type { SampleShape } from "../../layers/layer.js";
import { describeShape, firstNonFinite, sizeOf, type Tensor } from "../../tensor.js";
import type { InputForm } from "../execution/plan.js";
import type { Port } from "../topology.js";

/** What a model takes: numbers `[batch, …shape]`, or indices `[batch, timesteps]` where it begins with an embedding. */
export class ModelInput {
  readonly shape: SampleShape;
  /** One more than the largest index; undefined where numbers are taken. */
  readonly vocabularySize: number | undefined;
  /** What errors call it. */
  readonly #name: string;

  constructor(port: Port, isOneOfSeveral = false) {
    this.shape = port.shape;
    this.vocabularySize = port.vocabularySize;
    this.#name = isOneOfSeveral ? `x of the input \`${port.name}\`` : "x";
  }

  get isSequence(): boolean {
    return this.vocabularySize !== undefined || this.shape.length > 1;
  }

  /** Numbers a time step; null where any number will do. */
  get features(): number | null {
    if (this.vocabularySize !== undefined) return 1;
    const last = this.shape.at(-1);
    return this.shape.length > 2 ? sizeOf(this.shape.slice(1) as number[]) : last === undefined ? 1 : last;
  }

  /** How a tensor that fits stands in memory. */
  layoutOf(x: Tensor): InputForm {
    const { isSequence } = this;
    const inner = x.shape.slice(isSequence ? 2 : 1);
    return { isSequence, timesteps: isSequence ? x.shape[1]! : 1, features: sizeOf(inner), inner };
  }

  /** @throws ShapeError, DataError unless all of `x` can be taken. */
  check(where: string, x: Tensor): void {
    // That there are no samples at all is said better by those who count them.
    if (x.shape[0] === 0) return;
    this.checkShape(where, x);
    this.checkIndices(where, x, x.shape[0]!, (n) => n);
  }

  /** @throws DataError naming sample and time step of the first index out of range or not whole, in these samples. */
  checkIndices(where: string, x: Tensor, size: number, sampleOf: (n: number) => number): void {
    const { vocabularySize } = this;
    if (vocabularySize === undefined) return;
    const timesteps = x.shape[1]!;
    for (let n = 0; n < size; n++) {
      const sample = sampleOf(n);
      for (let t = 0; t < timesteps; t++) {
        const index = x.data[sample * timesteps + t]!;
        if (Number.isInteger(index) && index >= 0 && index < vocabularySize) continue;
        throw new DataError(
          `${where}: ${this.#name} holds ${index} in sample ${sample}, time step ${t}, but the embedding takes whole numbers from 0 to ${vocabularySize - 1}. ` +
            (Number.isInteger(index)
              ? `Raise its inputDim (${vocabularySize}), or map unknown words to an index that is in it.`
              : "Turn words or values into indices first."),
          { code: "index_out_of_range", received: index, expected: `0 … ${vocabularySize - 1}` },
        );
      }
    }
  }

  /**
   * Samples and features of `x` as one time step: `[features]` or `[batch, features]`, of indices `[batch]`.
   * @throws ShapeError when it is none; DataError for NaN, Infinity and indices out of range.
   */
  checkStep(where: string, x: Tensor): InputForm & { batch: number } {
    const features = this.features!;
    const indices = this.vocabularySize !== undefined;
    // [batch] of indices and [batch, features] alike may have a time axis of one step.
    const rank = indices ? 1 : 2;
    const single = !indices && x.shape.length === 1;
    const batch = single ? 1 : x.shape[0]!;
    const fits =
      this.shape.length < 3 &&
      (single || x.shape.length === rank || (x.shape.length === rank + 1 && x.shape[1] === 1)) &&
      (indices || x.shape.at(-1) === features);
    if (!fits) {
      const expected = indices ? "[batch] of indices" : `[${features}] or [batch, ${features}]`;
      throw new ShapeError(`${where}: got ${describeShape(x.shape)}, expected one time step, ${expected}.`, {
        received: x.shape,
        expected,
      });
    }
    const bad = firstNonFinite(x.data);
    if (bad >= 0) {
      throw new DataError(
        `${where}: feature ${bad % features} is ${String(x.data[bad])}; the state would stay NaN from here on.`,
        { code: "missing_values" },
      );
    }
    this.checkIndices(where, { shape: [batch, 1], data: x.data }, batch, (n) => n);
    const { isSequence } = this;
    return { batch, timesteps: 1, features, isSequence, inner: indices ? [] : [features] };
  }

  /** @throws ShapeError unless `x` is `[batch, …shape]`. */
  checkShape(where: string, x: Tensor): void {
    const { shape } = this;
    const received = x.shape.slice(1);
    const fits =
      received.length === shape.length &&
      shape.every((extent, axis) => extent === null || extent === received[axis]);
    if (fits) {
      if (received.some((extent) => extent === 0)) {
        throw new ShapeError(
          `${where}: ${this.#name} has the shape ${describeShape(x.shape)}, an axis of which is empty.`,
          { received: x.shape },
        );
      }
      return;
    }
    const expected = [null, ...shape];
    throw new ShapeError(
      `${where}: ${this.#name} has the shape ${describeShape(x.shape)}, expected ${describeShape(expected)}.${this.#hint(received)}`,
      { received: x.shape, expected },
    );
  }

  /** What may be meant by a tensor that does not fit. */
  #hint(received: readonly number[]): string {
    const { shape } = this;
    const [timesteps, features] = received;
    if (this.vocabularySize !== undefined) {
      if (received.length === 2) return " The embedding takes indices, which have no feature axis.";
      return received.length === 1
        ? ` The model was built for ${shape[0]} time steps; inputShape: [null] takes any number.`
        : "";
    }
    if (shape.length !== 2) return "";
    if (received.length === 1) {
      return shape[1] === 1
        ? " A series of single values needs an axis of one feature: rows.map((row) => row.map((value) => [value]))."
        : " Cut the series into windows first, for example with slidingWindows or timeseriesDatasetFromArray.";
    }
    if (received.length !== 2) return "";
    if (features !== shape[1]) {
      return timesteps === shape[1]
        ? " Are time steps and features exchanged? The last axis is the features."
        : ` The model was built for ${shape[1]} features a time step, the data has ${features}.`;
    }
    return ` The model was built for ${shape[0]} time steps; inputShape: [null, ${shape[1]}] takes any number.`;
  }
}
