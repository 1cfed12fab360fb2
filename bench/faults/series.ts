import { readFileSync } from "node:fs";

export type Uniform = () => number;

/** mulberry32, so that every case can be made again anywhere, in any language. */
export function mulberry32(seed: number): Uniform {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const normalOf =
  (uniform: Uniform): Uniform =>
  () =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

export const between = (uniform: Uniform, low: number, high: number): number =>
  low + (high - low) * uniform();
export const whole = (uniform: Uniform, low: number, high: number): number =>
  Math.floor(between(uniform, low, high + 1));
export const pick = <T>(uniform: Uniform, choices: readonly T[]): T =>
  choices[Math.floor(uniform() * choices.length)]!;

const range = (n: number, value: (t: number) => number): number[] =>
  Array.from({ length: n }, (_, t) => value(t));
const turn = (t: number, period: number): number => Math.sin((2 * Math.PI * t) / period);

/** Two sines and noise; the clinic's protocol has periods 25 and 10. */
export function sineMix(
  n: number,
  seed: number,
  noise = 0.1,
  periods: readonly [number, number] = [25, 10],
): number[] {
  const normal = normalOf(mulberry32(seed));
  return range(n, (t) => turn(t, periods[0]) + 0.5 * turn(t, periods[1]) + noise * normal());
}

export function autoregressive(n: number, seed: number, ...phi: number[]): number[] {
  const normal = normalOf(mulberry32(seed));
  const values: number[] = [];
  for (let t = 0; t < n + 50; t++)
    values.push(phi.reduce((sum, p, i) => sum + p * (values[t - 1 - i] ?? 0), normal()));
  return values.slice(50);
}

/** A sawtooth with noise: overtones at all multiples. */
export function sawtooth(n: number, seed: number, period: number, noise = 0.1): number[] {
  const normal = normalOf(mulberry32(seed));
  return range(n, (t) => 2 * ((t % period) / period) - 1 + noise * normal());
}

/** A slow wave whose size another one changes. */
export function modulated(n: number, seed: number, period: number, noise = 0.1): number[] {
  const normal = normalOf(mulberry32(seed));
  return range(n, (t) => (1 + 0.4 * turn(t, 7.3 * period)) * turn(t, period) + noise * normal());
}

const read = (file: string, column: string): number[] => {
  const [head, ...rows] = readFileSync(new URL(`../../examples/data/${file}`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  const at = head!.split(",").indexOf(column);
  return rows
    .map((row) => row.split(",")[at]!)
    .filter((cell) => cell !== "")
    .map(Number);
};

const changes = (values: readonly number[]): number[] =>
  values.slice(1).map((value, t) => value - values[t]!);
const growth = (values: readonly number[]): number[] => changes(values.map(Math.log));

/** Public series that come with the examples, made stationary where they are not. */
export const realSeries = {
  sunspots: () => read("sunspots_yearly.csv", "value"),
  carbonDioxideChanges: () => changes(read("co2_weekly.csv", "value").slice(0, 700)),
  growthOfConsumption: () => growth(read("macrodata.csv", "realcons")),
  changesOfUnemployment: () => changes(read("macrodata.csv", "unemp")),
} as const;

export type Part = "develop" | "report";

/** A stationary series for a case: other generators and other public series for each part. */
export function drawSeries(uniform: Uniform, part: Part, n = 500): { name: string; values: number[] } {
  const seed = whole(uniform, 1, 1e6);
  const noise = between(uniform, 0.05, 0.2);
  const choices: readonly (() => { name: string; values: number[] })[] =
    part === "develop"
      ? [
          () => ({ name: "sineMix", values: sineMix(n, seed, noise) }),
          () => ({
            name: "sineMix of other periods",
            values: sineMix(n, seed, noise, [between(uniform, 15, 30), between(uniform, 5, 12)]),
          }),
          () => ({ name: "AR(1)", values: autoregressive(n, seed, between(uniform, 0.6, 0.85)) }),
          () => ({ name: "sunspots", values: realSeries.sunspots() }),
        ]
      : [
          () => ({ name: "sawtooth", values: sawtooth(n, seed, whole(uniform, 8, 16), noise) }),
          () => ({ name: "modulated sine", values: modulated(n, seed, whole(uniform, 9, 22), noise) }),
          () => ({ name: "AR(2)", values: autoregressive(n, seed, 1.5, -0.75) }),
          () => ({ name: "CO2 changes", values: realSeries.carbonDioxideChanges() }),
        ];
  return pick(uniform, choices)();
}

/** One that can be forecast well, for faults whose sign is that it is not. */
export const drawRegular = (uniform: Uniform, part: Part, n = 500): { name: string; values: number[] } =>
  part === "develop"
    ? {
        name: "sineMix",
        values: sineMix(
          n,
          whole(uniform, 1, 1e6),
          between(uniform, 0.05, 0.12),
          pick(uniform, [
            [25, 10],
            [21, 9],
            [30, 8],
          ] as const),
        ),
      }
    : pick(uniform, [
        () => ({
          name: "modulated sine",
          values: modulated(n, whole(uniform, 1, 1e6), whole(uniform, 10, 22), 0.08),
        }),
        () => ({
          name: "sine of three",
          values: sineMix(n, whole(uniform, 1, 1e6), 0.08, [17, 6]).map((v, t) => v + 0.4 * turn(t, 33)),
        }),
      ])();
