import { parzen, placeOf } from "./parzen.js";
import type { Dimension } from "./space.js";
import type { Trial } from "./trial.js";
import { countOf } from "./unit.js";

/** Fewer complete trials say nothing. */
const LEAST_TRIALS = 8;
/** The best part of the trials, whose density is held against that of all. */
const TOP = 0.2;
/** Places at which densities of numbers are compared. */
const GRID = 100;

/**
 * How much each dimension tells a good trial from any: the Pearson divergence of the best trials' density from that of all
 * (Watanabe, Bansal & Hutter, *PED-ANOVA*, 2023), as shares that add up to 1.
 * @param sign 1 to minimize, -1 to maximize.
 * @returns {} after fewer than eight complete trials.
 */
export function importanceOf(
  dimensions: readonly Dimension[],
  trials: readonly Trial[],
  sign: 1 | -1,
): Record<string, number> {
  const complete = trials.filter(({ state, value }) => state === "complete" && value !== null);
  if (complete.length < LEAST_TRIALS) return {};
  const ranked = [...complete].sort((a, b) => sign * (a.value! - b.value!) || a.number - b.number);
  const top = ranked.slice(0, Math.max(4, Math.round(TOP * ranked.length)));
  const divergences = dimensions.map(({ path, distribution }) => {
    const density = (of: readonly Trial[]): ((place: number) => number) => {
      const kernels = parzen(
        [distribution],
        of.map(({ params }) => [placeOf(distribution, params[path])]),
        "equal",
      );
      return (place) => kernels.density([place]);
    };
    const [good, all] = [density(top), density(complete)];
    const count = countOf(distribution);
    const cells = Math.min(GRID, count);
    const places = Array.from({ length: cells }, (_, i) =>
      distribution.distribution === "choice" ? i : (i + 0.5) / cells,
    );
    const total = (of: (place: number) => number): number =>
      places.reduce((sum, place) => sum + of(place), 0);
    const [goodTotal, allTotal] = [total(good), total(all)];
    return places.reduce((sum, place) => {
      const [p, q] = [good(place) / goodTotal, all(place) / allTotal];
      return sum + q * (p / q - 1) ** 2;
    }, 0);
  });
  const whole = divergences.reduce((sum, value) => sum + value, 0);
  return Object.fromEntries(
    dimensions
      .map(({ path }, d) => [path, whole === 0 ? 1 / dimensions.length : divergences[d]! / whole] as const)
      .sort(([, a], [, b]) => b - a),
  );
}
