import { median } from "../../numerics/statistics.js";
import type { Pruner } from "./pruner.js";

/** Finished trials before any is given up. */
const STARTUP = 5;

/** Gives up a trial whose best value so far is worse than the median of the others at the same step (Golovin et al., *Vizier*, 2017). */
export const medianPruner: Pruner = {
  name: "median",
  isBehind(number, step, reports, finished) {
    const own = [...reports.get(number)!.values()].filter((value) => !Number.isNaN(value));
    const others = [...finished].flatMap((other) => reports.get(other)?.get(step) ?? []);
    if (others.length < STARTUP) return false;
    return own.length === 0 || Math.min(...own) > median(others);
  },
};
