/** A layer of several inputs run by itself, on an engine's kernels, without a model around it. */
import { createEngine, type Tensor } from "../../../src/index.js";
import type { Layer, SampleShape } from "../../../src/layers/layer.js";
import { Signal } from "../../../src/layers/signal.js";
import type { Call } from "../../../src/layers/stage.js";
import type { Variable } from "../../../src/layers/variable.js";
import { Packed, type Pass, type Workspace } from "../../../src/layers/workspace.js";
import { Regions } from "../../../src/model/execution/regions.js";
import { fromTimeMajor, toTimeMajor } from "../../../src/model/execution/transpose.js";
import { createRandom } from "../../../src/random.js";
import { sizeOf } from "../../../src/tensor.js";
import { values } from "../model/support.js";

export interface Applied {
  readonly output: Tensor;
  readonly mask: readonly number[] | null;
  readonly weights: readonly Tensor[];
  readonly inputGradients: readonly (Tensor | null)[];
  readonly weightGradients: readonly Tensor[];
}

export interface Application {
  readonly inputs: readonly Tensor[];
  /** `[B, T]`, 1 or 0, sample by sample; null: none. */
  readonly masks?: readonly (ArrayLike<number> | null)[];
  readonly call?: Call;
  readonly training?: boolean;
  /** Which inputs want a gradient. Default: all. */
  readonly wanted?: readonly boolean[];
  readonly threads?: number;
  readonly seed?: number;
}

const formOf = ({ shape }: Tensor) => {
  const isSequence = shape.length > 2;
  const inner = shape.slice(isSequence ? 2 : 1);
  return { isSequence, inner, features: sizeOf(inner), steps: isSequence ? shape[1]! : 1 };
};

/** Builds the layer with random weights, runs it forward and back from dL/doutput = `slopes(output's shape)`. */
export async function applyStage(
  layer: Layer,
  { inputs, masks, call = {}, training = false, wanted, threads = 1, seed = 5 }: Application,
  slopes: (shape: readonly number[]) => Tensor,
): Promise<Applied> {
  const engine = await createEngine({ threads, reproducible: true });
  const { memory, kernels } = engine;
  const batch = inputs[0]!.shape[0]!;
  layer.build(inputs.map(({ shape }) => shape.slice(1) as SampleShape));
  const regions = new Regions(engine);
  const take = (label: string, floats: number): number => regions.take(layer.name, label, floats);
  const at = new Map<Variable, number>();
  const gradients = new Map<Variable, number>();
  const weights = layer.variables.map((variable, i) => {
    const tensor = values(variable.shape, seed + i, variable.shape.length === 0 ? 1 : 0.7);
    variable.write(tensor.data);
    at.set(variable, take("weight", variable.size));
    gradients.set(variable, take("gradient", variable.size));
    variable.moveInto({ memory, address: at.get(variable)!, keeper: regions });
    return tensor;
  });
  const shared = new Map<string, number>();
  const workspace = {
    kernels,
    memory,
    batch,
    maximumThreads: engine.maximumThreads,
    taped: true,
    model: layer,
    split: engine.split.bind(engine),
    region: (_: unknown, label: string, floats: number) => take(label, floats),
    shared: (_: unknown, label: string, floats: number) => {
      if (!shared.has(label)) shared.set(label, take(label, floats));
      return shared.get(label)!;
    },
    packed: () => new Packed(),
    weights: (variable: Variable) => at.get(variable)!,
    gradients: (variable: Variable) => gradients.get(variable)!,
    learns: () => layer.variables.length > 0,
  } as unknown as Workspace;
  const signals = inputs.map((tensor, i) => {
    const { isSequence, inner, features, steps } = formOf(tensor);
    const signal = new Signal(features, isSequence, steps, inner);
    const { stride } = signal;
    const floats = batch * steps * stride;
    signal.timesteps = steps;
    signal.address = take("input", floats);
    toTimeMajor(
      tensor.data,
      memory.floats(signal.address, floats),
      { batch, timesteps: steps, features, stride },
      (n) => n,
    );
    if (wanted?.[i] ?? true) signal.gradient = take("input gradient", floats + 16);
    const mask = masks?.[i];
    if (mask) {
      signal.mask = take("mask", batch * steps);
      const target = memory.floats(signal.mask, batch * steps);
      for (let t = 0; t < steps; t++)
        for (let n = 0; n < batch; n++) target[t * batch + n] = mask[n * steps + t]!;
    }
    return signal;
  });
  const read = (address: number, signal: Signal): Tensor => {
    const { features, stride, timesteps, isSequence, inner } = signal;
    const data = new Float32Array(batch * timesteps * features);
    const rows = memory.floats(address, batch * timesteps * stride);
    fromTimeMajor(rows, data, { batch, timesteps, features, stride }, 0);
    return { shape: isSequence ? [batch, timesteps, ...inner] : [batch, ...inner], data };
  };
  const stage = layer.stageAll(signals, workspace, call);
  const drawn = (): readonly [number, number] => {
    const stream = createRandom(seed);
    return [stream.integer(2 ** 32), stream.integer(2 ** 32)];
  };
  const pass: Pass = {
    batch,
    training,
    truncate: 0,
    record: null,
    advanceState: false,
    weightsVersion: 1,
    seeds: drawn,
    seedsOf: drawn,
  };
  stage.forward(pass);
  const output = read(stage.output.address, stage.output);
  const { timesteps, stride, features, mask } = stage.output;
  toTimeMajor(
    slopes(output.shape).data,
    memory.floats(stage.output.gradient, batch * timesteps * stride),
    { batch, timesteps, features, stride },
    (n) => n,
  );
  stage.backward(pass);
  const counts =
    mask === 0
      ? null
      : Array.from({ length: batch * timesteps }, (_, i) => {
          const [n, t] = [Math.floor(i / timesteps), i % timesteps];
          return memory.floats(mask, batch * timesteps)[t * batch + n]!;
        });
  const applied: Applied = {
    output,
    mask: counts,
    weights,
    inputGradients: signals.map((signal) => (signal.gradient === 0 ? null : read(signal.gradient, signal))),
    weightGradients: layer.variables.map((variable) => ({
      shape: variable.shape,
      data: memory.floats(gradients.get(variable)!, variable.size).slice(),
    })),
  };
  engine.dispose();
  return applied;
}
