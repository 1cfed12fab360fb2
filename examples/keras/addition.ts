/**
 * Sequence to sequence: learns to add two numbers of up to two digits, character by character ("12+34 " is read, "46 " said).
 * Keras's example addition_rnn, line by line, with questions made here.
 *
 *     npx tsx examples/keras/addition.ts
 */
import { createRandom, dense, lstm, repeatVector, sequential, tensor, timeDistributed } from "gateflow";

const TRAINING_SIZE = 3000;
const DIGITS = 2;
const REVERSE = true;
// Maximum length of input is 'int + int' (e.g. '34+57').
const MAXLEN = DIGITS + 1 + DIGITS;
const chars = "0123456789+ ";

/** Characters as one-hot rows, and back. */
const encode = (text: string, rows: number): number[][] =>
  Array.from({ length: rows }, (_, i) => [...chars].map((char) => (char === text[i] ? 1 : 0)));
const decode = (rows: readonly (readonly number[])[]): string =>
  rows.map((row) => chars[row.indexOf(Math.max(...row))]).join("");

const random = createRandom(7);
const questions: string[] = [];
const expected: string[] = [];
const seen = new Set<string>();
while (questions.length < TRAINING_SIZE) {
  const number = (): number => random.integer(10 ** (1 + random.integer(DIGITS)));
  const [a, b] = [number(), number()];
  // Skip any addition questions we've already seen, also x+Y == Y+x.
  const key = [a, b].sort((one, other) => one - other).join("+");
  if (seen.has(key)) {
    if (seen.size > 4000) break;
    continue;
  }
  seen.add(key);
  const query = `${a}+${b}`.padEnd(MAXLEN);
  // Reverse the query, e.g., '12+34 ' becomes ' 43+21'.
  questions.push(REVERSE ? [...query].reverse().join("") : query);
  expected.push(String(a + b).padEnd(DIGITS + 1));
}

const x = tensor(questions.map((question) => encode(question, MAXLEN)));
const y = tensor(expected.map((answer) => encode(answer, DIGITS + 1)));
// Set apart 10% for validation data that we never train over.
const validationSplit = 0.1;

const model = sequential([], { seed: 2 });
// "Encode" the input sequence using a LSTM, producing an output of size 64.
model.add(lstm({ units: 64, inputShape: [MAXLEN, chars.length] }));
// As the decoder RNN's input, repeatedly provide with the last output of RNN for each time step.
model.add(repeatVector({ n: DIGITS + 1 }));
model.add(lstm({ units: 64, returnSequences: true }));
// Apply a dense layer to every temporal slice of an input.
model.add(timeDistributed(dense({ units: chars.length, activation: "softmax" })));
model.compile({ loss: "categoricalCrossentropy", optimizer: "adam", metrics: ["accuracy"] });
model.optimizer.learningRate = 0.01;
model.summary();

const { epoch, history } = await model.fit(x, y, { batchSize: 32, epochs: 14, validationSplit });

const count = Math.floor(TRAINING_SIZE * validationSplit);
const first = questions.length - count;
const held = { shape: [count, MAXLEN, chars.length], data: x.data.slice(first * MAXLEN * chars.length) };
const predicted = await model.predict(held);
const width = (DIGITS + 1) * chars.length;
for (let i = 0; i < 10; i++) {
  const rows = Array.from({ length: DIGITS + 1 }, (_, t) => [
    ...predicted.data.slice(i * width + t * chars.length, i * width + (t + 1) * chars.length),
  ]);
  const [guess, correct] = [decode(rows), expected[first + i]!];
  const question = [...questions[first + i]!].reverse().join("");
  console.log(`Q ${question} T ${correct} ${guess === correct ? "☑" : "☒"} ${guess}`);
}
console.log(`validation accuracy ${history.val_accuracy!.at(-1)!.toFixed(3)} after ${epoch.length} epochs`);
