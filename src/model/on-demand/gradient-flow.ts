import type { Layer } from "../../layers/layer.js";
import type { BidirectionalLayer } from "../../layers/recurrent/bidirectional.js";
import { FlowBuffer, type RecordedFlow } from "../../layers/recurrent/flow-buffer.js";
import type { Variable } from "../../layers/variable.js";
import type { Examples } from "../examples.js";
import type { Compiled, Executor } from "../executor.js";
import { FlowCollector } from "./flow-collector.js";
import { measureUpdate, tryUpdate, type UpdateMeasure } from "./trial-update.js";

/** One gate, one entry a time step. */
export interface GateFlow {
  /** ‖dL/dz_t‖ of the gate's pre-activation z, over batch and units. */
  readonly gradient: Float32Array;
  /** Mean activation over the samples that are not masked; 0 where all are. */
  readonly mean: Float32Array;
  /** Share of activations within 0.05 of a bound of the activation function; 0 where it has none. */
  readonly saturated: Float32Array;
}

export interface WeightFlow {
  /** As in `getWeights()`. */
  readonly name: string;
  /** ‖w‖ before the update. */
  readonly norm: number;
  /** ‖dL/dw‖ before clipping, regularization included; 0 where the layer is not trainable. */
  readonly gradientNorm: number;
  /** The same after the optimizer's clipping. */
  readonly clippedGradientNorm: number;
  /**
   * ‖Δw‖ / ‖w‖, where Δw is all that the optimizer's next update changes: clipping, moments, weight decay, learning rate
   * and constraints as they stand. 0 where nothing changes, Infinity where a weight that is all zeros does.
   */
  readonly updateRatio: number;
}

/** What flows back through one layer, or through one direction of a bidirectional one. */
export interface LayerFlow {
  readonly name: string;
  /** The factory's name, such as `lstm`. */
  readonly kind: string;
  readonly weights: readonly WeightFlow[];
  /**
   * The following are there for recurrent layers alone. One entry a time step in the order in which the layer processes
   * them (with `goBackwards`, and in the backward direction of `bidirectional`, the first entry is the sequence's last
   * step); Frobenius norms over batch and units.
   *
   * ‖dL/dh_t‖, the total derivative: by every way on which h_t reaches the loss.
   */
  readonly hiddenGradient?: Float32Array;
  /** ‖dL/dc_t‖, total derivative. Empty for cells without c: gru, simpleRNN. */
  readonly cellGradient?: Float32Array;
  /** ‖dL/dx_t‖ of the input read at that step. Empty in a training pass where nothing before the layer learns. */
  readonly inputGradient?: Float32Array;
  /** lstm: input, forget, cell, output; gru: update, reset, candidate; simpleRNN: cell. */
  readonly gates?: Readonly<Record<string, GateFlow>>;
}

export interface RecurrentLayerFlow extends LayerFlow {
  readonly hiddenGradient: Float32Array;
  readonly cellGradient: Float32Array;
  readonly inputGradient: Float32Array;
  readonly gates: Readonly<Record<string, GateFlow>>;
}

/** How a batch's gradient flows back through a model. */
export interface GradientFlow {
  /** The compiled loss, regularization included. */
  readonly loss: number;
  readonly layers: readonly LayerFlow[];
  /** Norm of all gradients together, before the optimizer's clipping and after. */
  readonly gradientNorm: { readonly before: number; readonly after: number };
}

/** Whether a layer's flow has time steps. */
export const isRecurrentFlow = (layer: LayerFlow): layer is RecurrentLayerFlow =>
  layer.hiddenGradient !== undefined;

/** Told of a training pass: called after the update. */
export type FlowListener = (flow: GradientFlow) => void;

const recurrentFlow = (recorded: RecordedFlow): Omit<RecurrentLayerFlow, "name" | "kind" | "weights"> => ({
  hiddenGradient: recorded.hidden,
  cellGradient: recorded.cell,
  inputGradient: recorded.input,
  gates: Object.fromEntries(recorded.form.gates.map((name, i) => [name, recorded.gate(i)])),
});

/** A layer, or a direction of one: what has a flow of its own. */
interface Part {
  readonly name: string;
  readonly layer: Layer;
  /** Stands before the names of the weights. */
  readonly owner: string;
}

function partsOf(layer: Layer): Part[] {
  if (!("directions" in layer)) return [{ name: layer.name, layer, owner: layer.name }];
  return (layer as BidirectionalLayer).directions.map((direction) => ({
    name: `${layer.name}/${direction.name}`,
    layer: direction,
    owner: layer.name,
  }));
}

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
  readonly part: Part;
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
  const recorded = executor.records!.take();
  // Clipping and the update write over gradients and weights.
  const measures = executor.hidden.flatMap(partsOf).map((part) => ({
    part,
    weights: part.layer.variables.map((variable) => ({
      variable,
      name: `${part.owner}/${variable.key}`,
      norm: norm(modelMemory.weights(variable), variable),
      gradientNorm: norm(modelMemory.gradients(variable), variable),
    })),
    recorded: recorded.get(part.layer),
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
  executor.checkLabels(where, examples, compiled.loss);
  const pass = executor.pass(examples.size, {
    training: false,
    advanceState: false,
    truncate: compiled.truncate,
    step: 0,
    record: recordIn(executor),
  });
  plan.forward(pass);
  const { value } = executor.loss(where, plan, examples, { ...compiled, metrics: [] }, true);
  executor.backward(plan, pass);
  executor.records!.keep(plan);
  return readFlow(executor, value, () => tryUpdate(executor, compiled.optimizer));
}

/** Makes the update of a training pass whose gradients are there, and tells the listeners of both. */
export function updateAndTell(executor: Executor, compiled: Compiled, loss: number): void {
  const flow = readFlow(executor, loss, () => measureUpdate(executor, compiled.optimizer));
  for (const listener of executor.flowListeners) listener(flow);
}
