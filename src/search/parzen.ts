import { exp, log } from "../elementary.js";
import { normalCdf } from "../numerics/normal.js";
import type { Random } from "../random.js";
import type { Distribution } from "./space.js";
import { clamp, countOf, fromUnit, valueAt } from "./unit.js";

/** The weight of the prior beside one observation. */
const PRIOR_WEIGHT = 1;
/** Observations that count fully; older ones count less, down to 1/n for the first. */
const RECENT = 25;
/**
 * Widths of kernels that stand for several dimensions, by Scott's rule, as a part of the range (Falkner et al., *BOHB*, 2018). Half
 * of what is usual there: on Hartmann-6 and on a noisy mixed space of ten, wider ones forget in sixty trials what was good.
 */
const SCOTT = 0.1;
const LEAST_JOINT_WIDTH = 0.02;
/** Kernels of one dimension are never narrower than this part of the range, however many observations there are. */
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

/** Kernels over one dimension, one an observation, the last one the prior. Places are what `placeOf` gives. */
export interface Kernels {
  draw(kernel: number, random: Random): number;
  /** The kernel's density (its mass, where values are countable) at a place. */
  density(kernel: number, place: number): number;
}

/** Kernels of a choice: each gives its own option 1 and every option its share of the prior. */
function kernelsOfChoice(options: number, observed: readonly number[]): Kernels {
  const floor = PRIOR_WEIGHT / (observed.length + 1);
  const density = (kernel: number, place: number): number => {
    const own = observed[kernel];
    return (floor + (own === place ? 1 : 0)) / (floor * options + (own === undefined ? 0 : 1));
  };
  return {
    density,
    draw(kernel, random) {
      let left = random.uniform();
      for (let option = 0; option < options; option++) {
        left -= density(kernel, option);
        if (left < 0) return option;
      }
      return options - 1;
    },
  };
}

/**
 * Widths of kernels that stand for one dimension alone: the larger gap to a neighbour (Bergstra et al. 2011), the range's ends
 * aside. The prior stands among them.
 */
function gapsOf(places: Float64Array): Float64Array {
  const order = Array.from(places.keys()).sort((a, b) => places[a]! - places[b]! || a - b);
  const gaps = new Float64Array(places.length);
  order.forEach((index, k) => {
    const own = places[index]!;
    const before = k === 0 ? undefined : own - places[order[k - 1]!]!;
    const after = k === order.length - 1 ? undefined : places[order[k + 1]!]! - own;
    gaps[index] =
      before === undefined && after === undefined
        ? Math.max(own, 1 - own)
        : Math.max(before ?? 0, after ?? 0);
  });
  return gaps;
}

/**
 * Kernels of a number: normal densities cut off at the range's ends.
 * @param width of every kernel, as a part of the range; null: from its neighbours.
 * @param cellOf from where to where a value is drawn, where values are countable.
 */
function kernelsOfNumber(
  observed: readonly number[],
  width: number | null,
  cellOf: ((place: number) => readonly [number, number]) | null,
): Kernels {
  const places = Float64Array.of(...observed, 0.5);
  const count = places.length;
  const least = width === null ? 1 / Math.min(LEAST_WIDTH, 1 + count) : LEAST_JOINT_WIDTH;
  const widths = (width === null ? gapsOf(places) : new Float64Array(count).fill(width)).map((own) =>
    clamp(own, { low: least, high: 1 }),
  );
  // The prior is as wide as the range.
  widths[count - 1] = 1;
  const inside = places.map((place, k) => normalMass(-place / widths[k]!, (1 - place) / widths[k]!));
  return {
    draw(kernel, random) {
      // A kernel's middle is in the range, so that more than a third of all draws are.
      for (;;) {
        const place = places[kernel]! + widths[kernel]! * random.normal();
        if (place >= 0 && place <= 1) return place;
      }
    },
    density(kernel, place) {
      const [own, spread] = [places[kernel]!, widths[kernel]!];
      if (cellOf === null) {
        const z = (place - own) / spread;
        return exp((-z * z) / 2) / (spread * Math.sqrt(2 * Math.PI) * inside[kernel]!);
      }
      const [from, to] = cellOf(place);
      return normalMass((from - own) / spread, (to - own) / spread) / inside[kernel]!;
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

const kernelsOf = (distribution: Distribution, observed: readonly number[], width: number | null): Kernels =>
  distribution.distribution === "choice"
    ? kernelsOfChoice(distribution.options.length, observed)
    : kernelsOfNumber(observed, width, cellsOf(distribution));

/** A density over all dimensions together: a mixture of products of kernels. */
export interface Parzen {
  draw(random: Random): number[];
  density(places: readonly number[]): number;
}

/**
 * The density after observations, oldest first.
 * @param observed places of each observation, a dimension each.
 * @param weighting whether older observations count less.
 */
export function parzen(
  distributions: readonly Distribution[],
  observed: readonly (readonly number[])[],
  weighting: "recent" | "equal" = "recent",
): Parzen {
  const count = observed.length;
  const weights = new Float64Array(count + 1).fill(1);
  if (weighting === "recent") weights.set(recencyWeights(count));
  weights[count] = PRIOR_WEIGHT;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const width =
    distributions.length === 1 ? null : SCOTT * Math.max(1, count) ** (-1 / (distributions.length + 4));
  const dimensions = distributions.map((distribution, d) =>
    kernelsOf(
      distribution,
      observed.map((places) => places[d]!),
      width,
    ),
  );
  return {
    draw(random) {
      let left = random.uniform() * total;
      let kernel = 0;
      while (kernel < count && left >= weights[kernel]!) left -= weights[kernel++]!;
      return dimensions.map((kernels) => kernels.draw(kernel, random));
    },
    density(places) {
      let sum = 0;
      for (let kernel = 0; kernel <= count; kernel++) {
        let product = weights[kernel]! / total;
        for (let d = 0; d < places.length; d++) product *= dimensions[d]!.density(kernel, places[d]!);
        sum += product;
      }
      return sum;
    },
  };
}
