import type { ExamplesLike } from "../../src/index.js";
import { mulberry32, normalOf, type Uniform } from "./series.js";

type Make = (uniform: Uniform, normal: () => number) => ExamplesLike;

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const oneHot = (width: number, k: number): number[] => many(width, (i) => (i === k ? 1 : 0));
const cut = (values: readonly number[], window: number): ExamplesLike => ({
  x: many(values.length - window, (n) => values.slice(n, n + window).map((value) => [value])),
  y: many(values.length - window, (n) => values[n + window]!),
});

/** Tokens each of which follows from the one before, but for a little. */
function chain(uniform: Uniform, n: number, vocabulary: number): number[] {
  const tokens = [0];
  while (tokens.length < n) tokens.push((tokens.at(-1)! * 7 + 3 + Math.floor(3 * uniform())) % vocabulary);
  return tokens;
}

/** Data with nothing wrong, of kinds that look as if there were: nothing may be said of them. */
export const healthyData: Readonly<Record<string, Make>> = {
  tokensToOneOfTwo: (uniform) => {
    const x = many(400, () => many(20, () => Math.floor(200 * uniform())));
    return { x, y: x.map((row) => (row.filter((token) => token > 100).length > 10 ? 1 : 0)) };
  },
  nextToken: (uniform) => {
    const tokens = chain(uniform, 1000, 60);
    return { x: many(985, (n) => tokens.slice(n, n + 15)), y: many(985, (n) => tokens[n + 15]!) };
  },
  nextTokenAtEveryStep: (uniform) => {
    const tokens = chain(uniform, 3100, 60);
    return {
      x: many(200, (n) => tokens.slice(15 * n, 15 * n + 15)),
      y: many(200, (n) => tokens.slice(15 * n + 1, 15 * n + 16)),
    };
  },
  paddedTags: (uniform) => {
    const words = many(200, () => many(5 + Math.floor(15 * uniform()), () => 1 + Math.floor(40 * uniform())));
    const filled = (row: readonly number[]): number[] => [...row, ...many(20 - row.length, () => 0)];
    return { x: words.map(filled), y: words.map((row) => filled(row.map((word) => 1 + (word % 4)))) };
  },
  letters: (uniform) => {
    const tokens = chain(uniform, 700, 26);
    return {
      x: many(680, (n) => tokens.slice(n, n + 10).map((token) => oneHot(26, token))),
      y: many(680, (n) => oneHot(26, tokens[n + 10]!)),
    };
  },
  lateColumn: (_uniform, normal) => {
    const x = many(400, () => many(12, () => many(10, normal)));
    return { x, y: x.map((rows) => (sum(rows.map((row) => row[8]!)) > 0 ? 1 : 0)) };
  },
  oneInAHundred: (_uniform, normal) => ({
    x: many(2000, (n) => many(10, () => [normal() + (n % 100 === 7 ? 3 : 0)])),
    y: many(2000, (n) => (n % 100 === 7 ? 1 : 0)),
  }),
  nearAUnitRoot: (_uniform, normal) => {
    let value = 0;
    return cut(
      many(500, () => {
        value = 0.97 * value + normal();
        return value / 4.1;
      }),
      20,
    );
  },
  /** Draws without memory, and as the answer the one of two steps before: an exercise, no leak. */
  echoOfDraws: (uniform) => {
    const draws = many(500, () => 2 * uniform() - 1);
    return {
      x: many(490, (n) => draws.slice(n, n + 5).map((value) => [value])),
      y: many(490, (n) => draws[n + 2]!),
    };
  },
  reversal: (uniform) => {
    const rows = many(400, () => many(6, () => Math.floor(8 * uniform())));
    const shown = (row: readonly number[]): number[][] => row.map((token) => oneHot(8, token));
    return { x: rows.map(shown), y: rows.map((row) => shown([...row].reverse())) };
  },
  reversalOfTokens: (uniform) => {
    const rows = many(400, () => many(6, () => Math.floor(30 * uniform())));
    return { x: rows, y: rows.map((row) => [...row].reverse()) };
  },
  mapping: (_uniform, normal) => {
    const x = many(400, () => [[normal(), normal()]]);
    return { x, y: x.map(([row]) => 2 * row![0]!) };
  },
  functionOfOneStep: (_uniform, normal) => {
    const x = many(400, () => [[normal(), normal(), normal()]]);
    return { x, y: x.map(([row]) => Math.sin(row![0]!) + row![1]! ** 2) };
  },
  lastOfASequence: (_uniform, normal) => {
    const x = many(400, () => many(8, () => [normal()]));
    return { x, y: x.map((rows) => rows[7]![0]!) };
  },
  adding: (uniform) => {
    const x = many(600, () => {
      const [a, b] = [Math.floor(10 * uniform()), 10 + Math.floor(10 * uniform())];
      return many(20, (t) => [uniform(), t === a || t === b ? 1 : 0]);
    });
    return { x, y: x.map((rows) => sum(rows.map(([value, mark]) => value! * mark!))) };
  },
  levelOfFive: (_uniform, normal) =>
    cut(
      many(500, (t) => 5 + Math.sin(t / 3) + 0.1 * normal()),
      20,
    ),
  thirtyClasses: (uniform, normal) => {
    const y = many(800, () => Math.floor(30 * uniform()));
    return {
      x: y.map((label) => many(6, (t) => [Math.sin(label * t), Math.cos(label) + 0.3 * normal()])),
      y,
    };
  },
  parity: (uniform) => {
    const x = many(400, () => many(5, () => [uniform() < 0.5 ? 0 : 1]));
    return { x, y: x.map((rows) => sum(rows.map(([bit]) => bit!)) % 2) };
  },
  markedLatch: (uniform) => {
    const x = many(500, () => {
      const place = Math.floor(10 * uniform());
      return many(40, (t) => [uniform() < 0.5 ? -1 : 1, t === place ? 1 : 0]);
    });
    return { x, y: x.map((rows) => rows.find(([, mark]) => mark === 1)![0]!) };
  },
  calendar: (_uniform, normal) => {
    const rows = many(600, (t) => [
      Math.sin(t / 4) + 0.1 * normal(),
      Math.sin((2 * Math.PI * t) / 7),
      Math.cos((2 * Math.PI * t) / 7),
      t % 7 >= 5 ? 1 : 0,
    ]);
    return { x: many(580, (n) => rows.slice(n, n + 20)), y: many(580, (n) => rows[n + 20]![0]!) };
  },
  shuffledWindows: (uniform, normal) => {
    const { x, y } = cut(
      many(500, (t) => Math.sin(t / 3) + 0.1 * normal()),
      20,
    ) as {
      x: number[][][];
      y: number[];
    };
    const order = y
      .map((_, n) => [uniform(), n] as const)
      .sort(([a], [b]) => a - b)
      .map(([, n]) => n);
    return { x: order.map((n) => x[n]!), y: order.map((n) => y[n]!) };
  },
};

export const drawHealthyData = (name: string, seed: number): ExamplesLike => {
  const uniform = mulberry32(seed);
  return healthyData[name]!(uniform, normalOf(mulberry32(seed + 1)));
};
