import { dense, earlyStopping, lstm } from "../../src/index.js";
import { byPart, changed, type Fault, shapeOf, withCell } from "./fault.js";
import { fromRows, type Plan, standardised, windowsOf } from "./patient.js";
import { autoregressive, between, pick, whole } from "./series.js";

const anyTask = { anyTask: true, regular: true } as const;
const own = (name: string, config: Record<string, unknown>): Pick<Plan, "optimizer"> => ({
  optimizer: { name, config },
});

/** Faults of optimizer, batches and length of the training. */
export const trainingFaults: Readonly<Record<string, Fault>> = {
  learning_rate_too_high: changed(
    (_plan, uniform, part) =>
      byPart(
        part,
        () =>
          pick(uniform, [
            own("adam", { learningRate: between(uniform, 0.7, 5) }),
            own("adam", { learningRate: 10 ** between(uniform, -0.5, 0.5) }),
            own("rmsprop", { learningRate: between(uniform, 0.7, 3) }),
          ]),
        () =>
          pick(uniform, [
            own("adamw", { learningRate: between(uniform, 0.8, 4) }),
            own("nadam", { learningRate: between(uniform, 0.6, 3) }),
            own("adam", { learningRate: 10 ** between(uniform, -0.3, 1), globalClipnorm: 1 }),
          ]),
      ),
    anyTask,
  ),
  learning_rate_too_low: changed(
    (_plan, uniform, part) =>
      byPart(
        part,
        () =>
          own(pick(uniform, ["adam", "adam", "nadam", "sgd"]), {
            learningRate: 10 ** between(uniform, -7, -5.3),
          }),
        () =>
          pick(uniform, [
            own("rmsprop", { learningRate: 10 ** between(uniform, -7, -5.3) }),
            own("sgd", { learningRate: 10 ** between(uniform, -7, -5), momentum: 0.9 }),
            own("adamw", { learningRate: 10 ** between(uniform, -7.5, -5.3) }),
          ]),
      ),
    anyTask,
  ),
  weight_decay_too_high: changed(
    (_plan, uniform, part) =>
      byPart(
        part,
        () => own("adamw", { learningRate: 0.01, weightDecay: between(uniform, 8, 80) }),
        () => own("adamw", { learningRate: 0.003, weightDecay: between(uniform, 15, 150) }),
      ),
    anyTask,
  ),
  gradient_clipping_always_active: changed(
    (_plan, uniform, part) =>
      byPart(
        part,
        () => own("sgd", { learningRate: 0.05, globalClipnorm: 10 ** between(uniform, -5, -3) }),
        () =>
          own("sgd", {
            learningRate: 0.05,
            momentum: 0.9,
            [pick(uniform, ["clipnorm", "clipvalue"])]: 10 ** between(uniform, -6.5, -4.5),
          }),
      ),
    anyTask,
  ),
  batch_size_too_large: changed(
    (plan, _uniform, part) => ({
      batchSize: part === "develop" ? 512 : (plan.x as unknown[]).length,
      isTrained: true,
    }),
    { regular: true, shape: { epochs: 20, learningRate: 0.005 } },
  ),
  underfitting_stopped_early: changed(
    (_plan, uniform, part) => ({
      epochs: part === "develop" ? whole(uniform, 1, 2) : pick(uniform, [1, 1, 2, 3]),
      ...(part === "develop" ? {} : own("adam", { learningRate: pick(uniform, [0.002, 0.004]) })),
      isTrained: true,
    }),
    { regular: true, shape: { learningRate: 0.005 } },
  ),
  overfitting: (uniform, part) => {
    const values = byPart(
      part,
      () => autoregressive(160, whole(uniform, 1, 1e6), between(uniform, 0.4, 0.7)),
      () => autoregressive(160, whole(uniform, 1, 1e6), between(uniform, 0.2, 0.5), 0.2),
    );
    const window = part === "develop" ? 15 : 12;
    const train = part === "develop" ? 65 : whole(uniform, 50, 60);
    const rows = standardised(values, train).map((v) => [v]);
    const seen = windowsOf(rows, window, 0, train);
    const held = windowsOf(rows, window, train - window, train + 60);
    const shape = shapeOf(uniform, true, {
      window,
      units: whole(uniform, 64, 96),
      epochs: 120,
      learningRate: 0.01,
    });
    const plain: Plan = { ...fromRows(rows, shape), ...seen, validation: [held.x, held.y] };
    const sick = part === "develop" ? plain : withCell(plain, uniform, shape.units);
    const twin: Plan = {
      ...plain,
      layers: () => [lstm({ units: 8, dropout: 0.2, inputShape: [window, 1] }), dense({ units: 1 })],
      callbacks: () => [earlyStopping({ monitor: "val_loss", patience: 10, restoreBestWeights: true })],
    };
    return { sick, twin };
  },
};
