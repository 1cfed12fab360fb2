import { ConfigError } from "../../errors.js";
import { createRandom } from "../../random.js";
import type { Dimension } from "../space.js";
import { fromUnit } from "../unit.js";
import type { Sampler } from "./sampler.js";
import { SOBOL_DIRECTIONS } from "./sobol-directions.js";

const BITS = 32;
const TWO_POW_32 = 2 ** BITS;

/** Direction numbers of a dimension, scaled to 32 bits (Bratley & Fox, *Algorithm 659*, 1988). */
function directionsOf(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let k = 0; k < BITS; k++) v[k] = 2 ** (BITS - 1 - k);
    return v;
  }
  const [polynomial, ...initial] = SOBOL_DIRECTIONS[dimension - 1]!;
  const degree = initial.length;
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      v[k] = initial[k]! * 2 ** (BITS - 1 - k);
      continue;
    }
    let next = v[k - degree]! ^ (v[k - degree]! >>> degree);
    for (let i = 1; i < degree; i++) if ((polynomial >>> (degree - i)) & 1) next ^= v[k - i]!;
    v[k] = next >>> 0;
  }
  return v;
}

/** Point `index` of the sequence in one dimension, as 32 bits, in Gray code order. */
export function sobolBits(directions: Uint32Array, index: number): number {
  let gray = (index ^ (index >>> 1)) >>> 0;
  let bits = 0;
  for (let k = 0; gray !== 0; k++, gray >>>= 1) if (gray & 1) bits ^= directions[k]!;
  return bits >>> 0;
}

/** How many dimensions there are direction numbers for. */
const MOST = SOBOL_DIRECTIONS.length + 1;

/**
 * A Sobol sequence: covers the space evenly, however many trials there are. Shifted bit by bit with the seed, so that two
 * seeds cover it in two ways.
 * @throws ConfigError beyond 60 dimensions.
 */
export function sobolSampler(dimensions: readonly Dimension[], seed: number): Sampler {
  if (dimensions.length > MOST) {
    throw new ConfigError(
      `tune(): sampler "sobol" covers at most ${MOST} dimensions, and the space has ${dimensions.length}. Use "random".`,
      { received: dimensions.length, expected: MOST },
    );
  }
  const random = createRandom(seed).fork("sobol");
  const columns = dimensions.map((_, d) => ({
    directions: directionsOf(d),
    shift: random.fork(d).integer(TWO_POW_32),
  }));
  return {
    name: "sobol",
    isAdaptive: false,
    propose(number) {
      return Object.fromEntries(
        dimensions.map(({ path, distribution }, d) => {
          const { directions, shift } = columns[d]!;
          const bits = (sobolBits(directions, number) ^ shift) >>> 0;
          return [path, fromUnit(distribution, (bits + 0.5) / TWO_POW_32)];
        }),
      );
    },
  };
}
