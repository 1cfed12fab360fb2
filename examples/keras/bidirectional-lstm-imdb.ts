/**
 * A bidirectional LSTM on reviews: positive or negative. Keras's example bidirectional_lstm_imdb, line by line; the reviews
 * are made here, of words that mean something and words that do not, and of "not", which turns the word behind it.
 *
 *     npx tsx examples/keras/bidirectional-lstm-imdb.ts
 */
import {
  bidirectional,
  createRandom,
  dense,
  embedding,
  input,
  lstm,
  model as Model,
  padSequences,
} from "gateflow";

const maxFeatures = 60; // Only consider the top 60 words
const maxlen = 20; // Only consider the first 20 words of each movie review

/** Words 1 to 8 praise, 9 to 16 do not, 17 is "not", the others say nothing. */
const NOT = 17;
const random = createRandom(5);
function review(): { words: number[]; label: number } {
  for (;;) {
    const words = Array.from({ length: 8 + random.integer(18) }, () =>
      random.integer(3) === 0 ? 1 + random.integer(NOT) : NOT + 1 + random.integer(maxFeatures - NOT - 1),
    ).slice(0, maxlen);
    const opinion = words.reduce((sum, word, i) => {
      const own = word >= NOT ? 0 : word <= 8 ? 1 : -1;
      return sum + (words[i - 1] === NOT ? -own : own);
    }, 0);
    if (opinion !== 0) return { words, label: opinion > 0 ? 1 : 0 };
  }
}
const load = (count: number) => {
  const reviews = Array.from({ length: count }, review);
  return [reviews.map(({ words }) => words), reviews.map(({ label }) => label)] as const;
};
const [trainReviews, yTrain] = load(2000);
const [valReviews, yVal] = load(500);
console.log(trainReviews.length, "Training sequences");
console.log(valReviews.length, "Validation sequences");
const xTrain = padSequences(trainReviews, { maxLength: maxlen });
const xVal = padSequences(valReviews, { maxLength: maxlen });

// Input for variable-length sequences of integers
const inputs = input({ shape: [null], dtype: "int32" });
// Embed each integer in a 16-dimensional vector
let x = embedding({ inputDim: maxFeatures, outputDim: 16 }).apply(inputs);
// Add 2 bidirectional LSTMs
x = bidirectional(lstm({ units: 16, returnSequences: true })).apply(x);
x = bidirectional(lstm({ units: 16 })).apply(x);
// Add a classifier
const outputs = dense({ units: 1, activation: "sigmoid" }).apply(x);
const model = Model({ inputs, outputs, seed: 1 });
model.summary();

model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
model.optimizer.learningRate = 0.01;
const { history } = await model.fit(xTrain, yTrain, {
  batchSize: 32,
  epochs: 4,
  validationData: [xVal, yVal],
});
console.log(`val_accuracy ${history.val_accuracy!.at(-1)!.toFixed(3)}`);
