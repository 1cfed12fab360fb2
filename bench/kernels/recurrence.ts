/** The LSTM's own kernels, on the descriptors that a model's first layer gives them. */

import { instantiateKernels } from "../../test/support/kernels.js";
import { expectSameLstm, lstmTwin, runLstm } from "../../test/support/lstm-bench.js";
import { problemOf, weightsOf } from "../peers/problem.js";
import type { Shape } from "../shapes.js";
import { embeddedBytes } from "./ceiling.js";

type Gateflow = typeof import("../../src/index.js");
type Engine = import("../../src/index.js").Engine;

/** Sizes that are no multiple of a tile, with everything that flows back. */
const probe = { batch: 6, timesteps: 5, features: 9, units: 21, returnSequences: true, initialState: true };

/** Holds the kernels of a variant to float64, before they are timed. */
export async function validateRecurrence(dist: string, variant: string): Promise<void> {
  const build = await instantiateKernels(variant, await embeddedBytes(dist, variant));
  expectSameLstm(probe, runLstm(build, probe), lstmTwin(probe));
}

type RecurrentKernel = "lstmForward" | "lstmBackward" | "lstmWeightGradients";

export interface Recurrence {
  readonly flops: Readonly<Record<RecurrentKernel, number>>;
  /** Each repeats its kernel over the whole batch or all units; backward needs a forward pass before each run. */
  readonly run: Readonly<Record<RecurrentKernel, () => void>>;
  dispose(): void;
}

/**
 * Trains a model once on an engine that remembers what its first layer's kernels were called with.
 * One layer alone, whose input wants no gradient.
 */
export async function recurrenceOf(dist: string, shape: Shape, reproducible: boolean): Promise<Recurrence> {
  const { sequential, lstm, dense, createEngine } = (await import(`${dist}index.js`)) as Gateflow;
  const { batch, timesteps, features } = shape;
  const units = shape.units[0]!;
  const engine = await createEngine({ threads: 1, reproducible });
  const calls = new Map<string, { descriptor: number; count: number }>();
  const split: Engine["split"] = engine.split.bind(engine);
  engine.split = (kernel, descriptor, count, grain, owner) => {
    calls.set(kernel, { descriptor, count });
    split(kernel, descriptor, count, grain, owner);
  };
  const model = sequential([lstm({ units, inputShape: [timesteps, features] }), dense({ units: 1 })], {
    seed: 1,
    engine,
  });
  const problem = problemOf({ ...shape, units: [units] });
  model.setWeights(weightsOf(problem));
  model.compile({ optimizer: "sgd", loss: "mse" });
  await model.trainOnBatch(
    { shape: [batch, timesteps, features], data: problem.x },
    { shape: [batch, 1], data: problem.y },
  );
  const repeat = (kernel: RecurrentKernel): (() => void) => {
    const { descriptor, count } = calls.get(kernel)!;
    const { kernels } = engine;
    return () => kernels[kernel](descriptor, 0, count, 0);
  };
  const both = 8 * batch * timesteps * units * (features + units);
  return {
    flops: {
      lstmForward: both,
      lstmBackward: 8 * batch * timesteps * units * units,
      lstmWeightGradients: both,
    },
    run: {
      lstmForward: repeat("lstmForward"),
      lstmBackward: repeat("lstmBackward"),
      lstmWeightGradients: repeat("lstmWeightGradients"),
    },
    dispose: () => engine.dispose(),
  };
}
