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

/** A pattern drawn once and repeated, with autocorrelated noise on it. */
export function repeated(n: number, seed: number, period: number, noise = 0.2): number[] {
  const uniform = mulberry32(seed);
  const normal = normalOf(uniform);
  const pattern = range(period, () => normal());
  let error = 0;
  return range(n, (t) => {
    error = 0.5 * error + noise * normal();
    return pattern[t % period]! + error;
  });
}

/** An oscillation whose phase wanders, as that of natural cycles: AR(2) with roots near the circle. */
export function wanderingCycle(n: number, seed: number, period: number, damping: number): number[] {
  return autoregressive(n, seed, 2 * damping * Math.cos((2 * Math.PI) / period), -(damping ** 2));
}

/** Two regimes, each an AR(1) of its own, by the sign of the last value (Tong 1978). */
export function threshold(n: number, seed: number): number[] {
  const normal = normalOf(mulberry32(seed));
  let value = 0;
  return range(n + 50, () => (value = (value > 0 ? 0.3 : 0.9) * value + normal())).slice(50);
}

/** Mackey & Glass's delay equation (1977), delay 17, one value in six: deterministic chaos. */
export function mackeyGlass(n: number, seed: number, noise = 0.02): number[] {
  const uniform = mulberry32(seed);
  const normal = normalOf(uniform);
  const values = range(18, () => 0.9 + 0.6 * uniform());
  while (values.length < 6 * n + 200) {
    const [now, then] = [values.at(-1)!, values.at(-18)!];
    values.push(now + (0.2 * then) / (1 + then ** 10) - 0.1 * now);
  }
  return range(n, (i) => values[200 + 6 * i]! + noise * normal());
}

/** A sum of three sines with phases of their own. */
export function threeSines(n: number, seed: number, periods: readonly number[], noise = 0.08): number[] {
  const uniform = mulberry32(seed);
  const normal = normalOf(uniform);
  const phases = periods.map(() => between(uniform, 0, 1));
  return range(
    n,
    (t) =>
      periods.reduce((sum, period, k) => sum + turn(t + phases[k]! * period, period) / (k + 1), 0) +
      noise * normal(),
  );
}

export type Part = "develop" | "report";
