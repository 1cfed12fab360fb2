const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
/** Where the series begins to lose digits to cancellation and the continued fraction converges fast. */
const SERIES_LIMIT = 2;

/** Kummer's series 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!! (Abramowitz & Stegun 7.1.6): every term is positive. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-18 && n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
}

/** erfc by its continued fraction (Abramowitz & Stegun 7.1.14), from the far end inwards; x ≥ `SERIES_LIMIT`. */
function erfcFraction(x: number): number {
  let tail = x;
  for (let n = 120; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}

/** The error function to about 1e-15. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const magnitude = Math.abs(x);
  if (magnitude === 0) return x;
  const value = magnitude < SERIES_LIMIT ? erfSeries(magnitude) : 1 - erfcFraction(Math.min(magnitude, 30));
  return x < 0 ? -value : value;
}

/** Derivative of `erf`. */
export const erfDerivative = (x: number): number => TWO_OVER_SQRT_PI * Math.exp(-x * x);

/** 1 / (1 + e^-x), without overflow on either side. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + e^x), without overflow. */
export const logOnePlusExp = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
