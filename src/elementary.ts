/**
 * exp, log, pow, sin and cos that give the same bits in every JavaScript engine.
 *
 * ECMAScript leaves the accuracy of `Math.exp` and its kin to the implementation, so two browsers may initialise two
 * different models from one seed. Here everything is made of `+ - * /`, `Math.floor` and the bits of a float64, all of
 * which IEEE 754 and ECMAScript fix exactly. Special values are those of `Math.*`.
 *
 * Error bounds, against 160-bit reference values over the whole range: exp, log, log1p, sin, cos and pow below 0.9 ulp
 * (units in the last place), expm1 below 1.1, wherever the result is a normal number.
 *
 * Method: argument reduction in the manner of Cody & Waite, *Software Manual for the Elementary Functions* (1980),
 * then Taylor or atanh series long enough that their truncation is below 2^-58; pow carries its logarithm in two
 * float64 (Dekker, *A floating-point technique for extending the available precision*, 1971).
 */
import { DataError } from "./errors.js";

/** ln 2 in two parts; the first has 32 bits, so that a whole number of up to 21 bits times it is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** ln 2 - Math.LN2, for two-part arithmetic. */
const LN2_REST = 2.3190468138462996e-17;
const TWO_POW_54 = 2 ** 54;

/** Coefficients of 1/2! .. 1/14!, highest first: (exp(r) - 1 - r) / r². */
const EXP_SERIES = /* @__PURE__ */ reciprocals(14, 2, 1, (n) => factorial(n));
/** 2/3 .. 2/25 in odd steps, highest first: (log((1 + s) / (1 - s)) - 2 s) / s³. */
const ATANH_SERIES = /* @__PURE__ */ reciprocals(25, 3, 2, (n) => n / 2);
/** -1/3! .. 1/17!, highest first: (sin(r) - r) / r³. */
const SIN_SERIES = /* @__PURE__ */ reciprocals(17, 3, 2, (n) => (n % 4 === 3 ? -1 : 1) * factorial(n));
/** 1/4! .. 1/18!, highest first: (cos(r) - 1 + r²/2) / r⁴. */
const COS_SERIES = /* @__PURE__ */ reciprocals(18, 4, 2, (n) => (n % 4 === 2 ? -1 : 1) * factorial(n));

/** Exact in float64 up to 18!. */
function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function reciprocals(from: number, to: number, step: number, of: (n: number) => number): readonly number[] {
  const values: number[] = [];
  for (let n = from; n >= to; n -= step) values.push(1 / of(n));
  return values;
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}

// A DataView is big-endian unless told otherwise, so word 0 is the sign, exponent and upper mantissa on every machine.
const bits = new DataView(new ArrayBuffer(8));

/** 2^exponent for -1022 <= exponent <= 1023. */
function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** x * 2^exponent, rounded once, also where the result is subnormal. For x near 1. */
function scale(x: number, exponent: number): number {
  if (exponent > 1023) return x * powerOfTwo(exponent - 1) * 2;
  if (exponent < -1021) return (x * powerOfTwo(exponent + 54)) / TWO_POW_54;
  return x * powerOfTwo(exponent);
}

/** Writes x = m * 2^k with sqrt(1/2) < m <= sqrt(2); x positive and finite. */
function split(x: number): { m: number; k: number } {
  const subnormal = x < 2.2250738585072014e-308;
  bits.setFloat64(0, subnormal ? x * TWO_POW_54 : x);
  const high = bits.getUint32(0);
  let k = (high >>> 20) - 1023 - (subnormal ? 54 : 0);
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  return { m, k };
}

/** exp(high + low) for |low| far below |high|. */
function expOfSum(high: number, low: number): number {
  if (high > 709.782712893384) return Infinity;
  if (high < -745.1332191019412) return 0;
  const k = Math.floor(high * Math.LOG2E + 0.5);
  const r = high - k * LN2_HIGH;
  const rest = low - k * LN2_LOW;
  const x = r + rest;
  // What rounding x lost; its effect on exp is the loss itself, to first order.
  const lost = r - x + rest;
  return scale(1 + (x + (x * x * horner(EXP_SERIES, x) + lost)), k);
}

