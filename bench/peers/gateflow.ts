import { ceilingOf, loadKernels } from "../kernels/ceiling.js";
import { contend } from "./contender.js";
import { weightsOf } from "./problem.js";

type Gateflow = typeof import("../../src/index.js");

/** Calls of step() timed at once: one alone is too short for the clock. */
const CALLS = 200;

await contend(async ({ shape, mode, threads, dist, ceiling }, problem) => {
  const base = dist ?? new URL("../../dist/", import.meta.url).href;
  const { sequential, lstm, dense, adam, createEngine } = (await import(`${base}index.js`)) as Gateflow;
  const { batch, timesteps, features, units } = shape;
  const engine = await createEngine({ threads });
  const stateful = mode === "step";
  const inputBatch = stateful ? { batchSize: batch, stateful } : {};
  const model = sequential(
    [
      ...units.map((width, i) =>
        lstm({
          units: width,
          returnSequences: i < units.length - 1,
          ...(i === 0 ? { inputShape: [timesteps, features], ...inputBatch } : {}),
        }),
      ),
      dense({ units: 1 }),
    ],
    { seed: 1, engine },
  );
  model.setWeights(weightsOf(problem));
  // The clipping pass is made; its bound lies beyond any gradient, so that peers without one end in the same numbers.
  model.compile({ optimizer: adam({ learningRate: 0.001, globalClipnorm: 1e4 }), loss: "mse" });
  const x = { shape: [batch, timesteps, features], data: problem.x };
  const y = { shape: [batch, 1], data: problem.y };
  const one = { shape: [batch, features], data: problem.x.slice(0, batch * features) };
  const { simd } = engine.info;
  const kernels = ceiling && (await loadKernels(base, simd));
  return {
    engine: `gateflow ${simd}, ${engine.info.threads} ${engine.info.threads === 1 ? "thread" : "threads"}`,
    predict: async () => (await model.predict(x, { batchSize: batch })).data,
    train: async () => (await model.trainOnBatch(x, y)).loss ?? Number.NaN,
    steps: () => {
      for (let i = 0; i < CALLS; i++) model.step(one);
      return CALLS;
    },
    ...(kernels === undefined ? {} : { ceiling: () => ceilingOf(kernels) }),
  };
});
