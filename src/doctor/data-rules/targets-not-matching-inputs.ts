import { fisherZ } from "../../numerics/significance.js";
import { correlation } from "../../numerics/statistics.js";
import type { Picture } from "../../viz/picture.js";
import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { dependenceOf, stepwiseDependence } from "../evidence/dependence.js";
import { independenceOf } from "../evidence/independence.js";
import { backInOrder, memoryOf, REMEMBERS_Z } from "../evidence/series-order.js";
import { alignmentOf, type Windows } from "../evidence/window-source.js";
import { byTimeStep, line, lines } from "../pictures/pictures.js";

/** Share of targets that must be values of the series before their places are judged. */
const KNOWN_SHARE = 0.9;
/** Share of targets that stand where one and the same horizon puts them; a permutation leaves about 1/n. */
const PLACED_SHARE = 0.9;

/** Steps ahead that are tried; of a short series as many as leave half of its windows to look at. */
const MOST_HORIZON = 64;
/** What is left of a constant answer's loss on examples held back, where something has been learnt beyond doubt. */
const LEARNT_SHARE = 0.8;
/** Largest |z| among autocorrelations of a series that need not go on from itself. */
const FORGETS_Z = 4;
/** With fewer a correlation of 0.4 cannot be told from none (Fisher 1915). */
const LEAST_OF_A_CLASS = 20;

/** Where the windows' own series holds the targets, and how many of them at one horizon. */
function placesOf(windows: Windows): { known: number; placed: number; horizon: number } | null {
  const { stride, columns, timesteps, samples } = windows;
  const [target] = windows.targets;
  if (stride === 0 || target === undefined || samples < 20) return null;
  let best = { known: 0, placed: 0, horizon: 0 };
  for (const [f, column] of columns.entries()) {
    const values = new Set(windows.x.data.filter((_, i) => i % windows.features === f));
    // Values that repeat (counts, classes) are found anywhere.
    if (values.size < 0.8 * column.length) continue;
    const furthest = Math.min(MOST_HORIZON, Math.floor((samples * stride) / 2));
    const own = target.subarray(0, samples - 1);
    const known = own.reduce((count, value) => count + (values.has(value) ? 1 : 0), 0) / own.length;
    for (let horizon = 1 - timesteps; horizon <= furthest; horizon++) {
      let [hits, asked] = [0, 0];
      // Windows at whose end the series ends, the last one or one at a joint of several, have nothing to be held against.
      for (let n = 0; n < samples; n++) {
        const value = windows.after(n, horizon, f);
        if (Number.isNaN(value)) continue;
        asked++;
        if (value === target[n]) hits++;
      }
      if (2 * asked >= samples && hits / asked >= best.placed)
        best = { known: Math.max(known, best.known), placed: hits / asked, horizon };
    }
  }
  return best;
}

/**
 * Targets that belong to other windows. In windows of one series this is seen exactly: the targets are its values, but not
 * those that follow. Elsewhere: nothing in the inputs tells anything of the target, neither a value alone nor a pair of them, nor
 * how they go on from step to step, nor all of it together.
 */
