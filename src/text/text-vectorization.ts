import { ConfigError, DataError, StateError } from "../errors.js";
import { flag, numberIn, oneOf, refuseUnknown } from "../options.js";
import type { Tensor } from "../tensor.js";
import { bagsOf, inverseFrequencies, ngramsOf } from "./bags.js";

const STANDARDIZATIONS = ["lowerAndStripPunctuation", "lower", "stripPunctuation"] as const;
const SPLITS = ["whitespace", "character"] as const;
const MODES = ["int", "multiHot", "count", "tfIdf"] as const;
/** Keras's own spelling. */
const SPELLED = { multi_hot: "multiHot", tf_idf: "tfIdf" } as const;

/** What is done to a text before it is split; Keras's words in camelCase. */
export type TextStandardization = (typeof STANDARDIZATIONS)[number];
/** Where a text is split. */
export type TextSplit = (typeof SPLITS)[number];

/** What `textVectorization` makes of a text. */
export type TextOutputMode = (typeof MODES)[number];

/** Options of `textVectorization`. */
export interface TextVectorizationOptions {
  /** Size of the vocabulary, padding and unknown words included, at least 2. Default: all words. */
  readonly maxTokens?: number | null;
  /**
   * `int` (default): a row of indices. The others give one number a word of the vocabulary, which begins with `"[UNK]"`
   * then: `multiHot` 1 for each that occurs, `count` how often, `tfIdf` that times how rare it is among the texts of
   * `adapt`. Keras's `"multi_hot"` and `"tf_idf"` mean the same.
   */
  readonly outputMode?: TextOutputMode | "multi_hot" | "tf_idf";
  /** Also runs of words, joined by a space: of up to so many, or of the lengths listed. Default: words alone. */
  readonly ngrams?: number | readonly number[] | null;
  /** Rows as wide as `maxTokens`, however few words there are; not for `int`. Default false. */
  readonly padToMaxTokens?: boolean;
  /** Length of every row of `int`: longer texts are cut, shorter ones filled with 0 at their end. Default: the longest text's. */
  readonly outputSequenceLength?: number | null;
  /**
   * What is done to a text first: `lowerAndStripPunctuation` (default), `lower`, `stripPunctuation`, null for nothing, or
   * a function of one's own (which no JSON can hold). As in Keras only A to Z are lowered; for other letters give
   * `(text) => text.toLowerCase()`.
   */
  readonly standardize?: TextStandardization | null | ((text: string) => string);
  /** How it is cut into tokens: `whitespace` (default), `character`, null for the text as one token, or a function. */
  readonly split?: TextSplit | null | ((text: string) => readonly string[]);
  /** The words themselves, without padding and unknown, instead of `adapt`. Default: learnt by `adapt`. */
  readonly vocabulary?: readonly string[];
}

/** A vectorization as plain JSON, from which `textVectorization(json)` makes it again. */
export interface TextVectorizationJSON {
  readonly maxTokens: number | null;
  readonly outputSequenceLength: number | null;
  readonly standardize: TextStandardization | null;
  readonly split: TextSplit | null;
  readonly vocabulary?: readonly string[];
  readonly outputMode?: TextOutputMode;
  readonly ngrams?: readonly number[];
  readonly padToMaxTokens?: boolean;
  /** Of `tfIdf`: how rare the vocabulary's words are, unknown words first. */
  readonly idfWeights?: readonly number[];
}

/** What `textVectorization` makes: texts in, rows of indices out. */
export interface TextVectorization {
  /**
   * `""` (padding), `"[UNK]"` (unknown), then the words, the most frequent first; without padding where the mode is another
   * than `int`. Its length is the embedding's `inputDim`, or the width of a row.
   */
  readonly vocabulary: readonly string[];
  /** Keras's name for `vocabulary`; the words alone with `includeSpecialTokens: false`. */
  getVocabulary(options?: { readonly includeSpecialTokens?: boolean }): string[];
  /** How long `vocabulary` is. */
  vocabularySize(): number;
  /** Learns the words of texts, in place of those known before. @throws DataError for what is no text. */
  adapt(texts: readonly string[]): TextVectorization;
  /**
   * Indices of the words, int32 `[texts, length]`: 0 is padding, 1 an unknown word. In the other modes float32
   * `[texts, words]`: 0 is unknown.
   * @throws StateError before `adapt`; DataError for what is no text.
   */
  vectorize(texts: readonly string[]): Tensor;
  /** @throws StateError where a function of a user's own standardizes or splits. */
  toJSON(): TextVectorizationJSON;
}

/** Keras's DEFAULT_STRIP_REGEX: each of these is taken out, and joins what stood around it. */
const PUNCTUATION = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g;
/** What tf.strings.split takes for white space. */
const WHITESPACE = /[\t\n\v\f\r ]+/;

