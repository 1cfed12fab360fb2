import { ConfigError, ShapeError } from "../../errors.js";
import type { ArrayExamples } from "../examples.js";

/**
 * Weights of samples from weights of their classes, times `sampleWeight` where there is one.
 * @throws ConfigError when a class in the targets has no weight; ShapeError for targets that are no classes.
 */
export function applyClassWeight(
  where: string,
  { x, y, weights }: ArrayExamples,
  classWeight: Readonly<Record<number, number>>,
): ArrayExamples {
  if (y === null) return { x, y, weights };
  if (y.shape.length > 2) {
    throw new ShapeError(
      `${where}: classWeight needs one label a sample, got labels [${y.shape.join(", ")}].`,
      {
        received: y.shape,
      },
    );
  }
  const count = y.shape[0]!;
  const width = y.shape[1] ?? 1;
  const own = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    let label = y.data[n * width]!;
    if (width > 1) {
      label = 0;
      for (let k = 1; k < width; k++) if (y.data[n * width + k]! > y.data[n * width + label]!) label = k;
    }
    const weight = classWeight[label];
    if (typeof weight !== "number" || !Number.isFinite(weight) || weight < 0) {
      throw new ConfigError(
        `${where}: \`classWeight\` has no weight for the class ${label} of sample ${n}. Given: ${Object.keys(classWeight).join(", ") || "none"}.`,
        { received: classWeight, expected: label },
      );
    }
    own[n] = weight * (weights === null ? 1 : weights.data[n]!);
  }
  if (weights !== null && weights.shape.length !== 1) {
    throw new ShapeError(`${where}: classWeight cannot be combined with a sampleWeight for each time step.`);
  }
  return { x, y, weights: { shape: [count], data: own } };
}
