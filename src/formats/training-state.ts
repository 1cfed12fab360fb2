import { FormatError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import type { Callback, CallbackState, Logs } from "../model/events.js";
import type { Compiled } from "../model/execution/executor.js";
import type { Model } from "../model/model.js";
import type { FitPosition } from "../model/training/fit.js";
import type { NamedTensor, Tensor } from "../tensor.js";

/** A number for JSON, which has neither NaN nor infinities. */
type Plain = number | string;
const toPlain = (value: number): Plain => (Number.isFinite(value) ? value : String(value));

interface SavedCallback {
  readonly name: string;
  readonly counters: CallbackState["counters"];
  /** Names and shapes of the weights it keeps; their numbers are tensors of the file. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[] | null;
  /** Whether the hook that was under way had not reached it. */
  readonly isDue: boolean;
}

/** Where a fit stood, as JSON. */
interface SavedPosition {
  readonly epoch: number;
  readonly batch: number;
  readonly drawn: number;
  readonly order: number;
  readonly hook: string | null;
  readonly logs: Record<string, Plain> | null;
  readonly mean: readonly Plain[];
  readonly metrics: readonly (readonly Plain[])[];
  readonly callbacks: readonly SavedCallback[];
}

/** What is kept of a training beside weights, optimizer and compile options. */
export interface SavedTraining {
  readonly learningRate: number | null;
  /** Number of states by the layer's name. */
  readonly states: Readonly<Record<string, number>>;
  readonly position: SavedPosition | null;
}

const STATES = "states/";
const CALLBACKS = "callbacks/";

/** Whether a tensor of the file belongs to the training. */
export const isOfTraining = ({ name }: { name: string }): boolean =>
  name.startsWith(STATES) || name.startsWith(CALLBACKS);

type StatefulLayer = Layer & {
  stateful: boolean;
  readStates(): Tensor[];
  setStates(states: readonly Tensor[] | null): void;
};
/** What carries a state, by its name behind those of the models it stands in. */
const statefulLayers = (layers: readonly Layer[], path = ""): [name: string, layer: StatefulLayer][] =>
  layers.flatMap((layer): [string, StatefulLayer][] => {
    const { topology } = layer as { topology?: { readonly all: readonly Layer[] } };
    if (topology !== undefined) return statefulLayers(topology.all, `${path}${layer.name}/`);
    const isKept = "readStates" in layer && (layer as StatefulLayer).stateful;
    return isKept ? [[`${path}${layer.name}`, layer as StatefulLayer]] : [];
  });

const plainLogs = (logs: Logs): Record<string, Plain> =>
  Object.fromEntries(Object.entries(logs).map(([name, value]) => [name, toPlain(value)]));

function savePosition(at: FitPosition, compiled: Compiled, tensors: NamedTensor[]): SavedPosition {
  const { hook = null, turn, callbacks } = at.callbacks;
  const saved: SavedCallback[] = [];
  callbacks.forEach((callback, index) => {
    const state = callback.getState?.();
    if (state === undefined) return;
    state.weights?.forEach(({ shape, data }, i) => {
      tensors.push({ name: `${CALLBACKS}${saved.length}/${i}`, shape, data });
    });
    saved.push({
      name: callback.name ?? "",
      counters: state.counters,
      weights: state.weights?.map(({ name, shape }) => ({ name, shape })) ?? null,
      isDue: (hook === "onEpochEnd" || hook === "onTrainBatchEnd") && index > turn,
    });
  });
  return {
    epoch: at.epoch,
    batch: at.batch,
    drawn: at.drawn,
    order: at.order,
    hook,
    logs: at.logs === undefined ? null : plainLogs(at.logs),
    mean: [at.mean.sum, at.mean.count].map(toPlain),
    metrics: compiled.metrics.map((metric) => (metric.save?.() ?? []).map(toPlain)),
    callbacks: saved,
  };
}

/** What a file keeps of a training, and the tensors of it. */
export function saveTraining(
  model: Model,
  compiled: Compiled,
): { training: SavedTraining; tensors: NamedTensor[] } {
  const tensors: NamedTensor[] = [];
  const states: Record<string, number> = {};
  for (const [name, layer] of statefulLayers(model.layers)) {
    const own = layer.readStates();
    states[name] = own.length;
    own.forEach(({ shape, data }, i) => {
      tensors.push({ name: `${STATES}${name}/${i}`, shape, data: data as Float32Array });
    });
  }
  const { optimizer } = compiled;
  return {
    training: {
      learningRate: optimizer.hasSchedule ? null : optimizer.learningRate,
      states,
      position: model.position === undefined ? null : savePosition(model.position, compiled, tensors),
    },
    tensors,
  };
}

const tensorNamed = (tensors: readonly NamedTensor[], name: string): NamedTensor => {
  const found = tensors.find((tensor) => tensor.name === name);
  if (found !== undefined) return found;
  throw new FormatError(`The file has no tensor \`${name}\`, which its description names. It is damaged.`);
};

/** Gives callbacks their counters back, each to the next one of its name, and the hook that had not reached them. */
async function restoreCallbacks(
  saved: SavedPosition,
  at: FitPosition,
  tensors: readonly NamedTensor[],
): Promise<void> {
  const left = [...at.callbacks.callbacks];
  const due: Callback[] = [];
  saved.callbacks.forEach(({ name, counters, weights, isDue }, index) => {
    const found = left.findIndex(
      (callback) => callback.setState !== undefined && (callback.name ?? "") === name,
    );
    if (found < 0) return;
    const [callback] = left.splice(found, 1);
    callback!.setState!({
      counters,
      ...(weights === null
        ? {}
        : {
            weights: weights.map((weight, i) => ({
              ...weight,
              data: tensorNamed(tensors, `${CALLBACKS}${index}/${i}`).data as Float32Array,
            })),
          }),
    });
    if (isDue) due.push(callback!);
  });
  const logs: Logs = Object.fromEntries(
    Object.entries(saved.logs ?? {}).map(([name, value]) => [name, Number(value)]),
  );
  for (const callback of due) {
    if (saved.hook === "onEpochEnd") await callback.onEpochEnd?.(saved.epoch, logs);
    else await callback.onTrainBatchEnd?.(saved.batch - 1, logs);
  }
}

/**
 * Puts a model to where the training stood: states at once, the position when the next fit begins with the epoch the
 * save lies in (or the one after, when the epoch's batches were all done).
 * @param always go on there whatever `initialEpoch` the fit is given.
 */
export function restoreTraining(
  model: Model,
  { learningRate, states, position }: SavedTraining,
  tensors: readonly NamedTensor[],
  always = false,
): void {
  for (const [name, layer] of statefulLayers(model.layers)) {
    const count = states[name];
    if (count === undefined) continue;
    layer.setStates(Array.from({ length: count }, (_, i) => tensorNamed(tensors, `${STATES}${name}/${i}`)));
  }
  if (learningRate !== null && !model.optimizer.hasSchedule) model.optimizer.learningRate = learningRate;
  if (position === null) return;
  model.resume = async (at, compiled, initialEpoch) => {
    const isOver = position.logs !== null;
    const next = isOver ? position.epoch + 1 : position.epoch;
    if (!always && initialEpoch !== position.epoch && initialEpoch !== next) return;
    at.epoch = next;
    at.drawn = position.drawn;
    at.order = position.order;
    if (!isOver) {
      at.batch = position.batch;
      [at.mean.sum, at.mean.count] = position.mean.map(Number) as [number, number];
      compiled.metrics.forEach((metric, i) => {
        metric.load?.((position.metrics[i] ?? []).map(Number));
      });
    }
    await restoreCallbacks(position, at, tensors);
  };
}
