import type { Memory } from "./memory.js";

/**
 * Fields of the descriptors that kernels read, in the order of the classes in assembly/ (LstmDescriptor …). Each is one
 * 32-bit integer. test/house/descriptors.test.ts compares the two sides.
 */
export const lstmFields = [
  "batch",
  "timesteps",
  "features",
  "units",
  "activation",
  "recurrentActivation",
  "x",
  "xTimeStride",
  "xStride",
  "panels",
  "bias",
  "h",
  "hRing",
  "c",
  "cRing",
  "gates",
  "gateSteps",
  "mask",
  "recurrentMask",
  "hMasked",
  "recurrentTransposed",
  "kernelTransposed",
  "dy",
  "dySteps",
  "dx",
  "dxTimeStride",
  "dxStride",
  "dh",
  "dc",
  "dhMasked",
  "dzRows",
  "pairs",
  "dKernel",
  "dRecurrent",
  "dBias",
  "truncate",
  "record",
  "dcTotal",
] as const;

export type LstmDescriptor = Record<(typeof lstmFields)[number], number>;

/** Beside the fields of a plain LSTM, to which `base` points. */
export const lstmExtendedFields = [
  "base",
  "width",
  "peepholes",
  "dPeepholes",
  "projection",
  "projectionTransposed",
  "m",
  "mSteps",
  "dhSteps",
  "dm",
  "dProjection",
] as const;

export type LstmExtendedDescriptor = Record<(typeof lstmExtendedFields)[number], number>;

export const gruFields = [
  "batch",
  "timesteps",
  "features",
  "units",
  "activation",
  "recurrentActivation",
  "resetAfter",
  "x",
  "xTimeStride",
  "xStride",
  "panels",
  "bias",
  "candidatePanels",
  "h",
  "hRing",
  "gates",
  "gateSteps",
  "mask",
  "recurrentMask",
  "hMasked",
  "hReset",
  "candidate",
  "kernelTransposed",
  "recurrentTransposed",
  "candidateTransposed",
  "dy",
  "dySteps",
  "dx",
  "dxTimeStride",
  "dxStride",
  "dh",
  "dhThrough",
  "dzInput",
  "dzRecurrent",
  "dCandidate",
  "pairs",
  "dKernel",
  "dRecurrent",
  "dBias",
  "truncate",
  "record",
] as const;

export type GruDescriptor = Record<(typeof gruFields)[number], number>;

export const rnnFields = [
  "batch",
  "timesteps",
  "features",
  "units",
  "activation",
  "x",
  "xTimeStride",
  "xStride",
  "panels",
  "bias",
  "h",
  "hRing",
  "z",
  "keepZ",
  "mask",
  "recurrentMask",
  "hMasked",
  "kernelTransposed",
  "recurrentTransposed",
  "dy",
  "dySteps",
  "dx",
  "dxTimeStride",
  "dxStride",
  "dh",
  "dhThrough",
  "pairs",
  "dKernel",
  "dRecurrent",
  "dBias",
  "truncate",
  "record",
] as const;

export type RnnDescriptor = Record<(typeof rnnFields)[number], number>;

export const mergeFields = [
  "mode",
  "steps",
  "batch",
  "units",
  "forward",
  "backward",
  "backwardTimeStride",
  "merged",
  "dForward",
  "dBackward",
  "dMerged",
] as const;

export type MergeDescriptor = Record<(typeof mergeFields)[number], number>;

export const tapsFields = [
  "batch",
  "steps",
  "xSteps",
  "taps",
  "positionStride",
  "tapStep",
  "shift",
  "divisor",
  "groups",
  "depth",
  "columns",
  "x",
  "xStride",
  "xGroupStride",
  "xTapStride",
  "panels",
  "start",
  "y",
  "yStride",
  "yGroupStride",
  "accumulate",
  "pairs",
  "dKernel",
  "dKernelTapStride",
  "dKernelGroupStride",
  "dKernelStride",
  "dBias",
] as const;

export type TapsDescriptor = Record<(typeof tapsFields)[number], number>;

/** Writes a descriptor at `address`, field by field. */
export function writeDescriptor<Field extends string>(
  memory: Memory,
  address: number,
  fields: readonly Field[],
  values: Record<Field, number>,
): void {
  const target = memory.integers(address, fields.length);
  for (let i = 0; i < fields.length; i++) target[i] = values[fields[i]!];
}
