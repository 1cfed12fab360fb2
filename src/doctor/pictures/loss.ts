import { exp, log } from "../../elementary.js";
import type { Picture } from "../../viz/picture.js";
import type { ModelCase } from "../model-case.js";
import { type LineOptions, line, lines } from "./pictures.js";

/** What an output activation makes of a sum z; of a softmax: with one other unit at 0. Others give z itself. */
const squashes: Readonly<Record<string, (z: number) => number>> = {
  sigmoid: (z) => 1 / (1 + exp(-z)),
  softmax: (z) => 1 / (1 + exp(-z)),
  hardSigmoid: (z) => Math.max(0, Math.min(1, z / 6 + 0.5)),
  relu: (z) => Math.max(0, z),
  tanh: (z) => 1 - 2 / (1 + exp(2 * z)),
  softplus: (z) => log(1 + exp(z)),
  exponential: exp,
};

/** Keras's clipping of probabilities in cross-entropies, and of the logarithm in the poisson loss. */
const EPSILON = 1e-7;
/** As float32 rounds 1 - 1e-7. */
const NEARLY_ONE = Math.fround(1 - EPSILON);

interface LossOf {
  readonly loss: string;
  readonly activation: string;
  readonly fromLogits: boolean;
}

/** Loss of a sample as a function of what its output unit adds up to, for the formulas of `src/losses`. */
function lossAt({ loss, activation, fromLogits }: LossOf, z: number, target: number): number {
  const output = squashes[activation]?.(z) ?? z;
  if (loss === "poisson") return output - target * log(output + EPSILON);
  const share = fromLogits ? 1 / (1 + exp(-output)) : output;
  const p = Math.max(EPSILON, Math.min(NEARLY_ONE, share));
  const own = -target * log(p);
  return loss === "binaryCrossentropy" ? own - (1 - target) * log(1 - p) : own;
}

const STEPS = 81;
const REACH = 8;

/**
 * The loss along the sum of the output unit: as configured, and as it is with the activation (or the targets) the loss was
 * made for.
 */
export function lossAlongOutput(
  given: LossOf,
  expected: LossOf,
  targets: readonly [number, number],
): Picture {
  const places = Array.from({ length: STEPS }, (_, i) => -REACH + (2 * REACH * i) / (STEPS - 1));
  const [target, right] = targets;
  const drawn = (name: string, of: LossOf, wanted: number, options: LineOptions = {}) => ({
    ...line(
      name,
      places.map((z) => lossAt(of, z, wanted)),
      options,
    ),
    x: places,
  });
  const words = ({ activation, fromLogits }: LossOf): string =>
    `${activation}${fromLogits ? ", fromLogits" : ""}`;
  const named = target === right ? ["", ""] : [`, target ${target}`, `, target ${right}`];
  return lines(
    target === right ? `${given.loss} of a target of ${target}` : given.loss,
    [
      drawn(`as it is: ${words(given)}${named[0]}`, given, target),
      drawn(`expected: ${words(expected)}${named[1]}`, expected, right),
    ],
    { x: "sum z of the output unit", y: "loss of one sample" },
  );
}

/** What the rows of a target add up to, sample by sample. */
export function rowSums({ windows }: ModelCase): Picture {
  const width = windows.y.shape.at(-1)!;
  const { data } = windows.y;
  const sums = Array.from({ length: data.length / width }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += data[n * width + k]!;
    return sum;
  });
  return lines("What each row of the target adds up to", [line("sum of a row", sums, { points: true })], {
    x: "row",
    y: "sum",
    marks: [{ label: "a distribution: 1", y: 1 }],
  });
}
