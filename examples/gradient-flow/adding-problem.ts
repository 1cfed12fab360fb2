/**
 * The adding problem: Hochreiter & Schmidhuber 1997, section 5.4. LSTM against a simple recurrent layer.
 *
 * A sequence of random numbers, two of them marked, one early and one somewhere in the first half: what is the sum of the
 * two? Who always says the mean has a squared error of 1/6; to do better, a number has to be kept over many steps.
 *
 *     npx tsx examples/gradient-flow/adding-problem.ts
 */
import {
  adam,
  createRandom,
  dense,
  flowOverTraining,
  gradientFlowRecorder,
  gradientNormChart,
  lstm,
  memoryHorizon,
  sequential,
  simpleRNN,
  sparkline,
  tensor,
} from "gateflow";
import { draw } from "./draw.js";

const [samples, timesteps, units] = [4096, 24, 32];

function problem(seed: number) {
  const random = createRandom(seed);
  const x = new Float32Array(samples * timesteps * 2);
  const y = new Float32Array(samples);
  for (let n = 0; n < samples; n++) {
    for (let t = 0; t < timesteps; t++) x[(n * timesteps + t) * 2] = random.uniform();
    const first = random.integer(timesteps / 8);
    const second = timesteps / 8 + random.integer((timesteps * 3) / 8);
    for (const t of [first, second]) {
      x[(n * timesteps + t) * 2 + 1] = 1;
      y[n]! += x[(n * timesteps + t) * 2]!;
    }
  }
  return { x: tensor(x, [samples, timesteps, 2]), y: tensor(y, [samples, 1]) };
}

const [train, test] = [problem(1), problem(2)];
const curves: { name: string; values: Float32Array }[] = [];
console.log(`always the mean      mse ${(1 / 6).toFixed(4)}`);
for (const layer of [lstm, simpleRNN]) {
  const cell = layer({ units, inputShape: [timesteps, 2] });
  const model = sequential([cell, dense({ units: 1 })], { seed: 5 });
  model.compile({ optimizer: adam({ learningRate: 0.01, globalClipnorm: 1 }), loss: "mse" });
  const before = await model.gradientFlow(train.x, train.y);
  const recorder = gradientFlowRecorder();
  const { history } = await model.fit(train.x, train.y, { epochs: 25, callbacks: [recorder] });
  const { loss } = await model.evaluate(test.x, test.y);
  const after = await model.gradientFlow(test.x, test.y);
  const norms = [before, after].map(({ layers }) => layers[0]!.hiddenGradient!);
  curves.push(
    { name: `${cell.kind}, before`, values: norms[0]! },
    { name: `${cell.kind}, trained`, values: norms[1]! },
  );
  const horizons = norms.map(memoryHorizonInWords).join(" → ");
  console.log(
    `${cell.kind.padEnd(20)} mse ${loss!.toFixed(4)}, memory horizon ${horizons}  ${sparkline(history.loss!, { log: true, columns: 25 })}`,
  );
  await draw(`adding-problem-${cell.kind}`, flowOverTraining(recorder.flows));
  model.dispose();
}
await draw(
  "adding-problem",
  gradientNormChart(curves, { title: "Adding problem: ‖dL/dh_t‖ before and after training" }),
);

function memoryHorizonInWords(norms: Float32Array): string {
  const steps = memoryHorizon(norms);
  return Number.isFinite(steps) ? `${steps} steps` : `all ${timesteps} steps`;
}
