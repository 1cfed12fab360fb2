import { describe, expect, it } from "vitest";
import { panels, transposed } from "../../oracle/kernels/linalg.js";
import { kernelBuilds } from "../../support/kernels.js";
import { extents, placed, rowsOfNumbers } from "../../support/matrices.js";

describe.each(await kernelBuilds())("packing ($name)", ({ kernels, arena }) => {
  const shapes = extents.flatMap((columns) => [0, 1, 2, 7, 16, 33].map((depth) => ({ columns, depth })));

  it.each(shapes)("packColumns puts [$depth, $columns] into panels, zeros for missing columns", (shape) => {
    const { columns, depth } = shape;
    const memory = arena();
    const b = rowsOfNumbers(depth, columns, columns + 3, 1);
    const [source, target] = [placed(memory, b), memory.output(panels(b).length)];
    kernels.packColumns!(source.ptr, b.stride, target.ptr, depth, columns);
    memory.verify();
    expect(target.values()).toEqual(Float32Array.from(panels(b)));
  });

  it.each(shapes)("packTransposed puts the transpose of [$columns, $depth] into the same panels", (shape) => {
    const { columns, depth } = shape;
    const memory = arena();
    const b = rowsOfNumbers(columns, depth, depth + 2, 2);
    const expected = panels(transposed(b));
    const [source, target] = [placed(memory, b), memory.output(expected.length)];
    kernels.packTransposed!(source.ptr, b.stride, target.ptr, depth, columns);
    memory.verify();
    expect(target.values()).toEqual(Float32Array.from(expected));
  });

  it("no columns need no panels", () => {
    const memory = arena();
    const [source, target] = [memory.input([]), memory.output(4)];
    kernels.packColumns!(source.ptr, 1, target.ptr, 5, 0);
    kernels.packTransposed!(source.ptr, 5, target.ptr, 5, 0);
    memory.verify();
    expect(target.values()).toEqual(target.initial);
  });
});
