import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedding, sequential } from "../../../src/index.js";
import { readWordVectors } from "../../../src/node/word-vectors.js";
import { errorOf } from "../model/support.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-words-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(text: string): Promise<string> {
  files += 1;
  const path = join(folder, `vectors-${files}.txt`);
  await writeFile(path, text);
  return path;
}

const glove = "the 0.5 -1 2\ncat 1e-2 0.25 -0.5\n, 3 2 1\ndog 4 5 6\n";

describe("word vectors", () => {
  it("are read from GloVe's text, row 0 free for padding", async () => {
    const { words, index, weights, missing } = await readWordVectors(await fileOf(glove));
    expect(words).toEqual(["", "the", "cat", ",", "dog"]);
    expect(index.get("cat")).toBe(2);
    expect(weights.shape).toEqual([5, 3]);
    expect([...weights.data]).toEqual(
      [0, 0, 0, 0.5, -1, 2, 1e-2, 0.25, -0.5, 3, 2, 1, 4, 5, 6].map(Math.fround),
    );
    expect(missing).toEqual([]);
  });

  it("are read from word2vec's text with its header, trailing spaces, CRLF and no last newline", async () => {
    const path = await fileOf("2 3\r\nthe 0.5 -1 2 \r\ncat 1 2 3 ");
    const { words, weights } = await readWordVectors(path, { reservePadding: false });
    expect(words).toEqual(["the", "cat"]);
    expect([...weights.data]).toEqual([0.5, -1, 2, 1, 2, 3]);
  });

  it("keep the words of a vocabulary, in its order, and tell which are missing", async () => {
    const path = await fileOf(glove);
    const { words, index, weights, missing } = await readWordVectors(path, {
      vocabulary: ["dog", "unicorn", "the"],
    });
    expect(words).toEqual(["", "dog", "unicorn", "the"]);
    expect([...index]).toEqual([
      ["dog", 1],
      ["unicorn", 2],
      ["the", 3],
    ]);
    expect([...weights.data]).toEqual([0, 0, 0, 4, 5, 6, 0, 0, 0, 0.5, -1, 2]);
    expect(missing).toEqual(["unicorn"]);
  });

  it("stand where a Map says", async () => {
    const vocabulary = new Map([
      ["dog", 3],
      ["the", 0],
    ]);
    const { words, weights } = await readWordVectors(await fileOf(glove), { vocabulary });
    expect(words).toEqual(["the", "", "", "dog"]);
    expect(weights.shape).toEqual([4, 3]);
    expect([...weights.data.slice(9)]).toEqual([4, 5, 6]);
  });

  it("stop at a limit, before what would be refused behind it", async () => {
    const { words } = await readWordVectors(await fileOf(`${glove}broken 1\n`), { limit: 2 });
    expect(words).toEqual(["", "the", "cat"]);
  });

  it("may belong to words with spaces; the first of two equal words counts", async () => {
    const path = await fileOf("a 1 2\n. . . 3 4\na 5 6\n");
    const { index, weights } = await readWordVectors(path);
    expect([...index.keys()]).toEqual(["a", ". . ."]);
    expect([...weights.data]).toEqual([0, 0, 1, 2, 3, 4]);
  });

  it("begin an embedding", async () => {
    const { index, weights } = await readWordVectors(await fileOf(glove));
    const [inputDim, outputDim] = weights.shape as [number, number];
    const model = sequential([embedding({ inputDim, outputDim, weights, inputShape: [2] })]);
    const x = { shape: [1, 2], data: Int32Array.of(index.get("dog")!, 0) };
    expect([...(await model.predict(x)).data]).toEqual([4, 5, 6, 0, 0, 0]);
  });

  it("many thousands arrive whole", async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `w${i} ${i} ${-i} 0.5`);
    const { words, weights } = await readWordVectors(await fileOf(lines.join("\n")));
    expect(words.length).toBe(30_001);
    expect([...weights.data.slice(-3)]).toEqual([29_999, -29_999, 0.5]);
  });
});

describe("word vectors that cannot be read", () => {
  it.each([
    [
      "too few numbers",
      "the 1 2 3\ncat 1 2\n",
      /vectors-\d+\.txt, line 2: 2 numbers behind the word "cat", expected 3/,
    ],
    [
      "no number",
      "the 1 2 3\ncat 1 x 3\n",
      /line 2: number 2 of the word "cat" is "x", expected a finite number/,
    ],
    ["NaN", "the 1 NaN 3\n", /line 1: number 2 of the word "the" is "NaN"/],
    ["two spaces", "the 1 2 3\ncat 1  3\n", /line 2: number 2 of the word "cat" is ""/],
    ["a word alone", "the\n", /line 1: 0 numbers behind the word "the", expected 1/],
    [
      "too few numbers for the header",
      "2 4\nthe 1 2 3\n",
      /line 2: 3 numbers behind the word "the", expected 4/,
    ],
    ["nothing", "\n", /holds no word vectors/],
  ])("are refused with file and line: %s", async (_, text, message) => {
    const path = await fileOf(text);
    const error = await errorOf(() => readWordVectors(path));
    expect(error.name).toBe("DataError");
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("\n");
  });

  it("are refused when the file is missing, or no word is in it", async () => {
    const missing = await errorOf(() => readWordVectors(join(folder, "none.txt")));
    expect(missing.message).toMatch(/none\.txt: there is no such file/);
    const path = await fileOf(glove);
    const empty = await errorOf(() => readWordVectors(path, { vocabulary: ["unicorn"] }));
    expect(empty.message).toMatch(/none of the 1 words of the vocabulary is among the 4 words read/);
  });

  it("come with options that are checked", async () => {
    const path = await fileOf(glove);
    const map = new Map([["dog", 1]]);
    for (const [options, message] of [
      [{ limit: 0 }, /`limit` is 0/],
      [{ vocabulry: [] }, /Did you mean `vocabulary`/],
      [{ vocabulary: ["a", "a"] }, /has the word "a" twice/],
      [{ vocabulary: map, reservePadding: true }, /leave out `reservePadding`/],
      [{ vocabulary: new Map([["dog", 1.5]]) }, /`vocabulary "dog"` is 1.5/],
    ] as const) {
      const error = await errorOf(() => readWordVectors(path, options as object));
      expect(error.name).toBe("ConfigError");
      expect(error.message).toMatch(message);
    }
  });

  it("are refused where a line goes on for more than a million letters, before it is kept whole", async () => {
    const path = await fileOf(`the ${"0 ".repeat(2 ** 20)}`);
    await expect(readWordVectors(path)).rejects.toThrow(/a line is longer than 1048576 letters/);
  });

  it("refuse a number that float32 does not hold", async () => {
    await expect(readWordVectors(await fileOf("the 0.5 1e39\n"))).rejects.toThrow(
      /is "1e39", expected a finite/,
    );
  });
});
