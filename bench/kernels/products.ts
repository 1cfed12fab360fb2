/** Matrix products and the packing before them. */
import { panels, product, transposed } from "../../test/oracle/kernels/linalg.js";
import { EPSILON, expectClose, randomValues } from "../../test/support/kernels.js";
import { placed, rowsOfNumbers } from "../../test/support/matrices.js";
import type { KernelCase } from "./case.js";

/** assembly/linalg/outer-product.ts takes so many rows at a time. */
const OUTER_ROWS = 256;

const bounds = (magnitudes: Float64Array, depth: number): Float64Array =>
  magnitudes.map((sum) => (depth + 1) * EPSILON * sum);

function panelRows(rows: number, depth: number): KernelCase {
  return {
    name: "panelRows",
    size: `${rows} x ${depth} x 16`,
    flops: 2 * rows * depth * 16,
    prepare(kernels, memory) {
      const a = rowsOfNumbers(rows, depth, depth, 1);
      const b = rowsOfNumbers(depth, 16, 16, 2);
      const [aRegion, panel] = [placed(memory, a), memory.input(panels(b))];
      const c = memory.output(rows * 16);
      const call = (): void => {
        kernels.panelRows!(aRegion.ptr, 4 * depth, depth, 0, 0, 0, panel.ptr, 0, c.ptr, 64, 4, rows, 0);
      };
      call();
      const { values, magnitudes } = product(a, b);
      expectClose(c.values(), values, { absolute: bounds(magnitudes, depth) });
      return call;
    },
  };
}

function matrixProduct(rows: number, depth: number, columns: number): KernelCase {
  return {
    name: "matrixProduct",
    size: `${rows} x ${depth} x ${columns}`,
    flops: 2 * rows * depth * columns,
    prepare(kernels, memory) {
      const a = rowsOfNumbers(rows, depth, depth, 1);
      const b = rowsOfNumbers(depth, columns, columns, 2);
      const [aRegion, packed] = [placed(memory, a), memory.input(panels(b))];
      const c = memory.output(rows * columns);
      const call = (): void => {
        kernels.matrixProduct!(aRegion.ptr, depth, packed.ptr, 0, c.ptr, columns, rows, depth, columns, 0);
      };
      call();
      const { values, magnitudes } = product(a, b);
      expectClose(c.values(), values, { absolute: bounds(magnitudes, depth) });
      return call;
    },
  };
}

function outerProduct(columns: number): KernelCase {
  const rows = OUTER_ROWS;
  return {
    name: "outerProduct",
    size: `${columns} x ${rows} x 16`,
    flops: 2 * rows * columns * 16,
    prepare(kernels, memory) {
      const a = rowsOfNumbers(rows, columns, columns, 1);
      const z = rowsOfNumbers(rows, 16, 16, 2);
      const [aRegion, zRegion] = [placed(memory, a), placed(memory, z)];
      const pairs = memory.output(Math.ceil(columns / 2) * rows * 2);
      const c = memory.inout(new Float32Array(columns * 16));
      kernels.packPairs!(aRegion.ptr, columns, pairs.ptr, rows, rows, columns);
      const call = (): void => {
        kernels.outerProduct!(pairs.ptr, rows, zRegion.ptr, 64, c.ptr, 16, 4, 4, 4, rows, columns);
      };
      call();
      const { values, magnitudes } = product(transposed(a), z);
      expectClose(c.values(), values, { absolute: bounds(magnitudes, rows) });
      return call;
    },
  };
}

function packPairs(columns: number): KernelCase {
  const rows = OUTER_ROWS;
  return {
    name: "packPairs",
    size: `${rows} x ${columns}`,
    bytes: 8 * rows * columns,
    prepare(kernels, memory) {
      const a = rowsOfNumbers(rows, columns, columns, 1);
      const source = placed(memory, a);
      const pairs = memory.output(columns * rows);
      const call = (): void => {
        kernels.packPairs!(source.ptr, columns, pairs.ptr, rows, rows, columns);
      };
      call();
      const expected = pairs.initial.map((_, i) => {
        const column = 2 * Math.floor(i / (2 * rows)) + (i % 2);
        return a.data[(Math.floor(i / 2) % rows) * columns + column]!;
      });
      expectClose(pairs.values(), expected, {});
      return call;
    },
  };
}

function pack(name: "packColumns" | "packTransposed", depth: number, columns: number): KernelCase {
  return {
    name,
    size: `${depth} x ${columns}`,
    bytes: 8 * depth * columns,
    prepare(kernels, memory) {
      const b = rowsOfNumbers(depth, columns, columns, 1);
      const given = name === "packColumns" ? b : transposed(b);
      const source = memory.input(Float32Array.from(given.data));
      const target = memory.output(depth * columns);
      const call = (): void => {
        kernels[name]!(source.ptr, given.stride, target.ptr, depth, columns);
      };
      call();
      expectClose(target.values(), panels(b), {});
      return call;
    },
  };
}

function sumOfSquares(count: number): KernelCase {
  return {
    name: "sumOfSquares",
    size: String(count),
    bytes: 4 * count,
    prepare(kernels, memory) {
      const x = randomValues(count, 1);
      const region = memory.input(x);
      const call = (): number => kernels.sumOfSquares!(region.ptr, count);
      const sum = x.reduce((total, value) => total + value * value, 0);
      // Squares are rounded once, and added in float64.
      expectClose([call()], [sum], { absolute: sum * count * 2 ** -52 + sum * EPSILON });
      return call;
    },
  };
}

export const productCases: readonly KernelCase[] = [
  panelRows(8, 256),
  panelRows(64, 320),
  panelRows(2, 64),
  matrixProduct(64, 1024, 256),
  matrixProduct(64, 256, 64),
  outerProduct(256),
  outerProduct(64),
  packPairs(256),
  pack("packColumns", 256, 1024),
  pack("packTransposed", 1024, 256),
  sumOfSquares(329_728),
];
