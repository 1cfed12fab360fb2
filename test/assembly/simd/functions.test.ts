import { beforeAll, describe, expect, it } from "vitest";
import { normalCdf, normalPdf, sigmoid, softplus } from "../../oracle/kernels/simd.js";
import { compileKernels } from "../../support/compile-kernels.js";
import { instantiateKernels, type KernelBuild, ulpDistance } from "../../support/kernels.js";

interface Claim {
  readonly name: string;
  readonly file: string;
  readonly reference: (x: number) => number;
  /** Largest error measured, rounded up; the number in the function's header. */
  readonly ulp: number;
  /** Where results are subnormal the bound holds in units of the smallest one. */
  readonly domain?: readonly [number, number];
  /** Points and their exact answers. */
  readonly exact: readonly (readonly [number, number])[];
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

const claims: readonly Claim[] = [
  {
    name: "exp4",
    file: "exp",
    reference: Math.exp,
    ulp: 1.1,
    exact: [
      [0, 1],
      [-0, 1],
      [inf, inf],
      [-inf, 0],
      [nan, nan],
      [88.8, inf],
      [-104, 0],
    ],
  },
  {
    name: "expm1x4",
    file: "exp",
    reference: Math.expm1,
    ulp: 1.8,
    exact: [
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -1],
      [nan, nan],
      [-1e-45, -1e-45],
      [1e-30, 1e-30],
    ],
  },
  {
    name: "sigmoid4",
    file: "sigmoid",
    reference: sigmoid,
    ulp: 2.5,
    exact: [
      [0, 0.5],
      [-0, 0.5],
      [inf, 1],
      [-inf, 0],
      [nan, nan],
      [18, 1],
      [3e38, 1],
      [-104, 0],
    ],
  },
  {
    name: "tanh4",
    file: "tanh",
    reference: Math.tanh,
    ulp: 2.6,
    exact: [
      [0, 0],
      [-0, -0],
      [inf, 1],
      [-inf, -1],
      [nan, nan],
      [9.1, 1],
      [-3e38, -1],
      [1e-45, 1e-45],
    ],
  },
  {
    name: "log4",
    file: "log",
    reference: Math.log,
    ulp: 1,
    exact: [
      [1, 0],
      [0, -inf],
      [-0, -inf],
      [inf, inf],
      [-1, nan],
      [-inf, nan],
      [nan, nan],
    ],
  },
  {
    name: "log1pUnit4",
    file: "log",
    reference: Math.log1p,
    ulp: 1.6,
    domain: [0, 1],
    exact: [
      [0, 0],
      [1e-45, 1e-45],
      [1e-20, 1e-20],
      [nan, nan],
    ],
  },
  {
    name: "softplus4",
    file: "softplus",
    reference: softplus,
    ulp: 1.9,
    exact: [
      [inf, inf],
      [-inf, 0],
      [nan, nan],
      [100, 100],
      [-104, 0],
    ],
  },
  {
    name: "normalCdf4",
    file: "normal",
    reference: normalCdf,
    ulp: 4.9,
    exact: [
      [0, 0.5],
      [-0, 0.5],
      [inf, 1],
      [-inf, 0],
      [nan, nan],
      [6, 1],
      [-15, 0],
    ],
  },
  {
    name: "normalPdf4",
    file: "normal",
    reference: normalPdf,
    ulp: 2.3,
    exact: [
      [inf, 0],
      [-inf, 0],
      [nan, nan],
      [20, 0],
    ],
  },
];

/** One exported loop for each function, over whole vectors. */
const probe = claims
  .map(
    ({ name, file }) => `
      import { ${name} } from "./assembly/simd/${file}";
      export function run_${name}(xPtr: usize, yPtr: usize, n: i32): void {
        for (let i: usize = 0; i < <usize>n * 4; i += 16) v128.store(yPtr + i, ${name}(v128.load(xPtr + i)));
      }`,
  )
  .join("\n");

const BLOCK = 1 << 16;

