import { exp, log } from "../elementary.js";
import { numbersIn } from "../options.js";

/** How a gradient grows from step to step on its way back. */
export interface GrowthRate {
  /** Factor a step back: below 1 the gradient vanishes, above 1 it explodes. */
  readonly factor: number;
  /** The factor's 95% confidence interval. */
  readonly interval: readonly [number, number];
  /** Steps the line was laid through. */
  readonly steps: number;
}

/** Of few degrees of freedom, 1 to 4. */
const EXACT = [12.706204736174707, 4.302652729911275, 3.182446305284264, 2.7764451051977996];

/** Quantile 0.975 of Student's t: exact up to four degrees of freedom, then Abramowitz & Stegun 26.7.5, within 0.1%. */
function student975(freedom: number): number {
  if (freedom <= EXACT.length) return EXACT[freedom - 1]!;
  const z = 1.959963984540054;
  const z2 = z * z;
  return (
    z *
    (1 +
      (z2 + 1) / (4 * freedom) +
      ((5 * z2 + 16) * z2 + 3) / (96 * freedom ** 2) +
      (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * freedom ** 3))
  );
}

/**
 * The rate at which a gradient grows or shrinks on its way back: the slope of ln ‖dL/dh_{T-k}‖ over k, by least squares,
 * as a factor a step.
 *
 * The interval takes deviations from the line as independent; neighbouring steps are alike, so it is rather too narrow.
 * Steps beyond the first exact zero (a cut of truncated BPTT) are left out.
 *
 * @param gradient norms, one a time step in the order of processing, as in `LayerFlow`; the loss at the end.
 * @returns null with fewer than three steps that have a gradient.
 * @throws DataError for what is no list of numbers.
 *
 * @example
 * growthRate([1, 0.5, 0.25]);
 */
export function growthRate(gradient: ArrayLike<number>): GrowthRate | null {
  numbersIn("growthRate()", "gradient", gradient);
  const logs: number[] = [];
  for (let t = gradient.length - 1; t >= 0; t--) {
    const norm = gradient[t]!;
    if (!(norm > 0) || !Number.isFinite(norm)) break;
    logs.push(log(norm));
  }
  const n = logs.length;
  if (n < 3) return null;
  const middle = (n - 1) / 2;
  const mean = logs.reduce((sum, value) => sum + value, 0) / n;
  let across = 0;
  let along = 0;
  logs.forEach((value, k) => {
    across += (k - middle) * (value - mean);
    along += (k - middle) ** 2;
  });
  const slope = across / along;
  const residual = logs.reduce((sum, value, k) => sum + (value - mean - slope * (k - middle)) ** 2, 0);
  const reach = student975(n - 2) * Math.sqrt(residual / (n - 2) / along);
  return { factor: exp(slope), interval: [exp(slope - reach), exp(slope + reach)], steps: n };
}
