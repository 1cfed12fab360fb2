import { createRandom } from "../../random.js";
import { type Parzen, parzen, placeOf, valueOfPlace } from "../parzen.js";
import type { Dimension, Params } from "../space.js";
import { randomSampler } from "./random.js";
import type { Observation, Sampler } from "./sampler.js";

/** Trials at random before anything is modelled. */
const STARTUP = 10;
/** Draws from the good density, of which the one is tried that the bad density makes least likely. */
const CANDIDATES = 24;
/** A tenth of the trials is called good, at most so many. */
const MOST_GOOD = 25;

/** Complete trials first, then those given up latest; among equals the smaller loss, then the older. */
const better = (a: Observation, b: Observation): number =>
  b.steps - a.steps || a.loss - b.loss || a.number - b.number;

/**
 * The tree-structured Parzen estimator (Bergstra et al., *Algorithms for hyper-parameter optimization*, 2011), each dimension
 * by itself: where good trials are dense and bad ones are not.
 */
export function tpeSampler(dimensions: readonly Dimension[], seed: number): Sampler {
  const random = createRandom(seed).fork("tpe");
  const first = randomSampler(dimensions, seed);
  return {
    name: "tpe",
    isAdaptive: true,
    propose(number, finished): Params {
      const told = finished.filter(({ loss }) => loss < Number.POSITIVE_INFINITY);
      if (told.length < STARTUP) return first.propose(number, finished);
      const good = new Set(
        [...told].sort(better).slice(0, Math.min(Math.ceil(0.1 * told.length), MOST_GOOD)),
      );
      const inOrder = [...told].sort((a, b) => a.number - b.number);
      const stream = random.fork(`trial ${number}`);
      const distributions = dimensions.map(({ distribution }) => distribution);
      const density = (wanted: boolean): Parzen =>
        parzen(
          distributions,
          inOrder
            .filter((trial) => good.has(trial) === wanted)
            .map(({ params }) =>
              dimensions.map(({ path, distribution }) => placeOf(distribution, params[path])),
            ),
        );
      const [likely, unlikely] = [density(true), density(false)];
      let [best, bestScore]: [number[], number] = [[], -1];
      for (let i = 0; i < CANDIDATES; i++) {
        const places = likely.draw(stream);
        const score = likely.density(places) / unlikely.density(places);
        if (score > bestScore) [best, bestScore] = [places, score];
      }
      return Object.fromEntries(
        dimensions.map(({ path, distribution }, d) => [path, valueOfPlace(distribution, best[d]!)]),
      );
    },
  };
}