/** e^x. Overflows to Infinity above 709.78, underflows through the subnormals to 0 below -745.13. */
export function exp(x: number): number {
  return Number.isNaN(x) ? x : expOfSum(x, 0);
}

/** e^x - 1, without the cancellation near 0. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -40) return -1;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const small = r * r * horner(EXP_SERIES, r) + lost;
  if (k === 0) return r + small;
  if (k > 60) return scale(1 + (r + small), k);
  // 2^k (e^r - 1) + (2^k - 1): scaled by 2^-k so that the large parts meet first.
  const unit = powerOfTwo(-k);
  const base = 1 - unit;
  const sum = base + r;
  const sumLost = Math.abs(base) > Math.abs(r) ? base - sum + r : r - sum + base;
  return (sum + (small + sumLost)) * powerOfTwo(k);
}

/** log(1 + f) + k ln 2 for sqrt(1/2) - 1 < f <= sqrt(2) - 1; `lost` is added to f after the fact. */
function logOfParts(f: number, k: number, lost: number): number {
  // log(1 + f) = 2 atanh(s) = f - f²/2 + s (f²/2 + R): the exact f leads, so nothing cancels.
  const s = f / (2 + f);
  const z = s * s;
  const remainder = z * horner(ATANH_SERIES, z);
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + remainder) + (k * LN2_LOW + lost)) - f);
}

/** Natural logarithm. log(0) = -Infinity, NaN below 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { m, k } = split(x);
  return logOfParts(m - 1, k, 0);
}

/** log(1 + x), without the cancellation near 0. */
export function log1p(x: number): number {
  if (x === 0 || x === Infinity) return x;
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (Math.abs(x) < 2 ** -54) return x;
  if (x > -0.29 && x < 0.41) return logOfParts(x, 0, 0);
  const u = 1 + x;
  const { m, k } = split(u);
  // What rounding 1 + x lost, relative to u.
  const lost = (x > 1 ? 1 - (u - x) : x - (u - 1)) / u;
  return logOfParts(m - 1, k, lost);
}

/** A number in two parts, high + low, |low| <= ulp(high) / 2. */
interface Pair {
  readonly high: number;
  readonly low: number;
}

/** a + b for |a| >= |b|, exactly (Dekker). */
const quickSum = (a: number, b: number): Pair => {
  const high = a + b;
  return { high, low: b - (high - a) };
};

/** a + b exactly (Knuth). */
const sum = (a: number, b: number): Pair => {
  const high = a + b;
  const share = high - a;
  return { high, low: a - (high - share) + (b - share) };
};

const upperHalf = (a: number): number => {
  const spread = 134217729 * a; // 2^27 + 1
  return spread - (spread - a);
};

/** a * b exactly (Veltkamp and Dekker); neither may exceed 2^996. */
const product = (a: number, b: number): Pair => {
  const high = a * b;
  const aUpper = upperHalf(a);
  const bUpper = upperHalf(b);
  const aLower = a - aUpper;
  const bLower = b - bUpper;
  return { high, low: aUpper * bUpper - high + aUpper * bLower + aLower * bUpper + aLower * bLower };
};

const addPairs = (a: Pair, b: Pair): Pair => {
  const { high, low } = sum(a.high, b.high);
  return quickSum(high, low + (a.low + b.low));
};

const multiplyPairs = (a: Pair, b: Pair): Pair => {
  const { high, low } = product(a.high, b.high);
  return quickSum(high, low + (a.high * b.low + a.low * b.high));
};

/** 1/3, 1/5, 1/7 in two parts; the tail of the series needs one. */
const PAIR_ATANH: readonly Pair[] = [
  { high: 1 / 7, low: 7.93016446160826e-18 },
  { high: 1 / 5, low: -1.1102230246251566e-17 },
  { high: 1 / 3, low: 1.850371707708594e-17 },
  { high: 1, low: 0 },
];
/** 1/33 .. 1/9: with z <= 0.0295 their rounding is z⁴ = 2^-20 of that of the leading terms. */
const PAIR_ATANH_TAIL = /* @__PURE__ */ reciprocals(33, 9, 2, (n) => n);

