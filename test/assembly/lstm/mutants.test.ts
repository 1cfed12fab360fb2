import { describe, expect, it } from "vitest";
import { panels } from "../../oracle/kernels/linalg.js";
import type { KernelBuild } from "../../support/kernels.js";
import { expectSameLstm, type LstmCase, lstmTwin, runLstm } from "../../support/lstm-bench.js";
import { placed, rowsOfNumbers } from "../../support/matrices.js";
import { buildMutant, type Mutant } from "../../support/mutants.js";

const lstmModules = {
  "assembly/lstm/forward": ["lstmForward"],
  "assembly/lstm/backward": ["lstmBackward", "lstmWeightGradients"],
  "assembly/lstm/pack": ["lstmPackKernel", "lstmPackTransposed"],
};

const small: LstmCase = { batch: 3, timesteps: 4, features: 3, units: 5, returnSequences: true };
const check =
  (layer: LstmCase) =>
  (build: KernelBuild): void =>
    expectSameLstm(layer, runLstm(build, layer), lstmTwin(layer));

function packCheck({ kernels, arena }: KernelBuild): void {
  const memory = arena();
  const b = rowsOfNumbers(3, 21, 21, 1);
  const [source, target] = [placed(memory, b), memory.output(panels(b).length)];
  kernels.packColumns!(source.ptr, b.stride, target.ptr, b.rows, b.columns);
  memory.verify();
  expect(target.values()).toEqual(Float32Array.from(panels(b)));
}

const mutants: readonly Mutant[] = [
  {
    title: "the forget gate is left out of the cell state",
    file: "assembly/lstm/cell-forward.ts",
    search: "const next = f32x4.add(f32x4.mul(v128.load(gates, 16), kept), ",
    replacement: "const next = f32x4.add(kept, ",
    exports: lstmModules,
    check: check(small),
  },
  {
    title: "forget gate and cell candidate change places",
    file: "assembly/lstm/pack.ts",
    search:
      "v128.store(target, v128.load(source + gateBytes), 16);\n    v128.store(target, v128.load(source + 2 * gateBytes), 32);",
    replacement:
      "v128.store(target, v128.load(source + gateBytes), 32);\n    v128.store(target, v128.load(source + 2 * gateBytes), 16);",
    exports: lstmModules,
    check: check(small),
  },
  {
    title: "weight gradients overwrite instead of accumulating",
    file: "assembly/linalg/outer-product.ts",
    search: "v128.store(ptr, f32x4.add(v128.load(ptr), v));",
    replacement: "v128.store(ptr, v);",
    exports: lstmModules,
    check: check(small),
  },
  {
    title: "the output gate has tanh's derivative",
    file: "assembly/lstm/cell-backward.ts",
    search: "so = f32x4.mul(o, f32x4.sub(one, o));",
    replacement: "so = f32x4.sub(one, f32x4.mul(o, o));",
    exports: lstmModules,
    check: check(small),
  },
  {
    title: "the cell's gradient passes the forget gate unchanged",
    file: "assembly/lstm/cell-backward.ts",
    search: "flushSubnormal4(f32x4.mul(dc, f))",
    replacement: "dc",
    exports: lstmModules,
    check: check(small),
  },
  {
    title: "truncation cuts one step too early",
    file: "assembly/lstm/backward.ts",
    search: "t % d.truncate == 0",
    replacement: "(t + 1) % d.truncate == 0",
    exports: lstmModules,
    check: check({ ...small, timesteps: 5, truncate: 2 }),
  },
  {
    title: "the last column of a short panel is dropped",
    file: "assembly/linalg/pack.ts",
    search: "memory.copy(panel, source, (<usize>width) << 2);",
    replacement: "memory.copy(panel, source, (<usize>width - 1) << 2);",
    exports: { "assembly/linalg/pack": ["packColumns"] },
    check: packCheck,
  },
];

describe("an LSTM kernel with a fault does not pass its check", () => {
  it.each(mutants)("$title", async (mutant) => {
    const { healthy, faulty } = await buildMutant(mutant);
    expect(() => mutant.check(healthy)).not.toThrow();
    expect(() => mutant.check(faulty)).toThrow();
  });
});
