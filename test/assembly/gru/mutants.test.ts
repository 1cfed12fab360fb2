import { describe, expect, it } from "vitest";
import { type CellCase, cellTwin, expectSameCell, runCell } from "../../support/cell-bench.js";
import { buildMutant, type Mutant } from "../../support/mutants.js";

const kernels: Mutant["exports"] = {
  "assembly/gru/pack": ["gruPackKernel", "gruPackTransposed"],
  "assembly/gru/forward": ["gruForward"],
  "assembly/gru/backward": ["gruBackward"],
  "assembly/gru/weight-gradients": ["gruWeightGradients"],
  "assembly/linalg/pack": ["packColumns", "packTransposed"],
};

const layer: CellCase = {
  cell: "gru",
  batch: 3,
  timesteps: 5,
  features: 3,
  units: 6,
  returnSequences: true,
  initialState: true,
};

const faults: (Pick<Mutant, "title" | "file" | "search" | "replacement"> & {
  readonly layer?: Partial<CellCase>;
})[] = [
  {
    title: "the update gate keeps the candidate instead of the state",
    file: "assembly/gru/cell-forward.ts",
    search: "const h = f32x4.add(g, f32x4.mul(v128.load(gatesPtr), f32x4.sub(hPrev, g)));",
    replacement: "const h = f32x4.add(hPrev, f32x4.mul(v128.load(gatesPtr), f32x4.sub(g, hPrev)));",
  },
  {
    title: "the state's bias of the candidate is forgotten",
    file: "assembly/gru/pack.ts",
    search: "store<f32>(z, load<f32>(source + 2 * gateBytes + at), 48);",
    replacement: "",
  },
  {
    title: "the candidate's gradient goes back through R unscaled by the reset gate",
    file: "assembly/gru/cell-backward.ts",
    search: "dgRecurrent = f32x4.mul(dg, r);",
    replacement: "dgRecurrent = dg;",
  },
  {
    title: "a masked step forgets its gradient",
    file: "assembly/gru/cell-backward.ts",
    search: "let dz = zero, dr = zero, dg = zero, dgRecurrent = zero;",
    replacement:
      "let dz = zero, dr = zero, dg = zero, dgRecurrent = zero;\n    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) v128.store(dhPtr, zero);",
    layer: { mask: true },
  },
  {
    title: "truncation cuts one step late",
    file: "assembly/gru/backward.ts",
    search: "t % d.truncate == 0",
    replacement: "(t + 1) % d.truncate == 0",
    layer: { truncate: 2 },
  },
  {
    title: "dR of the candidate is summed from the input's side",
    file: "assembly/gru/weight-gradients.ts",
    search: "group, first, rows, RECURRENT_CANDIDATE);",
    replacement: "group, first, rows, INPUT_CANDIDATE);",
  },
  {
    title: "without resetAfter, the gate's product is not scaled on its way back",
    file: "assembly/gru/cell-backward.ts",
    search: "v128.store(dhThroughPtr, f32x4.mul(d, r));",
    replacement: "",
    layer: { cell: "gruResetBefore" },
  },
];

describe("a GRU kernel with a fault does not pass its check", () => {
  it.each(faults)("$title", async ({ layer: more, ...fault }) => {
    const tried = { ...layer, ...more };
    const check: Mutant["check"] = (build) => {
      expectSameCell(tried, runCell(build, tried), cellTwin(tried));
    };
    const { healthy, faulty } = await buildMutant({ ...fault, exports: kernels }, "debug");
    expect(() => check(healthy)).not.toThrow();
    expect(() => check(faulty)).toThrow();
  });
});
