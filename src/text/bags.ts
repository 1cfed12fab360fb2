/** Texts as bags of words: one number a word of the vocabulary, however often and wherever it stands. */
import { log } from "../elementary.js";
import type { Tensor } from "../tensor.js";

/** Keras's output modes beside `int`. */
export type BagMode = "multiHot" | "count" | "tfIdf";

/**
 * How much a word tells of a text: ln(1 + texts / (1 + texts that hold it)), as Keras; of unknown words the mean of those
 * known stands first.
 */
export function inverseFrequencies(
  words: readonly string[],
  texts: readonly (readonly string[])[],
): number[] {
  const holding = new Map<string, number>();
  for (const tokens of texts) {
    for (const token of new Set(tokens)) holding.set(token, (holding.get(token) ?? 0) + 1);
  }
  const known = words.map((word) => log(1 + texts.length / (1 + (holding.get(word) ?? 0))));
  return [known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length), ...known];
}

/**
 * Rows `[texts, width]` of the vocabulary's words: 0 is unknown, then the words.
 * @param indexOf a word's place; undefined: unknown.
 */
export function bagsOf(
  texts: readonly (readonly string[])[],
  width: number,
  mode: BagMode,
  indexOf: (token: string) => number | undefined,
  frequencies: readonly number[],
): Tensor {
  const data = new Float32Array(texts.length * width);
  texts.forEach((tokens, n) => {
    for (const token of tokens) {
      // Keras drops what its padding is.
      if (token === "") continue;
      const at = n * width + (indexOf(token) ?? 0);
      data[at] = mode === "multiHot" ? 1 : data[at]! + 1;
    }
    if (mode !== "tfIdf") return;
    for (let k = 0; k < width; k++) data[n * width + k]! *= frequencies[k] ?? 0;
  });
  return { shape: [texts.length, width], data };
}

/** Runs of so many words, for each of the lengths in its order, joined by a space: TensorFlow's `strings.ngrams`. */
export const ngramsOf = (tokens: readonly string[], lengths: readonly number[]): string[] =>
  lengths.flatMap((length) =>
    Array.from({ length: Math.max(0, tokens.length - length + 1) }, (_, i) =>
      tokens.slice(i, i + length).join(" "),
    ),
  );