/** log(x) to about 2^-70 relative; x positive and finite. */
function logPair(x: number): Pair {
  const { m, k } = split(x);
  const f = m - 1;
  const denominator = sum(m, 1);
  const quotient = f / denominator.high;
  const back = product(quotient, denominator.high);
  const s = quickSum(quotient, (f - back.high - back.low - quotient * denominator.low) / denominator.high);
  const z = multiplyPairs(s, s);
  let series: Pair = { high: horner(PAIR_ATANH_TAIL, z.high), low: 0 };
  for (const coefficient of PAIR_ATANH) series = addPairs(multiplyPairs(series, z), coefficient);
  const logM = multiplyPairs({ high: 2 * s.high, low: 2 * s.low }, series);
  return k === 0
    ? logM
    : addPairs(multiplyPairs({ high: k, low: 0 }, { high: Math.LN2, low: LN2_REST }), logM);
}

/** base^exponent with the special values of `Math.pow`: pow(x, 0) = 1 for every x, pow(±1, ±Infinity) = NaN. */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (Number.isNaN(base) || Number.isNaN(exponent)) return NaN;
  const size = Math.abs(base);
  if (!Number.isFinite(exponent)) {
    if (size === 1) return NaN;
    return size > 1 === exponent > 0 ? Infinity : 0;
  }
  const whole = Math.floor(exponent) === exponent;
  const odd = whole && Math.abs(exponent) < 2 ** 53 && Math.abs(exponent % 2) === 1;
  const sign = odd && (base < 0 || Object.is(base, -0)) ? -1 : 1;
  if (size === 0) return sign * (exponent > 0 ? 0 : Infinity);
  if (size === Infinity) return sign * (exponent > 0 ? Infinity : 0);
  if (base < 0 && !whole) return NaN;
  if (size === 1) return sign;
  const logarithm = logPair(size);
  const rough = exponent * logarithm.high;
  // Beyond every float64, and before the exact product below could overflow.
  if (rough > 710) return sign * Infinity;
  if (rough < -746) return sign * 0;
  const { high, low } = product(exponent, logarithm.high);
  return sign * expOfSum(high, low + exponent * logarithm.low);
}

/** pi / 2 in three parts; the first two have 33 bits, so that a quadrant number of up to 20 bits times them is exact. */
const HALF_PI = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;
/** Beyond it the quadrant number has more than 20 bits. */
const LARGEST_ANGLE = 1_600_000;

/** x = quadrant * pi/2 + (high + low) with |high| <= pi/4. */
function reduceAngle(name: string, x: number): { quadrant: number; high: number; low: number } {
  if (Math.abs(x) > LARGEST_ANGLE) {
    throw new DataError(
      `${name}: the angle ${x} is beyond ${LARGEST_ANGLE} radians. Subtract whole turns before, in a way that keeps the precision you need.`,
      { received: x, expected: LARGEST_ANGLE },
    );
  }
  const n = Math.floor((x / (2 * HALF_PI[0])) * 2 + 0.5);
  const first = x - n * HALF_PI[0]; // exact
  const second = sum(first, -n * HALF_PI[1]);
  const third = sum(second.high, -n * HALF_PI[2] + second.low);
  return { quadrant: ((n % 4) + 4) % 4, high: third.high, low: third.low };
}

/** sin(x + low), |x| <= pi/4. */
function sinKernel(x: number, low: number): number {
  const z = x * x;
  return x + (z * x * horner(SIN_SERIES, z) + low * (1 - 0.5 * z));
}

/** cos(x + low), |x| <= pi/4. */
function cosKernel(x: number, low: number): number {
  const z = x * x;
  const half = 0.5 * z;
  const lead = 1 - half;
  return lead + (1 - lead - half + (z * z * horner(COS_SERIES, z) - x * low));
}

function trigonometric(name: string, x: number, phase: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, high, low } = reduceAngle(name, x);
  const turned = (quadrant + phase) % 4;
  const value = turned % 2 === 0 ? sinKernel(high, low) : cosKernel(high, low);
  return turned < 2 ? value : -value;
}

/** Sine of x radians. @throws DataError beyond ±1.6e6, where the reduction would no longer be exact. */
export function sin(x: number): number {
  return x === 0 ? x : trigonometric("sin", x, 0);
}

/** Cosine of x radians. @throws DataError beyond ±1.6e6, where the reduction would no longer be exact. */
export function cos(x: number): number {
  return trigonometric("cos", x, 1);
}
