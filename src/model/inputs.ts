import { DataError, ShapeError } from "../errors.js";
import type { SampleShape } from "../layers/layer.js";
import { describeShape, firstNonFinite, type Tensor } from "../tensor.js";

/** What a model takes: numbers `[batch, …shape]`, or indices `[batch, timesteps]` where it begins with an embedding. */
export class ModelInput {
  /** @param vocabularySize one more than the largest index; undefined where numbers are taken. */
  constructor(
    readonly shape: SampleShape,
    readonly vocabularySize: number | undefined,
  ) {}

  get isSequence(): boolean {
    return this.vocabularySize !== undefined || this.shape.length === 2;
  }

  /** Numbers a time step; null where any number will do. */
  get features(): number | null {
    return this.vocabularySize === undefined ? this.shape.at(-1)! : 1;
  }

  /** How a tensor that fits stands in memory. */
  layoutOf(x: Tensor): { isSequence: boolean; timesteps: number; features: number } {
    const { isSequence } = this;
    return {
      isSequence,
      timesteps: isSequence ? x.shape[1]! : 1,
      features: this.features ?? x.shape.at(-1)!,
    };
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
          `${where}: x holds ${index} in sample ${sample}, time step ${t}, but the embedding takes whole numbers from 0 to ${vocabularySize - 1}. ` +
            (Number.isInteger(index)
              ? `Raise its inputDim (${vocabularySize}), or map unknown words to an index that is in it.`
              : "Turn words or values into indices first."),
          { received: index, expected: `0 … ${vocabularySize - 1}` },
        );
      }
    }
  }

  /**
   * Samples and features of `x` as one time step: `[features]` or `[batch, features]`, of indices `[batch]`.
   * @throws ShapeError when it is none; DataError for NaN, Infinity and indices out of range.
   */
  checkStep(where: string, x: Tensor): { batch: number; features: number } {
    const features = this.features!;
    const indices = this.vocabularySize !== undefined;
    // [batch] of indices and [batch, features] alike may have a time axis of one step.
    const rank = indices ? 1 : 2;
    const single = !indices && x.shape.length === 1;
    const batch = single ? 1 : x.shape[0]!;
    const fits =
      this.isSequence &&
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
    return { batch, features };
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
          `${where}: x has the shape ${describeShape(x.shape)}, an axis of which is empty.`,
          { received: x.shape },
        );
      }
      return;
    }
    const expected = [null, ...shape];
    throw new ShapeError(
      `${where}: x has the shape ${describeShape(x.shape)}, expected ${describeShape(expected)}.${this.#hint(received)}`,
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
