import { DataError, ShapeError } from "../errors.js";
import type { SampleShape } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { describeShape, type Tensor } from "../tensor.js";

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

/** Labels and weights that come with an input. */
interface Labelled {
  readonly x: Tensor;
  readonly y: Tensor | null;
  readonly weights: Tensor | null;
}

/**
 * Refuses labels and sample weights that do not fit the predictions for `x`, before a pass moves anything.
 * @throws DataError where there are no labels; ShapeError for labels (code `label_shape_mismatch`) and weights.
 */
export function checkLabels(
  where: string,
  { x, y, weights }: Labelled,
  outputShape: SampleShape,
  loss: Loss,
): void {
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
