import { activation, dense, dropout, gru, type Layer, lstm, simpleRNN } from "../../src/index.js";
import { body, byPart, changed, type Fault, output, shapeOf, withHead } from "./fault.js";
import { type Plan, protocol } from "./patient.js";
import { between, mulberry32, pick, sineMix, whole } from "./series.js";
import { binaryPlan } from "./tasks.js";

/** Faults of which layers there are, how large, and how they end. */
export const layerFaults: Readonly<Record<string, Fault>> = {
  softmax_with_one_unit: (uniform, part, isTrained) => {
    const twin = binaryPlan(uniform, part, isTrained);
    const sick = withHead(twin, () =>
      twin.seed % 2 === 0
        ? [dense({ units: 1, activation: "softmax" })]
        : [dense({ units: 1 }), activation({ activation: "softmax" })],
    );
    return { sick: part === "report" && uniform() < 0.5 ? { ...sick, loss: "mse" } : sick, twin };
  },
  loss_activation_mismatch: (uniform, part, isTrained) => {
    const twin = binaryPlan(uniform, part, isTrained);
    if (part === "develop") {
      const name = pick(uniform, ["linear", "tanh", "relu"] as const);
      return { sick: withHead(twin, () => [dense({ units: 1, activation: name })]), twin };
    }
    const signed = (y: Plan["y"]): number[] => (y as number[]).map((value) => 2 * value - 1);
    const oneHot = (y: Plan["y"]): number[][] => (y as number[]).map((value) => [1 - value, value]);
    const [vx, vy] = twin.validation!;
    const sick = pick<() => Plan>(uniform, [
      () => ({ ...twin, y: signed(twin.y), validation: [vx, signed(vy as number[])] }),
      () => ({
        ...withHead(twin, () => [dense({ units: 2, activation: "sigmoid" })]),
        loss: "categoricalCrossentropy",
        y: oneHot(twin.y),
        validation: [vx, oneHot(vy as number[])],
      }),
      () => withHead(twin, () => [dense({ units: 1, activation: "softsign" })]),
    ]);
    return { sick: sick(), twin };
  },
  output_activation_range: changed((plan, uniform, part) => {
    const name = byPart(
      part,
      () => pick(uniform, ["sigmoid", "relu", "tanh", "sigmoid"] as const),
      () => pick(uniform, ["softplus", "hardSigmoid", "softsign", "exponential"] as const),
    );
    return { layers: () => [...body(plan), dense({ units: 1, activation: name })] };
  }),
  insufficient_capacity: (uniform, part, isTrained) => {
    const periods = byPart<readonly number[]>(
      part,
      () =>
        pick<readonly number[]>(uniform, [
          [25, 7.3, 3.7],
          [19, 8.1, 4.3],
        ]),
      () => [between(uniform, 20, 28), between(uniform, 9, 12), between(uniform, 5, 7), 3.3],
    );
    const phases = periods.map(() => between(uniform, 0, 6));
    const values = Array.from({ length: 500 }, (_, t) =>
      periods.reduce((sum, period, k) => sum + Math.sin((2 * Math.PI * t) / period + phases[k]!), 0),
    );
    const shape = shapeOf(uniform, isTrained, { window: 30, epochs: 30, learningRate: 0.01 });
    const inputShape = [30, 1];
    const cell = part === "develop" ? lstm : pick(uniform, [gru, lstm]);
    const plan = (units: number): Plan => ({
      ...protocol(values, shape),
      layers: () => [cell({ units, inputShape }), dense({ units: 1 })],
    });
    return { sick: plan(1), twin: plan(32) };
  },
  dropout_too_high: changed(
    (plan, uniform, part, { units, window }) => {
      const rate = between(uniform, 0.7, 0.95);
      const isInside = uniform() < 0.5;
      const inputShape = [window, 1];
      const inside = (): Layer => {
        if (part === "develop") return lstm({ units, dropout: rate, inputShape });
        return rate > 0.8
          ? gru({ units, dropout: rate, inputShape })
          : lstm({ units, recurrentDropout: rate, inputShape });
      };
      return {
        layers: () => [...(isInside ? [inside()] : [...body(plan), dropout({ rate })]), output(plan)],
      };
    },
    { regular: true },
  ),
  beaten_by_baseline: (uniform, part) => {
    const periods = byPart(
      part,
      () => pick(uniform, [[60, 45] as const, [80, 50] as const]),
      () => [between(uniform, 90, 120), between(uniform, 50, 70)] as const,
    );
    const base = sineMix(500, whole(uniform, 1, 1e6), 0.01, periods);
    const shape = shapeOf(uniform, true, { learningRate: 0.01 });
    const cell = part === "develop" ? lstm : pick(mulberry32(shape.seed), [gru, simpleRNN]);
    const rate = part === "develop" ? 0.45 : between(uniform, 0.4, 0.55);
    return {
      sick: {
        ...protocol(base, { ...shape, units: 8 }),
        layers: () => [
          dropout({ rate, inputShape: [shape.window, 1] }),
          cell({ units: 6 }),
          dense({ units: 1 }),
        ],
      },
      twin: protocol(base, { ...shape, epochs: 40 }),
    };
  },
};
