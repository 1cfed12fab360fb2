import {
  activationCodes,
  type ElementwiseActivation,
  needsPreActivation,
} from "../../src/engine/activation-codes.js";
import {
  type GruDescriptor,
  gruFields,
  type RnnDescriptor,
  rnnFields,
} from "../../src/engine/descriptors.js";
import { backward, type Variable, variable } from "../oracle/autodiff.js";
import { add, mul } from "../oracle/elementwise.js";
import { gru } from "../oracle/layers/gru.js";
import { WeightReader } from "../oracle/layers/layer.js";
import { simpleRnn } from "../oracle/layers/simple-rnn.js";
import { sum } from "../oracle/structure.js";
import { type Arena, EPSILON, expectClose, type KernelBuild, type Region, randomValues } from "./kernels.js";
import { gathered, type Shares, spread } from "./lstm-bench.js";
import { padded } from "./matrices.js";

/** A GRU or a simple recurrent layer for the kernels alone: sizes, and everything a descriptor can ask for. */
export interface CellCase {
  readonly cell: "gru" | "gruResetBefore" | "rnn";
  readonly batch: number;
  readonly timesteps: number;
  readonly features: number;
  readonly units: number;
  readonly activation?: ElementwiseActivation;
  readonly recurrentActivation?: ElementwiseActivation;
  readonly useBias?: boolean;
  readonly returnSequences?: boolean;
  readonly goBackwards?: boolean;
  /** Drops a third of the hidden state on its way to the next step. */
  readonly recurrentMask?: boolean;
  /** Some steps of some samples do not count. */
  readonly mask?: boolean;
  /** The initial state is not zero. */
  readonly initialState?: boolean;
  readonly truncate?: number;
}

const OUTER_ROWS = 256;
const gatesOf = ({ cell }: CellCase): number => (cell === "rnn" ? 1 : 3);
const biasRows = ({ cell }: CellCase): number => (cell === "gru" ? 2 : 1);

/** Numbers of one run, rows without padding, time-major `[T][B][…]` where there is time. */
function numbersOf(layer: CellCase) {
  const { batch, timesteps, features, units } = layer;
  const width = gatesOf(layer) * units;
  const biases = biasRows(layer) * width;
  return {
    x: randomValues(timesteps * batch * features, 1),
    kernel: randomValues(features * width, 2, 1 / Math.sqrt(features)),
    recurrent: randomValues(units * width, 3, 1 / Math.sqrt(units)),
    bias: layer.useBias === false ? new Float32Array(biases) : randomValues(biases, 4, 0.5),
    h0: layer.initialState ? randomValues(batch * units, 5) : new Float32Array(batch * units),
    dy: randomValues((layer.returnSequences ? timesteps : 1) * batch * units, 7),
    mask: randomValues(timesteps * batch, 8).map((value) => (value > -0.4 ? 1 : 0)),
    recurrentMask: randomValues(batch * units, 9).map((value) => (value > -1 / 3 ? 1.5 : 0)),
    // What stands in the weights' gradients before: they are added to.
    dKernel: randomValues(features * width, 10),
    dRecurrent: randomValues(units * width, 11),
    dBias: randomValues(biases, 12),
  };
}

/** Everything a run computes, padding cut off. */
export interface CellResult {
  /** `[T + 1][B][H]`, the initial state first. */
  readonly h: Float64Array;
  readonly dx: Float64Array;
  readonly dKernel: Float64Array;
  readonly dRecurrent: Float64Array;
  readonly dBias: Float64Array;
  /** ∂L/∂h_0 */
  readonly dh: Float64Array;
}

