import { describe, expect, it } from "vitest";
import * as twin from "../../oracle/kernels/optimizers.js";
import {
  EPSILON,
  expectClose,
  kernelBuilds,
  type Region,
  randomValues,
  sizes,
} from "../../support/kernels.js";

interface StepCase {
  readonly title: string;
  readonly kernel: string;
  readonly step: twin.Step;
  /** Buffers after w and g in the kernel's order; null for one left out. */
  readonly slots: readonly (string | null)[];
  readonly scalars: readonly number[];
  /** Largest size of a weight's step. */
  readonly reach: number;
}

// Rounded to float32 where the kernel takes them so; the betas stay float64, as 1 - beta is taken in float64.
const lr = Math.fround(0.01);
const nadamScales = twin.nadamScales(3, 0.2, 0.9, 0.999);
const nadamArguments = [
  nadamScales.momentScale,
  nadamScales.gradientScale,
  nadamScales.velocityScale,
] as const;

const cases: readonly StepCase[] = [
  { title: "sgd", kernel: "sgdStep", step: twin.sgd(lr), slots: [], scalars: [lr], reach: 0.02 },
  ...[0, 1].map((nesterov) => ({
    title: `sgd with ${nesterov ? "Nesterov " : ""}momentum`,
    kernel: "sgdMomentumStep",
    step: twin.sgdMomentum(lr, 0.9, nesterov === 1),
    slots: ["m"],
    scalars: [lr, 0.9, nesterov],
    reach: 2,
  })),
  {
    title: "adam",
    kernel: "adamStep",
    step: twin.adam(lr, 0.9, 0.999, 1e-7),
    slots: ["m", "v"],
    scalars: [lr, 0.9, 0.999, 1e-7],
    reach: 0.05,
  },
  {
    title: "amsgrad",
    kernel: "adamAmsgradStep",
    step: twin.amsgrad(lr, 0.9, 0.999, 1e-7),
    slots: ["m", "v", "vhat"],
    scalars: [lr, 0.9, 0.999, 1e-7],
    reach: 0.05,
  },
  {
    title: "nadam",
    kernel: "nadamStep",
    step: twin.nadam(lr, 0.9, 0.999, 1e-7, ...nadamArguments),
    slots: ["m", "v"],
    scalars: [lr, 0.9, 0.999, 1e-7, ...nadamArguments],
    reach: 0.05,
  },
  ...[
    { title: "rmsprop", slots: ["v", null, null], momentum: 0, reach: 0.05 },
    { title: "rmsprop with momentum", slots: ["v", "m", null], momentum: 0.9, reach: 1 },
    { title: "centered rmsprop", slots: ["v", null, "mean"], momentum: 0, reach: 0.5 },
    { title: "centered rmsprop with momentum", slots: ["v", "m", "mean"], momentum: 0.9, reach: 1.5 },
  ].map(({ title, slots, momentum, reach }) => ({
    title,
    kernel: "rmspropStep",
    step: twin.rmsprop(lr, 0.9, momentum, 1e-7),
    slots,
    scalars: [lr, 0.9, momentum, 1e-7],
    reach,
  })),
  {
    title: "adagrad",
    kernel: "adagradStep",
    step: twin.adagrad(lr, 1e-7),
    slots: ["v"],
    scalars: [lr, 1e-7],
    reach: 0.02,
  },
  {
    title: "adadelta",
    kernel: "adadeltaStep",
    step: twin.adadelta(lr, 0.95, 1e-7),
    slots: ["v", "d"],
    scalars: [lr, 0.95, 1e-7],
    reach: 0.05,
  },
  {
    title: "adamax",
    kernel: "adamaxStep",
    step: twin.adamax(lr, 0.9, 0.999, 1e-7),
    slots: ["m", "v"],
    scalars: [lr, 0.9, 0.999, 1e-7],
    reach: 0.05,
  },
  {
    title: "lion",
    kernel: "lionStep",
    step: twin.lion(lr, 0.9, 0.99),
    slots: ["m"],
    scalars: [lr, 0.9, 0.99],
    reach: 0.02,
  },
];

