import { ConfigError } from "../../errors.js";
import type { Dimension } from "../space.js";
import { countOf, valueAt } from "../unit.js";
import type { Sampler } from "./sampler.js";

/**
 * Every combination once, the last dimension first.
 * @throws ConfigError for a dimension with no end of values.
 */
export function gridSampler(dimensions: readonly Dimension[]): Sampler {
  const counts = dimensions.map(({ path, distribution }) => {
    const count = countOf(distribution);
    if (count < Number.POSITIVE_INFINITY) return count;
    throw new ConfigError(
      `tune(): sampler "grid" cannot list the values of \`${path}\`. Give them as choice([…]), int(a, b) or uniform(a, b, { step }).`,
      { received: distribution },
    );
  });
  return {
    name: "grid",
    isAdaptive: false,
    size: counts.reduce((product, count) => product * count, 1),
    propose(number) {
      let rest = number;
      const indices = counts.map(() => 0);
      for (let d = counts.length - 1; d >= 0; d--) {
        indices[d] = rest % counts[d]!;
        rest = Math.floor(rest / counts[d]!);
      }
      return Object.fromEntries(
        dimensions.map(({ path, distribution }, d) => [path, valueAt(distribution, indices[d]!)]),
      );
    },
  };
}
