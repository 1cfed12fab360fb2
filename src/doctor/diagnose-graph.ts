import { GateflowError } from "../errors.js";
import type { Model } from "../model/model.js";
import { isClassLoss } from "../recipe/train-recipe.js";
import { isTensor, type Tensor, type TensorLike } from "../tensor.js";
import { alwaysSaid } from "./always-said.js";
import { type DataCase, examplesCase } from "./data-case.js";
import { classImbalance } from "./data-rules/class-imbalance.js";
import { constantFeature } from "./data-rules/constant-feature.js";
import { constantTarget } from "./data-rules/constant-target.js";
import { insufficientData } from "./data-rules/insufficient-data.js";
import { missingValues } from "./data-rules/missing-values.js";
import { outliers } from "./data-rules/outliers.js";
import { unscaledInputs } from "./data-rules/unscaled-inputs.js";
import { unscaledTarget } from "./data-rules/unscaled-target.js";
import type { DiagnoseOptions } from "./diagnose-options.js";
import { type Diagnosis, type Rule, worstFirst } from "./diagnosis.js";
import { namesOf, partsOf } from "./graph-parts.js";
import { ofEachOutput, outputAt, triedOnCopies } from "./graph-trials.js";
import { historyOf } from "./history-of.js";
import { refusalOf } from "./refusal.js";
import { runRules } from "./run-rules.js";
import { asChain, copyOf, fileOf } from "./trials/model-copy.js";
import { head } from "./trials/rows.js";

const SOME = 8;
const SAME_ANSWER = 1e-5;

/** Rules that look at one input or one output by itself: what tells a target may stand in another input. */
const ofOneInput: readonly Rule<DataCase>[] = [
  constantFeature,
  missingValues,
  insufficientData,
  unscaledInputs,
];
const ofOneOutput: readonly Rule<DataCase>[] = [constantTarget, outliers, unscaledTarget, classImbalance];

/**
 * Whether a graph is a chain of layers after all: the same layers one after the other give the same answers. Then all that is
 * tried on copies of a chain can be tried on copies of it.
 */
export async function isChain(model: Model, x: Tensor): Promise<boolean> {
  if (model.compiled === undefined || !x.data.every(Number.isFinite)) return false;
  let copy: ReturnType<typeof copyOf> | undefined;
  try {
    copy = copyOf(asChain(fileOf(model, x.shape.slice(1))));
    const some = head(x, Math.min(SOME, x.shape[0] ?? 0));
    if (copy.batchSize !== undefined) return false;
    const [own, its] = [await model.predict(some), await copy.predict(some)];
    return (
      isTensor(own) &&
      own.data.length === its.data.length &&
      own.data.every((value, i) => Math.abs(value - its.data[i]!) <= SAME_ANSWER * (1 + Math.abs(value)))
    );
  } catch (error) {
    // Layers that cannot follow each other are no chain.
    if (error instanceof GateflowError) return false;
    throw error;
  } finally {
    copy?.dispose();
  }
}

/** Where a finding stands, in a model that has several inputs or outputs. */
const placed = (
  found: readonly Diagnosis[],
  side: "input" | "output",
  name: string,
  isOne: boolean,
): Diagnosis[] =>
  found.map((diagnosis) =>
    isOne
      ? diagnosis
      : {
          ...diagnosis,
          title: `${side} ${name}: ${diagnosis.title}`,
          evidence: { ...diagnosis.evidence, [side]: name },
        },
  );

/** What `evaluate` refuses of the first samples, as a diagnosis; null where it takes them. @throws what has no code. */
async function refusalOfSome(model: Model, { x, y }: DiagnoseOptions): Promise<Diagnosis | null> {
  if (model.batchSize !== undefined) return null;
  try {
    await model.evaluate(x as TensorLike, y as TensorLike, { batchSize: 256 });
    return null;
  } catch (error) {
    if (!(error instanceof GateflowError) || error.code === undefined) throw error;
    return refusalOf(error);
  }
}

/** What reads indices is no amount, however large. */
const isIndexed = ({ topology }: Model, name: string, i: number): boolean =>
  (topology.inputs.find((port) => port.name === name) ?? topology.inputs[i])?.vocabularySize !== undefined;

/**
 * Looks at a graph of several inputs or outputs: each of them by itself, its configuration, its weights, what would be refused,
 * the history, and short trainings of copies.
 */
export async function diagnoseGraph(model: Model, options: DiagnoseOptions): Promise<Diagnosis[]> {
  const inputs = partsOf(options.x, namesOf(model, "inputs"));
  const outputs = partsOf(options.y, namesOf(model, "outputs"));
  const [anyInput] = inputs;
  const [anyOutput] = outputs;
  if (anyInput === undefined || anyOutput === undefined) return [];
  const history = historyOf("diagnose()", options.history);
  const graph = { model, inputs, outputs, options, history };
  const found: Diagnosis[] = [];
  const add = (more: readonly Diagnosis[]): void => {
    const known = new Set(found.map(({ code, title }) => code + title));
    found.push(...more.filter(({ code, title }) => !known.has(code + title)));
  };
  for (const [i, { name, block }] of inputs.entries()) {
    const at = examplesCase(block, anyOutput.block, {
      isClassification: false,
      isIndexed: isIndexed(model, name, i),
    });
    add(placed(runRules(ofOneInput, at), "input", name, inputs.length === 1));
  }
  const { losses } = model.compiled!;
  for (const [o, loss] of losses.entries()) {
    const part = outputAt(graph, o);
    if (loss === null || part === undefined) continue;
    const at = examplesCase(anyInput.block, part.block, {
      isClassification: loss.targets === "classes" || isClassLoss(loss.name),
    });
    const own: DataCase = { ...at, columns: [] };
    add(placed(runRules(ofOneOutput, own), "output", part.name, outputs.length === 1));
  }
  options.signal?.throwIfAborted();
  const isReadable = [...inputs, ...outputs].every(({ block }) => block.data.every(Number.isFinite));
  for (const each of isReadable ? ofEachOutput(graph) : [])
    add(placed(each.found, "output", each.name, outputs.length === 1));
  add(alwaysSaid(model, options.history));
  if (!isReadable) return worstFirst(found);
  const refused = await refusalOfSome(model, options);
  if (refused !== null) return worstFirst([...found, refused]);
  return worstFirst(await triedOnCopies(graph, found, ofOneInput.length + ofOneOutput.length));
}
