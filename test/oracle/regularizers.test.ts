import { expect, it } from "vitest";
import { variable } from "./autodiff.js";
import { penalty } from "./regularizers.js";

const w = variable({ shape: [2, 2], data: [1, 0, -3, 3] });

it("l1 is Σ|w|, l2 is Σw² without a half, and they add", () => {
  expect(penalty(w, { l1: 0.5 }).data[0]).toBe(3.5);
  expect(penalty(w, { l2: 0.5 }).data[0]).toBe(9.5);
  expect(penalty(w, { l1: 0.5, l2: 0.5 }).data[0]).toBe(13);
});

it("orthogonal is factor times the mean |cosine| over pairs of rows, or of columns", () => {
  // Rows meet at 135°; columns (1, -3) and (0, 3) at cosine -3/√10.
  expect(penalty(w, { orthogonal: { factor: 2 } }).data[0]).toBeCloseTo(Math.SQRT2, 14);
  expect(penalty(w, { orthogonal: { factor: 2, mode: "columns" } }).data[0]).toBeCloseTo(
    6 / Math.sqrt(10),
    14,
  );
  const three = variable({ shape: [3, 2], data: [1, 0, 0, 1, 2, 0] });
  expect(penalty(three, { orthogonal: { factor: 3 } }).data[0]).toBeCloseTo(1, 14);
});