/** Slots a run could have: second moments at least the square of the mean, and all of size 1. */
const slotValue = (slot: string, u: number): number =>
  slot === "v" || slot === "vhat" || slot === "d" ? 1 + 0.5 * u : slot === "mean" ? 0.5 * u : u;

describe.each(await kernelBuilds())("optimizer steps ($name)", ({ kernels, arena }) => {
  const run = (subject: StepCase, n: number, edit: (g: Float32Array) => void = () => {}) => {
    const memory = arena();
    const gradient = randomValues(n, n + 7, 2);
    edit(gradient);
    const w = memory.inout(randomValues(n, n), 1);
    const g = memory.input(gradient, 2);
    const slots = new Map<string, Region>();
    const pointers = subject.slots.map((slot, i) => {
      if (slot === null) return 0;
      const region = memory.inout(randomValues(n, n + 20 + i).map((u) => slotValue(slot, u)));
      slots.set(slot, region);
      return region.ptr;
    });
    kernels[subject.kernel]!(w.ptr, g.ptr, ...pointers, n, ...subject.scalars);
    memory.verify();
    slots.set("w", w);
    const expected = Array.from(g.initial, (value, i) =>
      subject.step(Object.fromEntries([...slots].map(([slot, { initial }]) => [slot, initial[i]!])), value),
    );
    return { slots, expected };
  };

  describe.each(cases)("$title", (subject) => {
    it.each(sizes)("moves %i weights and their slots as Keras does", (n) => {
      const { slots, expected } = run(subject, n);
      for (const [slot, region] of slots) {
        // Every slot is a sum of terms of size 4 or less, with at most four roundings; a step adds six of its own.
        const absolute = (slot === "w" ? 2 + 6 * subject.reach : 12) * EPSILON;
        expectClose(
          region.values(),
          expected.map((state) => state[slot]!),
          { absolute },
        );
      }
    });

    it("leaves no trace of a gradient's NaN anywhere but at its own weight", () => {
      const clean = run(subject, 9).slots.get("w")!.values();
      const got = run(subject, 9, (g) => g.fill(Number.NaN, 4, 5))
        .slots.get("w")!
        .values();
      expect(got[4]).toBeNaN();
      clean[4] = Number.NaN;
      expect(got).toEqual(clean);
    });
  });

  it("keeps a gradient of a millionth damped in Adam, as epsilon stands outside of the bias correction", () => {
    const memory = arena();
    const [w, m, v] = [memory.inout([0]), memory.inout([0]), memory.inout([0])];
    const g = memory.input([1e-6]);
    for (let t = 1; t <= 3; t++) {
      const alpha = (0.1 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      kernels.adamStep!(w.ptr, g.ptr, m.ptr, v.ptr, 1, alpha, 0.9, 0.999, 1e-7);
    }
    // Keras moves 0.090, PyTorch 0.297.
    expect(w.values()[0]).toBeCloseTo(-0.09, 3);
  });

  it("keeps centered RMSprop finite for a constant gradient, where v - mean² rounds below 0", () => {
    const memory = arena();
    const [w, v, mean] = [memory.inout([0]), memory.inout([0]), memory.inout([0])];
    const g = memory.input([37.123]);
    for (let t = 0; t < 500; t++) {
      kernels.rmspropStep!(w.ptr, g.ptr, v.ptr, 0, mean.ptr, 1, 1e-3, 0.9, 0, 1e-7);
      expect(w.values()[0]).not.toBeNaN();
    }
  });

  it("takes no Lion step where the momentum is 0", () => {
    const memory = arena();
    const w = memory.inout([5, 5]);
    kernels.lionStep!(w.ptr, memory.input([0, -1]).ptr, memory.inout([0, 0]).ptr, 2, 0.5, 0.9, 0.99);
    expect([...w.values()]).toEqual([5, 5.5]);
  });
});