/** Every 3001st float of all 2^32, hence all exponents and signs: 1.43 million points. */
const STEP = 3001;

/** Spans where the functions bend, dense: 65536 points each. */
const spans: readonly (readonly [number, number])[] = [
  [-1e-3, 1e-3],
  [-1, 1],
  [-10, 10],
  [-16, 0],
  [-105, -80],
  [80, 90],
  [-30, 30],
];

/** A block of points at a time, so that the test needs little memory. */
function* points(): Generator<Float32Array> {
  const all = new Float32Array(BLOCK);
  const bits = new Uint32Array(all.buffer);
  for (let start = 0; start < 2 ** 32; start += STEP * BLOCK) {
    for (let i = 0; i < BLOCK; i++) bits[i] = Math.min(start + i * STEP, 2 ** 32 - 1);
    yield all;
  }
  for (const [low, high] of spans) {
    for (let i = 0; i < BLOCK; i++) all[i] = low + ((high - low) * i) / (BLOCK - 1);
    yield all;
  }
}

describe.each(["debug", "release"] as const)("elementary functions of four floats (%s)", (target) => {
  let build: KernelBuild;

  beforeAll(async () => {
    const source = new Map([["probe.ts", probe]]);
    build = await instantiateKernels(target, await compileKernels("probe.ts", source, target));
  });

  const evaluate = (name: string, x: Float32Array): Float32Array => {
    const memory = build.arena();
    const input = memory.input(x);
    const output = memory.output(x.length);
    build.kernels[`run_${name}`]!(input.ptr, output.ptr, x.length);
    memory.verify();
    return output.values();
  };

  it.each(claims)("$name stays within $ulp ULP over all floats", ({ name, reference, ulp, domain }) => {
    let worst = 0;
    let worstAt = 0;
    for (const block of points()) {
      const x = domain === undefined ? block : block.filter((v) => v >= domain[0] && v <= domain[1]);
      const padded = new Float32Array((x.length + 3) & ~3);
      padded.set(x);
      const y = evaluate(name, padded);
      for (let i = 0; i < x.length; i++) {
        const expected = reference(x[i]!);
        const distance = Number.isNaN(expected) && Number.isNaN(y[i]!) ? 0 : ulpDistance(y[i]!, expected);
        if (distance > worst) [worst, worstAt] = [distance, x[i]!];
      }
    }
    expect(worst, `at ${worstAt}`).toBeLessThanOrEqual(ulp);
    // The bound is the error measured, not a generous one.
    expect(worst).toBeGreaterThan(0.7 * ulp);
  });

  it.each(claims)("$name is exact where its header says so", ({ name, exact }) => {
    for (const [x, expected] of exact) {
      const y = evaluate(name, new Float32Array(4).fill(x))[0];
      expect(Object.is(y, Math.fround(expected)), `${name}(${x}) = ${y}, expected ${expected}`).toBe(true);
    }
  });

  it("treats every lane alike", () => {
    const x = [-3, 0.25, 0.7, 0.9];
    for (const { name } of claims) {
      const together = evaluate(name, Float32Array.from(x));
      const alone = x.map((v) => evaluate(name, new Float32Array(4).fill(v))[0]);
      expect([...together], name).toEqual(alone);
    }
  });

  it("keeps a sigmoid of -100 positive, and every NaN payload a NaN", () => {
    expect(evaluate("sigmoid4", new Float32Array(4).fill(-100))[0]).toBeGreaterThan(0);
    const payloads = new Uint32Array([
      0x7fc00000, 0x7f800001, 0xffffffff, 0xffc12345, 0x7fc0dead, 0x7faaaaaa, 0, 0,
    ]);
    for (const { name } of claims) {
      const y = evaluate(name, new Float32Array(payloads.buffer));
      for (let i = 0; i < 6; i++) expect(y[i], `${name} of NaN ${payloads[i]!.toString(16)}`).toBeNaN();
    }
  });
});
