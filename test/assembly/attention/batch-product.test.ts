import { describe, it } from "vitest";
import { EPSILON, expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";
import { padded } from "../../support/matrices.js";

const shapes = [
  [1, 1, 1, 1],
  [3, 5, 4, 2],
  [7, 17, 3, 3],
  [16, 33, 21, 1],
  [2, 3, 40, 5],
] as const;

describe.each(await kernelBuilds())("batchProduct ($name)", ({ kernels, arena }) => {
  it.each(shapes)("%i x %i over %i, %i samples", (rows, columns, depth, batch) => {
    for (const transposed of [0, 1]) {
      const memory = arena();
      const [bRows, bColumns] = transposed ? [columns, depth] : [depth, columns];
      const a = memory.input(randomValues(rows * batch * padded(depth, 4), 1));
      const b = memory.input(randomValues(bRows * batch * padded(bColumns, 4), 2));
      const c = memory.output(rows * batch * padded(columns, 4), 0);
      const panels = memory.output(padded(Math.max(columns, 16), 16) * Math.max(depth, 1));
      kernels.batchProduct!(a.ptr, b.ptr, c.ptr, rows, columns, depth, batch, transposed, panels.ptr);
      memory.verify();
      const got: number[] = [];
      const expected: number[] = [];
      const values = c.values();
      for (let i = 0; i < rows; i++)
        for (let n = 0; n < batch; n++)
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            for (let k = 0; k < depth; k++) {
              const [row, column] = transposed ? [j, k] : [k, j];
              sum +=
                a.initial[(i * batch + n) * padded(depth, 4) + k]! *
                b.initial[(row * batch + n) * padded(bColumns, 4) + column]!;
            }
            expected.push(sum);
            got.push(values[(i * batch + n) * padded(columns, 4) + j]!);
          }
      expectClose(got, expected, { absolute: (depth + 2) * depth * EPSILON });
    }
  });
});
