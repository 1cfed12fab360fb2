/**
 * Date conversion with attention: dates as people write them become ISO 8601, character by character. The model of
 * TensorFlow.js's example date-conversion-attention: an encoder, a decoder that begins in the encoder's last state, and
 * attention made of dot, softmax and dot.
 *
 *     npx tsx examples/keras/date-conversion.ts
 */
import {
  activation,
  adam,
  concatenate,
  createRandom,
  dense,
  dot,
  embedding,
  model as functional,
  input,
  lstm,
  type SymbolicTensor,
  type Tensor,
  timeDistributed,
} from "gateflow";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const INPUT_VOCAB = `\n0123456789/-., abcdefghijklmnoprstuvy`;
/** \n stands for padding, \t for the start of what is said. */
const OUTPUT_VOCAB = "\n\t0123456789-";
const INPUT_LENGTH = 12;
const OUTPUT_LENGTH = 10;

const two = (value: number): string => String(value).padStart(2, "0");
const formats: readonly ((year: number, month: number, day: number) => string)[] = [
  (y, m, d) => `${two(d)}${MONTHS[m]}${y}`,
  (y, m, d) => `${two(m + 1)}/${two(d)}/${y}`,
  (y, m, d) => `${m + 1}/${d}/${y}`,
  (y, m, d) => `${MONTHS[m]} ${d}, ${y}`,
  (y, m, d) => `${d}.${m + 1}.${y}`,
  (y, m, d) => `${y}-${two(m + 1)}-${two(d)}`,
];

const encode = (texts: readonly string[], vocabulary: string, length: number): Tensor => ({
  shape: [texts.length, length],
  data: Int32Array.from(
    texts.flatMap((text) => [...text.padEnd(length, "\n")].map((char) => vocabulary.indexOf(char))),
  ),
});

function createModel() {
  const EMBEDDING_DIMS = 32;
  const LSTM_UNITS = 48;
  const encoderInput = input({ shape: [INPUT_LENGTH], dtype: "int32", name: "encoder_input" });
  const decoderInput = input({ shape: [OUTPUT_LENGTH], dtype: "int32", name: "decoder_input" });

  const encoderEmbeddingOutput = embedding({
    inputDim: INPUT_VOCAB.length,
    outputDim: EMBEDDING_DIMS,
  }).apply(encoderInput);
  const [encoder, h, c] = lstm({ units: LSTM_UNITS, returnSequences: true, returnState: true }).apply<
    SymbolicTensor[]
  >(encoderEmbeddingOutput);

  const decoderEmbeddingOutput = embedding({
    inputDim: OUTPUT_VOCAB.length,
    outputDim: EMBEDDING_DIMS,
  }).apply(decoderInput);
  const decoder = lstm({ units: LSTM_UNITS, returnSequences: true }).apply(decoderEmbeddingOutput, {
    initialState: [h!, c!],
  });

  const attention = activation({ activation: "softmax", name: "attention" }).apply(
    dot({ axes: [2, 2] }).apply([decoder, encoder!]),
  );
  const context = dot({ axes: [2, 1] }).apply([attention, encoder!]);
  const decoderCombinedContext = concatenate().apply([context, decoder]);
  const hidden = timeDistributed(dense({ units: LSTM_UNITS, activation: "tanh" })).apply(
    decoderCombinedContext,
  );
  const output = timeDistributed(dense({ units: OUTPUT_VOCAB.length, activation: "softmax" })).apply(hidden);

  const made = functional({ inputs: [encoderInput, decoderInput], outputs: output, seed: 1 });
  made.compile({ loss: "sparseCategoricalCrossentropy", optimizer: adam({ learningRate: 0.01 }) });
  return made;
}

const random = createRandom(3);
const examples = Array.from({ length: 2400 }, () => {
  const [year, month, day] = [1980 + random.integer(60), random.integer(12), 1 + random.integer(28)];
  const text = formats[random.integer(formats.length)]!(year, month, day);
  return { text, iso: `${year}-${two(month + 1)}-${two(day)}` };
});
const encoderInput = encode(
  examples.map(({ text }) => text),
  INPUT_VOCAB,
  INPUT_LENGTH,
);
// Teacher forcing: the decoder is given what it should have said before.
const decoderInput = encode(
  examples.map(({ iso }) => `\t${iso.slice(0, -1)}`),
  OUTPUT_VOCAB,
  OUTPUT_LENGTH,
);
const decoderOutput = encode(
  examples.map(({ iso }) => iso),
  OUTPUT_VOCAB,
  OUTPUT_LENGTH,
);

const model = createModel();
model.summary();
const { history } = await model.fit([encoderInput, decoderInput], decoderOutput, {
  epochs: 9,
  batchSize: 64,
});
console.log(`loss ${history.loss![0]!.toFixed(3)} -> ${history.loss!.at(-1)!.toFixed(4)}`);

/** Reads a date, then says it, one character after the other. */
async function runSeq2SeqInference(text: string): Promise<string> {
  const read = encode([text], INPUT_VOCAB, INPUT_LENGTH);
  let said = "\t";
  while (said.length <= OUTPUT_LENGTH) {
    const { data } = await model.predict([
      read,
      encode([said.slice(0, OUTPUT_LENGTH)], OUTPUT_VOCAB, OUTPUT_LENGTH),
    ]);
    const row = [...data.slice((said.length - 1) * OUTPUT_VOCAB.length, said.length * OUTPUT_VOCAB.length)];
    said += OUTPUT_VOCAB[row.indexOf(Math.max(...row))];
  }
  return said.slice(1);
}

let right = 0;
const TRIALS = 40;
for (let trial = 0; trial < TRIALS; trial++) {
  const [year, month, day] = [1980 + random.integer(60), random.integer(12), 1 + random.integer(28)];
  const text = formats[trial % formats.length]!(year, month, day);
  const iso = await runSeq2SeqInference(text);
  if (iso === `${year}-${two(month + 1)}-${two(day)}`) right += 1;
  if (trial < formats.length) console.log(`${text.padEnd(INPUT_LENGTH)} -> ${iso}`);
}
console.log(`${right} of ${TRIALS} new dates converted without a mistake`);
