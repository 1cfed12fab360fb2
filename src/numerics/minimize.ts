/** (3 - sqrt 5) / 2: the part of an interval a golden section cuts off. */
const GOLDEN_CUT = 0.3819660112501051;
/** (1 + sqrt 5) / 2 */
const GOLDEN_RATIO = 1.618033988749895;

type Bracket = [low: number, inside: number, high: number];

/** Walks downhill from [a, b] in growing steps until the function rises again. */
function bracketMinimum(f: (x: number) => number, a: number, b: number): Bracket {
  let [left, middle] = f(a) >= f(b) ? [a, b] : [b, a];
  let right = middle + GOLDEN_RATIO * (middle - left);
  // Each step grows by the golden ratio: 60 of them span more than any finite exponent could use.
  for (let step = 0; step < 60 && f(right) < f(middle); step++) {
    [left, middle, right] = [middle, right, right + GOLDEN_RATIO * (right - middle)];
  }
  return left < right ? [left, middle, right] : [right, middle, left];
}

/**
 * Where a smooth function of one variable has its (local) minimum: R. P. Brent, *Algorithms for Minimization without
 * Derivatives*, 1973, chapter 5; parabolic steps, golden sections where those do not help.
 *
 * Near a minimum f changes with the square of the distance, so float64 cannot place it better than about 1e-8.
 * @param start two points to begin bracketing from.
 */
export function minimize(f: (x: number) => number, start: readonly [number, number]): number {
  const bracket = bracketMinimum(f, start[0], start[1]);
  let [low, x, high] = bracket;
  let fx = f(x);
  let [second, third] = [x, x];
  let [fSecond, fThird] = [fx, fx];
  let step = 0;
  let before = 0;
  for (let round = 0; round < 200; round++) {
    const middle = (low + high) / 2;
    const tolerance = 1e-10 * Math.abs(x) + 1e-12;
    if (Math.abs(x - middle) <= 2 * tolerance - (high - low) / 2) break;
    // The vertex of the parabola through the three best points, relative to x: p / q.
    const r = (x - second) * (fx - fThird);
    let q = (x - third) * (fx - fSecond);
    let p = (x - third) * q - (x - second) * r;
    q = 2 * (q - r);
    if (q > 0) p = -p;
    q = Math.abs(q);
    // Where f is infinite on one side, so may q be.
    const usable =
      Number.isFinite(q) &&
      Math.abs(before) > tolerance &&
      Math.abs(p) < Math.abs((q * before) / 2) &&
      p > q * (low - x) &&
      p < q * (high - x);
    if (usable) {
      before = step;
      step = p / q;
      const next = x + step;
      if (next - low < 2 * tolerance || high - next < 2 * tolerance)
        step = x < middle ? tolerance : -tolerance;
    } else {
      before = x < middle ? high - x : low - x;
      step = GOLDEN_CUT * before;
    }
    const u = x + (Math.abs(step) >= tolerance ? step : step > 0 ? tolerance : -tolerance);
    const fu = f(u);
    if (fu <= fx) {
      if (u < x) high = x;
      else low = x;
      [third, fThird, second, fSecond, x, fx] = [second, fSecond, x, fx, u, fu];
    } else {
      if (u < x) low = u;
      else high = u;
      if (fu <= fSecond || second === x) [third, fThird, second, fSecond] = [second, fSecond, u, fu];
      else if (fu <= fThird || third === x || third === second) [third, fThird] = [u, fu];
    }
  }
  return x;
}
