import { recipeFlow } from "../../doctor/recipe-flow.js";
import { checkup } from "../../index.js";
import { watchFlow } from "../../inspect/training-flow.js";
import { writeFileAtomic } from "../../node/atomic-write.js";
import { validationErrors } from "../../report/summary/validation-errors.js";
import {
  betterForecast,
  type CheckupCase,
  type DoctorReport,
  hasFault,
  headline,
} from "../../report/text/doctor-report.js";
import { checkInterrupt, type Io } from "../files/io.js";
import { packageVersion } from "../files/version.js";
import { type DoctorOptions, nextCommand } from "../options/doctor-options.js";
import { flowJson } from "../print/flow-text.js";
import { oneLineCause, printReport } from "../print/print-checkup.js";
import { trainingProgress } from "../print/progress.js";

/** The report for a program: diagnoses as the library gives them, each with its change as code. */
function reportJson(report: DoctorReport, files: readonly string[]): string {
  const { summary, testRows, split, recipe, data, causes, assumed, history, errors } = report;
  const { series, rows } = summary;
  return `${JSON.stringify(
    {
      file: series.path,
      id: series.id?.value,
      target: series.target,
      unit: series.unit,
      rows: { seen: rows, validationFrom: split, test: testRows },
      recipe,
      healthy: !hasFault(report),
      beatenBy: betterForecast(report)?.baseline ?? null,
      data,
      causes: causes.map(({ diagnosis, ...found }) => ({ ...diagnosis, ...found })),
      assumed,
      history: history?.history ?? null,
      flow: flowJson(report.flow),
      errors: Object.fromEntries(errors?.rows.map(({ name, values }) => [name, values[0]]) ?? []),
      files,
    },
    null,
    2,
  )}\n`;
}

const steps = {
  before: "looking at the untrained model, with short trainings of copies",
  training: "training",
  after: "looking at the trained model, with short trainings of copies",
} as const;

/** A checkup that shows how it goes, as a report. */
export async function watchedReport(
  examined: CheckupCase,
  options: Pick<DoctorOptions, "seed" | "as">,
  io: Io,
  quiet: boolean,
): Promise<DoctorReport> {
  const { summary, recipe, split } = examined;
  const { series } = summary;
  const progress = trainingProgress(io, quiet);
  const watch = watchFlow();
  try {
    const { causes, assumed, attempt } = await checkup(recipe, series.values, {
      seed: options.seed,
      ...(options.as === undefined ? {} : { as: options.as }),
      // The test part is cut off already.
      testFraction: 0,
      signal: io.signal,
      callbacks: [progress, ...watch.callbacks],
      onStep: (step) => {
        if (!quiet) io.err(`  ${steps[step]}\n`);
      },
    });
    const flow = await recipeFlow(attempt!, watch);
    attempt!.model?.dispose();
    const own = [{ name: "the recipe", error: attempt!.error }];
    return {
      ...examined,
      version: await packageVersion(),
      date: new Date(),
      causes,
      assumed,
      history: attempt!.history,
      flow,
      errors: validationErrors(recipe, own, { values: series.values, split }, series.unit),
    };
  } finally {
    progress.stop();
  }
}

/** Writes the page where `--report` says; nothing where it was not given. @returns the files written. */
export async function writeReport(path: string | undefined, report: DoctorReport, io: Io): Promise<string[]> {
  if (path === undefined) return [];
  const { renderDoctorReport } = await import("../../report/html/render-doctor.js");
  const page = renderDoctorReport(report);
  checkInterrupt(io);
  await writeFileAtomic(path, page);
  return [path];
}

/** `gateflow doctor`: what is wrong. @returns whether something is. */
export async function check(
  examined: CheckupCase,
  file: string,
  options: DoctorOptions,
  io: Io,
  quiet: boolean,
): Promise<boolean> {
  const report = await watchedReport(examined, options, io, quiet);
  const { causes, summary } = report;
  const files = await writeReport(options.report, report, io);
  if (options.json === true) io.out(reportJson(report, files));
  else if (quiet) {
    const onlyHints = causes.every(({ diagnosis }) => diagnosis.severity === "hint");
    if (causes.length === 0 || (onlyHints && hasFault(report))) io.out(`${headline(report)}\n`);
    for (const { diagnosis } of causes) io.out(oneLineCause(summary.series, diagnosis));
  } else {
    const fix = causes.some(({ diagnosis }) => diagnosis.fix !== undefined)
      ? ["Try the changes, measured:", nextCommand(file, options, { fix: true })]
      : [];
    printReport(report, [...fix, ...files.map((path) => `Wrote ${path}`)], io);
  }
  return hasFault(report);
}
