import { DataError, ShapeError } from "../../errors.js";
import type { SampleShape } from "../../layers/layer.js";
import { type Loss, lossExtras } from "../../losses/loss.js";
import { describeShape, type Tensor } from "../../tensor.js";
import type { Examples } from "./examples.js";

/** What to change about labels that do not fit, where their shape tells. */
function remedyFor(expected: SampleShape, received: readonly number[], loss: Loss, width: number): string {
  const own = received.at(-1)!;
  const ofClasses = loss.classes?.remedy(expected, received, width);
  if (ofClasses) return ofClasses;
  const targetWidth = expected.at(-1)!;
  const isIndex =
    received.length === expected.length - 1 || (own === 1 && loss.name === "categoricalCrossentropy");
  if (targetWidth > 1 && isIndex) {
    return " For class indices use the loss sparseCategoricalCrossentropy, or make the labels one-hot with toCategorical(labels).";
  }
  if (expected.length === 2 && (received.length <= 1 || (received.length === 2 && own === targetWidth))) {
    return " The last recurrent layer returns a sequence: leave out returnSequences to predict once a sample.";
  }
  if (expected.length === 1 && received.length === 2) {
    return " For one prediction a time step, give the last recurrent layer returnSequences: true.";
  }
  if (expected.length === received.length && own !== targetWidth) {
    return ` The last layer puts out ${width} numbers: give it as many units as there are labels, or the labels as many columns.`;
  }
  return "";
}

/**
 * The row width of targets that fit a model's output, `[batch, …outputShape]`.
 *
 * Labels `[N]` are taken as `[N, 1]` and `[N, T]` as `[N, T, 1]`, as in Keras; nothing else is squeezed or broadcast,
 * because a silent `[N]` against `[N, 1]` that broadcasts to `[N, N]` trains towards the mean and says nothing.
 *
 * @throws ShapeError with the code `label_shape_mismatch`.
 */
export function checkTargets(where: string, y: Tensor, outputShape: SampleShape, loss: Loss): number {
  const width = outputShape.at(-1)!;
  const given = y.shape.length > outputShape.length ? y.shape.at(-1)! : 1;
  const targetWidth = loss.takesAnyTargets === true ? given : loss.targetWidth(width);
  const expected = [...outputShape.slice(0, -1), targetWidth];
  const received = y.shape.slice(1);
  const fits = (shape: readonly (number | null)[]): boolean =>
    shape.length === received.length &&
    shape.every((extent, axis) => extent === null || extent === received[axis]);
  if (fits(expected) || (targetWidth === 1 && fits(expected.slice(0, -1)))) return targetWidth;
  const kind =
    loss.classes !== undefined
      ? `${loss.name} takes class indices`
      : `the model predicts ${describeShape([null, ...outputShape])}`;
  throw new ShapeError(
    `${where}: labels have the shape ${describeShape(y.shape)}, but ${kind}: expected ${describeShape([y.shape[0] ?? null, ...expected])}.${remedyFor(expected, received, loss, width)}`,
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
    const remedy =
      y.shape[1] === 1 || y.shape.length === 2
        ? " For one label a sample, leave out returnSequences in the last recurrent layer."
        : "";
    throw new ShapeError(
      `${where}: labels have ${y.shape[1]} time steps, the predictions ${timesteps}.${remedy}`,
      {
        code: "label_shape_mismatch",
        received: y.shape,
        expected: timesteps,
      },
    );
  }
  loss.classes?.check(where, examples, outputShape.at(-1)!, timesteps);
  if (weights === null) return;
  const { shape } = weights;
  const steps = isSequence ? [timesteps] : [];
  if (shape.length === 1 || (shape.length === 2 && shape[1] === timesteps)) return;
  if (lossExtras.takesWeights?.(where, shape, { steps, width: outputShape.at(-1)! }, loss)) return;
  throw new ShapeError(
    `${where}: sampleWeight has the shape ${describeShape(shape)}, expected one weight a sample, ${describeShape([null])}` +
      `${isSequence ? `, or one a time step, ${describeShape([null, timesteps])}` : ""}.`,
    { received: shape, expected: [null, timesteps] },
  );
}
