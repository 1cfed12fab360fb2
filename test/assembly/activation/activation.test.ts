import { describe, expect, it } from "vitest";
import { activations } from "../../oracle/kernels/activation.js";
import { expectClose, kernelBuilds, randomValues, sizes, ulpSize } from "../../support/kernels.js";

/** ULP of the forward pass, as activate.ts states them. */
const valueUlp = [0, 2.6, 2.5, 1.5, 0, 1.5, 1.8, 3.5, 6, 1.9, 1.5, 3.5, 1.1, 2.5];
/** The codes whose derivative is made from z, not y. */
const fromPreActivation = [8, 11];
const codes = activations.map(({ name }, code) => ({ name, code }));
const inf = Number.POSITIVE_INFINITY;

/** Values on both sides of every kink, near 0 and far out. */
const values = Float32Array.from([
  ...randomValues(400, 3, 1),
  ...randomValues(400, 4, 8),
  ...randomValues(200, 5, 60),
  0,
  -0,
  1e-20,
  -1e-20,
  2.4999998,
  -2.4999998,
  2.5000002,
  -2.5000002,
  2.9999995,
  -2.9999995,
  3.0000005,
  -3.0000005,
]);

describe("the float64 twin", () => {
  it.each(codes)("derives $name as central differences do", ({ code }) => {
    const { value, derivative, kinks } = activations[code]!;
    const h = 1e-5;
    for (let z = -6.015; z < 6; z += 0.1) {
      if (kinks.some((kink) => Math.abs(kink - z) < 2 * h)) continue;
      const slope = (value(z + h) - value(z - h)) / (2 * h);
      // h² f'''/6 and rounding 1e-16/h, both below 1e-8 · max(1, e^6).
      expect(Math.abs(slope - derivative(z))).toBeLessThan(1e-8 * Math.max(1, Math.abs(value(z))));
    }
  });
});

describe.each(await kernelBuilds())("element-wise activations ($name)", ({ kernels, arena, name: build }) => {
  it.each(codes)("$name matches its definition", ({ code }) => {
    const { value } = activations[code]!;
    const memory = arena();
    const z = memory.input(values);
    const y = memory.output(values.length);
    kernels.activationForward!(code, z.ptr, y.ptr, values.length);
    memory.verify();
    // hardSigmoidLegacy's 0.2 z + 0.5 cancels near -2.5: two roundings at 0.5. gelu: z times half the smallest float.
    const absolute = code === 13 ? 2 ** -23 : code === 8 ? 8 * 2 ** -149 : 0;
    expectClose(y.values(), Array.from(values, value), { ulp: valueUlp[code]!, absolute });
  });

  it.each(codes)("the gradient of $name matches its derivative", ({ code }) => {
    const { value, derivative } = activations[code]!;
    const memory = arena();
    const z = memory.input(values);
    const y = memory.input(Array.from(values, value));
    const dy = memory.input(randomValues(values.length, 9, 2));
    const dz = memory.output(values.length);
    const zPtr = fromPreActivation.includes(code) ? z.ptr : 0;
    kernels.activationBackward!(code, zPtr, y.ptr, dy.ptr, dz.ptr, values.length);
    memory.verify();
    const slopes = Array.from(values, derivative);
    const dyValues = dy.values();
    // From a y rounded to float32, so absolute: activate.ts says 4e-7 max(1, |y|).
    const absolute = slopes.map(
      (slope, i) => Math.abs(dyValues[i]!) * (4e-7 * Math.max(1, Math.abs(y.initial[i]!)) + ulpSize(slope)),
    );
    // A hard sigmoid within one rounding of a bound may count as at it.
    const clear = slopes.map(
      (_, i) =>
        ![3, 13].includes(code) ||
        (y.initial[i]! > 1e-6 && y.initial[i]! < 1 - 1e-6) ||
        y.initial[i] === 0 ||
        y.initial[i] === 1,
    );
    const keep = (_: unknown, i: number): boolean => clear[i]!;
    expectClose([...dz.values()].filter(keep), slopes.map((slope, i) => slope * dyValues[i]!).filter(keep), {
      absolute: absolute.filter(keep),
    });
  });

  it.each(sizes)("handles %i elements, in place and off alignment", (n) => {
    for (const { code } of codes) {
      const memory = arena();
      const z = randomValues(n, n + 1, 3);
      const apart = memory.output(n, Number.NaN, 1);
      const inPlace = memory.inout(z, 2);
      kernels.activationForward!(code, memory.input(z).ptr, apart.ptr, n);
      kernels.activationForward!(code, inPlace.ptr, inPlace.ptr, n);
      const dy = randomValues(n, n + 2);
      const dz = memory.output(n);
      const gradient = memory.inout(dy, 3);
      const zPtr = memory.input(z).ptr;
      kernels.activationBackward!(code, zPtr, apart.ptr, memory.input(dy).ptr, dz.ptr, n);
      kernels.activationBackward!(code, zPtr, apart.ptr, gradient.ptr, gradient.ptr, n);
      memory.verify();
      expect(inPlace.values()).toEqual(apart.values());
      expect(gradient.values()).toEqual(dz.values());
      expectClose(apart.values(), Array.from(z, activations[code]!.value), {
        ulp: valueUlp[code]!,
        absolute: 2 ** -23,
      });
      expect(dz.values().some(Number.isNaN)).toBe(false);
    }
  });

  it("lets NaN through in both directions and takes limits at infinity", () => {
    const limits = [
      [-inf, inf],
      [-1, 1],
      [0, 1],
      [0, 1],
      [0, inf],
      [-inf, inf],
      [-1, inf],
      [-1.7580993175506592, inf],
      [0, inf],
      [0, inf],
      [-1, 1],
      [0, inf],
      [0, inf],
      [0, 1],
    ];
    const slopes = [
      [1, 1],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 1],
      [0.20000000298023224, 1],
      [0, 1],
      [0, 1.0507010221481323],
      [0, 1],
      [0, 1],
      [0, 0],
      [0, 1],
      [0, inf],
      [0, 0],
    ];
    for (const { code, name } of codes) {
      const memory = arena();
      const z = memory.input([Number.NaN, -inf, inf]);
      const y = memory.output(3);
      const dz = memory.output(3);
      kernels.activationForward!(code, z.ptr, y.ptr, 3);
      kernels.activationBackward!(code, z.ptr, y.ptr, memory.input([1, 1, 1]).ptr, dz.ptr, 3);
      memory.verify();
      const got = [...y.values()];
      expect(got[0], name).toBeNaN();
      // The slope of a line does not depend on where one is.
      if (name !== "linear") expect(dz.values()[0], `${name}'`).toBeNaN();
      expectClose(got.slice(1), limits[code]!, {});
      expectClose([...dz.values()].slice(1), slopes[code]!, {});
    }
  });

  it("refuses an unknown code in the debug build, and only there", () => {
    const memory = arena();
    const y = memory.inout([1, 2, 3, 4]);
    const call = (): number => kernels.activationForward!(14, y.ptr, y.ptr, 4);
    if (build === "debug") expect(call).toThrow("abort");
    else expect(call).not.toThrow();
  });
});
