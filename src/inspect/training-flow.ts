import type { Callback } from "../model/events.js";
import { type GradientFlow, isRecurrentFlow } from "../model/flow.js";
import type { NamedTensor } from "../tensor.js";
import { deadLayers, type LayerDeath } from "./dead-layers.js";
import { gradientFlowRecorder, type RecordedGradientFlow } from "./gradient-flow-recorder.js";

/** How the gradient flowed through a network while it was trained, one flow an epoch. */
export interface TrainingFlow {
  readonly flows: readonly RecordedGradientFlow[];
  /** The recurrent layer whose last state is what the network remembers of its window. */
  readonly layer: string;
  /** The flow of the network as it was trained; left out: the last one recorded. */
  readonly trained?: GradientFlow;
  /** Units that learn nothing, and by which sign that is known; left out where nobody looked. */
  readonly dead?: { readonly sign: string; readonly layers: readonly LayerDeath[] };
}

/** What is asked of a network that was trained. */
export interface TrainedNetwork {
  readonly layers: readonly object[];
}

export interface FlowWatch {
  /** For `fit`. They change no bit of the training. */
  readonly callbacks: readonly Callback[];
  /** What was recorded of a network; undefined where nothing was, or it has no recurrent layer. */
  ofModel(model: TrainedNetwork): TrainingFlow | undefined;
  /** The same of the network that whoever trained it kept, a forecaster for example. */
  of(keeper: { readonly model: TrainedNetwork | undefined }): TrainingFlow | undefined;
}

/** The last recurrent layer that ends in one state: what follows it, a decoder included, knows no more of the window. */
const endsInOneState = (layer: object): layer is { readonly name: string } =>
  "returnSequences" in layer && layer.returnSequences === false;

/** That layer's name in a flow (a bidirectional layer's forward direction); where none ends in one state, the last. */
function layerOf(model: TrainedNetwork, flow: GradientFlow): string | undefined {
  const recurrent = flow.layers.filter(isRecurrentFlow).map(({ name }) => name);
  const owner = model.layers.findLast(endsInOneState)?.name;
  return recurrent.find((name) => name === owner || name.startsWith(`${owner}/`)) ?? recurrent.at(-1);
}

/** How far each weight went, entry by entry. */
const moved = (from: readonly NamedTensor[], to: readonly NamedTensor[]): NamedTensor[] =>
  to.map(({ name, shape, data }, i) => ({
    name,
    shape,
    data: Float32Array.from(data, (value, k) => value - from[i]!.data[k]!),
  }));

interface Kept {
  readonly flows: readonly RecordedGradientFlow[];
  /** In the last epoch. */
  readonly moved: readonly NamedTensor[];
}

/**
 * Records the gradient flow of the first batch of every epoch. A forecaster trains several networks, one after the other,
 * and keeps one: each network's flows are kept by themselves.
 */
export function watchFlow(): FlowWatch {
  const recorder = gradientFlowRecorder();
  const kept = new WeakMap<object, Kept>();
  let before: readonly NamedTensor[] = [];
  let last: readonly NamedTensor[] = [];
  const keeper: Callback = {
    onTrainBegin() {
      last = [];
    },
    onEpochBegin() {
      before = this.model?.getWeights() ?? [];
    },
    onEpochEnd() {
      last = moved(before, this.model?.getWeights() ?? []);
    },
    onTrainEnd() {
      if (this.model !== undefined) kept.set(this.model, { flows: recorder.flows, moved: last });
    },
  };
  const ofModel = (model: TrainedNetwork): TrainingFlow | undefined => {
    const own = kept.get(model);
    const flow = own?.flows.at(-1)?.flow;
    const layer = flow === undefined ? undefined : layerOf(model, flow);
    if (own === undefined || flow === undefined || layer === undefined) return undefined;
    const layers = deadLayers(model.layers, flow, own.moved);
    return { flows: own.flows, layer, dead: { sign: "no weight into them moved in the last epoch", layers } };
  };
  return {
    callbacks: [recorder, keeper],
    ofModel,
    of: ({ model }) => (model === undefined ? undefined : ofModel(model)),
  };
}
