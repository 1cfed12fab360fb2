/**
 * How far back can it learn? LSTM against a simple recurrent layer on one task at growing distances (Hochreiter &
 * Schmidhuber 1997, section 5; Bengio, Simard & Frasconi 1994).
 *
 * A sequence of random numbers, the first of them marked: what was the first? Who always says the mean has a squared
 * error of 1/3, the variance of a number between -1 and 1. Same units, optimizer, data and seed for all.
 *
 * The memory horizon before training says what will be learnt: an LSTM with a forget bias of 1 stops where its gradient
 * does, after some twenty steps. The simple layer, whose matrix starts orthogonal, reaches further at first; but every
 * input writes over what it keeps, and it ends with an error or loses what it had. With the biases of Tallec & Ollivier
 * 2018 (chrono) the LSTM's cell keeps the number over all distances.
 *
 *     npx tsx examples/gradient-flow/lstm-against-simple-rnn.ts
 */
import {
  adam,
  chrono,
  createRandom,
  dense,
  gradientNormChart,
  isRecurrentFlow,
  type Layer,
  lstm,
  memoryHorizon,
  sequential,
  simpleRNN,
  sparkline,
  tensor,
} from "gateflow";
import { draw } from "./draw.js";

const distances = [10, 20, 40, 80];
const [samples, units, epochs] = [2000, 24, 12];

function problem(timesteps: number, seed: number) {
  const random = createRandom(seed);
  const x = new Float32Array(samples * timesteps * 2);
  const y = new Float32Array(samples);
  for (let row = 0; row < samples * timesteps; row++) {
    x[2 * row] = 2 * random.uniform() - 1;
    if (row % timesteps !== 0) continue;
    x[2 * row + 1] = 1;
    y[row / timesteps] = x[2 * row]!;
  }
  return { x: tensor(x, [samples, timesteps, 2]), y: tensor(y, [samples, 1]) };
}

const contestants: readonly [string, (timesteps: number) => Layer][] = [
  ["lstm, forget bias 1", (timesteps) => lstm({ units, inputShape: [timesteps, 2] })],
  [
    "lstm, chrono",
    (timesteps) =>
      lstm({ units, inputShape: [timesteps, 2], biasInitializer: chrono({ maxTimesteps: timesteps }) }),
  ],
  ["simpleRNN", (timesteps) => simpleRNN({ units, inputShape: [timesteps, 2] })],
];

const inWords = (steps: number): string => (Number.isFinite(steps) ? String(steps) : "all");
const errors = contestants.map(([name]) => ({ name, x: distances, values: [] as number[] }));
console.log(`always the mean: mse ${(1 / 3).toFixed(4)}`);
console.log("distance   contestant             mse   horizon before   trained   loss by epoch");
for (const distance of distances) {
  const timesteps = distance + 1;
  const [train, test] = [problem(timesteps, 1), problem(timesteps, 2)];
  const curves: { name: string; values: Float32Array }[] = [];
  for (const [index, [name, layer]] of contestants.entries()) {
    const model = sequential([layer(timesteps), dense({ units: 1 })], { seed: 1 });
    model.compile({ optimizer: adam({ learningRate: 0.01, globalClipnorm: 1 }), loss: "mse" });
    const hiddenGradient = async (): Promise<Float32Array> => {
      const { layers } = await model.gradientFlow(test.x, test.y);
      return layers.filter(isRecurrentFlow)[0]!.hiddenGradient;
    };
    const before = await hiddenGradient();
    const { history } = await model.fit(train.x, train.y, { epochs, batchSize: 50 });
    const after = await hiddenGradient();
    const { loss } = await model.evaluate(test.x, test.y);
    errors[index]!.values.push(loss!);
    curves.push({ name: `${name}, before`, values: before }, { name: `${name}, trained`, values: after });
    const horizons = [before, after].map((norms) => inWords(memoryHorizon(norms)));
    console.log(
      `${String(distance).padStart(8)}   ${name.padEnd(19)}${loss!.toFixed(4).padStart(7)}` +
        `${horizons[0]!.padStart(17)}${horizons[1]!.padStart(10)}   ${sparkline(history.loss!, { log: true, columns: epochs })}`,
    );
    model.dispose();
  }
  const title = `Recall over ${distance} steps: ‖dL/dh_t‖ before and after training`;
  await draw(`lstm-against-simple-rnn-${distance}`, gradientNormChart(curves, { title }));
}
await draw(
  "lstm-against-simple-rnn",
  gradientNormChart(errors, {
    title: "Error of recall by distance",
    xLabel: "distance in time steps",
    yLabel: "mean squared error (log scale)",
  }),
);
