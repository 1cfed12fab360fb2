import { type FlattenLayer, flatten } from "../../layers/flatten.js";
import type { Application } from "../../layers/graph/application.js";
import type { SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import type { Layer } from "../../layers/layer.js";
import type { Owner } from "../../layers/owner.js";
import { RecurrentMask } from "../../layers/recurrent/recurrent-mask.js";
import { Signal } from "../../layers/signal.js";
import type { Stage } from "../../layers/stage.js";
import type { Pass, Workspace } from "../../layers/workspace.js";
import type { LaidOut } from "../topology.js";
import { indicesTaken } from "./vocabulary.js";

/** Whom regions between layers belong to. */
const between = (name: string, kind: string): Owner => ({
  name: `${name} (${kind})`,
  kind,
  variables: [],
  activityRegularizer: undefined,
});

/** A signal of the same rows, which somebody else keeps. */
function viewOf(signal: Signal): Signal {
  const view = new Signal(signal.features, signal.isSequence, signal.maxTimesteps, signal.inner);
  view.takeMask(signal);
  return view;
}

const follow = (view: Signal, { address, timesteps }: Signal): void => {
  view.address = address;
  view.timesteps = timesteps;
};

/** A tensor that several layers read: each has a gradient of its own, and they add up. */
class ForkStage implements Stage {
  readonly layer: Owner;
  readonly branches: readonly Signal[];

  constructor(
    readonly output: Signal,
    name: string,
    count: number,
    readonly workspace: Workspace,
  ) {
    this.layer = between(name, "fork");
    const floats = workspace.batch * output.maxTimesteps * output.stride + 16;
    this.branches = Array.from({ length: count }, (_, i) => {
      const branch = viewOf(output);
      if (output.gradient !== 0) {
        // The first writes where the sum will stand.
        branch.gradient =
          i === 0 ? output.gradient : workspace.region(this.layer, `gradient of branch ${i}`, floats);
      }
      return branch;
    });
  }

  forward(): void {
    for (const branch of this.branches) follow(branch, this.output);
  }

  backward({ batch }: Pass): void {
    const { gradient, stride } = this.output;
    if (gradient === 0) return;
    const count = this.output.rows(batch) * stride;
    for (const branch of this.branches.slice(1)) {
      this.workspace.kernels.addInPlace(gradient, branch.gradient, count);
    }
  }
}

/** A tensor nobody reads: nothing flows back. */
const unusedStage = (output: Signal, name: string, { kernels }: Workspace): Stage => ({
  layer: between(name, "unused"),
  output,
  forward() {},
  backward({ batch }) {
    if (output.gradient !== 0) kernels.fillZero(output.gradient, output.rows(batch) * output.stride);
  },
});

/** Gives a signal the mask that another tensor's values say. */
function maskStage(input: Signal, mask: Signal, name: string, workspace: Workspace): Stage {
  const { memory, kernels } = workspace;
  const owner = between(name, "mask");
  const output = viewOf(input);
  output.gradient = input.gradient;
  output.mask = workspace.region(owner, "mask", workspace.batch * input.maxTimesteps);
  output.MaskReader = RecurrentMask;
  return {
    layer: owner,
    output,
    forward({ batch }) {
      follow(output, input);
      const { timesteps } = input;
      const rows = memory.floats(output.mask, timesteps * batch);
      const values = memory.floats(mask.address, mask.rows(batch) * mask.stride);
      for (let t = 0; t < timesteps; t++) {
        for (let n = 0; n < batch; n++) {
          const at = mask.isSequence ? (t * batch + n) * mask.stride : n * mask.stride + t;
          rows[t * batch + n] = values[at] === 0 ? 0 : 1;
        }
      }
    },
    // What counts has no slope.
    backward({ batch }) {
      if (mask.gradient !== 0) kernels.fillZero(mask.gradient, mask.rows(batch) * mask.stride);
    },
  };
}

/** Indices, which stand as steps of one feature, as a row of numbers for a layer that takes such. */
function rowStage(input: Signal, name: string, workspace: Workspace): Stage {
  const layer: FlattenLayer = flatten();
  return { ...layer.stage(input, workspace), layer: between(name, "row") };
}

/** Outputs that stand side by side, each as a signal of its own. */
function part(whole: Signal, layer: Layer, workspace: Workspace, push: (stage: Stage) => Signal): Signal[] {
  const { kernels } = workspace;
  const features = whole.features / layer.outputParts;
  const parts = Array.from({ length: layer.outputParts }, (_, i) => {
    const owner = between(layer.name, `part ${i}`);
    const output = new Signal(features, whole.isSequence, whole.maxTimesteps);
    output.takeMask(whole);
    const floats = workspace.batch * whole.maxTimesteps * output.stride;
    output.address = workspace.region(owner, "output", floats);
    if (whole.gradient !== 0) output.gradient = workspace.region(owner, "output gradient", floats + 16);
    return output;
  });
  const owner = between(layer.name, "parts");
  push({
    layer: owner,
    output: parts[0]!,
    forward({ batch }) {
      parts.forEach((output, i) => {
        output.timesteps = whole.timesteps;
        const from = whole.address + i * features * 4;
        kernels.joinSteps(from, whole.stride, output.address, output.stride, 1, whole.rows(batch), features);
      });
    },
    backward({ batch }) {
      if (whole.gradient === 0) return;
      parts.forEach((output, i) => {
        const to = whole.gradient + i * features * 4;
        kernels.joinSteps(output.gradient, output.stride, to, whole.stride, 1, whole.rows(batch), features);
      });
    },
  });
  return parts;
}

/** What of a graph has a place in memory. */
export interface GraphParts {
  readonly nodes: readonly Application[];
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
}

/** Lays the applications of a graph out, each behind what it needs. */
export function layOutGraph(graph: GraphParts, inputs: readonly Signal[], workspace: Workspace): LaidOut {
  const uses = new Map<SymbolicTensor, number>();
  const count = (tensor: SymbolicTensor): void => void uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  for (const node of graph.nodes) node.parents.forEach(count);
  graph.outputTensors.forEach(count);

  const stages: Stage[] = [];
  const branches = new Map<SymbolicTensor, Signal[]>();
  const provide = (tensor: SymbolicTensor, signal: Signal): void => {
    const readers = uses.get(tensor) ?? 0;
    if (readers === 0) stages.push(unusedStage(signal, tensor.name, workspace));
    if (readers <= 1) branches.set(tensor, [signal]);
    else {
      const fork = new ForkStage(signal, tensor.name, readers, workspace);
      stages.push(fork);
      branches.set(tensor, [...fork.branches]);
    }
  };
  const take = (tensor: SymbolicTensor): Signal => branches.get(tensor)!.shift()!;
  const push = (stage: Stage): Signal => {
    stages.push(stage);
    return stage.output;
  };

  graph.inputTensors.forEach((tensor, i) => {
    provide(tensor, inputs[i]!);
  });
  graph.nodes.forEach(({ layer, inputs: given, outputs, call, mask }, place) => {
    const signals = given.map((tensor, i) => {
      const signal = take(tensor);
      const isIndices = signal.isSequence && signal.inner.length === 0;
      if (!isIndices || indicesTaken(layer, i) !== undefined) return signal;
      return push(rowStage(signal, tensor.name, workspace));
    });
    if (mask !== null) signals[0] = push(maskStage(signals[0]!, take(mask), layer.name, workspace));
    const stage = layer.stageAll(signals, workspace, call);
    stage.adapt = (pass) => ({
      ...pass,
      training: call.training ?? pass.training,
      seeds: (_layer, own = layer.seed) => pass.seedsOf(place, own),
      seedsOf: (inner, own) => pass.seedsOf(`${place}/${inner}`, own),
    });
    stages.push(stage);
    const put = stage.outputs ?? [stage.output];
    const isParted = layer.outputParts > 1 && outputs.length > put.length;
    const made = isParted ? [...part(put[0]!, layer, workspace, push), ...put.slice(1)] : put;
    outputs.forEach((tensor, i) => {
      provide(tensor, made[i]!);
    });
  });
  return { stages, outputs: graph.outputTensors.map(take) };
}
