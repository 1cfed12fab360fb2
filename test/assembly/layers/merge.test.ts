import { describe, it } from "vitest";
import { type MergeDescriptor, mergeFields } from "../../../src/engine/descriptors.js";
import { expectClose, type KernelBuild, kernelBuilds, randomValues } from "../../support/kernels.js";
import { padded } from "../../support/matrices.js";

interface Mode {
  readonly mode: number;
  readonly name: string;
  /** The merged number, and its derivative by the forward and by the backward one. */
  readonly merge?: (a: number, b: number) => number;
  readonly slopes?: (a: number, b: number) => [number, number];
}

const modes: Mode[] = [
  { mode: 0, name: "concat" },
  { mode: 1, name: "sum", merge: (a, b) => a + b, slopes: () => [1, 1] },
  { mode: 2, name: "mul", merge: (a, b) => a * b, slopes: (a, b) => [b, a] },
  { mode: 3, name: "ave", merge: (a, b) => (a + b) / 2, slopes: () => [0.5, 0.5] },
];

function run({ kernels, arena }: KernelBuild, { mode, merge, slopes }: Mode, units: number, steps: number) {
  const batch = 3;
  const memory = arena();
  const stride = padded(units, 4);
  const width = merge === undefined ? 2 * units : units;
  const outStride = padded(width, 4);
  const [forward, backward] = [1, 2].map((seed) => memory.input(randomValues(steps * batch * stride, seed)));
  const dMerged = memory.input(randomValues(steps * batch * outStride, 3));
  const merged = memory.output(steps * batch * outStride);
  const [dForward, dBackward] = [1, 2].map(() => memory.output(steps * batch * stride));
  const last = (steps - 1) * batch * stride * 4;
  const fields: MergeDescriptor = {
    mode,
    steps,
    batch,
    units,
    forward: forward!.ptr,
    backward: backward!.ptr + last,
    backwardTimeStride: -batch * stride,
    merged: merged.ptr,
    dForward: dForward!.ptr,
    dBackward: dBackward!.ptr + last,
    dMerged: dMerged.ptr,
  };
  const descriptor = memory.integers(mergeFields.map((field) => fields[field]));
  kernels.mergeForward!(descriptor.ptr);
  kernels.mergeBackward!(descriptor.ptr);
  memory.verify();
  const numbers: Record<"merged" | "dForward" | "dBackward", [number, number][]> = {
    merged: [],
    dForward: [],
    dBackward: [],
  };
  for (let t = 0; t < steps; t++) {
    for (let n = 0; n < batch; n++) {
      const row = (t * batch + n) * stride;
      const mirrored = ((steps - 1 - t) * batch + n) * stride;
      const out = (t * batch + n) * outStride;
      for (let k = 0; k < units; k++) {
        const [a, b] = [forward!.initial[row + k]!, backward!.initial[mirrored + k]!];
        const g = dMerged.initial[out + k]!;
        const y = (i: number): number => merged.values()[out + i]!;
        const d = [dForward!.values()[row + k]!, dBackward!.values()[mirrored + k]!] as const;
        if (merge === undefined || slopes === undefined) {
          numbers.merged.push([y(k), a], [y(units + k), b]);
          numbers.dForward.push([d[0], g]);
          numbers.dBackward.push([d[1], dMerged.initial[out + units + k]!]);
        } else {
          const [byForward, byBackward] = slopes(a, b);
          numbers.merged.push([y(k), merge(a, b)]);
          numbers.dForward.push([d[0], g * byForward]);
          numbers.dBackward.push([d[1], g * byBackward]);
        }
      }
    }
  }
  return numbers;
}

describe.each(await kernelBuilds())("merging two directions ($name)", (build) => {
  describe.each(modes)("$name", (mode) => {
    it.each([1, 2, 3, 4, 5, 7, 8, 9])("turns the backward one back, and its gradient, %i units", (units) => {
      for (const steps of [1, 4]) {
        for (const [what, pairs] of Object.entries(run(build, mode, units, steps))) {
          // One sum or product, one rounding.
          const [actual, expected] = [pairs.map(([y]) => y), pairs.map(([, y]) => y)];
          try {
            expectClose(actual, expected, { ulp: 1 });
          } catch (error) {
            throw new Error(`${what}: ${(error as Error).message}`);
          }
        }
      }
    });
  });
});