/** The same layer by the oracle. L = Σ dy ⊙ h over the outputs asked for. The mask is in the order of reading. */
export function cellTwin(layer: CellCase): CellResult {
  const { batch, timesteps, features, units } = layer;
  const numbers = numbersOf(layer);
  const width = gatesOf(layer) * units;
  const at = (t: number): number => (layer.goBackwards ? timesteps - 1 - t : t);
  /** The oracle is batch-major. */
  const batchMajor = (data: Float32Array, floats: number, step: (t: number) => number): Float64Array =>
    Float64Array.from(data, (_, i) => {
      const [n, t, k] = [
        Math.floor(i / (timesteps * floats)),
        Math.floor(i / floats) % timesteps,
        i % floats,
      ];
      return data[(step(t) * batch + n) * floats + k]!;
    });
  const leaf = (shape: number[], data: Float32Array): Variable => variable({ shape, data });
  const x = variable({
    shape: [batch, timesteps, features],
    data: batchMajor(numbers.x, features, (t) => t),
  });
  const weights = [
    leaf([features, width], numbers.kernel),
    leaf([units, width], numbers.recurrent),
    leaf(layer.cell === "gru" ? [2, width] : [width], numbers.bias),
  ];
  const h0 = leaf([batch, units], numbers.h0);
  const mask = variable({ shape: [batch, timesteps], data: batchMajor(numbers.mask, 1, at) });
  const context = {
    mask: layer.mask ? mask : null,
    states: [h0],
    dropout: layer.recurrentMask ? [{ recurrent: [leaf([batch, units], numbers.recurrentMask)] }] : [],
    truncate: layer.truncate ?? 0,
  };
  const { activation = "tanh", recurrentActivation = "sigmoid", goBackwards = false } = layer;
  const reader = new WeightReader(weights);
  const { traces } =
    layer.cell === "rnn"
      ? simpleRnn({ kind: "simpleRNN", units, activation, goBackwards }, reader, x, context)
      : gru(
          {
            kind: "gru",
            units,
            activation,
            recurrentActivation,
            goBackwards,
            resetAfter: layer.cell === "gru",
          },
          reader,
          x,
          context,
        );
  const { steps } = traces[0]!;
  const dy = (t: number): Variable => {
    const step = layer.returnSequences ? t : 0;
    return leaf([batch, units], numbers.dy.subarray(step * batch * units, (step + 1) * batch * units));
  };
  const outputs = layer.returnSequences ? steps.map((_, t) => t) : [timesteps - 1];
  backward(outputs.map((t) => sum(mul(steps[t]!.states[0]!, dy(t)))).reduce(add));

  const dx = new Float64Array(numbers.x.length);
  for (let i = 0; i < dx.length; i++) {
    const [t, n, k] = [Math.floor(i / (batch * features)), Math.floor(i / features) % batch, i % features];
    dx[i] = x.gradient[(n * timesteps + t) * features + k]!;
  }
  const added = (weight: Variable, before: Float32Array): Float64Array =>
    weight.gradient.map((value, i) => value + before[i]!);
  return {
    h: Float64Array.from([h0, ...steps.map(({ states }) => states[0]!)].flatMap(({ data }) => [...data])),
    dx,
    dKernel: added(weights[0]!, numbers.dKernel),
    dRecurrent: added(weights[1]!, numbers.dRecurrent),
    dBias: layer.useBias === false ? Float64Array.from(numbers.dBias) : added(weights[2]!, numbers.dBias),
    // The kernels' truncation cuts before step 0 as well, which the oracle, having no step before it, does not.
    dh: layer.truncate ? new Float64Array(h0.data.length) : h0.gradient,
  };
}

/** The regions and packed weights of one cell: what is not the same for all. */
interface Placed {
  readonly kernels: readonly [forward: string, backward: string, weightGradients: string];
  readonly fields: readonly string[];
  readonly values: Readonly<Record<string, number>>;
}

interface Weights {
  readonly kernel: Region;
  readonly recurrent: Region;
  readonly bias: number;
}

