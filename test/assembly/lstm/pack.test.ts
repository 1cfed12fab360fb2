import { describe, expect, it } from "vitest";
import { kernelBuilds, randomValues } from "../../support/kernels.js";
import { padded } from "../../support/matrices.js";

const shapes = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 33].flatMap((units) =>
  [1, 3, 16, 17].map((features) => ({ units, features })),
);

describe.each(await kernelBuilds())("packing of LSTM weights ($name)", ({ kernels, arena }) => {
  it.each(shapes)(
    "lstmPackKernel interleaves the gates of four units: F = $features, H = $units",
    (shape) => {
      const { units, features } = shape;
      const groups = padded(units, 4) / 4;
      const depth = features + units;
      for (const useBias of [true, false]) {
        const memory = arena();
        const kernel = memory.input(randomValues(features * 4 * units, 1));
        const recurrent = memory.input(randomValues(units * 4 * units, 2));
        const bias = memory.input(randomValues(4 * units, 3));
        const [panels, panelBias] = [memory.output(groups * depth * 16), memory.output(groups * 16)];
        kernels.lstmPackKernel!(
          kernel.ptr,
          recurrent.ptr,
          useBias ? bias.ptr : 0,
          panels.ptr,
          panelBias.ptr,
          features,
          units,
        );
        memory.verify();
        /** Element of a row of gates i, f, c, o that stands in column `column` of group `group`; zero beyond H. */
        const from = (row: ArrayLike<number>, group: number, column: number): number => {
          const unit = 4 * group + (column % 4);
          return unit < units ? row[Math.floor(column / 4) * units + unit]! : 0;
        };
        const rowOf = (k: number): Float32Array =>
          k < features
            ? kernel.initial.subarray(k * 4 * units, (k + 1) * 4 * units)
            : recurrent.initial.subarray((k - features) * 4 * units, (k - features + 1) * 4 * units);
        const expected = panels.initial.map((_, i) =>
          from(rowOf(Math.floor(i / 16) % depth), Math.floor(i / (16 * depth)), i % 16),
        );
        expect(panels.values()).toEqual(expected);
        expect(panelBias.values()).toEqual(
          panelBias.initial.map((_, i) => (useBias ? from(bias.initial, Math.floor(i / 16), i % 16) : 0)),
        );
      }
    },
  );

  it.each(shapes)(
    "lstmPackTransposed turns rows into panel columns: rows = $features, H = $units",
    (shape) => {
      const { units, features: rows } = shape;
      const depth = 4 * padded(units, 4);
      const memory = arena();
      const matrix = memory.input(randomValues(rows * 4 * units, 1));
      const panels = memory.output((padded(rows, 16) / 16) * depth * 16);
      kernels.lstmPackTransposed!(matrix.ptr, panels.ptr, rows, units);
      memory.verify();
      const expected = panels.initial.map((_, i) => {
        const [panel, k, column] = [Math.floor(i / (16 * depth)), Math.floor(i / 16) % depth, i % 16];
        const row = 16 * panel + column;
        const [group, gate, lane] = [Math.floor(k / 16), Math.floor(k / 4) % 4, k % 4];
        const unit = 4 * group + lane;
        return row < rows && unit < units ? matrix.initial[row * 4 * units + gate * units + unit]! : 0;
      });
      expect(panels.values()).toEqual(expected);
    },
  );
});
