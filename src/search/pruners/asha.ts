import type { Pruner } from "./pruner.js";

/** At each rung one trial in so many goes on. */
const REDUCTION = 3;
/** So many go on from a rung whatever they are: the first of all is the best of those that came. */
const FIRST = 4;

/**
 * Asynchronous successive halving (Li et al., *A system for massively parallel hyperparameter tuning*, 2020), in the form
 * without promotion: at steps r, 3 r, 9 r … a trial goes on if it is among the best third of those that came that far, and
 * the first four do. Curves of LSTMs, 27 epochs each, recorded for nine seeds and replayed: judging the first ones among
 * themselves as well cost up to 15 % of the best value, waiting for four up to 10 %, at 38 instead of 25 % of the epochs. The
 * four were chosen on those nine; `bench/search/asha.ts` measures others.
 * @param mostSteps steps of a whole trial, where they are known: the first rung is then a ninth of them.
 */
export function ashaPruner(mostSteps?: number): Pruner {
  const first = mostSteps === undefined ? 1 : Math.max(1, Math.round(mostSteps / REDUCTION ** 2));
  const rungOf = (step: number): number | null => {
    for (let rung = first; rung <= step; rung *= REDUCTION) if (rung === step) return rung;
    return null;
  };
  return {
    name: "asha",
    isBehind(number, step, reports) {
      const rung = rungOf(step);
      if (rung === null || (mostSteps !== undefined && step >= mostSteps)) return false;
      const own = reports.get(number)!.get(step)!;
      if (Number.isNaN(own)) return true;
      const others = [...reports.values()]
        .flatMap((values) => values.get(rung) ?? [])
        .filter((value) => !Number.isNaN(value));
      if (others.length <= FIRST) return false;
      const goOn = Math.ceil(others.length / REDUCTION);
      return others.filter((value) => value < own).length >= goOn;
    },
  };
}
