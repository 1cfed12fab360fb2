import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { dependenceOf, stepwiseDependence } from "../evidence/dependence.js";
import { independenceOf } from "../evidence/independence.js";
import { unexplainedByNeighbours } from "../evidence/nearest-neighbours.js";
import { backInOrder, memoryOf } from "../evidence/series-order.js";
import { byTimeStep } from "../pictures/pictures.js";

/** With n examples a correlation of 2 / √n shows: of two hundred one that explains a fiftieth of the variance. */
const LEAST_EXAMPLES = 200;
/** A trained model that leaves less than this of the constant answer's loss on new examples has found something. */
const NOTHING_SHARE = 0.97;
/** Largest |z| among autocorrelations of targets that do not go on from each other. */
const FORGETS_Z = 4;
/** What similar windows must leave of the variance: less is a connection no line shows, as in chaos. */
const MIN_LEFT_BY_NEIGHBOURS = 0.9;
const MOST_NEIGHBOUR_STEPS = 4;

/**
 * Windows of a series whose targets nothing before them tells: no value, no pair of values, no way to go on, no similar
 * window. The next step of a fair coin or of returns is such a target; the best model of it is a constant.
 */
export const nothingToLearn: Rule<DataCase> = {
  code: "nothing_to_learn",
  look(at) {
    if (at.windows === null || at.isIndexed || at.isStateful || at.windows.targets.length === 0) return null;
    if (at.unlearnt !== null && at.unlearnt < NOTHING_SHARE) return null;
    const windows = at.windows.stride > 0 ? at.windows : backInOrder(at.windows);
    if (windows === null || windows.samples < LEAST_EXAMPLES) return null;
    if (windows.x.beyond !== undefined || windows.y.beyond !== undefined) return null;
    const [target] = windows.targets as [Float64Array];
    const memory = memoryOf(target);
    if (memory > FORGETS_Z) return null;
    const dependence = dependenceOf(windows, at.isClassification);
    if (dependence.strongest > dependence.bound) return null;
    const stepwise = stepwiseDependence(windows, at.isClassification);
    if (stepwise !== null && stepwise.strongest > stepwise.bound) return null;
    const together = independenceOf(windows, at.isClassification);
    if (together.significant) return null;
    const steps = Math.min(windows.timesteps, MOST_NEIGHBOUR_STEPS);
    const column = windows.columns[0]!.subarray(0, windows.timesteps + windows.samples);
    // The target of a window belongs to the step behind it.
    const answers = Float64Array.from(column, (_, place) => target[place - windows.timesteps] ?? Number.NaN);
    const left =
      windows.features === 1 && windows.stride === 1
        ? unexplainedByNeighbours(
            column.subarray(windows.timesteps - steps, windows.timesteps - steps + windows.samples),
            steps,
            1,
            answers.subarray(windows.timesteps - steps, windows.timesteps - steps + windows.samples),
          )
        : 1;
    if (!(left > MIN_LEFT_BY_NEIGHBOURS)) return null;
    return {
      title: "nothing before the target tells it: no model errs less than a constant answer",
      evidence: {
        strongestZ: short(dependence.strongest),
        bound: short(dependence.bound),
        tested: dependence.tested,
        allTogetherInStds: short(together.together),
        targetAutocorrelationZ: short(memory),
        unexplainedBySimilarWindows: short(left),
        samples: windows.samples,
        ...(at.unlearnt === null ? {} : { lossOverConstant: short(at.unlearnt) }),
      },
      why: "The windows hold no trace of what comes next, as returns of a price hold none of the next one: what a training learns of them is chance, and does not hold for new examples. A loss at the constant answer's, or an accuracy at the commoner class's share, is all there is.",
      remedy:
        "Look for inputs that tell something (other series, the calendar, what was known before), ask for something that can be told (a level, a volatility, a longer mean), and keep the constant answer as the forecast until then.",
      picture: byTimeStep(
        "What each time step tells of the target",
        { "strongest connection |z|": dependence.profile },
        {
          y: "|z| (standard errors)",
          marks: [
            { label: `bound ${short(dependence.bound)}: one in a thousand by chance`, y: dependence.bound },
          ],
        },
      ),
    };
  },
};
