import { mulberry32, normalOf, settled } from "./random.ts";

/** Numbers of a source, by the names of its knobs. */
export type Knobs = Readonly<Record<string, number>>;

/** Rows of features; the first column is forecast. */
export type SeriesRows = number[][];

export interface ExampleRows {
  readonly x: number[][][];
  /** One row of targets an example, or one a time step. */
  readonly y: (number[] | number[][])[];
}

const turn = (t: number, period: number, phase = 0): number =>
  settled(Math.sin((2 * Math.PI * t) / period + phase));

/** Two sines, noise, trend; further columns hold other sines. Gaps and spikes come from random numbers of their own. */
export function sines(k: Knobs): SeriesRows {
  const normal = normalOf(mulberry32(k.seed!));
  const gap = mulberry32(31);
  const spike = mulberry32(71);
  return Array.from({ length: k.length! }, (_, t) => {
    let value = turn(t, k.period1!) + 0.5 * turn(t, k.period2!) + k.noise! * normal();
    value = k.level! + k.amplitude! * (value + k.trend! * t);
    if (k.gaps! > 0 && gap() < k.gaps!) value = Number.NaN;
    if (k.spikes! > 0 && spike() < k.spikes!) value += spike() < 0.5 ? -200 : 200;
    const others = Array.from({ length: k.features! - 1 }, (_, f) => turn(t + 3 * f, k.period1! / (f + 2)));
    return [value, ...others];
  });
}

/** Sines beside a second column of another size. */
export function sinesBeside(k: Knobs): SeriesRows {
  const uniform = mulberry32(11);
  return sines({ ...k, features: 1 }).map(([value]) => [value!, k.other! + k.spread! * uniform()]);
}

/** 1 at every so many steps, otherwise 0. */
export const spikes = (k: Knobs): SeriesRows =>
  Array.from({ length: k.length! }, (_, t) => [t % k.period! === 0 ? 1 : 0]);

/** Each value a share of the last one, and noise. */
export function autoregressive(k: Knobs): SeriesRows {
  const normal = normalOf(mulberry32(k.seed!));
  const rows: SeriesRows = [];
  let value = 0;
  for (let t = 0; t < k.length! + 50; t++) {
    value = k.memory! * value + normal();
    if (t >= 50) rows.push([value]);
  }
  return rows;
}

/** Three sines, scaled to a standard deviation of 1. */
export function threeSines(k: Knobs): SeriesRows {
  const values = Array.from({ length: k.length! }, (_, t) => turn(t, 25) + turn(t, 7.3) + turn(t, 3.7, 1));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => [value / deviation]);
}

/** Report, at the end, the ±1 that carried the marker in the first quarter (the marked latch). */
export function latch(k: Knobs): ExampleRows {
  const uniform = mulberry32(k.seed!);
  const x: number[][][] = [];
  const y: number[][] = [];
  for (let i = 0; i < k.examples!; i++) {
    const place = Math.floor((uniform() * k.window!) / 4);
    const row = Array.from({ length: k.window! }, (_, t) => [uniform() < 0.5 ? -1 : 1, t === place ? 1 : 0]);
    x.push(row);
    y.push([row[place]![0]!]);
  }
  return { x, y };
}

/** Add the two numbers that are marked, one in each half (Hochreiter & Schmidhuber 1997). */
export function adding(k: Knobs): ExampleRows {
  const uniform = mulberry32(k.seed!);
  const x: number[][][] = [];
  const y: number[][] = [];
  const half = Math.max(1, Math.floor(k.window! / 2));
  for (let i = 0; i < k.examples!; i++) {
    const first = Math.floor(uniform() * half);
    const second = Math.min(k.window! - 1, half + Math.floor(uniform() * (k.window! - half)));
    const row = Array.from({ length: k.window! }, (_, t) => [uniform(), t === first || t === second ? 1 : 0]);
    x.push(row);
    y.push([row[first]![0]! + row[second]![0]!]);
  }
  return { x, y };
}

/** Signs come first, then nothing for long, then a cue: say them all again. */
export function copy(k: Knobs): ExampleRows {
  const uniform = mulberry32(k.seed!);
  const x: number[][][] = [];
  const y: number[][] = [];
  for (let i = 0; i < k.examples!; i++) {
    const signs = Array.from({ length: k.symbols! }, () => (uniform() < 0.5 ? -1 : 1));
    x.push(Array.from({ length: k.window! }, (_, t) => [signs[t] ?? 0, t === k.window! - 1 ? 1 : 0]));
    y.push(signs);
  }
  return { x, y };
}

/** Is the sum of the noise above zero? */
export function signOfSum(k: Knobs): ExampleRows {
  const normal = normalOf(mulberry32(k.seed!));
  const x: number[][][] = [];
  const y: number[][] = [];
  for (let i = 0; i < k.examples!; i++) {
    const row = Array.from({ length: k.window! }, () => [normal()]);
    x.push(row);
    y.push([row.reduce((sum, [value]) => sum + value!, 0) > 0 ? 1 : 0]);
  }
  return { x, y };
}

/** Every so many steps ±1 is announced amid noise; the target is the last announcement. Streams cut into chunks. */
export function announcements(k: Knobs): ExampleRows {
  const chunks = Math.floor(k.examples! / k.streams!);
  const x: number[][][] = Array.from({ length: k.streams! * chunks }, () => []);
  const y: number[][][] = Array.from({ length: k.streams! * chunks }, () => []);
  for (let stream = 0; stream < k.streams!; stream++) {
    const uniform = mulberry32(k.seed! + stream);
    const normal = normalOf(uniform);
    let last = 0;
    for (let t = 0; t < chunks * k.window!; t++) {
      const announced = t % k.every! === 0;
      if (announced) last = uniform() < 0.5 ? -1 : 1;
      const example = Math.floor(t / k.window!) * k.streams! + stream;
      x[example]!.push([announced ? last : 0.1 * normal()]);
      y[example]!.push([last]);
    }
  }
  return { x, y };
}

/** Noise in, noise out: nothing can be learnt; a model of any width can be looked at with it. */
export function noise(k: Knobs): ExampleRows {
  const normal = normalOf(mulberry32(k.seed!));
  const row = (width: number): number[] => Array.from({ length: width }, () => normal());
  const x: number[][][] = [];
  const y: (number[] | number[][])[] = [];
  for (let i = 0; i < k.examples!; i++) {
    x.push(Array.from({ length: k.window! }, () => row(k.features!)));
    y.push(k.sequences! > 0 ? Array.from({ length: k.window! }, () => row(k.outputs!)) : row(k.outputs!));
  }
  return { x, y };
}