function standardizer(where: string, given: unknown): (text: string) => string {
  if (typeof given === "function") return given as (text: string) => string;
  if (given === null) return (text) => text;
  const kind = oneOf(where, "standardize", given, STANDARDIZATIONS);
  return (text) => {
    const lower =
      kind === "stripPunctuation" ? text : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    return kind === "lower" ? lower : lower.replace(PUNCTUATION, "");
  };
}

function splitter(where: string, given: unknown): (text: string) => readonly string[] {
  if (typeof given === "function") return given as (text: string) => readonly string[];
  if (given === null) return (text) => [text];
  const kind = oneOf(where, "split", given, SPLITS);
  return kind === "character"
    ? (text) => [...text]
    : (text) => text.split(WHITESPACE).filter((word) => word !== "");
}

function checkTexts(where: string, texts: unknown): asserts texts is readonly string[] {
  if (!Array.isArray(texts)) {
    throw new DataError(`${where}: expected an array of texts, got ${typeof texts}. Write [text].`, {
      received: texts,
    });
  }
  const at = texts.findIndex((text) => typeof text !== "string");
  if (at >= 0)
    throw new DataError(`${where}: text ${at} is ${String(texts[at])}, expected a string.`, {
      received: texts[at],
    });
}

/** Order of Unicode code points, as Python compares strings: JavaScript's own compares halves of pairs. */
function byCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const gap = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (gap !== 0) return gap;
  }
  return left.length - right.length;
}

/** The lengths of runs of words; null: words alone. @throws ConfigError for what is no length. */
function ngramLengths(where: string, given: unknown): readonly number[] | null {
  if (given == null) return null;
  const range = { min: 1, integer: true } as const;
  if (!Array.isArray(given)) {
    return Array.from({ length: numberIn(where, "ngrams", given, range) }, (_, i) => i + 1);
  }
  if (given.length === 0)
    throw new ConfigError(`${where}: \`ngrams\` is empty, expected lengths such as [1, 2].`);
  return given.map((length) => numberIn(where, "ngrams", length, range));
}

/** How rare given words are. @throws ConfigError where nobody says, or not for each. */
function weightsOf(where: string, options: TextVectorizationOptions, count: number): readonly number[] {
  const { idfWeights } = options as TextVectorizationJSON;
  if (!Array.isArray(idfWeights) || idfWeights.length !== count) {
    throw new ConfigError(
      `${where}: a \`vocabulary\` does not tell how rare its words are, as the output mode tfIdf has to know. Call adapt(texts) in its place, or make it from toJSON().`,
    );
  }
  return idfWeights.map((weight) => numberIn(where, "idfWeights", weight));
}

/**
 * Texts to indices of words. Source: Keras's TextVectorization. In its output mode `int` index 0 pads, 1 stands for
 * unknown words, then words by how often they occur; of equally frequent ones the last in order of code points comes
 * first, as in Keras (`vocabulary` of "b a" is ["", "[UNK]", "b", "a"]).
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * const words = textVectorization({ maxTokens: 5000, outputSequenceLength: 40 }).adapt(texts);
 * const model = sequential([embedding({ inputDim: words.vocabulary.length, outputDim: 16, maskZero: true }), lstm({ units: 32 }), dense({ units: 1, activation: "sigmoid" })]);
 * await model.fit(words.vectorize(texts), labels);
 */
