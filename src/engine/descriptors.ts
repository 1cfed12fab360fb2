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
] as const;

export type LstmDescriptor = Record<(typeof lstmFields)[number], number>;

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