export const targetsNotMatchingInputs: Rule<DataCase> = {
  code: "targets_not_matching_inputs",
  look(at) {
    if (at.windows === null || at.windows.targets.length === 0 || at.isIndexed) return null;
    const shuffled = backInOrder(at.windows);
    const windows = shuffled ?? at.windows;
    const alignment = shuffled === null ? at.alignment : alignmentOf(shuffled);
    if (windows.x.beyond !== undefined || windows.y.beyond !== undefined) return null;
    // Whoever answers what it was not shown has been told the right answers.
    if (at.unlearnt !== null && at.unlearnt < LEARNT_SHARE) return null;
    const why =
      "Inputs and targets were put in order separately (shuffled, sorted, filtered or shifted by themselves): each window is told another window's answer, and all that can be learnt is the mean.";
    const remedy =
      "Cut inputs and targets together: const { x, y } = slidingWindows(series, { window }); shuffle pairs (fit does), never one of the two.";
    const places = alignment === null ? placesOf(windows) : null;
    if (places !== null && places.known >= KNOWN_SHARE && places.placed < PLACED_SHARE) {
      return {
        title: "the targets are values of the series, but not those that follow their windows",
        evidence: {
          targetsFromSeries: short(places.known),
          inPlace: short(places.placed),
          bound: PLACED_SHARE,
          samples: windows.samples,
        },
        why,
        remedy,
        picture: besideWhatFollows(windows),
      };
    }
    if (alignment !== null || windows.samples < 100) return null;
    const dependence = dependenceOf(windows, at.isClassification);
    if (dependence.strongest > dependence.bound) return null;
    const stepwise = stepwiseDependence(windows, at.isClassification);
    if (stepwise !== null && stepwise.strongest > stepwise.bound) return null;
    const [target] = windows.targets as [Float64Array];
    // Windows in order whose targets jump, while the series itself does not, were told apart. Elsewhere no such sign exists.
    const series = windows.stride === 0 ? 0 : Math.max(...windows.columns.map(memoryOf));
    const order = memoryOf(target);
    if (
      windows.stride === 0
        ? windows.samples < 200 || !at.isClassification
        : series < REMEMBERS_Z || order > FORGETS_Z
    )
      return null;
    // What is computed from the values that follow belongs to its window, though nothing before tells it.
    if (isOfTheFuture(windows)) return null;
    // A handful of rare examples tells nothing of where they belong.
    if (at.isClassification && rarest(windows) < LEAST_OF_A_CLASS) return null;
    const more = independenceOf(windows, at.isClassification);
    if (more.significant) return null;
    return {
      title: "nothing in the inputs tells anything of the targets",
      evidence: {
        strongestZ: short(dependence.strongest),
        bound: short(dependence.bound),
        tested: dependence.tested,
        strongestZOfAutocovariances: short(more.strongest),
        allTogetherInStds: short(more.together),
        permutations: more.permutations,
        samples: windows.samples,
        strongestAutocorrelationZ: short(series),
        targetAutocorrelationZ: short(order),
      },
      why,
      remedy,
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

const MOST_AHEAD = 5;
const FUTURE_Z = 6;

/** Whether targets have to do with the values after their windows, or with the change to them. */
function isOfTheFuture({ samples, features, timesteps, stride, targets, at, after }: Windows): boolean {
  if (stride === 0) return false;
  const [target] = targets as [Float64Array];
  for (let f = 0; f < features; f++)
    for (let ahead = 1; ahead <= MOST_AHEAD; ahead++) {
      const known = Array.from({ length: samples }, (_, n) => n).filter(
        (n) => !Number.isNaN(after(n, ahead, f)),
      );
      if (known.length < LEAST_OF_A_CLASS) continue;
      const own = Float64Array.from(known, (n) => target[n]!);
      const changes = Float64Array.from(known, (n) => after(n, ahead, f) - at(n, timesteps - 1, f));
      for (const values of [changes, changes.map(Math.abs)])
        if (Math.abs(fisherZ(correlation(values, own), known.length)) > FUTURE_Z) return true;
    }
  return false;
}

/** How many examples do not have the commonest label. */
function rarest({ targets, samples }: Windows): number {
  const counts = new Map<string, number>();
  for (let n = 0; n < samples; n++) {
    const label = targets.map((target) => target[n]).join();
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return samples - Math.max(...counts.values());
}

const SHOWN = 60;

/** The series right after each window beside the target the window was given. */
function besideWhatFollows({ stride, columns, timesteps, targets, samples }: Windows): Picture {
  const count = Math.min(SHOWN, samples - 1);
  const follows = Array.from({ length: count }, (_, n) => columns[0]![n * stride + timesteps] ?? Number.NaN);
  return lines(
    "The value that follows each window, and the target it was given",
    [line("value after the window", follows), line("target", targets[0]!.subarray(0, count))],
    { x: "sample", y: "value" },
  );
}
