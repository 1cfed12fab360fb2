import { describe, expect, it } from "vitest";
import { panels, product } from "../../oracle/kernels/linalg.js";
import { EPSILON, expectClose, type KernelBuild, kernelBuilds, randomValues } from "../../support/kernels.js";
import { extents, padded, placed, rowsOfNumbers, withoutPadding } from "../../support/matrices.js";

interface Shape {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

/** Each extent runs through all sizes while the others stand on odd ones. */
const shapes: readonly Shape[] = [
  ...Array.from({ length: 33 }, (_, i) => ({ rows: i + 1, depth: 7, columns: 19 })),
  ...Array.from({ length: 33 }, (_, i) => ({ rows: 5, depth: i + 1, columns: 18 })),
  ...Array.from({ length: 33 }, (_, i) => ({ rows: 3, depth: 13, columns: i + 1 })),
  // A single row takes its panels two at a time.
  ...Array.from({ length: 65 }, (_, i) => ({ rows: 1, depth: 13, columns: i + 1 })),
  ...extents.map((n) => ({ rows: n, depth: n, columns: n })),
  ...[47, 61, 127, 255, 256, 257].map((n) => ({ rows: n, depth: 67, columns: 37 })),
];

/** depth products and depth + 2 additions (start, accumulate), each of relative error EPSILON at most. */
const roundings = (depth: number): number => depth + 3;

function check({ kernels, arena }: KernelBuild, { rows, depth, columns }: Shape, accumulate: boolean): void {
  const memory = arena();
  const a = rowsOfNumbers(rows, depth, depth + 1, 1);
  const b = rowsOfNumbers(depth, columns, columns, 2);
  const stride = padded(columns, 4) + 4;
  const start = randomValues(padded(columns, 16), 3).map((value, j) => (j < columns ? value : 0));
  const before = randomValues(rows * stride, 4);
  const [aRegion, panelRegion] = [placed(memory, a), memory.input(panels(b))];
  const startRegion = memory.input(start);
  const c = accumulate ? memory.inout(before) : memory.output(rows * stride);
  kernels.matrixProduct!(
    aRegion.ptr,
    a.stride,
    panelRegion.ptr,
    startRegion.ptr,
    c.ptr,
    stride,
    rows,
    depth,
    columns,
    accumulate ? 1 : 0,
  );
  memory.verify();
  const { values, magnitudes } = product(a, b);
  const had = (i: number): number =>
    accumulate ? before[Math.floor(i / columns) * stride + (i % columns)]! : 0;
  expectClose(
    withoutPadding(c.values(), rows, columns, stride),
    values.map((value, i) => value + start[i % columns]! + had(i)),
    {
      absolute: magnitudes.map(
        (size, i) => roundings(depth) * EPSILON * (size + Math.abs(start[i % columns]!) + Math.abs(had(i))),
      ),
    },
  );
  // Up to the whole vector the padding holds zeros (or what stood there, plus zero); behind it nothing was written.
  const width = padded(columns, 4);
  c.values().forEach((value, i) => {
    const column = i % stride;
    if (column < columns) return;
    const untouched = column >= width || accumulate;
    expect(value).toBe(untouched ? c.initial[i] : 0);
  });
}

describe.each(await kernelBuilds())("panel products ($name)", (build) => {
  const { kernels, arena } = build;

  it.each(shapes)("matrixProduct overwrites C with start + A B, $rows x $depth x $columns", (shape) => {
    check(build, shape, false);
  });

  it.each(shapes)("matrixProduct adds start + A B to C, $rows x $depth x $columns", (shape) => {
    check(build, shape, true);
  });

  it.each([
    { rows: 0, depth: 3, columns: 5 },
    { rows: 3, depth: 0, columns: 5 },
    { rows: 4, depth: 0, columns: 16 },
  ])("matrixProduct of $rows x $depth x $columns is what it starts with", (shape) => {
    check(build, shape, false);
    check(build, shape, true);
  });

  it("matrixProduct starts at zero without a start", () => {
    const memory = arena();
    const [a, b] = [rowsOfNumbers(3, 5, 5, 1), rowsOfNumbers(5, 4, 4, 2)];
    const [aRegion, panelRegion, c] = [placed(memory, a), memory.input(panels(b)), memory.output(12)];
    kernels.matrixProduct!(aRegion.ptr, 5, panelRegion.ptr, 0, c.ptr, 4, 3, 5, 4, 0);
    memory.verify();
    const { values, magnitudes } = product(a, b);
    expectClose(c.values(), values, { absolute: magnitudes.map((size) => roundings(5) * EPSILON * size) });
  });

  const segments = extents.flatMap((aDepth) => [0, 1, 6, 17].map((sDepth) => ({ aDepth, sDepth })));
  it.each(segments)("panelRows multiplies [A | S], depths $aDepth and $sDepth, by one panel", (depths) => {
    const { aDepth, sDepth } = depths;
    for (const [rows, vectors] of [
      [1, 4],
      [2, 3],
      [5, 2],
      [8, 1],
    ] as const) {
      const memory = arena();
      const a = rowsOfNumbers(rows, aDepth, aDepth + 2, 1);
      const s = rowsOfNumbers(rows, sDepth, sDepth + 1, 2);
      const depth = aDepth + sDepth;
      const whole = rowsOfNumbers(rows, depth, depth, 0);
      const joined = Float32Array.from(whole.data, (_, i) => {
        const [row, k] = [Math.floor(i / depth), i % depth];
        return k < aDepth ? a.data[row * a.stride + k]! : s.data[row * s.stride + k - aDepth]!;
      });
      const b = rowsOfNumbers(depth, 16, 16, 3);
      const [aRegion, sRegion, panel] = [placed(memory, a), placed(memory, s), memory.input(b.data)];
      const start = memory.input(randomValues(16, 4));
      const c = memory.output(rows * 16);
      kernels.panelRows!(
        aRegion.ptr,
        4 * a.stride,
        aDepth,
        sRegion.ptr,
        4 * s.stride,
        sDepth,
        panel.ptr,
        start.ptr,
        c.ptr,
        64,
        vectors,
        rows,
        0,
      );
      memory.verify();
      const { values, magnitudes } = product({ ...whole, data: joined }, b);
      const written = (i: number): boolean => i % 16 < 4 * vectors;
      expectClose(
        c.values(),
        values.map((value, i) => (written(i) ? value + start.initial[i % 16]! : Number.NaN)),
        {
          absolute: magnitudes.map(
            (size, i) => roundings(depth) * EPSILON * (size + Math.abs(start.initial[i % 16]!)),
          ),
        },
      );
    }
  });

  it("a NaN in A reaches its row and no other", () => {
    const memory = arena();
    const a = memory.input([1, 2, Number.NaN, 4, 5, 6]);
    const panel = memory.input(panels(rowsOfNumbers(2, 4, 4, 1)));
    const c = memory.output(12, 0);
    kernels.matrixProduct!(a.ptr, 2, panel.ptr, 0, c.ptr, 4, 3, 2, 4, 0);
    memory.verify();
    expect(Array.from(c.values(), Number.isNaN)).toEqual([
      ...Array(4).fill(false),
      ...Array(4).fill(true),
      ...Array(4).fill(false),
    ]);
  });
});

describe("preconditions", async () => {
  const [debug] = await kernelBuilds();
  it("the debug build refuses rows of C that are not whole vectors", () => {
    const memory = debug!.arena();
    const region = memory.output(64);
    const { matrixProduct } = debug!.kernels;
    expect(() => matrixProduct!(region.ptr, 1, region.ptr, 0, region.ptr, 6, 1, 1, 5, 0)).toThrow(/abort/);
  });
});