function placeGru({ kernels }: KernelBuild, memory: Arena, layer: CellCase, weights: Weights): Placed {
  const { batch, timesteps, features, units } = layer;
  const { kernel, recurrent, bias } = weights;
  const resetAfter = layer.cell === "gru" ? 1 : 0;
  const [stride, columns] = [padded(units, 4), padded(units, 16)];
  const recurrentGates = resetAfter ? 3 : 2;
  const take = (floats: number): number => memory.output(floats).ptr;
  const panels = take(3 * stride * (features + units));
  const panelBias = take(4 * stride);
  const candidatePanels = take(columns * units);
  const kernelTransposed = take(padded(features, 16) * 3 * stride);
  const recurrentTransposed = take(columns * recurrentGates * stride);
  const candidateTransposed = take(columns * units);
  kernels.gruPackKernel!(kernel.ptr, recurrent.ptr, bias, panels, panelBias, features, units, resetAfter);
  kernels.packColumns!(recurrent.ptr + 8 * units, 3 * units, candidatePanels, units, units);
  kernels.gruPackTransposed!(kernel.ptr, kernelTransposed, features, units, 3);
  kernels.gruPackTransposed!(recurrent.ptr, recurrentTransposed, units, units, recurrentGates);
  kernels.packTransposed!(recurrent.ptr + 8 * units, 3 * units, candidateTransposed, units, units);
  const own: Partial<GruDescriptor> = {
    recurrentActivation: activationCodes[layer.recurrentActivation ?? "sigmoid"],
    resetAfter,
    panels,
    bias: panelBias,
    gates: take(timesteps * batch * 4 * stride),
    gateSteps: timesteps,
    kernelTransposed,
    recurrentTransposed,
    dhThrough: take(batch * stride),
    dzInput: take(3 * batch * stride),
    dzRecurrent: take(recurrentGates * batch * stride),
    ...(resetAfter
      ? { candidatePanels: 0, hReset: 0, candidate: 0, candidateTransposed: 0, dCandidate: 0 }
      : {
          candidatePanels,
          hReset: take(timesteps * batch * stride),
          candidate: take(batch * stride),
          candidateTransposed,
          dCandidate: take(batch * stride),
        }),
  };
  return { kernels: ["gruForward", "gruBackward", "gruWeightGradients"], fields: gruFields, values: own };
}

function placeRnn({ kernels }: KernelBuild, memory: Arena, layer: CellCase, weights: Weights): Placed {
  const { batch, timesteps, features, units } = layer;
  const { kernel, recurrent, bias } = weights;
  const [stride, columns] = [padded(units, 4), padded(units, 16)];
  const take = (floats: number): number => memory.output(floats).ptr;
  const panels = take(columns * (features + units));
  const panelBias = memory.output(columns, 0).ptr;
  const kernelTransposed = take(padded(features, 16) * units);
  const recurrentTransposed = take(columns * units);
  kernels.rnnPackKernel!(kernel.ptr, recurrent.ptr, panels, features, units);
  if (bias !== 0) kernels.copyFloats!(bias, panelBias, units);
  kernels.packTransposed!(kernel.ptr, units, kernelTransposed, units, features);
  kernels.packTransposed!(recurrent.ptr, units, recurrentTransposed, units, units);
  const own: Partial<RnnDescriptor> = {
    panels,
    bias: panelBias,
    z: take(timesteps * batch * stride),
    keepZ: needsPreActivation(layer.activation ?? "tanh") ? 1 : 0,
    kernelTransposed,
    recurrentTransposed,
    dhThrough: take(batch * stride),
  };
  return { kernels: ["rnnForward", "rnnBackward", "rnnWeightGradients"], fields: rnnFields, values: own };
}

