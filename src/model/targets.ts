import { DataError, ShapeError } from "../errors.js";
import type { SampleShape } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { describeShape, type Tensor } from "../tensor.js";
import type { Examples } from "./examples.js";

/**
 * The row width of targets that fit a model's output, `[batch, …outputShape]`.
 *
 * Labels `[N]` are taken as `[N, 1]`; nothing else is squeezed or broadcast, because a silent `[N]` against `[N, 1]` that
 * broadcasts to `[N, N]` trains towards the mean and says nothing.
 *
 * @throws ShapeError with the code `label_shape_mismatch`.
 */
export function checkTargets(where: string, y: Tensor, outputShape: SampleShape, loss: Loss): number {
  const width = outputShape.at(-1)!;
  const targetWidth = loss.targetWidth(width);
  const expected = [...outputShape.slice(0, -1), targetWidth];
  const received = y.shape.slice(1);
  const fits = (shape: readonly (number | null)[]): boolean =>
    shape.length === received.length &&
    shape.every((extent, axis) => extent === null || extent === received[axis]);
  const withoutLastAxis = expected.slice(0, -1);
  const mayOmit = targetWidth === 1 && (expected.length === 1 || loss.targets === "classes");
  if (fits(expected) || (mayOmit && fits(withoutLastAxis))) return targetWidth;
  const kind =
    loss.targets === "classes"
      ? `${loss.name} takes class indices`
      : `the model predicts ${describeShape([null, ...outputShape])}`;
  const hint =
    expected.length === 2 && received.length <= 1
      ? " The last recurrent layer returns a sequence: leave out returnSequences to predict once a sample."
      : expected.length === 1 && received.length === 2
        ? " For one prediction a time step, give the last recurrent layer returnSequences: true."
        : loss.targets === "values" && targetWidth > 1 && received.length === expected.length - 1
          ? " For class indices use the loss sparseCategoricalCrossentropy."
          : "";
  throw new ShapeError(
    `${where}: labels have the shape ${describeShape(y.shape)}, but ${kind}: expected ${describeShape([y.shape[0] ?? null, ...expected])}.${hint}`,
    { code: "label_shape_mismatch", received: y.shape, expected: [null, ...expected] },
  );
}

/**
 * Refuses labels and sample weights that do not fit the predictions for `x`, before a pass moves anything.
 * @throws DataError where there are no labels, or a class the model does not predict; ShapeError for labels (code
 *   `label_shape_mismatch`) and weights.
 */
export function checkLabels(where: string, examples: Examples, outputShape: SampleShape, loss: Loss): void {
  const { x, y, weights } = examples;
  if (y === null) throw new DataError(`${where}: there are no labels (y).`, { expected: "y" });
  checkTargets(where, y, outputShape, loss);
  const isSequence = outputShape.length === 2;
  const timesteps = isSequence ? (outputShape[0] ?? x.shape[1]!) : 1;
  if (isSequence && y.shape[1] !== timesteps) {
    throw new ShapeError(`${where}: labels have ${y.shape[1]} time steps, the predictions ${timesteps}.`, {
      code: "label_shape_mismatch",
      received: y.shape,
      expected: timesteps,
    });
  }
  if (loss.targets === "classes") checkClasses(where, examples, outputShape.at(-1)!, timesteps);
  if (weights === null) return;
  const [, steps] = weights.shape;
  if (weights.shape.length > 2 || (steps !== undefined && steps !== timesteps)) {
    throw new ShapeError(
      `${where}: sampleWeight has the shape ${describeShape(weights.shape)}, expected one weight a sample, ${describeShape([null])}` +
        `${isSequence ? `, or one a time step, ${describeShape([null, timesteps])}` : ""}.`,
      { received: weights.shape, expected: [null, timesteps] },
    );
  }
}

/** @throws DataError naming sample and time step of the first label that is no class of the model's. */
function checkClasses(
  where: string,
  { y, size, sampleOf }: Examples,
  classes: number,
  timesteps: number,
): void {
  for (let n = 0; n < size; n++) {
    const sample = sampleOf(n);
    for (let t = 0; t < timesteps; t++) {
      const label = y!.data[sample * timesteps + t]!;
      if (Number.isInteger(label) && label >= 0 && label < classes) continue;
      throw new DataError(
        `${where}: y holds ${label} in sample ${sample}${timesteps > 1 ? `, time step ${t}` : ""}, but the model predicts ${classes} classes, 0 … ${classes - 1}. ` +
          "Count classes from 0, and give the last layer one unit for each.",
        { received: label, expected: `0 … ${classes - 1}` },
      );
    }
  }
}
