import { ConfigError, GateflowError, StateError } from "../errors.js";
import { onlyBatch } from "../model/data/examples.js";
import { Model } from "../model/model.js";
import { Sequential } from "../model/sequential.js";
import { refuseUnknown } from "../options.js";
import { isClassLoss } from "../recipe/train-recipe.js";
import { open } from "../series/kinds.js";
import type { Code } from "./causes.js";
import { type DataCase, examplesCase } from "./data-case.js";
import { dataRules } from "./data-rules/data-rules.js";
import { diagnoseGraph, isChain } from "./diagnose-graph.js";
import type { DiagnoseOptions } from "./diagnose-options.js";
import { type Diagnosis, type Rule, worstFirst } from "./diagnosis.js";
import type { Windows } from "./evidence/window-source.js";
import { isOneToOne, onlyOf } from "./graph-parts.js";
import { historyOf } from "./history-of.js";
import type { ModelCase } from "./model-case.js";
import { allLayers } from "./model-case.js";
import { modelRules } from "./model-rules/model-rules.js";
import { refusalOf } from "./refusal.js";
import { runRules, runSlowRules } from "./run-rules.js";
import { allowanceFor } from "./trials/allowance.js";
import { Experiments } from "./trials/experiments.js";
import { asChain, fileOf } from "./trials/model-copy.js";

/** Faults after which nothing can be run. */
const untrainableCodes: readonly string[] = ["missing_values", "insufficient_data"];

/**
 * Says why a model does not learn, or will not: looks at the data, the model and its configuration, its gradients, short
 * trainings of copies, and, where given, at the history of the training it had.
 *
 * The model, its weights, states and optimizer stay as they are, to the bit: everything is tried on copies.
 *
 * @param model compiled; trained or not; a chain of layers, or a graph. Of a graph of several inputs or outputs each is looked at by
 *   itself, and rules that need one input and one answer (windows, seasons, leaks, baselines) are silent.
 * @returns worst first, causes before symptoms; empty for a healthy model.
 * @throws StateError before `compile`; ShapeError when x does not fit the model; the signal's reason once it is aborted.
 *
 * @example
 * const [worst] = await diagnose(model, { x, y, history });
 * if (worst !== undefined) console.log(worst.title, worst.remedy);
 */
export async function diagnose(model: Model, options: DiagnoseOptions): Promise<Diagnosis[]> {
  const where = "diagnose()";
  refuseUnknown(where, options, [
    "x",
    "y",
    "validationData",
    "history",
    "series",
    "fit",
    "onProgress",
    "signal",
  ]);
  const { onProgress, signal } = options;
  signal?.throwIfAborted();
  if (!(model instanceof Model))
    throw new ConfigError(`${where}: the first argument is no model.`, { received: model });
  if (options.x === undefined || options.y === undefined)
    throw new ConfigError(`${where}: { x, y } is what the model is trained on; both are needed.`);
  if (model.compiled === undefined)
    throw new StateError(
      `${where}: compile the model first: without loss and optimizer there is no learning to judge.`,
    );
  const isGraph = !(model instanceof Sequential);
  if (isGraph && !isOneToOne(model, options)) return diagnoseGraph(model, options);
  const series = options.series === undefined ? null : (open(where, options.series).columns[0] ?? null);
  const [x, y] = [onlyOf(options.x), onlyOf(options.y)];
  const connected = fileOf(model, x.shape.slice(1));
  const file = isGraph && (await isChain(model, x)) ? asChain(connected) : connected;
  const layers = allLayers(file);
  const history = historyOf(where, options.history);
  const isTrained = (history?.loss?.length ?? 0) > 0 || file.updates > 0;
  const asGiven = examplesCase(x, y, {
    ...(options.validationData === undefined
      ? {}
      : { validation: [onlyOf(options.validationData[0]), onlyOf(options.validationData[1])] as const }),
    series,
    isClassification: isClassLoss(file.loss.name),
    isIndexed: layers[0]?.kind === "embedding",
    isStateful: layers.some(({ config }) => config.stateful === true),
    classWeight: options.fit?.classWeight,
  });
  const { windows, validation } = asGiven;
  const held = validation !== null && areFinite(validation) ? { x: validation.x, y: validation.y } : null;
  const experiments = new Experiments(file, x, y, windows!, held, {
    classWeight: options.fit?.classWeight,
    held: held === null ? null : validation,
  });
  experiments.signal = signal;
  experiments.allowance = allowanceFor(file, windows!, history?.loss?.length);
  const data: DataCase = {
    ...asGiven,
    isTrained,
    ...(isTrained && areFinite(windows!) ? await learning(experiments, validation) : {}),
  };
  const found = runRules(dataRules, data);
  if (data.columns.length === 0) {
    experiments.dispose();
    return worstFirst(found);
  }
  const at: ModelCase = {
    data,
    windows: windows!,
    file,
    experiments,
    history,
    isTrained,
    fit: options.fit ?? {},
  };
  const rules = modelRules(isTrained);
  try {
    const isHopeless =
      !areFinite(windows!) ||
      found.some(
        ({ code, evidence }) =>
          untrainableCodes.includes(code) || (code === "constant_feature" && evidence.value === "NaN"),
      );
    if (isHopeless) return worstFirst(runRules(rules.map(withoutRun), at, found));
    checkExamples(where, experiments);
    const beforeEach = (code: Code, index: number): void => {
      signal?.throwIfAborted();
      onProgress?.({ code, step: dataRules.length + index, steps: dataRules.length + rules.length });
    };
    return worstFirst(await runSlowRules(rules, at, found, beforeEach));
  } catch (error) {
    // Faults that fit itself refuses are told in its words.
    if (!(error instanceof GateflowError) || error.code === undefined) throw error;
    const refused = refusalOf(error, windows!.timesteps);
    return worstFirst([
      ...found,
      { ...refused, evidence: { ...refused.evidence, samples: windows!.samples } },
    ]);
  } finally {
    experiments.dispose();
  }
}

/** What a rule can say where the model cannot be run. */
const withoutRun = (rule: Rule<ModelCase>): Rule<ModelCase> =>
  rule.isStatic ? rule : { ...rule, look: (at) => rule.lookAnyway?.(at) ?? null };

/** What `fit` would refuse, said of the examples as they were given. @throws ShapeError, DataError */
function checkExamples(where: string, { copy, x, y, file }: Experiments): void {
  const executor = copy.executor(where, x);
  executor.input.checkShape(where, x);
  executor.checkLabels(where, onlyBatch(where, x, y, undefined), [file.loss]);
}

const areFinite = ({ x, y }: Windows): boolean =>
  x.data.every(Number.isFinite) && y.data.every(Number.isFinite);

/** What a trained model has left to learn of examples it was not shown (of those it was, where there are no others). */
async function learning(
  experiments: Experiments,
  validation: Windows | null,
): Promise<Pick<DataCase, "unlearnt" | "heldOverTrain">> {
  try {
    const own = await experiments.trainLoss();
    const held = validation === null ? null : await experiments.validationLoss();
    const constant = held === null ? experiments.constantLoss : experiments.validationConstant;
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
    return {
      unlearnt: finite((held ?? own) / (constant ?? Number.NaN)),
      heldOverTrain: held === null ? null : finite(held / own),
    };
  } catch (error) {
    // Shapes that do not fit are told by the rules that follow.
    if (error instanceof GateflowError) return { unlearnt: null, heldOverTrain: null };
    throw error;
  }
}
