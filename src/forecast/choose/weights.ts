/** A gain less than two standard errors from none is not believed at all. */
const DOUBT = 4;

/**
 * How far the network's corrections are believed, one weight an output, from what they did on the validation tail.
 *
 * The least-squares factor b between errors e of the carrier and corrections c, shrunk towards zero by the doubt about
 * it: w = b max(0, 1 - 4 / t²), t = b / se(b), within [0, 1] (positive-part James-Stein). Outputs next to each other are
 * pooled, for they are noisy alone; errors k steps ahead overlap k origins, so they count as n / k observations.
 *
 * @param errors `[origins][outputs]`, NaN where nothing came.
 */
export function shrunkWeights(
  errors: readonly Float64Array[],
  corrections: readonly Float64Array[],
  outputs: number,
): number[] {
  const sums = Array.from({ length: outputs }, (_, o) => {
    const sum = { n: 0, ee: 0, ec: 0, cc: 0 };
    errors.forEach((row, i) => {
      const e = row[o]!;
      const c = corrections[i]![o]!;
      if (Number.isNaN(e)) return;
      sum.n += 1;
      sum.ee += e * e;
      sum.ec += e * c;
      sum.cc += c * c;
    });
    return sum;
  });
  const reach = Math.ceil(outputs / 8) - 1;
  return sums.map((_, o) => {
    const near = sums.slice(Math.max(0, o - reach), o + reach + 1).filter(({ n }) => n > 1);
    const total = (pick: (sum: (typeof sums)[number]) => number): number =>
      near.reduce((all, sum) => all + pick(sum), 0);
    const [ee, ec, cc] = [total(({ ee }) => ee), total(({ ec }) => ec), total(({ cc }) => cc)];
    if (!(cc > 0) || ec <= 0) return 0;
    const b = ec / cc;
    const observations = total(({ n }) => n) / near.length / (o + 1);
    if (observations <= 1) return 0;
    const left = Math.max(0, ee - b * ec);
    // se(b)² = s² / Σc², both of one output's worth of observations.
    const tSquared = left === 0 ? Number.POSITIVE_INFINITY : (b * ec * (observations - 1)) / left;
    return Math.min(1, b * Math.max(0, 1 - DOUBT / tSquared));
  });
}
