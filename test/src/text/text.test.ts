import { describe, expect, it } from "vitest";
import { padSequences, textVectorization, toArray, toCategorical } from "../../../src/index.js";

describe("padSequences takes what Keras's takes", () => {
  it("dtype: whole numbers cut fractions off", () => {
    expect(padSequences([[1.7], [2, -3.2]], { dtype: "int32" })).toEqual({
      shape: [2, 2],
      data: Int32Array.of(0, 1, 2, -3),
    });
    expect(padSequences([[1]], { dtype: "float32" }).data).toEqual(Float32Array.of(1));
    expect(() => padSequences([[1]], { dtype: "int8" as never })).toThrow(/dtype/);
  });

  it("steps of several numbers", () => {
    const rows = [[[1, 2]], [[3, 4], [5, 6], Float32Array.of(7, 8)]];
    expect(
      toArray<number[][][]>(
        padSequences(rows, { maxLength: 2, padding: "post", truncating: "post", value: 9 }),
      ),
    ).toEqual([
      [
        [1, 2],
        [9, 9],
      ],
      [
        [3, 4],
        [5, 6],
      ],
    ]);
    expect(() => padSequences([[[1, 2]], [[3]]])).toThrow(/step 0 of row 1/);
    expect(() => padSequences([[[1, 2]], [3]])).toThrow(/step 0 of row 1/);
    expect(() => padSequences([[[1, Number.NaN]]])).toThrow(/row 0 holds NaN at 0, 1/);
  });

  it("None for the length", () => {
    expect(padSequences([[1], [2, 3]], { maxLength: null }).shape).toEqual([2, 2]);
    expect(toCategorical([0, 1], { numClasses: null }).shape).toEqual([2, 2]);
  });
});

