import { createEngine, type Engine } from "../engine/engine.js";
import { ConfigError } from "../errors.js";
import { forecaster } from "../forecast/forecaster.js";
import type { ForecastSeries } from "../forecast/types.js";
import { toSafetensors } from "../formats/safetensors.js";
import type { Callback } from "../model/events.js";
import { examplesFor } from "../recipe/examples-for.js";
import { type Prepared, type PreparedPart, prepareExamples, prepareSeries } from "../recipe/prepare.js";
import type { Recipe } from "../recipe/recipe.js";
import { type Attempt, isClassLoss, runRecipe } from "../recipe/train-recipe.js";
import type { Tensor } from "../tensor.js";
import { forRecipe, type PlainData, type RecipeData } from "./data.js";
import type { Job, JobHooks, JobResult } from "./job.js";
import { TrialPruned } from "./trial.js";

/** Of the examples a fold trains on, what early stopping looks at: never the test part. */
const HELD_FOR_STOPPING = 0.2;

let shared: Promise<Engine> | undefined;

/** One thread, and only operations that WebAssembly fixes to the bit: a job gives the same numbers wherever it runs. */
function jobEngine(): Promise<Engine> {
  shared ??= createEngine({ threads: 1, reproducible: true });
  return shared;
}

async function lossOn({ model }: Attempt, { x, y }: { x: Tensor; y: Tensor }): Promise<number> {
  const { loss } = await model!.evaluate(x, y, { batchSize: model!.batchSize ?? 256 });
  return loss!;
}

/** Trains; the model is in use until the work that is done with it is over. */
async function trained<T>(
  recipe: Recipe,
  prepared: Prepared,
  seed: number,
  hooks: JobHooks,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const reporter: Callback = {
    async onEpochEnd(epoch, logs) {
      const value = logs.val_loss;
      if (value === undefined) return;
      if (!(await hooks.report(value, epoch + 1)))
        throw new TrialPruned(`Given up after epoch ${epoch + 1}.`);
    },
  };
  const attempt = await runRecipe(recipe, prepared, seed, {
    callbacks: [reporter],
    signal: hooks.signal,
    engine: await jobEngine(),
  });
  if (attempt.model === null) throw attempt.refused;
  try {
    hooks.signal.throwIfAborted();
    return await work(attempt);
  } finally {
    attempt.model.dispose();
  }
}

async function runRecipeJob(
  job: Job & { kind: "recipe" },
  data: RecipeData,
  hooks: JobHooks,
): Promise<JobResult> {
  const prepare = examplesFor(data.kind === "series" ? { series: data.values } : { data }, "tune()");
  const prepared = prepare(job.recipe);
  return trained(job.recipe, prepared, job.seed, hooks, async (attempt) => {
    const losses = attempt.history!.history.val_loss;
    const value = losses?.at(-1) ?? (await lossOn(attempt, prepared.validation));
    const train = attempt.history!.history.loss!.at(-1)!;
    return { value, train, ...(job.keep === true ? { bytes: toSafetensors(attempt.model!) } : {}) };
  });
}

/** The examples a recipe makes of its data, not scaled yet: scales are learnt from each fold's own training part. */
export function examplesOf(recipe: Recipe, data: RecipeData): { x: Tensor; y: Tensor } {
  if (data.kind === "examples") return data;
  const { scale: _scale, clip: _clip, ...steps } = recipe.series ?? {};
  const { train } = prepareSeries({ ...recipe, series: steps }, data.values, data.values.length);
  return train;
}

function rowsOf({ shape, data }: Tensor, rows: readonly number[]): Tensor {
  const size = data.length / shape[0]!;
  const taken = new (data.constructor as Float32ArrayConstructor)(rows.length * size);
  rows.forEach((row, n) => {
    taken.set(data.subarray(row * size, (row + 1) * size), n * size);
  });
  return { shape: [rows.length, ...shape.slice(1)], data: taken };
}

function slicePart(part: PreparedPart, from: number, to: number): PreparedPart {
  const indices = Array.from({ length: to - from }, (_, i) => from + i);
  const width = part.y.data.length / part.y.shape[0]!;
  return {
    ...part,
    x: rowsOf(part.x, indices),
    y: rowsOf(part.y, indices),
    actual: part.actual.subarray(from * width, to * width),
  };
}

async function runFold(job: Job & { kind: "fold" }, data: RecipeData, hooks: JobHooks): Promise<JobResult> {
  const { recipe, train, test } = job;
  const whole = examplesOf(recipe, data);
  const stops = recipe.fit?.earlyStopping !== undefined;
  const fitted = stops ? Math.max(1, Math.floor(train.length * (1 - HELD_FOR_STOPPING))) : train.length;
  const rows = [...train, ...test];
  const { train: own, validation } = prepareExamples(
    recipe,
    rowsOf(whole.x, rows),
    rowsOf(whole.y, rows),
    fitted,
    isClassLoss(recipe.compile.loss),
  );
  const held = train.length - fitted;
  const tested = slicePart(validation, held, held + test.length);
  const watched = stops && held > 0 ? slicePart(validation, 0, held) : tested;
  return trained(recipe, { train: own, validation: watched }, job.seed, hooks, async (attempt) => ({
    value: await lossOn(attempt, tested),
    train: await lossOn(attempt, own),
  }));
}

/** The first rows of what a forecaster learns from, or all. */
function forecastSeries(data: PlainData, rows: number | undefined): ForecastSeries {
  if (data.kind === "series") return data.values.subarray(0, rows);
  if (data.kind === "columns") {
    const parts = data.columns.map((values) => values.subarray(0, rows));
    return {
      columns: Object.fromEntries(data.names.map((name, f) => [name, parts[f]!])),
      target: data.target,
    };
  }
  throw new ConfigError("A forecaster learns from a series, not from examples.");
}

async function runForecaster(
  job: Job & { kind: "forecaster" },
  data: PlainData,
  { signal }: JobHooks,
): Promise<JobResult> {
  const made = forecaster(job.options);
  try {
    await made.fit(forecastSeries(data, job.rows), { signal });
    return { value: made.history?.history.val_loss?.at(-1) ?? 0, bytes: await made.save() };
  } finally {
    made.dispose();
  }
}

/**
 * Does a job, here and now.
 * @throws what refuses the recipe or the data; TrialPruned once a report was answered with no; the signal's reason.
 */
export async function runJob(job: Job, data: PlainData, hooks: JobHooks): Promise<JobResult> {
  if (job.kind === "recipe") return runRecipeJob(job, forRecipe(data), hooks);
  if (job.kind === "fold") return runFold(job, forRecipe(data), hooks);
  return runForecaster(job, data, hooks);
}
