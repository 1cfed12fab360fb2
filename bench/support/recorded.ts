/** One model trained twice, unwatched and with every step's gradient flow recorded, fit by fit in turn. */
import type { Shape } from "../shapes.js";
import { answer, taskOf } from "./child.js";

export interface RecordingTask {
  readonly shape: Shape;
  readonly seconds: number;
  readonly dist: string;
}

export interface Recorded {
  /** Milliseconds a step, of each fit. */
  readonly unwatched: readonly number[];
  readonly watched: readonly number[];
}

type Gateflow = typeof import("../../src/index.js");

/** A fit has so many steps: enough for its own beginning and end not to count. */
const LEAST_STEPS = 4;
const FIT_MILLISECONDS = 40;

const { shape, seconds, dist } = taskOf<RecordingTask>();
const { sequential, lstm, dense, adam, createEngine, gradientFlowRecorder } = (await import(
  `${dist}index.js`
)) as Gateflow;
const { batch, timesteps, features, units } = shape;
const engine = await createEngine({ threads: 1 });

function trainee() {
  const layers = units.map((width, i) =>
    lstm({
      units: width,
      returnSequences: i < units.length - 1,
      ...(i === 0 ? { inputShape: [timesteps, features] as const } : {}),
    }),
  );
  const model = sequential([...layers, dense({ units: 1 })], { seed: 1, engine });
  model.compile({ optimizer: adam({ learningRate: 1e-4 }), loss: "mse" });
  return model;
}

/** Targets that the inputs tell, so that gradients keep the size of a training's. */
function samplesOf(steps: number) {
  const count = steps * batch;
  const x = Float32Array.from({ length: count * timesteps * features }, (_, i) => Math.sin(1.7 * i));
  const y = Float32Array.from({ length: count }, (_, n) => x[(n + 1) * timesteps * features - 1]!);
  return { x: { shape: [count, timesteps, features], data: x }, y: { shape: [count, 1], data: y } };
}

const [plain, recorded] = [trainee(), trainee()];
const recorder = gradientFlowRecorder({ every: 1 });
const one = samplesOf(1);
const options = { epochs: 1, batchSize: batch, shuffle: false } as const;
let stepTime = 0;
// The host compiles while it runs; both models take the same steps.
for (const began = performance.now(); performance.now() - began < 1000; ) {
  await plain.fit(one.x, one.y, options);
  const start = performance.now();
  await recorded.fit(one.x, one.y, { ...options, callbacks: [recorder] });
  stepTime = performance.now() - start;
}
const steps = Math.max(LEAST_STEPS, Math.ceil(FIT_MILLISECONDS / stepTime));
const { x, y } = samplesOf(steps);
const unwatched: number[] = [];
const watched: number[] = [];
const end = performance.now() + 1000 * seconds;
for (let turn = 0; performance.now() < end || turn < 4; turn++) {
  for (const isWatched of turn % 2 === 0 ? [false, true] : [true, false]) {
    const began = performance.now();
    if (isWatched) await recorded.fit(x, y, { ...options, callbacks: [recorder] });
    else await plain.fit(x, y, options);
    (isWatched ? watched : unwatched).push((performance.now() - began) / steps);
  }
}
if (recorder.flows.length !== steps) {
  throw new Error(`${shape.name}: ${recorder.flows.length} flows were recorded in ${steps} steps`);
}
const others = recorded.getWeights();
plain.getWeights().forEach(({ data }, i) => {
  const same = data.every((value, j) => Object.is(value, others[i]!.data[j]));
  if (!same) throw new Error(`${shape.name}: recording changed the training`);
});
answer({ unwatched, watched } satisfies Recorded);
