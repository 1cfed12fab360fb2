import type { Prepared } from "../recipe/prepare.js";
import type { Recipe } from "../recipe/recipe.js";
import type { Attempt } from "../recipe/train-recipe.js";
import type { Diagnosis } from "./diagnosis.js";

const samplesOf = ({ x }: Prepared["train"]): number => x.shape[0] ?? 0;

/** What a window takes of how many values there are; null where windows fit. */
function tooLong({ window = 1, horizon = 1 }: Recipe, { train, trainValues }: Prepared): string | null {
  if (trainValues === undefined || samplesOf(train) > 0) return null;
  const next = horizon === 1 ? "the next value" : `the next ${horizon} values`;
  return `a window of ${window} and ${next} need ${window + horizon} values, the training part has ${trainValues}`;
}

/** Too few examples, where not one window fits into the training part: that is the window's doing. */
export function windowTooLong(diagnosis: Diagnosis, recipe: Recipe, prepared: Prepared): Diagnosis {
  const why = diagnosis.code === "insufficient_data" ? tooLong(recipe, prepared) : null;
  if (why === null) return diagnosis;
  const { window = 1, horizon = 1 } = recipe;
  const { trainValues = 0 } = prepared;
  const longest = trainValues - horizon - 19;
  return {
    ...diagnosis,
    title: `no window fits: ${why}`,
    evidence: { ...diagnosis.evidence, window, horizon, trainingValues: trainValues },
    remedy:
      longest < 1
        ? `Bring a longer series: ${diagnosis.evidence.bound ?? 20} examples with this window need ${window + horizon + 19} values for training alone. Until then use a baseline: seasonalNaiveForecast or naiveForecast.`
        : `Set window to at most ${longest}, which leaves twenty examples, or bring a longer series.`,
  };
}

/** Why an attempt has no error to show; null where it has one. */
export function reasonOf({ error, refused, recipe, prepared, model }: Attempt): string | null {
  if (error !== Infinity) return null;
  const long = tooLong(recipe, prepared);
  if (long !== null) return `No window fits: ${long}. Set recipe.window to less, or bring a longer series.`;
  if (refused !== null) return refused.message;
  if (samplesOf(prepared.validation) === 0)
    return "The validation part holds no window. Bring a longer series, or set recipe.window or recipe.horizon to less.";
  return model === null
    ? "It gave no model."
    : "Its predictions are not finite after the training. Lower recipe.compile.optimizer.learningRate, or scale the values: recipe.series.scale.";
}
