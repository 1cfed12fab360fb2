import { GateflowError } from "../errors.js";
import type { Model } from "../model/model.js";
import { openBlock } from "../recipe/open-block.js";
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
import type { DiagnoseOptions, Several } from "./diagnose-options.js";
import { type Diagnosis, type Rule, worstFirst } from "./diagnosis.js";
import { refusalOf } from "./refusal.js";
import { runRules } from "./run-rules.js";
import { head } from "./trials/experiments.js";
import { copyOf, fileOf } from "./trials/model-copy.js";

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

interface Part {
  readonly name: string;
  readonly block: ReturnType<typeof openBlock>;
}

/** Inputs or outputs one by one, whatever way they were given. */
function partsOf(value: TensorLike | Several, count: number, names: readonly string[]): Part[] {
  const named = (values: readonly unknown[]): Part[] =>
    values.map((each, i) => ({ name: names[i] ?? String(i), block: openBlock(each as TensorLike) }));
  if (isTensor(value)) return named([value]);
  if (!Array.isArray(value) && !ArrayBuffer.isView(value))
    return Object.entries(value).map(([name, each]) => ({ name, block: openBlock(each as TensorLike) }));
  const list = value as readonly unknown[];
  return isTensor(list[0]) || (count > 1 && list.length === count) ? named(list) : named([value]);
}

/** Names of a model's inputs or outputs, in their order. */
const namesOf = ({ topology }: Model, side: "inputs" | "outputs"): readonly string[] =>
  topology[side].map(({ name }, i) => name ?? String(i));

/**
 * Whether a graph is a chain of layers after all: the same layers one after the other give the same answers. Then all that is
 * tried on copies of a chain can be tried on copies of it.
 */
export async function isChain(model: Model, x: TensorLike | Several): Promise<boolean> {
  if (namesOf(model, "inputs").length > 1 || namesOf(model, "outputs").length > 1) return false;
  if (model.compiled === undefined || model.compiled.losses.length !== 1) return false;
  const [part, ...others] = partsOf(x, 1, []);
  if (part === undefined || others.length > 0 || !part.block.data.every(Number.isFinite)) return false;
  let copy: ReturnType<typeof copyOf> | undefined;
  try {
    copy = copyOf(fileOf(model, part.block.shape.slice(1)));
    const some = head(part.block as Tensor, Math.min(SOME, part.block.shape[0] ?? 0));
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
          evidence: { [side]: name, ...diagnosis.evidence },
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

/**
 * Looks at a graph with branches: each input and output by itself, its configuration, its weights, what would be refused, and
 * the history. Nothing is tried on copies.
 */
export async function diagnoseGraph(model: Model, options: DiagnoseOptions): Promise<Diagnosis[]> {
  const [inputNames, outputNames] = [namesOf(model, "inputs"), namesOf(model, "outputs")];
  const inputs = partsOf(options.x, inputNames.length, inputNames);
  const outputs = partsOf(options.y, outputNames.length, outputNames);
  const [anyInput] = inputs;
  const [anyOutput] = outputs;
  if (anyInput === undefined || anyOutput === undefined) return [];
  const found: Diagnosis[] = [];
  const add = (more: readonly Diagnosis[]): void => {
    const known = new Set(found.map(({ code, title }) => code + title));
    found.push(...more.filter(({ code, title }) => !known.has(code + title)));
  };
  for (const { name, block } of inputs) {
    const at = examplesCase(block, anyOutput.block, { isClassification: false });
    add(placed(runRules(ofOneInput, at), "input", name, inputs.length === 1));
  }
  const losses = model.compiled!.losses;
  for (const [o, { name, block }] of outputs.entries()) {
    const place = Math.max(0, outputNames.indexOf(name));
    const loss = losses[outputs.length === losses.length ? place : o];
    const at = examplesCase(anyInput.block, block, {
      isClassification: loss != null && (loss.targets === "classes" || isClassLoss(loss.name)),
    });
    const own: DataCase = { ...at, columns: [] };
    add(placed(runRules(ofOneOutput, own), "output", name, outputs.length === 1));
  }
  options.signal?.throwIfAborted();
  add(alwaysSaid(model, options.history));
  const isReadable = [...inputs, ...outputs].every(({ block }) => block.data.every(Number.isFinite));
  if (isReadable) {
    const refused = await refusalOfSome(model, options);
    if (refused !== null) add([refused]);
  }
  return worstFirst(found);
}
