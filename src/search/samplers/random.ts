import { createRandom } from "../../random.js";
import type { Dimension } from "../space.js";
import { fromUnit } from "../unit.js";
import type { Sampler } from "./sampler.js";

/** Independent draws: trial n has a stream of its own, so that it is the same whoever runs it and when. */
export function randomSampler(dimensions: readonly Dimension[], seed: number): Sampler {
  const random = createRandom(seed);
  return {
    name: "random",
    isAdaptive: false,
    propose(number) {
      const stream = random.fork(`trial ${number}`);
      return Object.fromEntries(
        dimensions.map(({ path, distribution }) => [path, fromUnit(distribution, stream.uniform())]),
      );
    },
  };
}
