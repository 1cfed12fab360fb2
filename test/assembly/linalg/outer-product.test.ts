import { describe, expect, it } from "vitest";
import { product, transposed } from "../../oracle/kernels/linalg.js";
import { EPSILON, expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";
import { extents, placed, rowsOfNumbers } from "../../support/matrices.js";

const OUTER_ROWS = 256;

describe.each(await kernelBuilds())("outer products ($name)", ({ kernels, arena }) => {
  it.each(extents.flatMap((columns) => [1, 5, 16, 31].map((rows) => ({ rows, columns }))))(
    "packPairs lays [$rows, $columns] out pair by pair, an odd last column beside zeros",
    ({ rows, columns }) => {
      const memory = arena();
      const a = rowsOfNumbers(rows, columns, columns + 1, 1);
      const pairRows = 32;
      const [source, pairs] = [placed(memory, a), memory.output(Math.ceil(columns / 2) * pairRows * 2)];
      kernels.packPairs!(source.ptr, a.stride, pairs.ptr, pairRows, rows, columns);
      memory.verify();
      const expected = pairs.initial.map((nothing, i) => {
        const [pair, row] = [Math.floor(i / (2 * pairRows)), Math.floor(i / 2) % pairRows];
        const column = 2 * pair + (i % 2);
        if (row >= rows) return nothing;
        return column < columns ? a.data[row * a.stride + column]! : 0;
      });
      expect(pairs.values()).toEqual(expected);
    },
  );

  /** Gates of four units side by side, or sixteen plain columns, whole or cut short. */
  const layouts = [1, 2, 3, 4].flatMap((lanes) => [
    { title: `a panel of gates, ${lanes} units`, groupStride: 9, vectors: 4, lanes },
    ...[1, 2, 3, 4].map((vectors) => ({
      title: `${4 * (vectors - 1) + lanes} plain columns`,
      groupStride: 4,
      vectors,
      lanes,
    })),
  ]);

  it.each(layouts)("outerProduct adds Aᵀ Z to C: $title", ({ groupStride, vectors, lanes }) => {
    for (const [rows, columns] of [
      [1, 1],
      [2, 2],
      [7, 5],
      [31, 16],
      [255, 3],
      [256, 17],
    ] as const) {
      const memory = arena();
      const a = rowsOfNumbers(rows, columns, columns, 1);
      const z = rowsOfNumbers(rows, 16, 20, 2);
      const pairs = memory.output(Math.ceil(columns / 2) * OUTER_ROWS * 2);
      const cStride = 3 * groupStride + 5;
      const c = memory.inout(randomValues(columns * cStride, 3));
      const [aRegion, zRegion] = [placed(memory, a), placed(memory, z)];
      kernels.packPairs!(aRegion.ptr, a.stride, pairs.ptr, OUTER_ROWS, rows, columns);
      kernels.outerProduct!(
        pairs.ptr,
        OUTER_ROWS,
        zRegion.ptr,
        4 * z.stride,
        c.ptr,
        cStride,
        groupStride,
        vectors,
        lanes,
        rows,
        columns,
      );
      memory.verify();
      const { values, magnitudes } = product(transposed(a), z);
      const expected = Float64Array.from(c.initial);
      const bound = new Float64Array(c.length);
      for (let k = 0; k < columns; k++) {
        for (let column = 0; column < 4 * vectors; column++) {
          const [vector, lane] = [Math.floor(column / 4), column % 4];
          const isShort = groupStride !== 4 || vector === vectors - 1;
          if (isShort && lane >= lanes) continue;
          const target = k * cStride + vector * groupStride + lane;
          bound[target] = (rows + 2) * EPSILON * (magnitudes[16 * k + column]! + Math.abs(expected[target]!));
          expected[target]! += values[16 * k + column]!;
        }
      }
      expectClose(c.values(), expected, { absolute: bound });
    }
  });

  it("no rows add nothing", () => {
    const memory = arena();
    const [pairs, z, c] = [memory.output(512), memory.output(16), memory.inout(randomValues(32, 1))];
    kernels.outerProduct!(pairs.ptr, OUTER_ROWS, z.ptr, 64, c.ptr, 16, 4, 4, 4, 0, 2);
    memory.verify();
    expect(c.values()).toEqual(c.initial);
  });
});

describe("preconditions", async () => {
  const [debug] = await kernelBuilds();
  it("the debug build refuses more rows than the pairs have room for", () => {
    const memory = debug!.arena();
    const region = memory.output(64);
    expect(() => debug!.kernels.packPairs!(region.ptr, 1, region.ptr, 2, 3, 1)).toThrow(/abort/);
  });
});
