import { GateflowError } from "../errors.js";
import type { Model } from "../model/model.js";
import { isClassLoss } from "../recipe/train-recipe.js";
import type { Tensor } from "../tensor.js";
import { type DataCase, examplesCase } from "./data-case.js";
import type { DiagnoseOptions } from "./diagnose-options.js";
import type { Diagnosis, Rule } from "./diagnosis.js";
import { constantLoss } from "./evidence/baseline-loss.js";
import { openWindows } from "./evidence/window-source.js";
import { namesOf, type Part, partsOf, recordOf } from "./graph-parts.js";
import type { ModelCase } from "./model-case.js";
import { activationNotForRecurrence } from "./model-rules/activation-not-for-recurrence.js";
import { batchSizeTooLarge } from "./model-rules/batch-size-too-large.js";
import { beatenByBaseline } from "./model-rules/beaten-by-baseline.js";
import { explodingGradients } from "./model-rules/exploding-gradients.js";
import { frozenWeights } from "./model-rules/frozen-weights.js";
import { gradientClippingAlwaysActive } from "./model-rules/gradient-clipping-always-active.js";
import { learningRateTooHigh } from "./model-rules/learning-rate-too-high.js";
import { learningRateTooLow } from "./model-rules/learning-rate-too-low.js";
import { lossActivationMismatch } from "./model-rules/loss-activation-mismatch.js";
import { metricDoesNotFit } from "./model-rules/metric-does-not-fit.js";
import { nanInLoss } from "./model-rules/nan-in-loss.js";
import { outputActivationRange } from "./model-rules/output-activation-range.js";
import { overfitting } from "./model-rules/overfitting.js";
import { saturatedGates } from "./model-rules/saturated-gates.js";
import { softmaxWithOneUnit } from "./model-rules/softmax-with-one-unit.js";
import { symmetricOrZeroInitialisation } from "./model-rules/symmetric-or-zero-initialisation.js";
import { underfittingStoppedEarly } from "./model-rules/underfitting-stopped-early.js";
import { weightDecayTooHigh } from "./model-rules/weight-decay-too-high.js";
import { runRules, runSlowRules } from "./run-rules.js";
import { allowanceFor } from "./trials/allowance.js";
import { Experiments, type ManyArrays } from "./trials/experiments.js";
import { layersTo } from "./trials/graph-file.js";
import { fileOf, metricNames } from "./trials/model-copy.js";

/** What loss, activation and targets of one output say of each other. */
const ofOneAnswer: readonly Rule<ModelCase>[] = [
  softmaxWithOneUnit,
  lossActivationMismatch,
  metricDoesNotFit,
  outputActivationRange,
];

/** What needs nothing of inputs and targets but that copies can be trained on them. */
const ofTraining: readonly Rule<ModelCase>[] = [
  frozenWeights,
  weightDecayTooHigh,
  symmetricOrZeroInitialisation,
  explodingGradients,
  activationNotForRecurrence,
  saturatedGates,
  gradientClippingAlwaysActive,
  learningRateTooHigh,
  learningRateTooLow,
  nanInLoss,
  batchSizeTooLarge,
  overfitting,
  underfittingStoppedEarly,
  beatenByBaseline,
];

/** A graph of several inputs or outputs, opened. */
export interface OpenGraph {
  readonly model: Model;
  readonly inputs: readonly Part[];
  readonly outputs: readonly Part[];
  readonly options: DiagnoseOptions;
  readonly history: ModelCase["history"];
}

/** The part of an output, by its name, or by its place where names were not given. */
export const outputAt = ({ model, outputs }: OpenGraph, o: number): Part | undefined =>
  outputs.find(({ name }) => name === namesOf(model, "outputs")[o]) ?? outputs[o];

const caseOf = (graph: OpenGraph, o: number): DataCase => {
  const loss = graph.model.compiled!.losses[o];
  return examplesCase(graph.inputs[0]!.block, outputAt(graph, o)!.block, {
    isClassification: loss != null && (loss.targets === "classes" || isClassLoss(loss.name)),
  });
};

/** What the configuration of each output says, with the output's name. */
export function ofEachOutput(graph: OpenGraph): { name: string; found: Diagnosis[] }[] {
  const { model } = graph;
  const { losses, asked } = model.compiled!;
  const file = fileOf(model, model.inputShape ?? []);
  return losses.flatMap((loss, o) => {
    const part = outputAt(graph, o);
    if (loss === null || part === undefined) return [];
    const data = caseOf(graph, o);
    const at = {
      data,
      windows: data.windows!,
      file: {
        ...file,
        loss,
        metrics: metricNames(asked.metrics[o] ?? []),
        layers: file.graph === null ? file.layers : layersTo(file.graph.json, o),
      },
    } as unknown as ModelCase;
    return [{ name: part.name, found: runRules(ofOneAnswer, at) }];
  });
}

/** The least that constant answers cost, with the factors of the outputs' losses; null where that is not known of one. */
function constantOf(graph: OpenGraph): number | null {
  const { losses, outputs } = graph.model.compiled!;
  let sum = 0;
  for (const [o, loss] of losses.entries()) {
    if (loss === null) continue;
    const own = constantLoss(openWindows(graph.inputs[0]!.block, outputAt(graph, o)!.block), loss);
    if (own === null) return null;
    sum += own * outputs[o]!.lossWeight;
  }
  return sum;
}

function manyOf(graph: OpenGraph): ManyArrays {
  const { model, inputs, outputs, options } = graph;
  const held = options.validationData;
  const validation =
    held === undefined
      ? null
      : {
          x: recordOf(partsOf(held[0], namesOf(model, "inputs"))),
          y: recordOf(partsOf(held[1], namesOf(model, "outputs"))),
        };
  const isReadable =
    validation !== null &&
    [validation.x, validation.y].every((part) =>
      Object.values(part).every(({ data }) => data.every(Number.isFinite)),
    );
  return {
    x: recordOf(inputs),
    y: recordOf(outputs),
    validation: isReadable ? validation : null,
    constantLoss: constantOf(graph),
  };
}

/** Looks at gradients, and trains copies. Stateful graphs are left out: states of several branches cannot be carried in trials. */
export async function triedOnCopies(
  graph: OpenGraph,
  before: readonly Diagnosis[],
  first: number,
): Promise<Diagnosis[]> {
  const { model, inputs, outputs, options, history } = graph;
  if (model.batchSize !== undefined) return [...before];
  const file = fileOf(model, model.inputShape ?? []);
  if (file.graph === null) return [...before];
  const isTrained = (history?.loss?.length ?? 0) > 0 || file.updates > 0;
  const data = { ...caseOf(graph, 0), isTrained };
  const [x, y] = [inputs[0]!.block as Tensor, outputs[0]!.block as Tensor];
  const experiments = new Experiments(file, x, y, data.windows!, null, { many: manyOf(graph) });
  experiments.signal = options.signal;
  experiments.allowance = allowanceFor(file, data.windows!, history?.loss?.length);
  const at: ModelCase = {
    data,
    windows: data.windows!,
    file,
    experiments,
    history,
    isTrained,
    fit: options.fit ?? {},
  };
  try {
    return await runSlowRules(ofTraining, at, before, (code, index) => {
      options.signal?.throwIfAborted();
      options.onProgress?.({ code, step: first + index, steps: first + ofTraining.length });
    });
  } catch (error) {
    // What a copy refuses, the model has been refused before.
    if (error instanceof GateflowError && error.code !== undefined) return [...before];
    throw error;
  } finally {
    experiments.dispose();
  }
}
