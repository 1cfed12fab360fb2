import { describe, it } from "vitest";
import { expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";

const operations: readonly ((a: number, b: number) => number)[] = [
  (a, b) => a + b,
  (a, b) => a - b,
  (a, b) => a * b,
  Math.max,
  Math.min,
];
const neutral = [0, 0, 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const sizes = [
  [1, 4],
  [5, 8],
  [13, 12],
] as const;

describe.each(await kernelBuilds())("several into one ($name)", ({ kernels, arena }) => {
  describe.each(operations.map((f, code) => ({ code, f })))("combineRows, operation $code", ({ code, f }) => {
    it.each(sizes)("%i rows of %i, masked and not, first and next", (rows, stride) => {
      const mask = Float32Array.from({ length: rows }, (_, row) => (row % 3 === 1 ? 0 : 1));
      for (const masked of [false, true]) {
        const memory = arena();
        const x = memory.input(randomValues(rows * stride, 1));
        const maskPtr = masked ? memory.input(mask).ptr : 0;
        const next = memory.inout(randomValues(rows * stride, 2));
        const first = memory.output(rows * stride);
        kernels.combineRows!(code, 0, x.ptr, maskPtr, next.ptr, rows, stride);
        kernels.combineRows!(code, 1, x.ptr, maskPtr, first.ptr, rows, stride);
        memory.verify();
        const counts = (i: number): boolean => !masked || mask[Math.floor(i / stride)] === 1;
        expectClose(
          next.values(),
          Float64Array.from(next.initial, (one, i) => (counts(i) ? f(one, x.initial[i]!) : one)),
          { ulp: 1 },
        );
        expectClose(
          first.values(),
          Float64Array.from(x.initial, (one, i) => (counts(i) ? one : neutral[code]!)),
          {},
        );
      }
    });
  });

  it("claimGradient gives to the first that is the extreme", () => {
    const [rows, stride] = [6, 8];
    const memory = arena();
    // Few values, so that many are equal.
    const inputs = [1, 2, 3].map((seed) =>
      memory.input(randomValues(rows * stride, seed).map((one) => Math.round(one))),
    );
    const masks = [4, 5, 6].map((seed) =>
      memory.input(randomValues(rows, seed).map((one, row) => Number(one > -0.3 || row === 0))),
    );
    const part = (k: number, i: number): boolean => masks[k]!.initial[Math.floor(i / stride)] === 1;
    const top = Float32Array.from({ length: rows * stride }, (_, i) =>
      Math.max(...inputs.map((x, k) => (part(k, i) ? x.initial[i]! : -9))),
    );
    const y = memory.input(top);
    const dy = memory.input(randomValues(rows * stride, 7));
    const claimed = memory.inout(new Float32Array(rows * stride));
    const gradients = inputs.map(() => memory.output(rows * stride));
    inputs.forEach((x, k) => {
      kernels.claimGradient!(
        x.ptr,
        masks[k]!.ptr,
        y.ptr,
        dy.ptr,
        gradients[k]!.ptr,
        claimed.ptr,
        rows,
        stride,
      );
    });
    memory.verify();
    gradients.forEach((gradient, k) => {
      expectClose(
        gradient.values(),
        Float64Array.from(dy.initial, (one, i) => {
          const winner = inputs.findIndex((x, j) => part(j, i) && x.initial[i] === top[i]);
          return winner === k ? one : 0;
        }),
        {},
      );
    });
  });

  it.each([
    [4, 5, 4, 1],
    [4, 5, 1, 5],
    [4, 5, 1, 1],
    [3, 2, 3, 2],
  ])("spreadRows and gatherRows: %i steps of %i from %i of %i", (steps, width, xSteps, xWidth) => {
    const batch = 3;
    const [stride, xStride] = [8, 8];
    const memory = arena();
    const x = memory.input(randomValues(xSteps * batch * xStride, 1));
    const y = memory.output(steps * batch * stride);
    const dy = memory.input(randomValues(steps * batch * stride, 2));
    const dx = memory.output(xSteps * batch * xStride, 7);
    kernels.spreadRows!(x.ptr, xSteps, xWidth, xStride, y.ptr, steps, width, stride, batch);
    kernels.gatherRows!(dy.ptr, steps, width, stride, dx.ptr, xSteps, xWidth, xStride, batch);
    memory.verify();
    const expected = new Float64Array(steps * batch * stride);
    const back = new Float64Array(xSteps * batch * xStride).fill(7);
    for (let i = 0; i < back.length; i++) if (i % xStride < xWidth) back[i] = 0;
    for (let t = 0; t < steps; t++)
      for (let n = 0; n < batch; n++)
        for (let k = 0; k < width; k++) {
          const from = ((xSteps === 1 ? 0 : t) * batch + n) * xStride + (xWidth === 1 ? 0 : k);
          const to = (t * batch + n) * stride + k;
          expected[to] = x.initial[from]!;
          back[from]! += dy.initial[to]!;
        }
    expectClose(y.values(), expected, {});
    expectClose(dx.values(), back, { absolute: 1e-6 });
  });
});
