/**
 * The copy task: Hochreiter & Schmidhuber 1997, in the form of Arjovsky, Shah & Bengio 2016.
 *
 * Three symbols of eight are read, then come blanks, then a sign to begin: what were the symbols? Blanks say nothing, so
 * who remembers nothing guesses one of eight, a cross-entropy of ln 8 = 2.079, and only the three answers are weighed.
 * An LSTM with the usual forget bias of 1 forgets a quarter of its cell a step: of forty steps later the symbols hear
 * nothing, and it stays at ln 8. With the biases of Tallec & Ollivier 2018 (chrono), whose memories last from one step to
 * the whole delay, the same network copies.
 *
 *     npx tsx examples/gradient-flow/copy-task.ts
 */
import {
  adam,
  chrono,
  createRandom,
  dense,
  flowOverTraining,
  type GradientFlow,
  gradientFlowRecorder,
  gradientNormChart,
  type Initializer,
  isRecurrentFlow,
  lstm,
  sequential,
  sparkline,
  tensor,
} from "gateflow";
import { draw } from "./draw.js";

const [alphabet, symbols, delay, units] = [8, 3, 40, 48];
/** The symbols, the delay whose last step is the sign to begin, and the answers, at which the input is blank again. */
const timesteps = symbols + delay + symbols;
const firstAnswer = symbols + delay;
/** One-hot: the alphabet, the blank, the sign. */
const features = alphabet + 2;
const [BLANK, BEGIN] = [alphabet, alphabet + 1];

function problem(samples: number, seed: number) {
  const random = createRandom(seed);
  const x = new Float32Array(samples * timesteps * features);
  const y = new Float32Array(samples * timesteps);
  const weights = new Float32Array(samples * timesteps);
  for (let row = 0; row < y.length; row++) {
    const t = row % timesteps;
    const symbol = random.integer(alphabet);
    x[row * features + (t < symbols ? symbol : t === firstAnswer - 1 ? BEGIN : BLANK)] = 1;
    if (t >= symbols) continue;
    y[row + firstAnswer] = symbol;
    weights[row + firstAnswer] = 1;
  }
  return {
    x: tensor(x, [samples, timesteps, features]),
    y: tensor(y, [samples, timesteps]),
    weights: tensor(weights, [samples, timesteps]),
  };
}

/** Cross-entropy of the answers alone, and how many of them are right. */
function judge(chances: ArrayLike<number>, { y, weights }: ReturnType<typeof problem>) {
  let [loss, right, answers] = [0, 0, 0];
  for (let row = 0; row < y.data.length; row++) {
    if (weights.data[row] === 0) continue;
    const own = Array.from({ length: alphabet }, (_, k) => chances[row * alphabet + k]!);
    loss -= Math.log(own[y.data[row]!]!);
    if (own.indexOf(Math.max(...own)) === y.data[row]) right += 1;
    answers += 1;
  }
  return { loss: loss / answers, right: right / answers };
}

const cellGradient = (flow: GradientFlow): Float32Array =>
  flow.layers.filter(isRecurrentFlow)[0]!.cellGradient;

/** ‖dL/dc‖ where the last symbol is read, over that before the first answer. */
const reaching = (norms: Float32Array): string =>
  (norms[symbols - 1]! / norms[firstAnswer - 1]!).toPrecision(2);

const [train, test] = [problem(1000, 1), problem(500, 2)];
const curves: { name: string; values: Float32Array }[] = [];
console.log(
  `who remembers nothing   cross-entropy ${Math.log(alphabet).toFixed(4)} (ln ${alphabet}), ${100 / alphabet}% right`,
);
const starts: Record<string, { biasInitializer?: Initializer }> = {
  "forget bias 1": {},
  chrono: { biasInitializer: chrono({ maxTimesteps: delay }) },
};
for (const [name, options] of Object.entries(starts)) {
  const model = sequential(
    [
      lstm({ units, returnSequences: true, inputShape: [timesteps, features], ...options }),
      dense({ units: alphabet, activation: "softmax" }),
    ],
    { seed: 1 },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.02, globalClipnorm: 1 }),
    loss: "sparseCategoricalCrossentropy",
  });
  const weighed = { sampleWeight: test.weights };
  const before = cellGradient(await model.gradientFlow(test.x, test.y, weighed));
  const recorder = gradientFlowRecorder();
  const { history } = await model.fit(train.x, train.y, {
    epochs: 40,
    batchSize: 20,
    sampleWeight: train.weights,
    callbacks: [recorder],
  });
  const after = cellGradient(await model.gradientFlow(test.x, test.y, weighed));
  const { loss, right } = judge((await model.predict(test.x)).data, test);
  curves.push({ name: `${name}, before`, values: before }, { name: `${name}, trained`, values: after });
  console.log(
    `${name.padEnd(23)} cross-entropy ${loss.toFixed(4)}, ${(100 * right).toFixed(1)}% right, ` +
      `gradient at the symbols over that at the answers ${reaching(before)} → ${reaching(after)}  ` +
      sparkline(history.loss!, { log: true, columns: 40 }),
  );
  const title = `Copy task, ${name}: ‖dL/dc_t‖ while training`;
  const file = `copy-task-${name.replaceAll(" ", "-")}`;
  await draw(file, flowOverTraining(recorder.flows, { measure: "cellGradient", title }));
  model.dispose();
}
const title = `Copy task, ${symbols} symbols over ${delay} steps: ‖dL/dc_t‖ before and after training`;
await draw("copy-task", gradientNormChart(curves, { title, yLabel: "‖dL/dc‖ (log scale)" }));
