/**
 * Character-level text generation with an LSTM. Keras's example lstm_character_level_text_generation, line by line, on a
 * few lines that ship with it.
 *
 *     npx tsx examples/keras/character-generation.ts
 */
import { createRandom, dense, lstm, rmsprop, sequential, tensor } from "gateflow";

const text = `the wheels on the bus go round and round, round and round, round and round.
the wheels on the bus go round and round, all through the town.
the wipers on the bus go swish swish swish, swish swish swish, swish swish swish.
the wipers on the bus go swish swish swish, all through the town.
`
  .replaceAll("\n", " ")
  .repeat(3);
console.log("Corpus length:", text.length);
const chars = [...new Set(text)].sort();
console.log("Total chars:", chars.length);
const oneHot = (char: string): number[] => chars.map((own) => (own === char ? 1 : 0));

// cut the text in semi-redundant sequences of maxlen characters
const maxlen = 24;
const step = 2;
const sentences: string[] = [];
const nextChars: string[] = [];
for (let i = 0; i < text.length - maxlen; i += step) {
  sentences.push(text.slice(i, i + maxlen));
  nextChars.push(text[i + maxlen]!);
}
console.log("Number of sequences:", sentences.length);
const x = tensor(sentences.map((sentence) => [...sentence].map(oneHot)));
const y = tensor(nextChars.map(oneHot));

const model = sequential(
  [
    lstm({ units: 64, inputShape: [maxlen, chars.length] }),
    dense({ units: chars.length, activation: "softmax" }),
  ],
  { seed: 1 },
);
model.compile({ loss: "categoricalCrossentropy", optimizer: rmsprop({ learningRate: 0.01 }) });

const random = createRandom(2);
/** An index drawn from the probabilities; a low temperature takes the likely ones. */
function sample(preds: ArrayLike<number>, temperature: number): number {
  const weights = Array.from(preds, (value) => value ** (1 / temperature));
  let left = random.uniform() * weights.reduce((a, b) => a + b, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left <= 0) return index;
  }
  return weights.length - 1;
}

const { history } = await model.fit(x, y, { epochs: 15, batchSize: 32 });
console.log(`loss ${history.loss!.at(-1)!.toFixed(3)}`);

for (const temperature of [0.2, 0.5]) {
  let sentence = "the wheels on the bus go";
  let generated = "";
  for (let i = 0; i < 60; i++) {
    const preds = await model.predict([[...sentence].map(oneHot)]);
    const nextChar = chars[sample(preds.data, temperature)]!;
    generated += nextChar;
    sentence = sentence.slice(1) + nextChar;
  }
  console.log(`diversity ${temperature}: ${generated}`);
}
