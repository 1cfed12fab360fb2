/**
 * What clipping is for: one exploding gradient throws away what was learnt (Pascanu, Mikolov & Bengio 2013).
 *
 * A simple recurrent layer, its recurrent matrix 1.3 times orthogonal, learns by plain SGD to repeat the mean of its
 * input. The same start, with and without globalClipnorm.
 *
 *     npx tsx examples/gradient-flow/clipping.ts
 */
import {
  createRandom,
  dense,
  gradientFlowRecorder,
  gradientNormChart,
  sequential,
  sgd,
  simpleRNN,
  sparkline,
  tensor,
} from "gateflow";
import { draw } from "./draw.js";

const [samples, timesteps, units] = [256, 30, 24];
const random = createRandom(3);
const inputs = Float32Array.from({ length: samples * timesteps }, () => random.normal());
const means = Float32Array.from({ length: samples }, (_, n) => {
  let sum = 0;
  for (let t = 0; t < timesteps; t++) sum += inputs[n * timesteps + t]!;
  return sum / timesteps;
});
const x = tensor(inputs, [samples, timesteps, 1]);
const y = tensor(means, [samples, 1]);

const norms: { name: string; values: number[] }[] = [];
const losses: { name: string; values: number[] }[] = [];
for (const [name, options] of [
  ["without clipping", {}],
  ["globalClipnorm: 1", { globalClipnorm: 1 }],
] as const) {
  const model = sequential([simpleRNN({ units, inputShape: [timesteps, 1] }), dense({ units: 1 })], {
    seed: 4,
  });
  model.compile({ optimizer: sgd({ learningRate: 0.5, ...options }), loss: "mse" });
  model.setWeights(
    model
      .getWeights()
      .map((weight) =>
        weight.name.endsWith("recurrent_kernel")
          ? { ...weight, data: Float32Array.from(weight.data, (r) => 1.3 * r) }
          : weight,
      ),
  );
  const recorder = gradientFlowRecorder({ every: 1 });
  const { history } = await model.fit(x, y, { epochs: 30, callbacks: [recorder] });
  const own = recorder.flows.map(({ flow }) => flow.gradientNorm.before);
  norms.push({ name, values: own });
  losses.push({ name, values: history.loss! });
  const lost = own.findIndex((norm) => !Number.isFinite(norm));
  const largest = Math.max(...own.filter(Number.isFinite));
  const end = history.loss!.at(-1)!;
  console.log(
    `${name.padEnd(18)} largest gradient norm ${largest.toPrecision(3).padStart(8)}, ` +
      `${lost < 0 ? `loss ${history.loss![0]!.toPrecision(3)} → ${end.toPrecision(3)}` : `NaN from step ${lost} on`}  ` +
      sparkline(history.loss!, { log: true, columns: 30 }),
  );
  model.dispose();
}
await draw(
  "clipping-norms",
  gradientNormChart(norms, {
    title: "Gradient norm before clipping",
    xLabel: "training step",
    yLabel: "‖dL/dw‖ (log scale)",
  }),
);
await draw(
  "clipping-loss",
  gradientNormChart(losses, {
    title: "Training loss",
    xLabel: "epoch",
    yLabel: "mean squared error (log scale)",
  }),
);
