import type { History } from "../model/events.js";
import type { Model } from "../model/model.js";
import type { Diagnosis } from "./diagnosis.js";
import { short } from "./diagnosis.js";
import type { ModelCase } from "./model-case.js";
import { dropoutTooHigh } from "./model-rules/dropout-too-high.js";
import { learningRateTooHigh } from "./model-rules/learning-rate-too-high.js";
import { learningRateTooLow } from "./model-rules/learning-rate-too-low.js";
import { bars, byEpoch } from "./pictures/pictures.js";
import { prospects } from "./prospects.js";
import { runRules } from "./run-rules.js";
import { fileOf } from "./trials/model-copy.js";

const asHistory = (
  history: History | Readonly<Record<string, readonly number[]>> | undefined,
): Readonly<Record<string, readonly number[]>> =>
  history === undefined
    ? {}
    : "history" in history && "epoch" in history
      ? (history as History).history
      : (history as Readonly<Record<string, readonly number[]>>);

/** What a model's configuration, weights and history say, without a run of it. */
export function alwaysSaid(
  model: Model,
  history: History | Readonly<Record<string, readonly number[]>> | undefined,
): Diagnosis[] {
  const file = fileOf(model, model.inputShape ?? []);
  // Rules that read no more than the configuration.
  const at = { file, history: asHistory(history) } as unknown as ModelCase;
  const found = runRules(
    [
      dropoutTooHigh,
      ...[learningRateTooHigh, learningRateTooLow].map((rule) => ({
        ...rule,
        look: (own: ModelCase) => rule.lookAnyway?.(own) ?? null,
      })),
    ],
    at,
  );
  return [...frozen(model), ...notFinite(model, asHistory(history)), ...found];
}

function frozen(model: Model): Diagnosis[] {
  const layers = model.layers.filter((layer) => layer.countParams() > 0);
  if (layers.length === 0 || layers.some((layer) => layer.trainable)) return [];
  return [
    {
      ...prospects.frozen_weights,
      code: "frozen_weights",
      severity: "error",
      title: "no weight of the model is trained: every layer is frozen",
      evidence: { layers: layers.map(({ name }) => name).join(", "), trainedWeights: 0, bound: 0 },
      why: "A frozen layer (trainable: false) gets no update: the model stays what it was.",
      remedy:
        "trainable: true for the layers that are to learn, then compile the model again: trainable counts from the next compile.",
      fix: { layers: [{ kind: "weighted", set: { trainable: null } }] },
      picture: bars(
        "Weights that training cannot change",
        layers.map((layer) => [layer.name, layer.countParams()] as const),
        { x: "weights", y: "layer" },
      ),
    },
  ];
}

function notFinite(model: Model, { loss = [] }: Readonly<Record<string, readonly number[]>>): Diagnosis[] {
  const epoch = loss.findIndex((value) => !Number.isFinite(value));
  const lost =
    model.inputShape === undefined
      ? undefined
      : model.getWeights().find(({ data }) => data.some((value) => !Number.isFinite(value)));
  if (epoch < 0 && lost === undefined) return [];
  const { learningRate } = model.optimizer;
  return [
    {
      ...prospects.nan_in_loss,
      code: "nan_in_loss",
      severity: "error",
      title:
        epoch < 0
          ? `${lost!.name} holds a value that is no number`
          : `the loss is no number since epoch ${epoch + 1}`,
      evidence: {
        ...(epoch < 0 ? {} : { epoch: epoch + 1 }),
        ...(lost === undefined ? {} : { weight: lost.name }),
        learningRate: short(learningRate),
        bound: "finite",
      },
      why: "NaN comes of Infinity minus Infinity, 0 times Infinity or 0/0: something grew without bound first. After one update with it all weights are NaN, and nothing brings them back.",
      remedy:
        "Begin again from weights that are numbers, with globalClipnorm: 1 and a learning rate ten times smaller; terminateOnNaN() stops at once. Check scalers for a division by zero.",
      fix: { compile: { optimizer: { globalClipnorm: 1, learningRate: learningRate / 10 } } },
      ...(epoch < 1
        ? {}
        : { picture: byEpoch("Loss until it is no number", { training: loss }, "compiled") }),
    },
  ];
}
