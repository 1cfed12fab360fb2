/** Convolution and attention on [64, 100, 32]: 64 filters of three steps, four heads of 32. */
import {
  type AttentionDescriptor,
  attentionFields,
  type TapsDescriptor,
  tapsFields,
} from "../../src/engine/descriptors.js";
import { EPSILON, expectClose, type Kernels, randomValues } from "../../test/support/kernels.js";
import type { KernelCase } from "./case.js";

const [BATCH, STEPS, FEATURES, FILTERS, TAPS, HEADS] = [64, 100, 32, 64, 3, 4];
const ROWS = BATCH * STEPS;
const OUTER_ROWS = 256;
const convolutionFlops = 2 * ROWS * TAPS * FEATURES * FILTERS;
/** Scores and weighted values of every head. */
const attentionFlops = 2 * 2 * BATCH * HEADS * STEPS * STEPS * FEATURES;

function descriptorOf<Fields extends Record<string, number>>(
  fields: readonly (keyof Fields & string)[],
  values: Partial<Fields>,
): number[] {
  return fields.map((field) => values[field] ?? 0);
}

/** Kernel `[taps, depth, columns]` in panels of sixteen columns. */
function packed(
  w: Float32Array,
  depth: number,
  columns: number,
  at: (k: number, d: number, c: number) => number,
) {
  const panels = new Float32Array(w.length);
  let i = 0;
  for (let k = 0; k < TAPS; k++)
    for (let first = 0; first < columns; first += 16)
      for (let d = 0; d < depth; d++) for (let c = first; c < first + 16; c++) panels[i++] = w[at(k, d, c)]!;
  return panels;
}

/** A causal convolution, whose first two steps lack taps. */
const causal = { batch: BATCH, steps: STEPS, xSteps: STEPS, taps: TAPS, groups: 1, divisor: 1 };

function tapProduct(turned: boolean): KernelCase {
  const [depth, columns] = turned ? [FILTERS, FEATURES] : [FEATURES, FILTERS];
  return {
    name: turned ? "tapProduct, input gradient" : "tapProduct",
    size: `[${BATCH}, ${STEPS}, ${FEATURES}], ${TAPS} taps, ${FILTERS} filters`,
    flops: convolutionFlops,
    prepare(kernels, memory) {
      const x = randomValues(ROWS * depth, 1);
      const w = randomValues(TAPS * depth * columns, 2);
      const at = (k: number, d: number, c: number): number =>
        turned ? (k * columns + c) * depth + d : (k * depth + d) * columns + c;
      const y = memory.output(ROWS * columns);
      const descriptor = memory.integers(
        descriptorOf<TapsDescriptor>(tapsFields, {
          ...causal,
          positionStride: 1,
          tapStep: turned ? -1 : 1,
          shift: turned ? 1 - TAPS : TAPS - 1,
          depth,
          columns,
          x: memory.input(x).ptr,
          xStride: depth,
          panels: memory.input(packed(w, depth, columns, at)).ptr,
          y: y.ptr,
          yStride: columns,
        }),
      );
      const call = (): void => void kernels.tapProduct!(descriptor.ptr, 0, ROWS, 0);
      call();
      // Every seventh row against float64.
      const got = y.values();
      for (let row = 0; row < ROWS; row += 7) {
        const [t, n] = [Math.floor(row / BATCH), row % BATCH];
        const expected = new Float64Array(columns);
        for (let k = 0; k < TAPS; k++) {
          const s = turned ? t + TAPS - 1 - k : t + k - (TAPS - 1);
          if (s < 0 || s >= STEPS) continue;
          for (let d = 0; d < depth; d++)
            for (let c = 0; c < columns; c++) {
              expected[c]! += x[(s * BATCH + n) * depth + d]! * w[at(k, d, c)]!;
            }
        }
        expectClose(got.subarray(row * columns, (row + 1) * columns), expected, {
          absolute: TAPS * depth * TAPS * depth * EPSILON,
        });
      }
      return call;
    },
  };
}

