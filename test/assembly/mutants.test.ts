import { describe, expect, it } from "vitest";
import { huber } from "../oracle/kernels/elementwise-losses.js";
import { adam } from "../oracle/kernels/optimizers.js";
import { sigmoid } from "../oracle/kernels/simd.js";
import { axpy } from "../oracle/kernels/vector.js";
import { EPSILON, expectClose, type KernelBuild, randomValues } from "../support/kernels.js";
import { buildMutant, type Mutant } from "../support/mutants.js";

const N = 37;

const adamCheck = ({ kernels, arena }: KernelBuild): void => {
  const memory = arena();
  const [w, m] = [memory.inout(randomValues(N, 1)), memory.inout(randomValues(N, 2))];
  const v = memory.inout(randomValues(N, 3).map((u) => 1 + 0.5 * u));
  const g = memory.input(randomValues(N, 4));
  kernels.adamStep!(w.ptr, g.ptr, m.ptr, v.ptr, N, 0.01, 0.9, 0.999, 1e-7);
  memory.verify();
  const step = adam(0.01, 0.9, 0.999, 1e-7);
  const expected = Array.from(g.initial, (value, i) =>
    step({ w: w.initial[i]!, m: m.initial[i]!, v: v.initial[i]! }, value),
  );
  // Terms of size 2 or less, four roundings.
  for (const [slot, region] of Object.entries({ w, m, v })) {
    expectClose(
      region.values(),
      expected.map((state) => state[slot]!),
      { absolute: 8 * EPSILON },
    );
  }
};

const huberCheck = ({ kernels, arena }: KernelBuild): void => {
  const memory = arena();
  const prediction = memory.input(randomValues(N, 1, 3));
  const target = memory.input(randomValues(N, 2, 3));
  const gradient = memory.output(N);
  const value = kernels.huberLoss!(prediction.ptr, target.ptr, 0, gradient.ptr, 1, N, N, 1, 1);
  memory.verify();
  const [p, t] = [[...prediction.initial], [...target.initial]];
  expectClose([value], [huber(1).value(p, t)], { ulp: 4 });
  expectClose(gradient.values(), huber(1).gradient(p, t), { ulp: 4 });
};

const SIGMOID = 2;
const sigmoidCheck = ({ kernels, arena }: KernelBuild): void => {
  const memory = arena();
  const z = memory.input([-200, -100, -20, 0, 20, 89, 200, 3e38]);
  const y = memory.output(z.length);
  kernels.activationForward!(SIGMOID, z.ptr, y.ptr, z.length);
  memory.verify();
  expectClose(y.values(), Array.from(z.initial, sigmoid), { ulp: 2.5 });
};

const axpyCheck = ({ kernels, arena }: KernelBuild): void => {
  const memory = arena();
  const x = memory.input(randomValues(N, 1));
  const y = memory.inout(randomValues(N, 2));
  kernels.axpy!(N, 0.5, x.ptr, y.ptr);
  memory.verify();
  expectClose(y.values(), axpy(0.5, x.initial, y.initial), { absolute: 2 * EPSILON });
};

const adamModule = { "assembly/optim/adam": ["adamStep"] };
const vectorModule = { "assembly/optim/vector": ["axpy"] };

/** To add one: the fault, where it goes, which kernels to compile, and a check that a kernel's tests would make. */
const mutants: readonly Mutant[] = [
  {
    title: "Adam's second moment forgets instead of accumulating",
    file: "assembly/optim/adam.ts",
    search: "const v = toward4(loadUpTo4(vPtr + at, left), f32x4.mul(g, g), rate2);\n  storeUpTo4(mPtr",
    replacement: "const v = f32x4.mul(f32x4.mul(g, g), rate2);\n  storeUpTo4(mPtr",
    exports: adamModule,
    check: adamCheck,
  },
  {
    title: "Adam's tail is one weight short",
    file: "assembly/optim/adam.ts",
    search: "if (whole < n) adam4(",
    replacement: "if (whole < n - 1) adam4(",
    exports: adamModule,
    check: adamCheck,
  },
  {
    title: "Huber's bound is taken the wrong way round",
    file: "assembly/loss/elementwise.ts",
    search: "const inner = f32x4.pmin(size, f32x4.splat(option));",
    replacement: "const inner = f32x4.pmax(size, f32x4.splat(option));",
    exports: { "assembly/loss/regression": ["huberLoss"] },
    check: huberCheck,
  },
  {
    title: "sigmoid does not saturate",
    file: "assembly/simd/sigmoid.ts",
    search: "f32x4.pmax(f32x4.pmin(x, constant4(AT_SIGMOID_TOP)), constant4(AT_SIGMOID_BOTTOM))",
    replacement: "x",
    exports: { "assembly/activation/activation-forward": ["activationForward"] },
    check: sigmoidCheck,
  },
  {
    title: "axpy overwrites instead of accumulating",
    file: "assembly/optim/vector.ts",
    search: "storeUpTo4(yPtr + at, f32x4.add(loadUpTo4(yPtr + at, left), product), left);",
    replacement: "storeUpTo4(yPtr + at, product, left);",
    exports: vectorModule,
    check: axpyCheck,
  },
  {
    title: "a tail is stored as a whole vector",
    file: "assembly/simd/lanes.ts",
    search: "else storeTail(ptr, value, count);",
    replacement: "else v128.store(ptr, value);",
    exports: vectorModule,
    check: axpyCheck,
  },
];

describe("a kernel with a fault does not pass its check", () => {
  it.each(mutants)("$title", async (mutant) => {
    const { healthy, faulty } = await buildMutant(mutant);
    expect(() => mutant.check(healthy)).not.toThrow();
    expect(() => mutant.check(faulty)).toThrow();
  });

  it("and a mutation that no longer fits its source is an error, not a pass", async () => {
    await expect(buildMutant({ ...mutants[0]!, search: "no such text" })).rejects.toThrow("stands 0 times");
  });
});
