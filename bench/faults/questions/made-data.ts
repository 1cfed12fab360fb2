import { noiseOf, uniformOf } from "./question.js";

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Sensors of a plant over some steps, each fault with a course of its own in two of them. */
export function plant(seed: number, runs: number, steps: number, sensors: number, faults: number) {
  const [uniform, normal] = [uniformOf(seed), noiseOf(seed + 1)];
  const y = many(runs, () => Math.floor(faults * uniform()));
  const x = y.map((fault) =>
    many(steps, (t) =>
      many(sensors, (f) => {
        const ramp = f === fault || f === fault + 1 ? (1.6 * t) / steps : 0;
        return ramp + (f % 3 === 0 ? Math.sin(0.5 * t) : 0) + 0.7 * normal();
      }),
    ),
  );
  return { x, y };
}

/** The other way round: features where steps belong. */
export const turned = (x: readonly number[][][]): number[][][] =>
  x.map((rows) => rows[0]!.map((_, f) => rows.map((row) => row[f]!)));

/** Sentences filled up before their first word, each word with one of four tags that depends on the word before it. */
export function sentences(seed: number, count: number, places: number, vocabulary: number) {
  const uniform = uniformOf(seed);
  const words = many(count, () =>
    many(3 + Math.floor(6 * uniform()), () => 1 + Math.floor((vocabulary - 1) * uniform())),
  );
  const fill = (row: readonly number[]): number[] => [...many(places - row.length, () => 0), ...row];
  return {
    x: words.map(fill),
    y: words.map((row) => fill(row.map((word, t) => 1 + ((word + ((row[t - 1] ?? 0) % 2)) % 4)))),
  };
}

/** Letters of a text made of few words: each word is spelt out, and followed by a space (0). */
export function spelt(seed: number, letters: number, alphabet: number): number[] {
  const uniform = uniformOf(seed);
  const words = many(12, () =>
    many(2 + Math.floor(4 * uniform()), () => 1 + Math.floor((alphabet - 1) * uniform())),
  );
  const text: number[] = [];
  while (text.length < letters) text.push(...words[Math.floor(12 * uniform())]!, 0);
  return text.slice(0, letters);
}

export const nextLetters = (text: readonly number[], window: number) => ({
  x: many(text.length - window, (n) => text.slice(n, n + window)),
  y: many(text.length - window, (n) => text[n + window]!),
});
