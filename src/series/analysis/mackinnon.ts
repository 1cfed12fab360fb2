import { normalCdf } from "../../numerics/normal.js";

/** Deterministic terms: none, constant, constant and trend, constant with linear and quadratic trend. */
export type Trend = "n" | "c" | "ct" | "ctt";

interface Surface {
  /** Outside [lowest, highest] the p-value is 0 or 1. */
  readonly lowest: number;
  readonly highest: number;
  /** At and below it the `small` polynomial holds, above it the `large` one. */
  readonly turn: number;
  /** Coefficients in ascending powers of the statistic; the polynomial's value is a standard normal quantile. */
  readonly small: readonly number[];
  readonly large: readonly number[];
  /** Critical values: coefficients of 1, 1/T, 1/T², 1/T³ for 1 %, 5 % and 10 %. */
  readonly critical: readonly [readonly number[], readonly number[], readonly number[]];
}

/**
 * Response surfaces for one series. p-values: J. G. MacKinnon, *Approximate asymptotic distribution functions for
 * unit-root and cointegration tests*, Journal of Business & Economic Statistics 12(2), 1994. Critical values:
 * J. G. MacKinnon, *Critical values for cointegration tests*, Queen's Economics Department Working Paper 1227, 2010.
 */
const SURFACES: Readonly<Record<Trend, Surface>> = {
  n: {
    lowest: -19.04,
    highest: Number.POSITIVE_INFINITY,
    turn: -1.04,
    small: [0.6344, 1.2378, 0.032496],
    large: [0.4797, 0.93557, -0.06999, 0.033066],
    critical: [
      [-2.56574, -2.2358, -3.627, 0],
      [-1.941, -0.2686, -3.365, 31.223],
      [-1.61682, 0.2656, -2.714, 25.364],
    ],
  },
  c: {
    lowest: -18.83,
    highest: 2.74,
    turn: -1.61,
    small: [2.1659, 1.4412, 0.038269],
    large: [1.7339, 0.93202, -0.12745, -0.010368],
    critical: [
      [-3.43035, -6.5393, -16.786, -79.433],
      [-2.86154, -2.8903, -4.234, -40.04],
      [-2.56677, -1.5384, -2.809, 0],
    ],
  },
  ct: {
    lowest: -16.18,
    highest: 0.7,
    turn: -2.89,
    small: [3.2512, 1.6047, 0.049588],
    large: [2.5261, 0.61654, -0.37956, -0.060285],
    critical: [
      [-3.95877, -9.0531, -28.428, -134.155],
      [-3.41049, -4.3904, -9.036, -45.374],
      [-3.12705, -2.5856, -3.925, -22.38],
    ],
  },
  ctt: {
    lowest: -17.17,
    highest: 0.54,
    turn: -3.21,
    small: [4.0003, 1.658, 0.048288],
    large: [3.0778, 0.49529, -0.41477, -0.059359],
    critical: [
      [-4.37113, -11.5882, -35.819, -334.047],
      [-3.83239, -5.9057, -12.49, -118.284],
      [-3.55326, -3.6596, -5.293, -63.559],
    ],
  },
};

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0);

/** Approximate p-value of a Dickey-Fuller statistic. */
export function mackinnonPValue(statistic: number, trend: Trend): number {
  const { lowest, highest, turn, small, large } = SURFACES[trend];
  if (statistic > highest) return 1;
  if (statistic < lowest) return 0;
  return normalCdf(polynomial(statistic <= turn ? small : large, statistic));
}

/** Critical values of the Dickey-Fuller test for `nObs` observations in the regression. */
export function mackinnonCriticalValues(
  trend: Trend,
  nObs: number,
): { "1%": number; "5%": number; "10%": number } {
  const [one, five, ten] = SURFACES[trend].critical;
  return {
    "1%": polynomial(one, 1 / nObs),
    "5%": polynomial(five, 1 / nObs),
    "10%": polynomial(ten, 1 / nObs),
  };
}
