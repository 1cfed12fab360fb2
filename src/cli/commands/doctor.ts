import { DataError } from "../../errors.js";
import { examine } from "../../index.js";
import { RECIPE_DEFAULTS } from "../../recipe/recipe.js";
import { type NamedSeries, sourceName, summarize } from "../../report/summary/series-summary.js";
import type { CheckupCase } from "../../report/text/doctor-report.js";
import { plural } from "../../report/text/numbers.js";
import type { Io } from "../files/io.js";
import { naming, readSeries } from "../files/series-file.js";
import { checkOptions, type DoctorOptions, recipeFor } from "../options/doctor-options.js";
import { printBefore } from "../print/print-checkup.js";
import { check } from "./doctor-check.js";

export type { DoctorOptions } from "../options/doctor-options.js";

/** Something was found; 1 is a mistake. */
const EXIT_FOUND = 2;

/** The series without its test part. */
function seenPart(series: NamedSeries, rows: number): NamedSeries {
  const { dates, times, values, ...rest } = series;
  return {
    ...rest,
    values: values.subarray(0, rows),
    ...(dates === undefined ? {} : { dates: dates.slice(0, rows) }),
    ...(times === undefined ? {} : { times: times.subarray(0, rows) }),
  };
}

/**
 * `gateflow doctor`: why a recipe does not learn from a series, and with `--fix` a recipe that does. The test part, the
 * last rows, is cut off before anything looks at them.
 * @returns the exit code: 0 healthy, 2 something is wrong.
 */
export async function doctor(file: string, options: DoctorOptions, io: Io): Promise<number> {
  await checkOptions(options);
  const quiet = options.quiet === true || options.json === true;
  const recipe = await recipeFor(options);
  const whole = await readSeries(file, options, undefined, io.signal);
  const seen = Math.floor(whole.values.length * (1 - options.testFraction));
  const series = seenPart(whole, seen);
  const split = Math.floor(seen * (1 - RECIPE_DEFAULTS.validationFraction));
  if (!series.values.subarray(0, split).some(Number.isFinite))
    throw new DataError(
      `${sourceName(series)}, column ${JSON.stringify(series.target)}: the first ${plural(split, "row")}, the training part, hold no value. Leave them out of the file.`,
    );
  return naming(whole, async () => {
    const examined: CheckupCase = {
      summary: summarize(series),
      testRows: whole.values.length - seen,
      split,
      recipe,
      data: examine(series.values),
    };
    if (!quiet) printBefore(examined, io);
    const work = options.fix === true ? (await import("./doctor-fix.js")).fix : check;
    return (await work(examined, file, options, io, quiet)) ? EXIT_FOUND : 0;
  });
}
