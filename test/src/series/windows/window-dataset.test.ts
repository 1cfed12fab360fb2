import { expect, test } from "vitest";
import { openSteps, refuseGaps, shuffler } from "../../../../src/series/windows/window-dataset.js";
import { tensor } from "../../../../src/tensor.js";

test("steps are row-major float32, whatever came", () => {
  expect(
    openSteps("f()", [
      [1, 2],
      [3, 4],
    ]),
  ).toEqual({ length: 2, stepShape: [2], data: Float32Array.of(1, 2, 3, 4) });
  expect(openSteps("f()", [1, null])).toEqual({
    length: 2,
    stepShape: [],
    data: Float32Array.of(1, Number.NaN),
  });
  expect(openSteps("f()", tensor(Int32Array.of(1, 2, 3, 4), [2, 1, 2])).stepShape).toEqual([1, 2]);
});

test("a gap is named by row and column, only within the rows asked for", () => {
  const steps = openSteps("f()", [
    [1, 2],
    [3, null],
    [5, 6],
  ]);
  expect(() => refuseGaps("f()", "the data", steps, 0, 3)).toThrow(/row 1, column 1 of the data is NaN/);
  expect(() => refuseGaps("f()", "the data", steps, 2, 3)).not.toThrow();
});

test("nothing is drawn without shuffle", () => {
  expect(shuffler("f()", false, undefined)).toBeUndefined();
  expect(shuffler("f()", true, 3)?.seed).toBe(3);
});

test("typed arrays and tensors are read where they lie", () => {
  const data = Float64Array.of(1, 2);
  expect(openSteps("f()", data).data).toBe(data);
  const rows = tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
  expect(openSteps("f()", rows)).toEqual({ length: 2, stepShape: [2], data: rows.data });
  expect(openSteps("f()", rows).data).toBe(rows.data);
});

test("what float32 cannot hold is no value for a window", () => {
  const steps = openSteps("f()", Float64Array.of(1, 1e300));
  expect(() => refuseGaps("f()", "the data", steps, 0, 2)).toThrow(/row 1 of the data is 1e\+300/);
});
