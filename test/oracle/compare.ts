export interface Tolerance {
  /** Allowed error relative to the expected value. */
  readonly relative?: number;
  /** Allowed error whatever the expected value; the scale of rounding in a sum that may cancel. */
  readonly absolute?: number;
}

/**
 * Throws unless |got - expected| ≤ absolute + relative |expected| for every element (NaN agrees with NaN only, an
 * infinity with itself). The message tells how many fail, the worst of them, and the first.
 * @param what names the quantity in the message.
 */
export function assertAgreement(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 0, absolute = 0 }: Tolerance,
): void {
  if (got.length !== expected.length) {
    throw new Error(`${what}: ${got.length} elements, expected ${expected.length}.`);
  }
  let [failures, first, worst, worstExcess] = [0, -1, -1, 0];
  for (let i = 0; i < got.length; i++) {
    const [g, e] = [got[i]!, expected[i]!];
    if (Object.is(g, e) || g === e) continue;
    const excess = Math.abs(g - e) / (absolute + relative * Math.abs(e));
    if (excess <= 1) continue;
    failures++;
    if (first < 0) first = i;
    // NaN is worse than any number.
    if (worst < 0 || !(excess <= worstExcess))
      [worst, worstExcess] = [i, Number.isNaN(excess) ? Infinity : excess];
  }
  if (failures === 0) return;
  const at = (i: number): string =>
    `[${i}] expected ${expected[i]}, got ${got[i]} (off by ${got[i]! - expected[i]!})`;
  throw new Error(
    `${what}: ${failures} of ${got.length} elements disagree (relative ${relative}, absolute ${absolute}). ` +
      `Worst ${at(worst)}${first === worst ? "" : `; first ${at(first)}`}.`,
  );
}
