import { type DataCase, hasLearnt } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { orderOf } from "../evidence/axis-order.js";
import { backInOrder } from "../evidence/series-order.js";
import { openWindows, type Windows } from "../evidence/window-source.js";
import { bars, line, lines } from "../pictures/pictures.js";

/** Columns that follow each other as a series does: with fewer any two look alike. */
const LEAST_STEPS = 3;

/**
 * Features that go on from one to the next as steps do, in standard deviations of permuted orders; more where there are too few
 * steps to ask whether they do (means over longer and longer times stand in such an order too).
 */
const ORDERED = { besideSteps: 3.5, besideFew: 6 };
/** Steps that go on from one another less than this are no time. */
const UNORDERED = 2;

/** `[N, T, F]` read as `[N, F, T]`, its new steps forward or backward. */
function turned({ x, y, samples, timesteps, features }: Windows, isBackward: boolean): Windows {
  const data = new Float32Array(x.data.length);
  for (let n = 0; n < samples; n++)
    for (let t = 0; t < timesteps; t++)
      for (let f = 0; f < features; f++) {
        const step = isBackward ? features - 1 - f : f;
        data[(n * features + step) * timesteps + t] = x.data[(n * timesteps + t) * features + f]!;
      }
  return openWindows({ shape: [samples, features, timesteps], data }, { shape: y.shape, data: y.data });
}

/** Windows of 25 steps, 24 apart, hold one value in 25 twice: the widest stride that is looked for. */
const MOST_DISTINCT = 0.97;

/** The series that stands in the features; null where they hold none. */
function seriesInFeatures(windows: Windows): { turned: Windows; isBackward: boolean } | null {
  const { data } = windows.x;
  // Windows that overlap hold values more than once.
  if (new Set(data).size > MOST_DISTINCT * data.length) return null;
  for (const isBackward of [false, true]) {
    const other = turned(windows, isBackward);
    const ordered = other.stride > 0 ? other : backInOrder(other);
    if (ordered !== null && ordered.stride > 0) return { turned: ordered, isBackward };
  }
  return null;
}

/** Each sample's features are a window of a series, and its time steps are not: the recurrent layer has nothing to walk along. */
export const timeAndFeaturesSwapped: Rule<DataCase> = {
  code: "time_and_features_swapped",
  look(at) {
    const { windows } = at;
    if (windows === null || !windows.isSequence || at.isIndexed || at.isStateful) return null;
    const { features, timesteps, stride, samples } = windows;
    if (features < LEAST_STEPS || samples < 20 || (stride !== 0 && timesteps > 1)) return null;
    const found = seriesInFeatures(windows);
    if (found === null) return ofIndependentSamples(at, windows);
    const series = found.turned.columns[0]!;
    return {
      title: `the ${features} features of a step are ${features} steps of a series`,
      evidence: {
        timesteps,
        features,
        expectedTimesteps: features,
        expectedFeatures: timesteps,
        samples,
        order: found.isBackward ? "latest first" : "oldest first",
        bound: 1,
      },
      why: "A recurrent layer walks along the second axis and remembers from step to step. With the lags beside each other in the third there is one step (or as many as there are variables) and nothing to remember: the layer is a dense layer with gates.",
      remedy:
        timesteps === 1
          ? `Give x the shape [${samples}, ${features}, 1] instead of [${samples}, 1, ${features}]${found.isBackward ? ", oldest value first" : ""}: slidingWindows(series, { window: ${features} }) makes it so. With several variables: [samples, time steps, variables].`
          : `Exchange the last two axes: x is [samples, time steps, features], here [${samples}, ${features}, ${timesteps}].`,
      picture: lines(
        "One sample's features, side by side: a stretch of the series",
        [
          line("features of the first sample", found.turned.columns[0]!.subarray(0, features)),
          line("the series they come from", series.subarray(0, 4 * features)),
        ],
        { x: "feature, read as a time step", y: "value" },
      ),
    };
  },
};

/** The same where samples are no windows of one series: then the order of each axis tells which of them is time. */
function ofIndependentSamples(at: DataCase, windows: Windows): Finding | null {
  const { samples, timesteps, features, y } = windows;
  // With an answer at each step the steps are what they are called.
  if (y.shape.length > 1 && y.shape[1] === timesteps && timesteps > 1) return null;
  const ofFeatures = orderOf(windows, "features");
  if (ofFeatures === null || !(ofFeatures > ORDERED.besideSteps)) return null;
  const ofSteps = orderOf(windows, "steps");
  const bound = ofSteps === null ? ORDERED.besideFew : ORDERED.besideSteps;
  if (!(ofFeatures > bound) || (ofSteps !== null && ofSteps > UNORDERED)) return null;
  return {
    severity: hasLearnt(at) ? "hint" : "error",
    title: `the ${features} features go on from one another as time steps do${ofSteps === null ? "" : `, and the ${timesteps} steps do not`}`,
    evidence: {
      timesteps,
      features,
      expectedTimesteps: features,
      expectedFeatures: timesteps,
      orderOfFeaturesInStds: short(ofFeatures),
      bound,
      orderOfStepsInStds: ofSteps === null ? "too few to tell" : short(ofSteps),
      samples,
    },
    why: "A recurrent layer walks along the second axis and remembers from step to step. Where time stands in the third, it walks from sensor to sensor, an order that means nothing, and sees all of time at once.",
    remedy: `Exchange the last two axes: x is [samples, time steps, features], here [${samples}, ${features}, ${timesteps}].`,
    picture: bars(
      "How much more alike neighbours are than in a permuted order",
      [
        ["features", ofFeatures],
        ["steps", ofSteps ?? 0],
      ],
      { x: "standard deviations of permuted orders", y: "axis", marks: { [`bound ${bound}`]: bound } },
    ),
  };
}