/** Runs the kernels, forward and back, between canaries. Outputs start as NaN, gradients of weights as numbers. */
export function runCell(build: KernelBuild, layer: CellCase, shares: Shares = {}): CellResult {
  const { batch, timesteps, features, units } = layer;
  const numbers = numbersOf(layer);
  const memory = build.arena();
  const [stride, xStride] = [padded(units, 4), padded(features, 4)];
  const weights = {
    kernel: memory.input(numbers.kernel),
    recurrent: memory.input(numbers.recurrent),
    bias: layer.useBias === false ? 0 : memory.input(numbers.bias).ptr,
  };
  // NaN in the padding of x: products must not read it. The padding of states is zero, as kernels leave it.
  const x = memory.input(spread(numbers.x, features, xStride, Number.NaN));
  const ring = new Float32Array((timesteps + 1) * batch * stride).fill(Number.NaN);
  ring.set(spread(numbers.h0, units, stride, 0));
  const h = memory.inout(ring);
  const mask = memory.input(numbers.mask);
  const recurrentMask = memory.input(spread(numbers.recurrentMask, units, stride, 0));
  const hMasked = memory.output((timesteps + 1) * batch * stride);
  const dx = memory.output(timesteps * batch * xStride);
  const dh = memory.output(batch * stride);
  const dKernel = memory.inout(numbers.dKernel);
  const dRecurrent = memory.inout(numbers.dRecurrent);
  const dBias = memory.inout(numbers.dBias);
  const place = layer.cell === "rnn" ? placeRnn : placeGru;
  const { kernels: names, fields, values: own } = place(build, memory, layer, weights);

  const stepFloats = batch * xStride;
  const last = layer.goBackwards ? 4 * (timesteps - 1) * stepFloats : 0;
  const timeStride = layer.goBackwards ? -stepFloats : stepFloats;
  const values: Record<string, number> = {
    ...own,
    batch,
    timesteps,
    features,
    units,
    activation: activationCodes[layer.activation ?? "tanh"],
    x: x.ptr + last,
    xTimeStride: timeStride,
    xStride,
    h: h.ptr,
    hRing: timesteps + 1,
    mask: layer.mask ? mask.ptr : 0,
    recurrentMask: layer.recurrentMask ? recurrentMask.ptr : 0,
    hMasked: layer.recurrentMask ? hMasked.ptr : 0,
    dy: memory.input(spread(numbers.dy, units, stride, 0)).ptr,
    dySteps: layer.returnSequences ? timesteps : 1,
    dx: dx.ptr + last,
    dxTimeStride: timeStride,
    dxStride: xStride,
    dh: dh.ptr,
    pairs: memory.output((Math.max(features, units) + 1) * OUTER_ROWS).ptr,
    dKernel: dKernel.ptr,
    dRecurrent: dRecurrent.ptr,
    dBias: layer.useBias === false ? 0 : dBias.ptr,
    truncate: layer.truncate ?? 0,
    record: 0,
    carry: 0,
  };
  const words = fields.map((field) => values[field]);
  const missing = fields.filter((_, i) => words[i] === undefined);
  if (missing.length > 0) throw new Error(`fields without a value: ${missing.join(", ")}`);
  const descriptor = memory.integers(words as number[]);

  const inShares = (bounds: readonly number[], kernel: string): void => {
    for (let i = 1; i < bounds.length; i++) {
      build.kernels[kernel]!(descriptor.ptr, bounds[i - 1]!, bounds[i]!, 0);
    }
  };
  const rows = [0, ...(shares.rows ?? []), batch];
  inShares(rows, names[0]);
  inShares(rows, names[1]);
  inShares([0, ...(shares.groups ?? []), stride / 4], names[2]);
  memory.verify();
  return {
    h: gathered(h.values(), units, stride),
    dx: gathered(dx.values(), features, xStride),
    dKernel: Float64Array.from(dKernel.values()),
    dRecurrent: Float64Array.from(dRecurrent.values()),
    dBias: Float64Array.from(dBias.values()),
    dh: gathered(dh.values(), units, stride),
  };
}

/**
 * Kernels against the twin. A pre-activation is a sum of F + H + 1 terms and a product back one of 3H; a step passes its
 * error on to the next, so T steps have about T times one step's. The scale is the largest number of the quantity, since
 * terms that cancel leave errors of their own size. Weight gradients sum B T rows on top.
 */
export function expectSameCell(layer: CellCase, actual: CellResult, expected: CellResult): void {
  const { batch, timesteps, features, units } = layer;
  const depth = (features + 4 * units + 16) * timesteps;
  for (const key of Object.keys(expected) as (keyof CellResult)[]) {
    const largest = expected[key].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const roundings = key === "h" || key === "dh" || key === "dx" ? depth : depth + batch * timesteps;
    try {
      expectClose(actual[key], expected[key], { absolute: roundings * EPSILON * largest });
    } catch (error) {
      throw new Error(`${key}: ${(error as Error).message}`);
    }
  }
}