const tapWeightGradients: KernelCase = {
  name: "tapWeightGradients",
  size: `[${BATCH}, ${STEPS}, ${FEATURES}], ${TAPS} taps, ${FILTERS} filters`,
  flops: convolutionFlops,
  prepare(kernels, memory) {
    const x = randomValues(ROWS * FEATURES, 1);
    const dy = randomValues(ROWS * FILTERS + 16, 2);
    const dKernel = memory.inout(new Float32Array(TAPS * FEATURES * FILTERS));
    const descriptor = memory.integers(
      descriptorOf<TapsDescriptor>(tapsFields, {
        ...causal,
        positionStride: 1,
        tapStep: 1,
        shift: TAPS - 1,
        depth: FEATURES,
        columns: FILTERS,
        x: memory.input(x).ptr,
        xStride: FEATURES,
        y: memory.input(dy).ptr,
        yStride: FILTERS,
        pairs: memory.output(FEATURES * OUTER_ROWS).ptr,
        dKernel: dKernel.ptr,
        dKernelTapStride: FEATURES * FILTERS,
        dKernelStride: FILTERS,
        dBias: memory.inout(new Float32Array(FILTERS)).ptr,
      }),
    );
    const units = TAPS * (FILTERS / 16);
    const call = (): void => void kernels.tapWeightGradients!(descriptor.ptr, 0, units, 0);
    call();
    const got = dKernel.values();
    for (let i = 0; i < got.length; i += 97) {
      const [k, c, o] = [
        Math.floor(i / (FEATURES * FILTERS)),
        Math.floor(i / FILTERS) % FEATURES,
        i % FILTERS,
      ];
      let sum = 0;
      for (let t = 0; t < STEPS; t++) {
        const s = t + k - (TAPS - 1);
        for (let n = 0; s >= 0 && n < BATCH; n++) {
          sum += x[(s * BATCH + n) * FEATURES + c]! * dy[(t * BATCH + n) * FILTERS + o]!;
        }
      }
      expectClose([got[i]!], [sum], { absolute: ROWS * 20 * EPSILON });
    }
    return call;
  },
};

function attention(backward: boolean): KernelCase {
  const stride = HEADS * FEATURES;
  const prepareOn = (kernels: Kernels, memory: Parameters<KernelCase["prepare"]>[1]) => {
    const rows = (seed: number) => memory.input(randomValues(ROWS * stride, seed));
    const [query, key, value, dOutput] = [rows(1), rows(2), rows(3), rows(4)];
    const [output, dQuery, dKey, dValue] = [0, 1, 2, 3].map(() => memory.output(ROWS * stride));
    const weights = memory.output(BATCH * HEADS * STEPS * STEPS);
    const scratchFloats = kernels.attentionScratchFloats!(STEPS, STEPS, FEATURES, FEATURES);
    const head = { Stride: stride, HeadStride: FEATURES };
    const descriptor = memory.integers(
      descriptorOf<AttentionDescriptor>(attentionFields, {
        batch: BATCH,
        heads: HEADS,
        querySteps: STEPS,
        valueSteps: STEPS,
        keyDim: FEATURES,
        valueDim: FEATURES,
        ...Object.fromEntries(
          ["query", "key", "value", "output"].flatMap((part) =>
            Object.entries(head).map(([suffix, floats]) => [part + suffix, floats]),
          ),
        ),
        query: query.ptr,
        key: key.ptr,
        value: value.ptr,
        output: output!.ptr,
        attention: weights.ptr,
        keepsWeights: 1,
        scratch: memory.output(scratchFloats).ptr,
        scratchFloats,
        dOutput: dOutput.ptr,
        dQuery: dQuery!.ptr,
        dKey: dKey!.ptr,
        dValue: dValue!.ptr,
      }),
    );
    return { query, key, value, output: output!, descriptor: descriptor.ptr };
  };
  return {
    name: backward ? "attentionBackward" : "attentionForward",
    size: `[${BATCH}, ${STEPS}, ${FEATURES}], ${HEADS} heads`,
    flops: attentionFlops * (backward ? 2 : 1),
    prepare(kernels, memory) {
      const { query, key, value, output, descriptor } = prepareOn(kernels, memory);
      const units = BATCH * HEADS;
      kernels.attentionForward!(descriptor, 0, units, 0);
      const got = output.values();
      for (const [n, h, t] of [
        [0, 0, 0],
        [63, 3, 99],
        [31, 2, 50],
      ] as const) {
        const at = (step: number): number => (step * BATCH + n) * stride + h * FEATURES;
        const scores = Array.from({ length: STEPS }, (_, s) => {
          let sum = 0;
          for (let k = 0; k < FEATURES; k++) sum += query.initial[at(t) + k]! * key.initial[at(s) + k]!;
          return sum;
        });
        const powers = scores.map((one) => Math.exp(one - Math.max(...scores)));
        const total = powers.reduce((sum, one) => sum + one, 0);
        const expected = Array.from({ length: FEATURES }, (_, k) =>
          powers.reduce((sum, one, s) => sum + (one / total) * value.initial[at(s) + k]!, 0),
        );
        expectClose(got.subarray(at(t), at(t) + FEATURES), expected, { absolute: 1e-5 });
      }
      const kernel = backward ? kernels.attentionBackward! : kernels.attentionForward!;
      return () => void kernel(descriptor, 0, units, 0);
    },
  };
}

export const layerCases: readonly KernelCase[] = [
  tapProduct(false),
  tapProduct(true),
  tapWeightGradients,
  attention(false),
  attention(true),
];