export function textVectorization(options: TextVectorizationOptions = {}): TextVectorization {
  const where = "textVectorization()";
  refuseUnknown(where, options, [
    "maxTokens",
    "outputMode",
    "ngrams",
    "padToMaxTokens",
    "outputSequenceLength",
    "standardize",
    "split",
    "vocabulary",
    "idfWeights",
  ] satisfies (keyof TextVectorizationOptions | "idfWeights")[]);
  const { maxTokens = null, outputSequenceLength = null } = options;
  const given = options.outputMode ?? "int";
  const mode = oneOf(where, "outputMode", SPELLED[given as keyof typeof SPELLED] ?? given, MODES);
  const lengths = ngramLengths(where, options.ngrams);
  const padded = flag(where, "padToMaxTokens", options.padToMaxTokens ?? false);
  if (mode === "int" ? padded : outputSequenceLength !== null) {
    const what = mode === "int" ? "padToMaxTokens" : "outputSequenceLength";
    throw new ConfigError(`${where}: \`${what}\` does not go with the output mode ${mode}.`);
  }
  if (padded && maxTokens === null) {
    throw new ConfigError(`${where}: \`padToMaxTokens\` needs \`maxTokens\`, a number.`);
  }
  /** Padding, in the mode `int`, and unknown words. */
  const special = mode === "int" ? ["", "[UNK]"] : ["[UNK]"];
  const { standardize = "lowerAndStripPunctuation", split = "whitespace" } = options;
  // Keras: padding and unknown words take two.
  if (maxTokens !== null) numberIn(where, "maxTokens", maxTokens, { min: 2, integer: true });
  if (outputSequenceLength !== null) {
    numberIn(where, "outputSequenceLength", outputSequenceLength, { min: 1, integer: true });
  }
  const clean = standardizer(where, standardize);
  const split1 = splitter(where, split);
  const cut = lengths === null ? split1 : (text: string) => ngramsOf(split1(text), lengths);
  let frequencies: readonly number[] = [];
  let words: readonly string[] | undefined;
  let indices = new Map<string, number>();
  const know = (list: readonly string[]): void => {
    words = list;
    indices = new Map(list.map((word, i) => [word, i + special.length]));
  };
  if (options.vocabulary !== undefined) {
    checkTexts(`${where} vocabulary`, options.vocabulary);
    const given = options.vocabulary.slice(options.vocabulary[0] === "" ? 1 : 0);
    const list = given[0] === "[UNK]" ? given.slice(1) : given;
    const twice = list.find((word, i) => word === "" || word === "[UNK]" || list.indexOf(word) !== i);
    if (twice !== undefined) {
      throw new ConfigError(`${where}: \`vocabulary\` holds "${twice}", which is there already.`, {
        received: twice,
      });
    }
    if (maxTokens !== null && list.length + special.length > maxTokens) {
      throw new ConfigError(
        `${where}: \`vocabulary\` has ${list.length} words, and with padding and unknown words more than maxTokens, ${maxTokens}.`,
        { received: list.length, expected: maxTokens - special.length },
      );
    }
    know(list);
    if (mode === "tfIdf") frequencies = weightsOf(where, options, list.length + 1);
  }
  const tokensOf = (place: string, texts: readonly string[]): (readonly string[])[] => {
    checkTexts(place, texts);
    return texts.map((text) => cut(clean(text)));
  };
  const made: TextVectorization = {
    get vocabulary() {
      return [...special, ...(words ?? [])];
    },
    getVocabulary({ includeSpecialTokens = true } = {}) {
      return includeSpecialTokens ? [...made.vocabulary] : [...(words ?? [])];
    },
    vocabularySize: () => made.vocabulary.length,
    adapt(texts) {
      const counts = new Map<string, number>();
      const rows = tokensOf(`${where}.adapt()`, texts);
      for (const tokens of rows) {
        for (const token of tokens)
          if (!special.includes(token) && token !== "") counts.set(token, (counts.get(token) ?? 0) + 1);
      }
      const sorted = [...counts].sort(([a, m], [b, n]) => n - m || byCodePoints(b, a)).map(([word]) => word);
      know(maxTokens === null ? sorted : sorted.slice(0, maxTokens - special.length));
      if (mode === "tfIdf") frequencies = inverseFrequencies(words!, rows);
      return made;
    },
    vectorize(texts) {
      if (words === undefined) {
        throw new StateError(
          `${where}.vectorize(): no words are known. Call adapt(texts) first, or give \`vocabulary\`.`,
        );
      }
      const rows = tokensOf(`${where}.vectorize()`, texts);
      if (mode !== "int") {
        const width = padded ? maxTokens! : made.vocabulary.length;
        return bagsOf(rows, width, mode, (token) => indices.get(token), frequencies);
      }
      const length = outputSequenceLength ?? rows.reduce((longest, row) => Math.max(longest, row.length), 0);
      const data = new Int32Array(rows.length * length);
      rows.forEach((row, n) => {
        for (let i = 0; i < Math.min(row.length, length); i++) {
          // An empty token is padding, as the vocabulary has it.
          data[n * length + i] = row[i] === "" ? 0 : (indices.get(row[i]!) ?? 1);
        }
      });
      return { shape: [rows.length, length], data };
    },
    toJSON() {
      if (typeof standardize === "function" || typeof split === "function") {
        throw new StateError(
          `${where}.toJSON(): a function of one's own is no JSON. Use a name for \`standardize\` and \`split\`, or keep \`vocabulary\` and make it again with the function.`,
        );
      }
      return {
        maxTokens,
        outputSequenceLength,
        standardize,
        split,
        ...(words === undefined ? {} : { vocabulary: words }),
        ...(mode === "int" ? {} : { outputMode: mode }),
        ...(lengths === null ? {} : { ngrams: lengths }),
        ...(padded ? { padToMaxTokens: padded } : {}),
        ...(mode === "tfIdf" && words !== undefined ? { idfWeights: frequencies } : {}),
      };
    },
  };
  return made;
}
