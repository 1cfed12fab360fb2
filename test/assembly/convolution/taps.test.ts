import { describe, expect, it } from "vitest";
import { type TapsDescriptor, tapsFields } from "../../../src/engine/descriptors.js";
import { EPSILON, expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";
import { padded } from "../../support/matrices.js";

const OUTER_ROWS = 256;

interface Form {
  readonly batch: number;
  readonly steps: number;
  readonly taps: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups?: number;
  readonly strides?: number;
  readonly dilation?: number;
  readonly before?: number;
  readonly after?: number;
}

const forms: readonly Form[] = [
  { batch: 1, steps: 1, taps: 1, channels: 1, filters: 1 },
  { batch: 2, steps: 5, taps: 3, channels: 4, filters: 16 },
  { batch: 3, steps: 7, taps: 3, channels: 5, filters: 17, before: 1, after: 1 },
  { batch: 1, steps: 9, taps: 4, channels: 3, filters: 7, before: 3 },
  { batch: 5, steps: 11, taps: 3, channels: 2, filters: 33, strides: 2 },
  { batch: 3, steps: 10, taps: 2, channels: 6, filters: 5, strides: 3, before: 1, after: 2 },
  { batch: 3, steps: 13, taps: 2, channels: 1, filters: 4, strides: 5 },
  { batch: 4, steps: 9, taps: 3, channels: 3, filters: 12, dilation: 3, before: 3, after: 3 },
  { batch: 3, steps: 8, taps: 3, channels: 6, filters: 6, groups: 2, before: 2 },
  { batch: 2, steps: 6, taps: 2, channels: 9, filters: 9, groups: 3, strides: 2 },
  { batch: 1, steps: 7, taps: 3, channels: 4, filters: 4, groups: 4, dilation: 2 },
  { batch: 37, steps: 15, taps: 2, channels: 7, filters: 20, before: 1 },
  { batch: 2, steps: 3, taps: 9, channels: 2, filters: 3, before: 4, after: 4 },
];

/** What a convolution is, element by element, in float64, with Σ|terms| beside each sum. */
function convolution(form: Form, x: ArrayLike<number>, w: ArrayLike<number>, b: ArrayLike<number>) {
  const { batch, steps, taps, channels, filters, groups = 1, strides = 1, dilation = 1, before = 0 } = form;
  const outputs = Math.floor((steps + before + (form.after ?? 0) - (taps - 1) * dilation - 1) / strides) + 1;
  const [width, depth] = [filters / groups, channels / groups];
  type Visit = (y: number, x: number, w: number) => void;
  const visit = (each: Visit): void => {
    for (let t = 0; t < outputs; t++)
      for (let k = 0; k < taps; k++) {
        const s = t * strides + k * dilation - before;
        if (s < 0 || s >= steps) continue;
        for (let n = 0; n < batch; n++)
          for (let o = 0; o < filters; o++)
            for (let c = 0; c < depth; c++) {
              each(
                (t * batch + n) * filters + o,
                (s * batch + n) * channels + Math.floor(o / width) * depth + c,
                (k * depth + c) * filters + o,
              );
            }
      }
  };
  const y = Float64Array.from({ length: outputs * batch * filters }, (_, i) => b[i % filters]!);
  const sizes = y.map(Math.abs);
  visit((to, from, weight) => {
    y[to]! += x[from]! * w[weight]!;
    sizes[to]! += Math.abs(x[from]! * w[weight]!);
  });
  return { outputs, y, sizes, visit };
}

/** Dense rows with a stride, NaN between them. */
const rowsOf = (data: ArrayLike<number>, width: number): Float32Array => {
  const stride = padded(width, 4);
  const rows = data.length / width;
  const padding = new Float32Array(rows * stride).fill(Number.NaN);
  for (let i = 0; i < data.length; i++) padding[Math.floor(i / width) * stride + (i % width)] = data[i]!;
  return padding;
};
const dense = (rows: ArrayLike<number>, width: number): Float64Array => {
  const stride = padded(width, 4);
  return Float64Array.from(
    { length: (rows.length / stride) * width },
    (_, i) => rows[Math.floor(i / width) * stride + (i % width)]!,
  );
};

/** [groups][taps][⌈columns/16⌉][depth][16] of the blocks that `at` finds. */
function panelsOf(
  groups: number,
  taps: number,
  depth: number,
  columns: number,
  at: (group: number, tap: number, row: number, column: number) => number,
): Float32Array {
  const panels = Math.ceil(columns / 16);
  const packed = new Float32Array(groups * taps * panels * depth * 16);
  let i = 0;
  for (let g = 0; g < groups; g++)
    for (let k = 0; k < taps; k++)
      for (let p = 0; p < panels; p++)
        for (let d = 0; d < depth; d++)
          for (let c = 0; c < 16; c++, i++) if (16 * p + c < columns) packed[i] = at(g, k, d, 16 * p + c);
  return packed;
}

const zero = Object.fromEntries(tapsFields.map((field) => [field, 0])) as unknown as TapsDescriptor;
const written = (fields: Partial<TapsDescriptor>): number[] => {
  const all = { ...zero, divisor: 1, ...fields };
  return tapsFields.map((field) => all[field]);
};

describe.each(await kernelBuilds())("taps ($name)", ({ kernels, arena }) => {
  describe.each(forms)("%o", (form) => {
    const { batch, steps, taps, channels, filters, groups = 1, strides = 1, dilation = 1, before = 0 } = form;
    const [width, depth] = [filters / groups, channels / groups];
    const [xStride, yStride] = [padded(channels, 4), padded(filters, 4)];
    const x = randomValues(steps * batch * channels, 1);
    const w = randomValues(taps * depth * filters, 2);
    const b = randomValues(filters, 3);
    const twin = convolution(form, x, w, b);
    const dy = randomValues(twin.y.length, 4);
    const forward = {
      batch,
      steps: twin.outputs,
      xSteps: steps,
      taps,
      positionStride: strides,
      tapStep: dilation,
      shift: before,
      groups,
      depth,
      columns: width,
      xStride,
      xGroupStride: depth,
      yStride,
      yGroupStride: width,
    };

    it.each([0, 1])("tapProduct is the convolution, in any pieces; accumulate %i", (accumulate) => {
      const memory = arena();
      const input = memory.input(rowsOf(x, channels));
      const panels = memory.input(
        panelsOf(groups, taps, depth, width, (g, k, c, o) => w[(k * depth + c) * filters + g * width + o]!),
      );
      const start = new Float32Array(groups * padded(width, 16));
      b.forEach((value, o) => {
        start[Math.floor(o / width) * padded(width, 16) + (o % width)] = value;
      });
      const bias = memory.input(start);
      const rows = twin.outputs * batch;
      const whole = memory.output(rows * yStride, 0.25);
      const cut = memory.output(rows * yStride, 0.25);
      for (const [target, pieces] of [
        [whole, [rows]],
        [cut, [1, Math.ceil(rows / 3), rows]],
      ] as const) {
        const descriptor = memory.integers(
          written({
            ...forward,
            x: input.ptr,
            panels: panels.ptr,
            start: bias.ptr,
            y: target.ptr,
            accumulate,
          }),
        );
        let from = 0;
        for (const end of pieces) {
          kernels.tapProduct!(descriptor.ptr, from, Math.min(end, rows), 0);
          from = Math.min(end, rows);
        }
      }
      memory.verify();
      expectClose(
        dense(whole.values(), filters),
        twin.y.map((one) => one + accumulate * 0.25),
        { absolute: twin.sizes.map((size) => (taps * depth + 3) * EPSILON * (size + 0.25)) },
      );
      expect(dense(cut.values(), filters)).toEqual(dense(whole.values(), filters));
    });

    it("tapProduct turned round is the input's gradient", () => {
      const memory = arena();
      const gradient = memory.input(rowsOf(dy, filters));
      const panels = memory.input(
        panelsOf(groups, taps, width, depth, (g, k, o, c) => w[(k * depth + c) * filters + g * width + o]!),
      );
      const dx = memory.output(steps * batch * xStride);
      const descriptor = memory.integers(
        written({
          batch,
          steps,
          xSteps: twin.outputs,
          taps,
          positionStride: 1,
          tapStep: -dilation,
          shift: -before,
          divisor: strides,
          groups,
          depth: width,
          columns: depth,
          x: gradient.ptr,
          xStride: yStride,
          xGroupStride: width,
          panels: panels.ptr,
          y: dx.ptr,
          yStride: xStride,
          yGroupStride: depth,
        }),
      );
      kernels.tapProduct!(descriptor.ptr, 0, steps * batch, 0);
      memory.verify();
      const expected = new Float64Array(x.length);
      const sizes = new Float64Array(x.length);
      twin.visit((to, from, weight) => {
        expected[from]! += dy[to]! * w[weight]!;
        sizes[from]! += Math.abs(dy[to]! * w[weight]!);
      });
      expectClose(dense(dx.values(), channels), expected, {
        absolute: sizes.map((size) => (taps * width + 2) * EPSILON * size),
      });
    });

    it("tapWeightGradients adds the kernel's and the bias's, in any pieces", () => {
      const units = groups * taps * Math.ceil(width / 16);
      const results: Float32Array[] = [];
      for (const pieces of [[units], [1, Math.ceil(units / 2), units]]) {
        const memory = arena();
        const input = memory.input(rowsOf(x, channels));
        const gradient = memory.input([...rowsOf(dy, filters), ...new Float32Array(16).fill(Number.NaN)]);
        const pairs = memory.output(2 * Math.ceil(depth / 2) * OUTER_ROWS * 2);
        const dKernel = memory.inout(randomValues(w.length, 5));
        const dBias = memory.inout(randomValues(filters, 6));
        const descriptor = memory.integers(
          written({
            ...forward,
            x: input.ptr,
            y: gradient.ptr,
            pairs: pairs.ptr,
            dKernel: dKernel.ptr,
            dKernelTapStride: depth * filters,
            dKernelGroupStride: width,
            dKernelStride: filters,
            dBias: dBias.ptr,
          }),
        );
        let from = 0;
        pieces.forEach((end, part) => {
          kernels.tapWeightGradients!(descriptor.ptr, from, Math.min(end, units), part % 2);
          from = Math.min(end, units);
        });
        memory.verify();
        const expected = Float64Array.from(dKernel.initial);
        const sizes = expected.map(Math.abs);
        twin.visit((to, at, weight) => {
          expected[weight]! += dy[to]! * x[at]!;
          sizes[weight]! += Math.abs(dy[to]! * x[at]!);
        });
        // Each pair of output and tap is visited once for each channel: the bias takes one visit in `depth · taps`.
        const rows = twin.outputs * batch;
        expectClose(dKernel.values(), expected, {
          absolute: sizes.map((size) => (rows + 3) * EPSILON * size),
        });
        const bias = Float64Array.from(dBias.initial);
        const biasSizes = bias.map(Math.abs);
        dy.forEach((one, i) => {
          bias[i % filters]! += one;
          biasSizes[i % filters]! += Math.abs(one);
        });
        expectClose(dBias.values(), bias, {
          absolute: biasSizes.map((size) => (rows + 3) * EPSILON * size),
        });
        results.push(new Float32Array([...dKernel.values(), ...dBias.values()]));
      }
      expect(results[1]).toEqual(results[0]);
    });
  });

  it("taps of one step side by side are the heads of an attention, summed", () => {
    const [batch, steps, heads, depth, columns] = [3, 4, 3, 5, 6];
    const memory = arena();
    const x = randomValues(steps * batch * heads * 8, 1);
    const w = randomValues(heads * depth * columns, 2);
    const y = memory.output(steps * batch * 8);
    const descriptor = memory.integers(
      written({
        batch,
        steps,
        xSteps: steps,
        taps: heads,
        positionStride: 1,
        groups: 1,
        depth,
        columns,
        x: memory.input(x).ptr,
        xStride: heads * 8,
        xTapStride: 8,
        panels: memory.input(
          panelsOf(1, heads, depth, columns, (_, h, c, o) => w[(h * depth + c) * columns + o]!),
        ).ptr,
        y: y.ptr,
        yStride: 8,
      }),
    );
    kernels.tapProduct!(descriptor.ptr, 0, steps * batch, 0);
    memory.verify();
    const expected = Float64Array.from({ length: steps * batch * columns }, (_, i) => {
      const [row, o] = [Math.floor(i / columns), i % columns];
      let sum = 0;
      for (let h = 0; h < heads; h++)
        for (let c = 0; c < depth; c++)
          sum += x[(row * heads + h) * 8 + c]! * w[(h * depth + c) * columns + o]!;
      return sum;
    });
    expectClose(dense(y.values(), columns), expected, { absolute: 2e-6 });
  });
});
