import { exp, log } from "../elementary.js";
import { normalCdf, normalQuantile } from "../numerics/normal.js";
import type { Random } from "../random.js";
import type { Distribution } from "./space.js";
import { clamp, countOf, fromUnit, valueAt } from "./unit.js";

/** The weight of the prior beside one observation. */
const PRIOR_WEIGHT = 1;
/** Observations that count fully; older ones count less, down to 1/n for the first. */
const RECENT = 25;
/** Kernels are never narrower than this part of the range, however many observations there are. */
const LEAST_WIDTH = 100;

/** P(a <= Z <= b), from the side on which both are in the lower tail, where it is accurate. */
const normalMass = (a: number, b: number): number =>
  a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);

/** Older observations count less: a ramp from 1/n to 1 over all but the last 25. */
export function recencyWeights(count: number): Float64Array {
  const ramp = count - RECENT;
  return Float64Array.from({ length: count }, (_, i) => {
    if (i >= ramp) return 1;
    return ramp === 1 ? 1 / count : 1 / count + (i / (ramp - 1)) * (1 - 1 / count);
  });
}

/** A density over one dimension, made of one kernel an observation and a prior. */
export interface Parzen {
  /** A value's place: index of a choice, place in [0, 1] of a number. */
  draw(random: Random): number;
  /** The density (the mass, where values are countable) at a place. */
  density(place: number): number;
}

/** The kernel whose turn it is. */
function pick(weights: Float64Array, u: number): number {
  let left = u;
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

const normalized = (weights: Float64Array): Float64Array => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};

/** Kernels of a choice: each gives its own option 1 and every option its share of the prior. */
function parzenOfChoice(options: number, observed: readonly number[], weights: Float64Array): Parzen {
  const floor = PRIOR_WEIGHT / (observed.length + 1);
  const probabilities = new Float64Array(options);
  weights.forEach((weight, k) => {
    const own = observed[k];
    const total = floor * options + (own === undefined ? 0 : 1);
    for (let option = 0; option < options; option++) {
      probabilities[option]! += (weight * (floor + (own === option ? 1 : 0))) / total;
    }
  });
  return {
    draw: (random) => pick(probabilities, random.uniform()),
    density: (place) => probabilities[place]!,
  };
}

/**
 * Widths of the kernels: the larger gap to a neighbour (Bergstra et al. 2011), the range's ends aside, between 1/min(100, n + 1)
 * of the range and the whole of it. The prior stands in the middle and is as wide as the range.
 */
function widthsOf(places: Float64Array): Float64Array {
  const count = places.length;
  const order = Array.from(places.keys()).sort((a, b) => places[a]! - places[b]! || a - b);
  const least = 1 / Math.min(LEAST_WIDTH, 1 + count);
  const widths = new Float64Array(count);
  order.forEach((index, k) => {
    const own = places[index]!;
    const before = k === 0 ? undefined : own - places[order[k - 1]!]!;
    const after = k === count - 1 ? undefined : places[order[k + 1]!]! - own;
    // With a neighbour on one side only, the gap to it; alone, the distance to the farther end.
    const gap =
      before === undefined && after === undefined
        ? Math.max(own, 1 - own)
        : Math.max(before ?? 0, after ?? 0);
    widths[index] = Math.min(1, Math.max(least, gap));
  });
  widths[count - 1] = 1;
  return widths;
}

/** Kernels of a number: normal densities cut off at the range's ends. `cells`: how many equal parts of the range are one value each. */
function parzenOfNumber(
  observed: readonly number[],
  weights: Float64Array,
  cellOf: ((place: number) => readonly [number, number]) | null,
): Parzen {
  const places = Float64Array.of(...observed, 0.5);
  const widths = widthsOf(places);
  const inside = places.map((place, k) => normalMass(-place / widths[k]!, (1 - place) / widths[k]!));
  return {
    draw(random) {
      const k = pick(weights, random.uniform());
      const [place, width] = [places[k]!, widths[k]!];
      const from = normalCdf(-place / width);
      const u = from + random.uniform() * inside[k]!;
      return clamp(place + width * normalQuantile(Math.min(1 - 1e-16, Math.max(1e-300, u))), {
        low: 0,
        high: 1,
      });
    },
    density(place) {
      const [from, to] = cellOf === null ? [place, place] : cellOf(place);
      let density = 0;
      for (let k = 0; k < places.length; k++) {
        const [own, width] = [places[k]!, widths[k]!];
        const z = (place - own) / width;
        const value =
          cellOf === null
            ? exp((-z * z) / 2) / (width * Math.sqrt(2 * Math.PI))
            : normalMass((from - own) / width, (to - own) / width);
        density += (weights[k]! * value) / inside[k]!;
      }
      return density;
    },
  };
}

/** Where a value stands: the index of a choice, a number's place in [0, 1]; whole numbers and steps in the middle of their cell. */
export function placeOf(distribution: Distribution, value: unknown): number {
  if (distribution.distribution === "choice") {
    const wanted = JSON.stringify(value);
    return distribution.options.findIndex(
      (option) => Object.is(option, value) || JSON.stringify(option) === wanted,
    );
  }
  const x = value as number;
  if (distribution.distribution === "logUniform") {
    const [low, high] = [log(distribution.low), log(distribution.high)];
    return clamp((log(x) - low) / (high - low), { low: 0, high: 1 });
  }
  if (distribution.distribution === "int" && distribution.log) {
    const [low, high] = [log(distribution.low - 0.5), log(distribution.high + 0.5)];
    return (log(x) - low) / (high - low);
  }
  const count = countOf(distribution);
  const { low, high } = distribution;
  if (count === Number.POSITIVE_INFINITY) return clamp((x - low) / (high - low), { low: 0, high: 1 });
  const step = distribution.distribution === "uniform" ? distribution.step! : 1;
  return (Math.round((x - low) / step) + 0.5) / count;
}

/** The value at a place. */
export function valueOfPlace(distribution: Distribution, place: number): unknown {
  return distribution.distribution === "choice"
    ? valueAt(distribution, place)
    : fromUnit(distribution, place);
}

/** The cell of a value among countably many: from where to where it is drawn. null for real numbers. */
function cellsOf(distribution: Distribution): ((place: number) => readonly [number, number]) | null {
  const count = countOf(distribution);
  if (count === Number.POSITIVE_INFINITY) return null;
  if (distribution.distribution === "int" && distribution.log) {
    const [low, high] = [log(distribution.low - 0.5), log(distribution.high + 0.5)];
    return (place) => {
      const x = fromUnit(distribution, place) as number;
      return [(log(x - 0.5) - low) / (high - low), (log(x + 0.5) - low) / (high - low)];
    };
  }
  return (place) => {
    const index = Math.min(count - 1, Math.floor(place * count));
    return [index / count, (index + 1) / count];
  };
}

/**
 * The density of a dimension after observations, oldest first.
 * @param weighting whether older observations count less.
 */
export function parzen(
  distribution: Distribution,
  observed: readonly number[],
  weighting: "recent" | "equal" = "recent",
): Parzen {
  const weights = new Float64Array(observed.length + 1).fill(1);
  if (weighting === "recent") weights.set(recencyWeights(observed.length));
  weights[observed.length] = PRIOR_WEIGHT;
  const shares = normalized(weights);
  return distribution.distribution === "choice"
    ? parzenOfChoice(distribution.options.length, observed, shares)
    : parzenOfNumber(observed, shares, cellsOf(distribution));
}
