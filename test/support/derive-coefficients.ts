/**
 * Where the constants of assembly/simd/ come from. `npx tsx test/support/derive-coefficients.ts` prints them;
 * test/assembly/simd/coefficients.test.ts compares them with the source.
 *
 * Each polynomial is the best one of its degree (Remez) for the relative error of the function it serves, its
 * coefficients rounded to float32. The references are series and continued fractions in float64, because the
 * textbook forms cancel near 0.
 */
import { pathToFileURL } from "node:url";
import { type MinimaxFit, minimax } from "./minimax.js";

/** A little beyond the interval proper, since rounding the quotient n may overstep it. */
const MARGIN = 1.0001;
const SQRT_2_PI = 2.5066282746310002;

/** (e^r - 1 - r) / r² = Σ r^k / (k + 2)!. */
function expQuotient(r: number): number {
  let sum = 0;
  let term = 0.5;
  for (let k = 2; k < 24; k++) {
    sum += term;
    term *= r / (k + 1);
  }
  return sum;
}

/** ln(1 + f) by 2 artanh(f / (2 + f)). */
function log1p(f: number): number {
  const s = f / (2 + f);
  let sum = 0;
  let power = s;
  for (let k = 1; k < 60; k += 2) {
    sum += power / k;
    power *= s * s;
  }
  return 2 * sum;
}

/** (ln(1 + f) - f + f²/2) / f³. */
function logQuotient(f: number): number {
  if (Math.abs(f) > 0.05) return (log1p(f) - f + (f * f) / 2) / f ** 3;
  let sum = 0;
  let power = 1;
  for (let k = 3; k < 24; k++) {
    sum += (k % 2 === 1 ? power : -power) / k;
    power *= f;
  }
  return sum;
}

/** (Φ(x) - 1/2) / x as a function of y = x²: Σ (-y/2)^k / (k! (2k + 1)) / √2π. */
function normalQuotient(y: number): number {
  let sum = 0;
  let term = 1;
  for (let k = 0; k < 40; k++) {
    sum += term / (2 * k + 1);
    term *= -y / (2 * (k + 1));
  }
  return sum / SQRT_2_PI;
}

/** Mills' ratio over √2π, (1 - Φ(x)) e^(x²/2), x >= 1, by its continued fraction 1 / (x + 1 / (x + 2 / (x + …))). */
function normalTail(x: number): number {
  let fraction = 0;
  for (let k = 2000; k >= 1; k--) fraction = k / (x + fraction);
  return 1 / (x + fraction) / SQRT_2_PI;
}

/** The tail's argument: t = (x - 3) / (x + 3) maps [1, ∞) to [-1/2, 1). */
const TAIL_CENTRE = 3;
const tailArgument = (x: number): number => (x - TAIL_CENTRE) / (x + TAIL_CENTRE);
const tailPoint = (t: number): number => (TAIL_CENTRE * (1 + t)) / (1 - t);

/** The factor x + 3 takes out the tail's decay, so that the polynomial's terms do not cancel. */
const scaledTail = (x: number): number => normalTail(x) * (x + TAIL_CENTRE);

const halfLn2 = (Math.LN2 / 2) * MARGIN;

export const fits: Readonly<Record<string, MinimaxFit>> = {
  EXPM1: minimax(expQuotient, (r) => Math.abs(r) / (1 + r * expQuotient(r)), -halfLn2, halfLn2, 4),
  LOG: minimax(
    logQuotient,
    (f) => (f * f) / Math.abs(1 - f / 2 + f * f * logQuotient(f)),
    (Math.SQRT1_2 - 1) * MARGIN,
    (Math.SQRT2 - 1) * MARGIN,
    7,
  ),
  CENTRE: minimax(normalQuotient, (y) => 1 / normalQuotient(y), 0, 1, 5),
  TAIL: minimax(
    (t) => scaledTail(tailPoint(t)),
    (t) => 1 / scaledTail(tailPoint(t)),
    tailArgument(1),
    tailArgument(14.5),
    7,
  ),
};

/** ln 2 cut to 15 bits, so that its product with a whole number below 512 has at most 24 bits. */
const ln2High = Math.floor(Math.LN2 * 2 ** 15) / 2 ** 15;

/** Every constant of assembly/simd/ that is no plain number, as float32. */
export const coefficients: Readonly<Record<string, number>> = {
  LOG2_E: Math.fround(Math.LOG2E),
  LN2_HI: ln2High,
  LN2_LO: Math.fround(Math.LN2 - ln2High),
  INVERSE_SQRT_2_PI: Math.fround(1 / SQRT_2_PI),
  ...Object.fromEntries(
    Object.entries(fits).flatMap(([name, fit]) =>
      fit.coefficients.map((value, power) => [`${name}_${power}`, Math.fround(value)]),
    ),
  ),
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [name, fit] of Object.entries(fits)) {
    console.log(
      `// ${name}: relative error ${fit.error.toExponential(1)}, ${(fit.error * 2 ** 24).toFixed(2)} · 2^-24`,
    );
  }
  for (const [name, value] of Object.entries(coefficients)) console.log(`const ${name}: f32 = ${value};`);
}
