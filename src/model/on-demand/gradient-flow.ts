import { FlowBuffer } from "../../layers/recurrent/flow-buffer.js";
import type { RecordedFlow } from "../../layers/recurrent/recorded-flow.js";
import type { Variable } from "../../layers/variable.js";
import type { Examples } from "../data/examples.js";
import type { Compiled, Executor } from "../execution/executor.js";
import type { GradientFlow, LayerFlow, RecurrentLayerFlow, WeightFlow } from "../flow.js";
import { FlowCollector, type FlowPart, joined } from "./flow-collector.js";
import { measureUpdate, tryUpdate, type UpdateMeasure } from "./trial-update.js";

const recurrentFlow = (recorded: RecordedFlow): Omit<RecurrentLayerFlow, "name" | "kind" | "weights"> => ({
  hiddenGradient: recorded.hidden,
  cellGradient: recorded.cell,
  inputGradient: recorded.input,
  gates: Object.fromEntries(recorded.form.gates.map((name, i) => [name, recorded.gate(i)])),
});

/** What a pass needs to record in this executor. */
export function recordIn(executor: Executor): typeof FlowBuffer {
  executor.records ??= new FlowCollector();
  return FlowBuffer;
}

/** Numbers of one weight, taken while gradients and weights stand as before the update. */
interface Measured extends Omit<WeightFlow, "updateRatio" | "clippedGradientNorm"> {
  readonly variable: Variable;
}

/** What was measured of a part of the model, before it is put into words and arrays. */
interface PartMeasure {
  readonly part: FlowPart;
  readonly weights: readonly Measured[];
  readonly recorded: RecordedFlow | undefined;
}

const layerFlow = (
  { part: { name, layer }, weights, recorded }: PartMeasure,
  { moved, clipped }: UpdateMeasure,
): LayerFlow => ({
  name,
  kind: layer.kind,
  weights: weights.map(({ variable, ...weight }) => {
    const distance = moved(variable);
    return {
      ...weight,
      clippedGradientNorm: clipped?.(variable) ?? weight.gradientNorm,
      updateRatio: distance === 0 ? 0 : distance / weight.norm,
    };
  }),
  ...(recorded === undefined ? {} : recurrentFlow(recorded)),
});

/** The weights' names in `getWeights()`. */
function namesOf(executor: Executor): ReadonlyMap<Variable, string> {
  const known = weightNames.get(executor);
  if (known !== undefined) return known;
  const names = new Map<Variable, string>();
  for (const layer of executor.layers) {
    const own = layer.weightNames;
    layer.variables.forEach((variable, i) => {
      names.set(variable, own[i]!);
    });
  }
  weightNames.set(executor, names);
  return names;
}

const weightNames = new WeakMap<Executor, ReadonlyMap<Variable, string>>();

/**
 * Reads what a backward pass with `record` left behind. Numbers are taken now; the layers' arrays are made of them when
 * somebody looks, so that recording every step costs little of the step.
 *
 * @param update makes the next update, or only tries it out, and says how far each weight went and what clipping did.
 */
function readFlow(executor: Executor, loss: number, update: () => UpdateMeasure): GradientFlow {
  const { modelMemory } = executor;
  const { kernels } = modelMemory.parameters;
  const norm = (address: number, { size }: Variable): number =>
    address === 0 ? 0 : Math.sqrt(kernels.sumOfSquares(address, size));
  const names = namesOf(executor);
  // Clipping and the update write over gradients and weights.
  const measures = executor.records!.take().map((part) => ({
    part,
    weights: part.layer.variables.map((variable) => ({
      variable,
      name: names.get(variable)!,
      norm: norm(modelMemory.weights(variable), variable),
      gradientNorm: norm(modelMemory.gradients(variable), variable),
    })),
    recorded: joined(part),
  }));
  const updated = update();
  let layers: LayerFlow[] | undefined;
  return {
    loss,
    get layers() {
      layers ??= measures.map((measure) => layerFlow(measure, updated));
      return layers;
    },
    gradientNorm: updated.gradientNorm,
  };
}

/** One forward and one backward pass, dropout off, that leave weights, states, optimizer and random numbers alone. */
export function gradientFlowOf(
  where: string,
  executor: Executor,
  compiled: Compiled,
  examples: Examples,
): GradientFlow {
  const plan = executor.load(where, "inspection", examples, examples.size);
  executor.checkLabels(where, examples, compiled.losses);
  const pass = executor.pass(examples.size, {
    training: false,
    advanceState: false,
    truncate: compiled.truncate,
    step: 0,
    record: recordIn(executor),
  });
  plan.forward(pass);
  const { value } = executor.loss(where, plan, examples, compiled, true);
  executor.backward(plan, pass);
  executor.records!.keep(plan);
  return readFlow(executor, value, () => tryUpdate(executor, compiled.optimizer));
}

/** Makes the update of a training pass whose gradients are there, and tells the listeners of both. */
export function updateAndTell(executor: Executor, compiled: Compiled, loss: number): void {
  const flow = readFlow(executor, loss, () => measureUpdate(executor, compiled.optimizer));
  for (const listener of executor.flowListeners) listener(flow);
}
