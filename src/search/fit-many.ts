import { ConfigError, told } from "../errors.js";
import { loadForecaster } from "../forecast/forecaster.js";
import type { Forecaster, ForecasterOptions, ForecastSeries } from "../forecast/types.js";
import { refuseUnknown } from "../options.js";
import { optimizerOf, type Recipe } from "../recipe/recipe.js";
import { openForecastData } from "./data.js";
import type { Job } from "./job.js";
import { type NamedJob, settleAll } from "./run-all.js";
import type { Runner } from "./runners/runner.js";

/** Options of `fitMany`. */
export interface FitManyOptions {
  /** Where the forecasters are fitted. Default: threads of this machine in Node, this process elsewhere. */
  readonly runner?: Runner;
  /** Ends it with the signal's reason. Default: nothing ends it. */
  readonly signal?: AbortSignal;
}

/** Names of the loss a forecaster trains with. */
const SQUARED = ["mse", "meanSquaredError"];

/** What became of a series: its forecaster, or why there is none. */
export type FittedSeries = Forecaster | { readonly error: Error };

/** What a recipe may say, as far as a forecaster follows it: everything else it decides for itself. */
const KNOWN: readonly [part: (recipe: Recipe) => object, names: readonly string[], place: string][] = [
  [(recipe) => recipe.series ?? {}, ["impute", "log", "difference", "scale"], "series"],
  [(recipe) => recipe.compile, ["optimizer", "loss"], "compile"],
  [(recipe) => optimizerOf(recipe).config, ["learningRate"], "compile.optimizer"],
  [(recipe) => recipe.fit ?? {}, ["epochs", "batchSize", "earlyStopping"], "fit"],
];

/** A recipe's choices as a forecaster's options. What a forecaster cannot be told is refused, not left out. */
function optionsOf(where: string, recipe: Recipe): ForecasterOptions {
  const { series = {}, window, horizon, layers, compile, fit = {} } = recipe;
  const instead = "Leave it out, or use tune() or ensemble().";
  const recurrent = layers.slice(0, -1);
  const head = layers.at(-1);
  const other = recurrent.find(({ kind }) => kind !== "lstm");
  if (other !== undefined || head?.kind !== "dense" || recurrent.length === 0) {
    throw new ConfigError(
      `${where}: a forecaster is made of lstm layers and a dense one, and the recipe has \`${(other ?? head)?.kind}\`. Use tune() or ensemble() for it.`,
    );
  }
  const refuse = (place: string, value: unknown, what: string): never => {
    throw new ConfigError(`${where}: \`${place}\` is ${told(value)}, but a forecaster ${what}. ${instead}`, {
      received: value,
    });
  };
  for (const [part, names, place] of KNOWN) {
    const stray = Object.entries(part(recipe)).find(
      ([name, value]) => value != null && !names.includes(name),
    );
    if (stray !== undefined) refuse(`${place}.${stray[0]}`, stray[1], "cannot be told that");
  }
  for (const [i, layer] of layers.entries()) {
    const names =
      i === layers.length - 1 ? ["kind", "name", "units"] : ["kind", "name", "units", "returnSequences"];
    const stray = Object.entries(layer).find(([name]) => !names.includes(name));
    if (stray !== undefined) refuse(`layers.${i}.${stray[0]}`, stray[1], "cannot be told that");
  }
  const { name, config } = optimizerOf(recipe);
  if (compile.optimizer !== undefined && name !== "adam")
    refuse("compile.optimizer", name, "trains with adam");
  if (!SQUARED.includes(compile.loss)) refuse("compile.loss", compile.loss, "trains with mse");
  const { learningRate } = config;
  const { epochs, batchSize, earlyStopping } = fit;
  return {
    model: "lstm",
    layers: recurrent.map(({ units }) => ({ kind: "lstm" as const, units: units as number })),
    ...(window === undefined ? {} : { window }),
    ...(horizon === undefined ? {} : { horizon }),
    ...(series.impute == null ? {} : { impute: series.impute === "forward" ? "forwardFill" : series.impute }),
    ...(series.log === undefined ? {} : { log: series.log }),
    ...(series.difference === undefined
      ? {}
      : { difference: series.difference === 0 ? false : { order: series.difference } }),
    ...(series.scale == null ? {} : { scale: series.scale }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(earlyStopping === undefined ? {} : { patience: earlyStopping.patience }),
    ...(learningRate === undefined ? {} : { learningRate: learningRate as number }),
  };
}

/**
 * Fits a forecaster for each series. One that cannot be fitted does not stop the others.
 *
 * @param options a forecaster's options, or a recipe of lstm layers and a dense one.
 * @param series by name, oldest value first; null and NaN are gaps. Each is what a forecaster takes: `number[]`, rows, a
 *   Tensor, or `{ columns, target }`.
 * @returns by name, a fitted forecaster (dispose it when done) or `{ error }`.
 * @throws ConfigError for a recipe that no forecaster can follow (other layers, a loss or an optimizer of one's own), or data that are no record of series.
 * @example
 * const wave = Array.from({ length: 80 }, (_, t) => Math.sin(t / 3));
 * const fitted = await fitMany({ epochs: 2 }, { a: wave, b: [1, 1] });
 * console.log("error" in fitted.b!); // two values are too few
 */
export async function fitMany(
  options: Recipe | ForecasterOptions,
  series: Readonly<Record<string, ForecastSeries>>,
  { runner, signal, ...rest }: FitManyOptions = {},
): Promise<Record<string, FittedSeries>> {
  const where = "fitMany()";
  refuseUnknown(where, rest, ["runner", "signal"]);
  if (typeof series !== "object" || series === null || Array.isArray(series)) {
    throw new ConfigError(`${where}: expected series by name, such as { shop1: […], shop2: […] }.`, {
      received: series,
    });
  }
  const forecasterOptions = "compile" in options ? optionsOf(where, options) : (options as ForecasterOptions);
  const job: Job = { kind: "forecaster", options: forecasterOptions };
  const entries = Object.entries(series);
  const jobs: (NamedJob | Error)[] = entries.map(([name, values]) => {
    try {
      return {
        name,
        job,
        data: openForecastData(`${where}: ${name}`, values, forecasterOptions.target ?? 0),
      };
    } catch (error) {
      return error as Error;
    }
  });
  const runnable = jobs.filter((one): one is NamedJob => !(one instanceof Error));
  const settled = await settleAll(runnable, {
    ...(runner === undefined ? {} : { runner }),
    ...(signal === undefined ? {} : { signal }),
  });
  const results: [string, FittedSeries][] = [];
  let at = 0;
  for (const [i, [name]] of entries.entries()) {
    const job = jobs[i]!;
    if (job instanceof Error) {
      results.push([name, { error: job }]);
      continue;
    }
    const one = settled[at++]!;
    results.push([name, "error" in one ? one : await loadForecaster(one.result.bytes!)]);
  }
  return Object.fromEntries(results);
}
