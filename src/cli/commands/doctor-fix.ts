import { type RepairProgress, repair } from "../../index.js";
import { writeFileAtomic } from "../../node/atomic-write.js";
import { RECIPE_DEFAULTS } from "../../recipe/recipe.js";
import { validationErrors } from "../../report/summary/validation-errors.js";
import type { CheckupCase } from "../../report/text/doctor-report.js";
import { betterForecast, hasFault, headline } from "../../report/text/doctor-report.js";
import { plural } from "../../report/text/numbers.js";
import { recipeChanges } from "../../report/text/recipe-facts.js";
import { checkInterrupt, type Io } from "../files/io.js";
import { type DoctorOptions, nextCommand, OUT } from "../options/doctor-options.js";
import { oneLineCause } from "../print/print-checkup.js";
import { attemptTable, printRepair, type RepairOutcome, repairSentence } from "../print/print-repair.js";
import { trainingProgress } from "../print/progress.js";
import { watchedReport, writeReport } from "./doctor-check.js";

function outcomeJson({ summary }: CheckupCase, outcome: RepairOutcome, files: readonly string[]): string {
  const { recipe, repaired, attempts, left, errors } = outcome;
  const { series } = summary;
  return `${JSON.stringify(
    {
      file: series.path,
      id: series.id?.value,
      target: series.target,
      unit: series.unit,
      recipe,
      repaired: repaired.recipe,
      applied: repaired.applied.map(({ code }) => code),
      // JSON has no infinity: null is a recipe that gave no model.
      before: repaired.before,
      after: repaired.after,
      refused: repaired.refused,
      control: repaired.control,
      trainings: repaired.trainings,
      attempts: attempts.map(({ budget: _, ...attempt }) => attempt),
      left,
      errors: Object.fromEntries(errors?.rows.map(({ name, values }) => [name, values[0]]) ?? []),
      files,
    },
    null,
    2,
  )}\n`;
}

/** `gateflow doctor --fix`: makes the changes that help, and writes the recipe. @returns whether something is left. */
export async function fix(
  examined: CheckupCase,
  file: string,
  options: DoctorOptions,
  io: Io,
  quiet: boolean,
): Promise<boolean> {
  const { summary, split, recipe } = examined;
  const { series } = summary;
  const { budget = RECIPE_DEFAULTS.budget, seed, out: path = OUT } = options;
  if (!quiet)
    io.err(
      `\n  at most ${plural(budget, "training")} for changes, as many for a random search beside them, and one more look\n`,
    );
  const attempts: RepairProgress[] = [];
  // Twenty trainings one after the other: a line each says enough where nothing is redrawn.
  const progress = trainingProgress(io, quiet, 1);
  const repaired = await repair(recipe, {
    series: series.values,
    // The test part is cut off already.
    testFraction: 0,
    budget,
    seed,
    callbacks: [progress],
    signal: io.signal,
    onProgress: (attempt) => {
      if (attempt.tried !== "control") attempts.push(attempt);
    },
  })
    .catch((error: unknown) => {
      // A repair that was stopped complains; why it was stopped is known here.
      checkInterrupt(io);
      throw error;
    })
    .finally(() => progress.stop());
  const checked = await watchedReport({ ...examined, recipe: repaired.recipe }, options, io, quiet);
  const { causes } = checked;
  const named = [
    { name: "repaired", error: repaired.after },
    { name: "as it came", error: repaired.before },
    { name: `random search, best of ${repaired.trainings}`, error: repaired.control },
  ];
  const outcome: RepairOutcome = {
    recipe,
    repaired,
    attempts,
    left: causes.map(({ diagnosis }) => diagnosis),
    series,
    errors: validationErrors(repaired.recipe, named, { values: series.values, split }, series.unit),
    better: betterForecast(checked) === undefined ? undefined : headline(checked),
  };
  checkInterrupt(io);
  await writeFileAtomic(path, `${JSON.stringify(repaired.recipe, null, 2)}\n`);
  const story = {
    sentence: repairSentence(outcome),
    changes: recipeChanges(recipe, repaired.recipe),
    tried: attemptTable(attempts),
  };
  const files = [path, ...(await writeReport(options.report, { ...checked, repair: story }, io))];
  if (options.json === true) io.out(outcomeJson(examined, outcome, files));
  else if (quiet) {
    io.out(`${repairSentence(outcome)}\n`);
    for (const diagnosis of outcome.left) io.out(oneLineCause(series, diagnosis));
  } else printRepair(outcome, nextCommand(file, options, { recipe: path }), files, io);
  return hasFault(checked);
}
