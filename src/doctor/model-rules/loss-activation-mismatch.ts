import type { Picture } from "../../viz/picture.js";
import { hasLearnt } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { type ModelCase, outputActivation } from "../model-case.js";
import { lossAlongOutput, rowSums } from "../pictures/loss.js";
import { bars } from "../pictures/pictures.js";

const probabilities: readonly string[] = ["sigmoid", "hardSigmoid", "softmax"];
const positive: readonly string[] = ["softplus", "exponential", "relu", ...probabilities];

interface Mismatch {
  readonly title: string;
  readonly expected: string;
  readonly why: string;
  readonly remedy: string;
  readonly fix?: { readonly activation: string } | { readonly loss: string };
  readonly severity?: "warning" | "hint";
  readonly picture: Picture;
}

/** What loss, output activation and targets say of each other: a table, no measurement. */
function mismatchOf(at: ModelCase): Mismatch | null {
  const { file, windows } = at;
  const activation = outputActivation(file);
  const { name, config } = file.loss;
  const logits = config.fromLogits === true;
  const crossentropy = [
    "binaryCrossentropy",
    "categoricalCrossentropy",
    "sparseCategoricalCrossentropy",
  ].includes(name);
  const right = name === "binaryCrossentropy" ? "sigmoid" : "softmax";
  const given = { loss: name, activation, fromLogits: logits };
  if (crossentropy && logits && probabilities.includes(activation)) {
    return {
      title: `${name} with fromLogits behind ${activation}: the squashing is done twice`,
      expected: "linear",
      why: "The loss applies the squashing itself; applied twice, outputs stay within 0.5 … 0.73, the loss cannot come near zero and its gradients are small.",
      remedy: `activation: "linear" in the last layer, or the loss "${name}" without fromLogits.`,
      fix: { activation: "linear" },
      picture: lossAlongOutput(given, { ...given, activation: "linear" }, [1, 1]),
    };
  }
  if (crossentropy && !logits && !probabilities.includes(activation)) {
    return {
      title: `${name} takes probabilities, the output is ${activation}`,
      expected: right,
      why: "Outside (0, 1) probabilities are clipped: there the loss is flat, its gradient zero, and what has left the range never comes back.",
      remedy: `activation: "${right}" in the last layer, or ${name}({ fromLogits: true }).`,
      fix: { activation: right },
      picture: lossAlongOutput(given, { ...given, activation: right }, [1, 1]),
    };
  }
  if (
    ["categoricalCrossentropy", "sparseCategoricalCrossentropy"].includes(name) &&
    !logits &&
    activation !== "softmax"
  ) {
    return {
      title: `${name} compares distributions over classes, ${activation} gives each unit its own`,
      expected: "softmax",
      why: "Without a softmax the units do not compete: the loss only asks the right class to be large, and all units end at 1.",
      remedy:
        'activation: "softmax" in the last layer; for several classes at once, sigmoid with binaryCrossentropy.',
      fix: { activation: "softmax" },
      picture: lossAlongOutput({ ...given, loss: "binaryCrossentropy" }, given, [0, 0]),
    };
  }
  const targets = windows.y.data;
  if (name === "binaryCrossentropy" && targets.some((value) => value < 0 || value > 1)) {
    return {
      title: "binaryCrossentropy takes targets from 0 to 1, here are others",
      expected: "0 … 1",
      why: "For targets outside [0, 1] the cross-entropy has no minimum: it goes to minus infinity at a bound of the sigmoid, and the weights follow it.",
      remedy: "For amounts: a linear output and mse. For labels -1 and 1: (y + 1) / 2.",
      picture: lossAlongOutput(given, given, [short(targets.find((value) => value < 0 || value > 1)!), 1]),
    };
  }
  const width = windows.y.shape.at(-1)!;
  if (name === "binaryCrossentropy" && activation === "softmax" && width > 2 && isOneHot(targets, width)) {
    return {
      severity: hasLearnt(at.data) ? "hint" : "warning",
      title: `binaryCrossentropy judges each of ${width} softmax units by itself, and one of them is right`,
      expected: "categoricalCrossentropy",
      why: `${width - 1} of ${width} terms ask a unit to say no, which a softmax does anyway: the loss begins low, the accuracy of the units near ${short(1 - 1 / width)}, and the one term that names the class is a small part of the gradient.`,
      remedy:
        'loss: "categoricalCrossentropy" behind a softmax; for several classes at once activation: "sigmoid" in the last layer.',
      fix: { loss: "categoricalCrossentropy" },
      picture: bars(
        "Terms of the loss of one sample",
        [
          ["units that are to say no", width - 1],
          ["the unit of the class", 1],
        ],
        { x: "terms", y: "units" },
      ),
    };
  }
  if (name === "categoricalCrossentropy" && !isDistribution(windows.y.data, windows.y.shape.at(-1)!)) {
    return {
      title: "categoricalCrossentropy takes rows that add up to 1, here are others",
      expected: "one-hot rows",
      why: "Rows that are no distribution weigh examples by their sum, and by none where it is 0.",
      remedy:
        'One class an example: oneHot(labels), or class indices with "sparseCategoricalCrossentropy"; several: sigmoid with binaryCrossentropy; amounts: mse.',
      picture: rowSums(at),
    };
  }
  if (name === "poisson" && (targets.some((value) => value < 0) || !positive.includes(activation))) {
    return {
      title: "the poisson loss takes counts and positive outputs",
      expected: "exponential",
      why: "It takes the logarithm of the output: below zero there is none, and the clipped loss is flat there.",
      remedy: 'activation: "exponential" (or "softplus") in the last layer, and targets of 0, 1, 2, …',
      fix: { activation: "exponential" },
      picture: lossAlongOutput(
        given,
        { ...given, activation: "exponential" },
        targets.some((value) => value < 0) ? [short(targets.find((value) => value < 0)!), 1] : [1, 1],
      ),
    };
  }
  return null;
}

function isOneHot(data: ArrayLike<number>, width: number): boolean {
  for (let i = 0; i < data.length; i++) if (data[i] !== 0 && data[i] !== 1) return false;
  return isDistribution(data, width);
}

function isDistribution(data: ArrayLike<number>, width: number): boolean {
  for (let n = 0; n < data.length; n += width) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += data[n + k]!;
    if (Math.abs(sum - 1) > 1e-3) return false;
  }
  return true;
}

export const lossActivationMismatch: Rule<ModelCase> = {
  code: "loss_activation_mismatch",
  isStatic: true,
  look(at) {
    const found = mismatchOf(at);
    if (found === null) return null;
    const { fix, expected, ...words } = found;
    return {
      ...words,
      evidence: {
        loss: at.file.loss.name,
        fromLogits: String(at.file.loss.config.fromLogits ?? false),
        outputActivation: outputActivation(at.file),
        expected,
      },
      ...(fix === undefined
        ? {}
        : { fix: "loss" in fix ? { compile: fix } : { layers: [{ kind: "last", set: fix }] } }),
    };
  },
};
