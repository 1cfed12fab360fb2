/**
 * An encoder hands its state to a decoder: five digits are read, then said backwards.
 *
 * One LSTM learns both halves at once, as one long sequence: it reads the digits, and from the sixth step on writes,
 * being fed what it should have written before (teacher forcing). Sample weights keep the reading half out of the loss.
 * Afterwards its weights serve in two models: the encoder reads and is asked for its state; the decoder starts in that
 * state and hears its own answers.
 *
 *     npx tsx examples/encoder-decoder.ts
 */
import { adam, createRandom, dense, lstm, sequential, tensor } from "gateflow";

const DIGITS = 6;
const LENGTH = 5;
const UNITS = 64;
/** One place for each digit, and one that is 1 while writing. */
const FEATURES = DIGITS + 1;
const WRITING = DIGITS;

const random = createRandom(1);
const draw = (): number[] => Array.from({ length: LENGTH }, () => random.integer(DIGITS));
const reversed = (digits: readonly number[]): number[] => [...digits].reverse();

/** The input of one step: what was read, or while writing what was written last. */
function step(digit: number | undefined, writing: boolean): number[] {
  const features = new Array<number>(FEATURES).fill(0);
  if (digit !== undefined) features[digit] = 1;
  if (writing) features[WRITING] = 1;
  return features;
}

const samples = Array.from({ length: 2000 }, draw);
const x = samples.map((digits) => [
  ...digits.map((digit) => step(digit, false)),
  ...digits.map((_, i) => step(reversed(digits)[i - 1], true)),
]);
const nothing = new Array<number>(LENGTH).fill(0);
const y = samples.map((digits) => [...nothing, ...reversed(digits)]);
const sampleWeight = samples.map(() => [...nothing, ...nothing.map(() => 1)]);

const model = sequential(
  [
    lstm({ units: UNITS, returnSequences: true, inputShape: [2 * LENGTH, FEATURES] }),
    dense({ units: DIGITS, activation: "softmax" }),
  ],
  { seed: 1 },
);
model.compile({
  optimizer: adam({ learningRate: 0.01, clipnorm: 1 }),
  loss: "sparseCategoricalCrossentropy",
});

const begin = performance.now();
const { history } = await model.fit(x, y, { epochs: 20, batchSize: 64, sampleWeight });
console.log(
  `trained in ${((performance.now() - begin) / 1000).toFixed(1)} s, loss ${history.loss![0]!.toFixed(3)} -> ${history.loss!.at(-1)!.toFixed(4)}`,
);

const memory = lstm({ units: UNITS, stateful: true, inputShape: [null, FEATURES], batchSize: 1 });
const encoder = sequential([memory]);
encoder.setWeights(model.getWeights().slice(0, 3));

const speaker = lstm({ units: UNITS, stateful: true, inputShape: [null, FEATURES], batchSize: 1 });
const decoder = sequential([speaker, dense({ units: DIGITS, activation: "softmax" })]);
decoder.setWeights(model.getWeights());

/** Reads the digits, then says what follows, one digit at a time. */
async function translate(digits: readonly number[]): Promise<number[]> {
  encoder.resetStates();
  await encoder.predict(tensor([digits.map((digit) => step(digit, false))]), { batchSize: 1 });
  speaker.setStates(await memory.getStates());
  const said: number[] = [];
  while (said.length < LENGTH) {
    const chances = decoder.step(step(said.at(-1), true)).data;
    said.push(chances.indexOf(Math.max(...chances)));
  }
  return said;
}

let right = 0;
const TRIALS = 200;
for (let trial = 0; trial < TRIALS; trial++) {
  const digits = draw();
  const said = await translate(digits);
  const correct = said.join() === reversed(digits).join();
  if (correct) right += 1;
  if (trial < 5) console.log(`${digits.join(" ")}  ->  ${said.join(" ")}  ${correct ? "right" : "wrong"}`);
}
console.log(`${right} of ${TRIALS} new sequences said backwards without a mistake`);
