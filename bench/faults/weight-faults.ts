import { constant, dense, type Layer, lstm, simpleRNN } from "../../src/index.js";
import { closeGates, editRecurrent } from "./cells.js";
import { drawRegular } from "./draw.js";
import { body, byPart, changed, type Fault, output, setAll, setOne, shapeOf } from "./fault.js";
import { type Plan, protocol } from "./patient.js";
import { between, mulberry32, normalOf, pick, whole } from "./series.js";
import { latchPlan, memoryPlan } from "./tasks.js";

const anyTask = { anyTask: true, regular: true } as const;

/** Faults of weights as a training begins with them, for every cell. */
export const weightFaults: Readonly<Record<string, Fault>> = {
  saturated_gates: changed((_plan, uniform, part) => {
    const own = mulberry32(whole(uniform, 1, 1e6));
    const normal = normalOf(own);
    const spread = between(uniform, 12, 40);
    if (uniform() < 0.5) {
      const draw = part === "develop" ? () => spread * normal() : () => 2.5 * spread * (own() - 0.5);
      // All but the bias, which a uniform start leaves at its own.
      return {
        tamper: (model) =>
          editRecurrent(model, (data, { role }) =>
            part === "report" && role === "bias" ? data : data.map(draw),
          ),
      };
    }
    const bias = byPart(
      part,
      () => -between(uniform, 9, 14),
      () => -between(uniform, 7, 20),
    );
    return { tamper: closeGates(bias, pick(uniform, ["both", "both", "input", "output"])) };
  }, anyTask),
  symmetric_or_zero_initialisation: changed((_plan, uniform, part) => {
    if (part === "develop") {
      const value = pick(uniform, [0, 0, between(uniform, 0.01, 0.3)]);
      return { tamper: (model) => setAll(model, () => value) };
    }
    // Every weight has a constant of its own; biases stay at zero.
    const values = [between(uniform, 0.05, 0.4), between(uniform, -0.3, 0.3), 0];
    const isZero = uniform() < 0.4;
    const of = (name: string): number =>
      isZero ? 0 : values[["/kernel", "/recurrent_kernel", "/bias"].findIndex((end) => name.endsWith(end))]!;
    return { tamper: (model) => setAll(model, of) };
  }, anyTask),
  exploding_gradients: (uniform, part, isTrained) => {
    const values = drawRegular(uniform, part, 400);
    const shape = shapeOf(uniform, isTrained, {
      window: byPart(
        part,
        () => whole(uniform, 40, 60),
        () => whole(uniform, 45, 70),
      ),
    });
    const scale = byPart(
      part,
      () => between(uniform, 2, 4),
      () => between(uniform, 2.5, 6),
    );
    const plan = protocol(values, shape);
    const cell = byPart(
      part,
      () => pick(uniform, [lstm, simpleRNN]),
      () => pick(uniform, [simpleRNN, lstm]),
    );
    const activation = byPart(
      part,
      () => "linear" as const,
      () => pick(uniform, ["relu", "linear"] as const),
    );
    const learningRate = part === "develop" ? 0.05 : pick(uniform, [0.02, 0.1]);
    const layers = (): Layer[] => [
      cell({ units: shape.units, activation, inputShape: [shape.window, 1] }),
      dense({ units: 1 }),
    ];
    const sick: Plan = {
      ...plan,
      optimizer: { name: "sgd", config: { learningRate } },
      layers,
      tamper: (model) =>
        editRecurrent(model, (data, { role }) =>
          role === "recurrent_kernel" ? data.map((value) => scale * value) : data,
        ),
    };
    const twin: Plan = {
      ...plan,
      optimizer: { name: "sgd", config: { learningRate: 0.05, globalClipnorm: 1 } },
    };
    return { sick, twin };
  },
  vanishing_gradients: (uniform, part, isTrained) => {
    const timesteps = whole(uniform, 50, 70);
    const seed = whole(uniform, 1, 1e6);
    const base = { n: 600, timesteps, units: 16, epochs: 12, seed, isTrained };
    if (part === "develop" && uniform() < 0.6) {
      return {
        sick: latchPlan({ ...base, forgetBias: between(uniform, -3, -1) }),
        twin: latchPlan({ ...base, forgetBias: 4 }),
      };
    }
    const cell = part === "develop" ? "gru" : pick(uniform, ["lstm", "gru", "simpleRNN"] as const);
    const memory = cell === "simpleRNN" ? between(uniform, 0.3, 0.6) : -between(uniform, 1, 4);
    const own = { timesteps, seed, isTrained };
    return {
      sick: memoryPlan({ ...own, cell, memory }),
      twin: memoryPlan({ ...own, cell: cell === "simpleRNN" ? "lstm" : cell, memory: 4 }),
    };
  },
  truncation_shorter_than_dependency: (uniform, part, isTrained) => {
    const timesteps = whole(uniform, 50, 70);
    const seed = whole(uniform, 1, 1e6);
    const twin = byPart(
      part,
      () => latchPlan({ n: 600, timesteps, units: 16, epochs: 12, seed, isTrained, forgetBias: 4 }),
      () =>
        memoryPlan({ timesteps, seed, isTrained, memory: 4, cell: pick(uniform, ["lstm", "gru"] as const) }),
    );
    return { sick: { ...twin, truncate: whole(uniform, 5, part === "develop" ? 15 : 25) }, twin };
  },
  dying_relu: changed((plan, uniform, part) => {
    const bias = -between(uniform, 5, 15);
    const units = whole(uniform, 8, 20);
    const relu = (dies: boolean): Layer =>
      dense({ units, activation: "relu", ...(dies ? { biasInitializer: constant({ value: bias }) } : {}) });
    // In the report part the dead layer is one of two.
    const isDead = byPart(
      part,
      () => [true],
      () =>
        pick(uniform, [
          [true, false],
          [false, true],
        ]),
    );
    return { layers: () => [...body(plan), ...isDead.map(relu), output(plan)] };
  }, anyTask),
  nan_in_loss: changed(
    (_plan, uniform, part) => {
      const name = byPart(
        part,
        () => pick(uniform, ["/kernel", "/recurrent_kernel", "dense/kernel"]),
        () => pick(uniform, ["/bias", "dense/bias", "/recurrent_kernel"]),
      );
      const value = pick(uniform, [Number.NaN, Number.POSITIVE_INFINITY]);
      return { tamper: (model) => setOne(model, name, value) };
    },
    { anyTask: true },
  ),
};
