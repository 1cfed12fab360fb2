import { ConfigError, DataError, ShapeError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { describeShape, type TensorLike, toTensor } from "../tensor.js";

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions {
  /** Number of classes. Default: one more than the largest index that occurs. */
  readonly classes?: number;
  /** A weight for each sample, `[N]`. Default: ones. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** Class indices of labels or predictions: indices `[N]` or `[N, 1]`, or a number for each class, whose largest counts. */
function indicesOf(where: string, name: string, value: TensorLike): number[] {
  const { shape, data } = toTensor(value);
  if (shape.length < 1 || shape.length > 2) {
    throw new ShapeError(
      `${where}: \`${name}\` has the shape ${describeShape(shape)}, expected class indices [N] or a number for each class [N, classes].`,
      { received: shape, expected: [null] },
    );
  }
  const width = shape[1] ?? 1;
  return Array.from({ length: shape[0]! }, (_, n) => {
    if (width > 1) {
      let best = 0;
      for (let k = 1; k < width; k++) if (data[n * width + k]! > data[n * width + best]!) best = k;
      return best;
    }
    const index = data[n * width]!;
    if (Number.isInteger(index) && index >= 0) return index;
    throw new DataError(
      `${where}: \`${name}\` holds ${index} in sample ${n}, which is no class index. Of probabilities of one class, give p > 0.5 ? 1 : 0.`,
      { received: index, expected: "a whole number of at least 0" },
    );
  });
}

/** Counts of what was what, `[true class][predicted class]`. */
function count(
  where: string,
  actual: TensorLike,
  predicted: TensorLike,
  { classes, sampleWeight }: ConfusionMatrixOptions,
): number[][] {
  const truth = indicesOf(where, "actual", actual);
  const guess = indicesOf(where, "predicted", predicted);
  if (truth.length !== guess.length) {
    throw new ShapeError(
      `${where}: \`actual\` holds ${truth.length} samples and \`predicted\` ${guess.length}.`,
      {
        received: guess.length,
        expected: truth.length,
      },
    );
  }
  if (sampleWeight !== undefined && sampleWeight.length !== truth.length) {
    throw new ShapeError(
      `${where}: \`sampleWeight\` holds ${sampleWeight.length} weights for ${truth.length} samples.`,
      { received: sampleWeight.length, expected: truth.length },
    );
  }
  const largest = [...truth, ...guess].reduce((a, b) => Math.max(a, b), -1);
  const size =
    classes === undefined ? largest + 1 : numberIn(where, "classes", classes, { min: 1, integer: true });
  if (largest >= size) {
    throw new DataError(
      `${where}: there is a class ${largest}, but \`classes\` is ${size}: 0 … ${size - 1}.`,
      {
        received: largest,
        expected: size,
      },
    );
  }
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  truth.forEach((row, n) => {
    matrix[row]![guess[n]!]! += sampleWeight === undefined ? 1 : sampleWeight[n]!;
  });
  return matrix;
}

/**
 * How often each class was taken for which: `matrix[true][predicted]`. Source: tf.math.confusion_matrix and scikit-learn.
 * @param actual class indices `[N]`, or one-hot labels `[N, classes]`.
 * @param predicted class indices `[N]`, or `predict`'s probabilities `[N, classes]`.
 * @throws ShapeError for other shapes or counts; DataError for what is no class index; ConfigError for bad options.
 *
 * @example
 * confusionMatrix([0, 1, 1, 2], [0, 1, 2, 2]); // [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
 */
export function confusionMatrix(
  actual: TensorLike,
  predicted: TensorLike,
  options: ConfusionMatrixOptions = {},
): number[][] {
  refuseUnknown("confusionMatrix()", options, [
    "classes",
    "sampleWeight",
  ] satisfies (keyof ConfusionMatrixOptions)[]);
  return count("confusionMatrix()", actual, predicted, options);
}

/** Options of `classificationReport`. */
export interface ClassificationReportOptions {
  /** Names of the classes, in the order of their indices. Default: the indices that occur. */
  readonly labels?: readonly (string | number)[];
}

const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b);

/**
 * Precision, recall, F1 and number of each class, and their means, as a table of text: scikit-learn's
 * classification_report, column for column. A quotient by zero is 0.
 * @param actual as `confusionMatrix`; @param predicted as `confusionMatrix`.
 * @throws as `confusionMatrix`; ConfigError when there are fewer labels than classes.
 *
 * @example
 * const predicted = toArray(await model.predict(x)).map(([p]) => (p! > 0.5 ? 1 : 0));
 * console.log(classificationReport(labels, predicted, { labels: ["calm", "storm"] }));
 */
export function classificationReport(
  actual: TensorLike,
  predicted: TensorLike,
  options: ClassificationReportOptions = {},
): string {
  const where = "classificationReport()";
  refuseUnknown(where, options, ["labels"] satisfies (keyof ClassificationReportOptions)[]);
  const { labels } = options;
  if (labels !== undefined && !Array.isArray(labels)) {
    throw new ConfigError(`${where}: \`labels\` is no array of names.`, { received: labels });
  }
  const found = count(where, actual, predicted, {});
  if (labels !== undefined && labels.length < found.length) {
    throw new ConfigError(
      `${where}: \`labels\` has ${labels.length} names, but there are ${found.length} classes. Give a name for each, in their order.`,
      { received: labels.length, expected: found.length },
    );
  }
  const size = labels?.length ?? found.length;
  const at = (row: number, column: number): number => found[row]?.[column] ?? 0;
  const all = Array.from({ length: size }, (_, k) => {
    let support = 0;
    let predictedAs = 0;
    for (let i = 0; i < size; i++) {
      support += at(k, i);
      predictedAs += at(i, k);
    }
    const precision = quotient(at(k, k), predictedAs);
    const recall = quotient(at(k, k), support);
    const f1 = quotient(2 * precision * recall, precision + recall);
    return { name: String(labels?.[k] ?? k), values: [precision, recall, f1], support, predictedAs };
  });
  // Without names, a class that nobody saw or said is no class.
  const rows =
    labels === undefined ? all.filter(({ support, predictedAs }) => support + predictedAs > 0) : all;
  const total = rows.reduce((sum, { support }) => sum + support, 0);
  const right = all.reduce((sum, _, k) => sum + at(k, k), 0);
  const width = Math.max(...rows.map(({ name }) => name.length), "weighted avg".length);
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padStart(width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join("")}`;
  const mean = (weight: (support: number) => number): string[] => {
    const weights = rows.map(({ support }) => weight(support));
    const sum = weights.reduce((a, b) => a + b, 0);
    return [0, 1, 2].map((i) =>
      rows.reduce((part, { values }, k) => part + quotient(weights[k]! * values[i]!, sum), 0).toFixed(2),
    );
  };
  return `${[
    line("", ["precision", "recall", "f1-score", "support"]),
    "",
    ...rows.map(({ name, values, support }) =>
      line(name, [...values.map((v) => v.toFixed(2)), String(support)]),
    ),
    "",
    line("accuracy", ["", "", quotient(right, total).toFixed(2), String(total)]),
    line("macro avg", [...mean(() => 1), String(total)]),
    line("weighted avg", [...mean((support) => support), String(total)]),
  ].join("\n")}\n`;
}
