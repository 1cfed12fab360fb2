import { activationCodes, type ElementwiseActivation } from "../../src/engine/activation-codes.js";
import { type LstmDescriptor, lstmFields } from "../../src/engine/descriptors.js";
import { backward, type Variable, variable } from "../oracle/autodiff.js";
import { add, mul } from "../oracle/elementwise.js";
import { WeightReader } from "../oracle/layers/layer.js";
import { lstm } from "../oracle/layers/lstm.js";
import { sum } from "../oracle/structure.js";
import { EPSILON, expectClose, type KernelBuild, type Region, randomValues } from "./kernels.js";
import { padded } from "./matrices.js";

/** An LSTM layer for the kernels alone: sizes, and everything a descriptor can ask for. */
export interface LstmCase {
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
/** float64 fields of a step's record: assembly/probe/record.ts. */
export const LSTM_RECORD = 16;

/** Numbers of one run, rows without padding, time-major `[T][B][…]` where there is time. */
interface Numbers {
  readonly x: Float32Array;
  readonly kernel: Float32Array;
  readonly recurrent: Float32Array;
  readonly bias: Float32Array;
  readonly h0: Float32Array;
  readonly c0: Float32Array;
  readonly dy: Float32Array;
  readonly mask: Float32Array;
  readonly recurrentMask: Float32Array;
  /** What stands in the weights' gradients before: they are added to. */
  readonly dKernel: Float32Array;
  readonly dRecurrent: Float32Array;
  readonly dBias: Float32Array;
}

function numbersOf(layer: LstmCase): Numbers {
  const { batch, timesteps, features, units } = layer;
  const state = (seed: number): Float32Array =>
    layer.initialState ? randomValues(batch * units, seed) : new Float32Array(batch * units);
  const outputs = (layer.returnSequences ? timesteps : 1) * batch * units;
  return {
    x: randomValues(timesteps * batch * features, 1),
    kernel: randomValues(features * 4 * units, 2, 1 / Math.sqrt(features)),
    recurrent: randomValues(units * 4 * units, 3, 1 / Math.sqrt(units)),
    bias: layer.useBias === false ? new Float32Array(4 * units) : randomValues(4 * units, 4, 0.5),
    h0: state(5),
    c0: state(6),
    dy: randomValues(outputs, 7),
    mask: randomValues(timesteps * batch, 8).map((value) => (value > -0.4 ? 1 : 0)),
    recurrentMask: randomValues(batch * units, 9).map((value) => (value > -1 / 3 ? 1.5 : 0)),
    dKernel: randomValues(features * 4 * units, 10),
    dRecurrent: randomValues(units * 4 * units, 11),
    dBias: randomValues(4 * units, 12),
  };
}

/** Everything a run computes, in the order of the kernels, padding cut off. */
export interface LstmResult {
  /** `[T + 1][B][H]`, the initial state first. */
  readonly h: Float64Array;
  readonly c: Float64Array;
  readonly dx: Float64Array;
  readonly dKernel: Float64Array;
  readonly dRecurrent: Float64Array;
  readonly dBias: Float64Array;
  /** ∂L/∂h_0 and ∂L/∂c_0. */
  readonly dh: Float64Array;
  readonly dc: Float64Array;
}

export interface LstmRun extends LstmResult {
  /** `[parts][T][LSTM_RECORD]`, where it was asked for. */
  readonly record?: Float64Array;
}

/** The same layer by the oracle. L = Σ dy ⊙ h over the outputs asked for. */
export function lstmTwin(layer: LstmCase): LstmResult {
  const { batch, timesteps, features, units } = layer;
  const numbers = numbersOf(layer);
  /** The oracle is batch-major. */
  const batchMajor = (data: Float32Array, width: number): Float64Array =>
    Float64Array.from(data, (_, i) => {
      const [n, t, k] = [Math.floor(i / (timesteps * width)), Math.floor(i / width) % timesteps, i % width];
      return data[(t * batch + n) * width + k]!;
    });
  const x = variable({ shape: [batch, timesteps, features], data: batchMajor(numbers.x, features) });
  const leaf = (shape: number[], data: Float32Array): Variable => variable({ shape, data });
  const weights = [
    leaf([features, 4 * units], numbers.kernel),
    leaf([units, 4 * units], numbers.recurrent),
    leaf([4 * units], numbers.bias),
  ];
  const states = [leaf([batch, units], numbers.h0), leaf([batch, units], numbers.c0)];
  const { activation = "tanh", recurrentActivation = "sigmoid" } = layer;
  const { traces } = lstm(
    {
      kind: "lstm",
      units,
      activation,
      recurrentActivation,
      goBackwards: layer.goBackwards ?? false,
    },
    new WeightReader(weights),
    x,
    {
      mask: layer.mask ? variable({ shape: [batch, timesteps], data: batchMajor(numbers.mask, 1) }) : null,
      states,
      dropout: layer.recurrentMask ? [{ recurrent: [leaf([batch, units], numbers.recurrentMask)] }] : [],
      truncate: layer.truncate ?? 0,
    },
  );
  const { steps } = traces[0]!;
  const dy = (t: number): Variable => {
    const step = layer.returnSequences ? t : 0;
    return leaf([batch, units], numbers.dy.subarray(step * batch * units, (step + 1) * batch * units));
  };
  const outputs = layer.returnSequences ? steps.map((_, t) => t) : [timesteps - 1];
  backward(outputs.map((t) => sum(mul(steps[t]!.states[0]!, dy(t)))).reduce(add));

  const sequence = (which: number): Float64Array =>
    Float64Array.from(
      [states[which]!, ...steps.map((step) => step.states[which]!)].flatMap(({ data }) => [...data]),
    );
  const dx = new Float64Array(numbers.x.length);
  for (let n = 0; n < batch; n++) {
    for (let t = 0; t < timesteps; t++) {
      for (let k = 0; k < features; k++) {
        dx[(t * batch + n) * features + k] = x.gradient[(n * timesteps + t) * features + k]!;
      }
    }
  }
  const added = (weight: Variable, before: Float32Array): Float64Array =>
    weight.gradient.map((value, i) => value + before[i]!);
  // The kernels' truncation cuts before step 0 as well, which the oracle, having no step before it, does not.
  const atStart = (state: Variable): Float64Array =>
    layer.truncate ? new Float64Array(state.data.length) : state.gradient;
  return {
    h: sequence(0),
    c: sequence(1),
    dx,
    dKernel: added(weights[0]!, numbers.dKernel),
    dRecurrent: added(weights[1]!, numbers.dRecurrent),
    dBias: layer.useBias === false ? Float64Array.from(numbers.dBias) : added(weights[2]!, numbers.dBias),
    dh: atStart(states[0]!),
    dc: atStart(states[1]!),
  };
}

/** How the work is cut up: `lstmForward` and `lstmBackward` by rows, `lstmWeightGradients` by groups of units. */
export interface Shares {
  readonly rows?: readonly number[];
  readonly groups?: readonly number[];
  /** Has `lstmBackward` write down what flows back, each share of rows in a part of its own. */
  readonly record?: boolean;
}

/** Rows `[count][width]` spread to a stride, `filler` between. */
export function spread(data: Float32Array, width: number, stride: number, filler: number): Float32Array {
  const rows = new Float32Array((data.length / width) * stride).fill(filler);
  for (let row = 0; row * width < data.length; row++) {
    rows.set(data.subarray(row * width, (row + 1) * width), row * stride);
  }
  return rows;
}

/** The rows of `spread` without their padding. */
export function gathered(data: Float32Array, width: number, stride: number): Float64Array {
  return Float64Array.from(
    { length: (data.length / stride) * width },
    (_, i) => data[Math.floor(i / width) * stride + (i % width)]!,
  );
}

/** Runs the kernels, forward and back, between canaries. Outputs start as NaN, gradients of weights as numbers. */
export function runLstm({ kernels, arena }: KernelBuild, layer: LstmCase, shares: Shares = {}): LstmRun {
  const { batch, timesteps, features, units } = layer;
  const numbers = numbersOf(layer);
  const memory = arena();
  const [stride, xStride] = [padded(units, 4), padded(features, 4)];
  const groups = stride / 4;
  const gateFloats = 4 * stride;
  const [kernel, recurrent] = [memory.input(numbers.kernel), memory.input(numbers.recurrent)];
  const bias = memory.input(numbers.bias);
  // NaN in the padding of x: products must not read it. The padding of states is zero, as kernels leave it.
  const x = memory.input(spread(numbers.x, features, xStride, Number.NaN));
  const panels = memory.output(gateFloats * (features + units));
  const panelBias = memory.output(gateFloats);
  const stateRegion = (initial: Float32Array): Region => {
    const first = spread(initial, units, stride, 0);
    const ring = new Float32Array((timesteps + 1) * batch * stride).fill(Number.NaN);
    ring.set(first);
    return memory.inout(ring);
  };
  const [h, c] = [stateRegion(numbers.h0), stateRegion(numbers.c0)];
  const gates = memory.output(timesteps * batch * gateFloats);
  const mask = memory.input(numbers.mask);
  const recurrentMask = memory.input(spread(numbers.recurrentMask, units, stride, 0));
  const hMasked = memory.output((timesteps + 1) * batch * stride);
  const recurrentTransposed = memory.output(padded(units, 16) * gateFloats);
  const kernelTransposed = memory.output(padded(features, 16) * gateFloats);
  const dy = memory.input(spread(numbers.dy, units, stride, 0));
  const dx = memory.output(timesteps * batch * xStride);
  const [dh, dc] = [memory.output(batch * stride), memory.output(batch * stride)];
  const dhMasked = memory.output(batch * stride);
  const dzRows = memory.output(batch * gateFloats);
  const pairs = memory.output((Math.max(features, units) + 1) * OUTER_ROWS);
  const dKernel = memory.inout(numbers.dKernel);
  const dRecurrent = memory.inout(numbers.dRecurrent);
  const dBias = memory.inout(numbers.dBias);

  const parts = 1 + (shares.rows?.length ?? 0);
  const recordFloats = 2 * parts * (timesteps + 1) * LSTM_RECORD;
  const dcTotal = memory.output(batch * stride);
  const record = shares.record ? memory.inout(new Float32Array(recordFloats)) : undefined;

  const stepFloats = batch * xStride;
  const last = layer.goBackwards ? 4 * (timesteps - 1) * stepFloats : 0;
  const timeStride = layer.goBackwards ? -stepFloats : stepFloats;
  const fields: Partial<LstmDescriptor> = {
    batch,
    timesteps,
    features,
    units,
    activation: activationCodes[layer.activation ?? "tanh"],
    recurrentActivation: activationCodes[layer.recurrentActivation ?? "sigmoid"],
    x: x.ptr + last,
    xTimeStride: timeStride,
    xStride,
    panels: panels.ptr,
    bias: panelBias.ptr,
    h: h.ptr,
    hRing: timesteps + 1,
    c: c.ptr,
    cRing: timesteps + 1,
    gates: gates.ptr,
    gateSteps: timesteps,
    mask: layer.mask ? mask.ptr : 0,
    recurrentMask: layer.recurrentMask ? recurrentMask.ptr : 0,
    hMasked: layer.recurrentMask ? hMasked.ptr : 0,
    recurrentTransposed: recurrentTransposed.ptr,
    kernelTransposed: kernelTransposed.ptr,
    dy: dy.ptr,
    dySteps: layer.returnSequences ? timesteps : 1,
    dx: dx.ptr + last,
    dxTimeStride: timeStride,
    dxStride: xStride,
    dh: dh.ptr,
    dc: dc.ptr,
    dhMasked: layer.recurrentMask ? dhMasked.ptr : 0,
    dzRows: dzRows.ptr,
    pairs: pairs.ptr,
    dKernel: dKernel.ptr,
    dRecurrent: dRecurrent.ptr,
    dBias: layer.useBias === false ? 0 : dBias.ptr,
    truncate: layer.truncate ?? 0,
    record: record?.ptr ?? 0,
    dcTotal: dcTotal.ptr,
  };
  const descriptor = memory.integers(
    // What a run does not ask for is 0.
    lstmFields.map((field) => fields[field] ?? 0),
  );

  const useBias = layer.useBias === false ? 0 : bias.ptr;
  kernels.lstmPackKernel!(kernel.ptr, recurrent.ptr, useBias, panels.ptr, panelBias.ptr, features, units);
  kernels.lstmPackTransposed!(recurrent.ptr, recurrentTransposed.ptr, units, units);
  kernels.lstmPackTransposed!(kernel.ptr, kernelTransposed.ptr, features, units);
  const inShares = (
    bounds: readonly number[],
    run: (begin: number, end: number, part: number) => void,
  ): void => {
    for (let i = 1; i < bounds.length; i++) run(bounds[i - 1]!, bounds[i]!, i - 1);
  };
  const rowBounds = [0, ...(shares.rows ?? []), batch];
  inShares(rowBounds, (begin, end) => kernels.lstmForward!(descriptor.ptr, begin, end));
  inShares(rowBounds, (begin, end) => kernels.lstmBackward!(descriptor.ptr, begin, end, 0));
  inShares([0, ...(shares.groups ?? []), groups], (begin, end) =>
    kernels.lstmWeightGradients!(descriptor.ptr, begin, end),
  );
  memory.verify();
  const states = (region: Region): Float64Array => gathered(region.values(), units, stride);
  return {
    h: states(h),
    c: states(c),
    dx: gathered(dx.values(), features, xStride),
    dKernel: Float64Array.from(dKernel.values()),
    dRecurrent: Float64Array.from(dRecurrent.values()),
    dBias: Float64Array.from(dBias.values()),
    dh: states(dh),
    dc: states(dc),
    ...(record === undefined ? {} : { record: record.float64() }),
  };
}

/**
 * Kernels against the twin. A pre-activation is a sum of F + H + 1 terms and a product back one of 4H; a step passes its
 * error on to the next, damped by gates below 1, so T steps have at most T times one step's. The scale is the largest
 * number of the quantity, since terms that cancel leave errors of their own size. Weight gradients sum B T rows on top.
 */
export function expectSameLstm(layer: LstmCase, actual: LstmResult, expected: LstmResult): void {
  const { batch, timesteps, features, units } = layer;
  const depth = (features + 5 * units + 16) * timesteps;
  const rows = batch * timesteps;
  for (const key of Object.keys(expected) as (keyof LstmResult)[]) {
    const largest = expected[key].reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const roundings = key.startsWith("d") && key.length > 2 ? depth + rows : depth;
    try {
      expectClose(actual[key], expected[key], { absolute: roundings * EPSILON * largest });
    } catch (error) {
      throw new Error(`${key}: ${(error as Error).message}`);
    }
  }
}