describe("padSequences is Keras's pad_sequences", () => {
  const rows = [[1], [2, 3], [4, 5, 6]];
  it.each([
    [
      {},
      [
        [0, 0, 1],
        [0, 2, 3],
        [4, 5, 6],
      ],
    ],
    [
      { value: -1 },
      [
        [-1, -1, 1],
        [-1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [
      { padding: "post" },
      [
        [1, 0, 0],
        [2, 3, 0],
        [4, 5, 6],
      ],
    ],
    [
      { maxLength: 2 },
      [
        [0, 1],
        [2, 3],
        [5, 6],
      ],
    ],
    [
      { maxLength: 2, truncating: "post" },
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
    [
      { maxLength: 4, padding: "post", truncating: "post" },
      [
        [1, 0, 0, 0],
        [2, 3, 0, 0],
        [4, 5, 6, 0],
      ],
    ],
  ] as const)("with %o", (options, expected) => {
    const padded = padSequences(rows, options);
    expect(toArray(padded)).toEqual(expected);
    expect(padded.data).toBeInstanceOf(Int32Array);
  });

  it("keeps fractions, and rows of no length", () => {
    expect(padSequences([[0.5], []]).data).toEqual(Float32Array.of(0.5, 0));
    expect(padSequences([[1], [2, 3]], { value: 0.5 }).data).toEqual(Float32Array.of(0.5, 1, 2, 3));
    expect(padSequences([]).shape).toEqual([0, 0]);
  });

  it.each([
    [() => padSequences([[1, Number.NaN]]), "row 0 holds NaN at 1"],
    [() => padSequences([1 as never]), "row 0"],
    [() => padSequences(["ab" as never]), "row 0"],
    [() => padSequences(rows, { maxlen: 3 } as never), "maxlen"],
    [() => padSequences(rows, { padding: "left" as never }), "pre, post"],
    [() => padSequences(rows, { maxLength: 0 }), "maxLength"],
  ])("refuses what is none: %#", (work, says) => {
    expect(work).toThrow(says);
  });
});

describe("toCategorical is Keras's to_categorical", () => {
  it("one-hot over a last axis of its own", () => {
    expect(toArray(toCategorical([0, 2, 1]))).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ]);
    expect(toCategorical([0, 1], { numClasses: 4 }).shape).toEqual([2, 4]);
    expect(toCategorical([[0], [1]]).shape).toEqual([2, 2]);
    expect(
      toArray(
        toCategorical([
          [0, 1],
          [1, 0],
        ]),
      ),
    ).toEqual([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    ]);
  });

  it.each([
    [() => toCategorical([0, -1]), "-1"],
    [() => toCategorical([0.5]), "0.5"],
    [() => toCategorical([3], { numClasses: 3 }), "0 to 2"],
    [() => toCategorical([3], { num_classes: 3 } as never), "numClasses"],
  ])("refuses what is none: %#", (work, says) => {
    expect(work).toThrow(says);
  });
});

describe("textVectorization is Keras's TextVectorization", () => {
  it("pads with 0, has 1 for what it does not know, then words by frequency, ties from the end of the alphabet", () => {
    const words = textVectorization().adapt(["foo bar", "bar baz", "baz bada boom"]);
    // Keras's documentation and adapt(): the most frequent first; "baz" before "bar", "foo" before "boom" and "bada".
    expect(words.vocabulary).toEqual(["", "[UNK]", "baz", "bar", "foo", "boom", "bada"]);
    expect(toArray(words.vectorize(["foo qux bar", "qux baz"]))).toEqual([
      [4, 1, 3],
      [1, 2, 0],
    ]);
    expect(words.vectorize(["a"]).data).toBeInstanceOf(Int32Array);
  });

  it("keeps maxTokens in all, cuts and fills to outputSequenceLength at the end", () => {
    const words = textVectorization({ maxTokens: 4, outputSequenceLength: 3 }).adapt(["a a a b b c"]);
    expect(words.vocabulary).toEqual(["", "[UNK]", "a", "b"]);
    expect(toArray(words.vectorize(["a b c a", ""]))).toEqual([
      [2, 3, 1],
      [0, 0, 0],
    ]);
  });

  it("lowers and strips punctuation without putting a space there", () => {
    const of = (standardize: "lowerAndStripPunctuation" | "lower" | "stripPunctuation" | null) =>
      textVectorization({ standardize }).adapt(["It's  well-known,\tSAID\nhe!"]).vocabulary.slice(2).sort();
    expect(of("lowerAndStripPunctuation")).toEqual(["he", "its", "said", "wellknown"]);
    expect(of("lower")).toEqual(["he!", "it's", "said", "well-known,"]);
    expect(of("stripPunctuation")).toEqual(["Its", "SAID", "he", "wellknown"]);
    expect(textVectorization().adapt(["ÄB"]).vocabulary).toEqual(["", "[UNK]", "Äb"]);
    expect(of(null)).toEqual(["It's", "SAID", "he!", "well-known,"]);
  });

  it("splits into characters, not at all, or as one likes", () => {
    const of = (split: "character" | null | ((text: string) => string[])) =>
      textVectorization({ split }).adapt(["ab a"]).vocabulary.slice(2);
    expect(of("character")).toEqual(["a", "b", " "]);
    expect(of(null)).toEqual(["ab a"]);
    expect(of((text) => text.split("b"))).toEqual(["a", " a"]);
    expect(textVectorization({ split: "character" }).adapt(["😀a"]).vectorize(["😀"]).shape).toEqual([1, 1]);
  });

  it("is made again from its JSON, or from a vocabulary", () => {
    const words = textVectorization({ outputSequenceLength: 4 }).adapt(["to be or not to be"]);
    const again = textVectorization(JSON.parse(JSON.stringify(words)));
    expect(again.vocabulary).toEqual(words.vocabulary);
    expect(again.vectorize(["not to"])).toEqual(words.vectorize(["not to"]));
    expect(textVectorization({ vocabulary: words.vocabulary }).vocabulary).toEqual(words.vocabulary);
    expect(textVectorization({ vocabulary: ["x"] }).vectorize(["x y"]).data).toEqual(Int32Array.of(2, 1));
    // What is learnt anew takes the place of what was known.
    expect(again.adapt(["new"]).vocabulary).toEqual(["", "[UNK]", "new"]);
  });

  it.each([
    [() => textVectorization().vectorize(["a"]), "adapt"],
    [() => textVectorization().adapt("a b" as never), "[text]"],
    [() => textVectorization().adapt([1 as never]), "text 0"],
    [() => textVectorization({ maxTokens: 1 }), "maxTokens"],
    [() => textVectorization({ maxTokens: 3, vocabulary: ["a", "b"] }), "maxTokens"],
    [() => textVectorization({ vocabulary: ["a", "a"] }), '"a"'],
    [() => textVectorization({ split: "words" as never }), "whitespace"],
    [() => textVectorization({ ragged: true } as never), "ragged"],
    [() => textVectorization({ split: (text) => [text] }).toJSON(), "function"],
  ])("refuses what it cannot do: %#", (work, says) => {
    expect(work).toThrow(says);
  });
});

describe("textVectorization's bags of words, as Keras's", () => {
  const texts = ["the cat sat", "the dog sat down", "the the dog"];
  // By frequency, ties by the last in order of code points: the 4, sat 2, dog 2, down 1, cat 1.
  const words = ["the", "sat", "dog", "down", "cat"];

  it("multiHot, count: unknown words first, no padding", () => {
    for (const outputMode of ["multiHot", "multi_hot"] as const) {
      const hot = textVectorization({ outputMode }).adapt(texts);
      expect(hot.getVocabulary()).toEqual(["[UNK]", ...words]);
      expect(hot.getVocabulary({ includeSpecialTokens: false })).toEqual(words);
      expect(hot.vocabularySize()).toBe(6);
      expect(toArray(hot.vectorize(["the the bird sat", ""]))).toEqual([
        [1, 1, 1, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
      ]);
    }
    const count = textVectorization({ outputMode: "count", maxTokens: 8, padToMaxTokens: true }).adapt(texts);
    expect(toArray(count.vectorize(["the the bird dog"]))).toEqual([[1, 2, 0, 1, 0, 0, 0, 0]]);
    // Two words beside the unknown.
    expect(textVectorization({ outputMode: "count", maxTokens: 3 }).adapt(texts).vocabulary).toEqual([
      "[UNK]",
      "the",
      "sat",
    ]);
  });

  it("tfIdf: counts times ln(1 + texts / (1 + texts with the word)), unknown words the mean of the known", () => {
    const made = textVectorization({ outputMode: "tf_idf" }).adapt(texts);
    const known = [3, 2, 2, 1, 1].map((holding) => Math.log(1 + 3 / (1 + holding)));
    const mean = known.reduce((a, b) => a + b, 0) / 5;
    const [row] = toArray<number[][]>(made.vectorize(["the the bird cat"]));
    for (const [k, value] of [mean, 2 * known[0]!, 0, 0, 0, known[4]!].entries())
      expect(row![k]).toBeCloseTo(value, 6);
    const again = textVectorization(JSON.parse(JSON.stringify(made.toJSON())));
    expect(again.vectorize(texts)).toEqual(made.vectorize(texts));
  });

  it("ngrams: words, then pairs of them, or the lengths listed alone", () => {
    const pairs = textVectorization({ ngrams: 2 }).adapt(["a b c"]);
    expect(pairs.vocabulary).toEqual(["", "[UNK]", "c", "b c", "b", "a b", "a"]);
    expect(toArray(pairs.vectorize(["a b x"]))).toEqual([[6, 4, 1, 5, 1]]);
    expect(
      textVectorization({ ngrams: [2] })
        .adapt(["a b c"])
        .getVocabulary(),
    ).toEqual(["", "[UNK]", "b c", "a b"]);
    expect(textVectorization(pairs.toJSON()).vectorize(["b c"])).toEqual(pairs.vectorize(["b c"]));
  });

  it.each([
    [{ outputMode: "oneHot" }, "outputMode"],
    [{ ngrams: 0 }, "ngrams"],
    [{ ngrams: [] }, "ngrams"],
    [{ padToMaxTokens: true, maxTokens: 5 }, "padToMaxTokens"],
    [{ padToMaxTokens: true, outputMode: "count" }, "maxTokens"],
    [{ outputSequenceLength: 5, outputMode: "count" }, "outputSequenceLength"],
    [{ vocabulary: ["a"], outputMode: "tfIdf" }, "adapt"],
  ])("refuses %o", (options, word) => {
    expect(() => textVectorization(options as never)).toThrow(
      expect.objectContaining({ name: "ConfigError", message: expect.stringContaining(word) }),
    );
  });
});
