import type { Severity } from "../../doctor/causes.js";
import type { Cause } from "../../doctor/checkup.js";
import type { Diagnosis } from "../../doctor/diagnosis.js";
import type { TrainingFlow } from "../../inspect/training-flow.js";
import type { History } from "../../model/events.js";
import type { Recipe } from "../../recipe/recipe.js";
import type { LinesPicture, Picture } from "../../viz/picture.js";
import type { ErrorTable } from "../summary/error-table.js";
import type { SeriesSummary } from "../summary/series-summary.js";
import type { Fact } from "./describe-summary.js";
import type { TextTable } from "./flow-table.js";
import { type Comparison, comparisons, verdict } from "./forecast-report.js";
import { plural, readableNumber } from "./numbers.js";

/** What is looked at. */
export interface CheckupCase {
  /** Of the rows looked at. */
  readonly summary: SeriesSummary;
  /** Rows at the end nobody looked at. */
  readonly testRows: number;
  /** The first row by which the training is judged. */
  readonly split: number;
  readonly recipe: Recipe;
  /** What the rows alone show. */
  readonly data: readonly Diagnosis[];
}

/** Everything the doctor's report shows. */
export interface DoctorReport extends CheckupCase {
  readonly version: string;
  readonly date: Date;
  /** Worst first. */
  readonly causes: readonly Cause[];
  /** Codes of what was taken as changed in the last training, since nothing could be trained without. */
  readonly assumed: readonly string[];
  /** Of the last training; null where nothing could be trained. */
  readonly history: History | null;
  /** Validation error beside forecasts that learn nothing. */
  readonly errors: ErrorTable | undefined;
  /** How the gradient flows in the recipe as it was trained; left out where nothing recurrent could be trained. */
  readonly flow?: TrainingFlow | undefined;
  /** What a repair did, where the recipe is what it came to. */
  readonly repair?: RepairStory;
}

/** What a repair tried, what of it is in the recipe now, and what that is worth. */
export interface RepairStory {
  readonly sentence: string;
  readonly changes: readonly Fact[];
  readonly tried: TextTable;
}

/** What a verdict is made of. */
type Verdict = Pick<DoctorReport, "causes"> & Partial<Pick<DoctorReport, "errors">>;

const isFault = ({ causes }: Verdict): boolean =>
  causes.some(({ diagnosis }) => diagnosis.severity !== "hint");

/** By how much a simple forecast must be better: on a series that is mostly chance the two are as good as the same. */
const WORSE = 1.1;

/** The simple forecast that does better than what was trained, and by how much; undefined where none does. */
export function betterForecast({ errors }: Verdict): Comparison | undefined {
  return errors === undefined
    ? undefined
    : comparisons(errors).find(({ model, baselineError }) => model > WORSE * baselineError);
}

/** Whether something was found that is worse than a hint, or a forecast that learns nothing does better. */
export const hasFault = (verdict: Verdict): boolean =>
  isFault(verdict) || betterForecast(verdict) !== undefined;

/** Rows looked at, and which not. */
export function scopeText({ summary, split, testRows }: CheckupCase): string {
  const { axis, rows } = summary;
  return `the first ${plural(rows, "row")}, ${axis.label(0)} to ${axis.label(rows - 1)}: training before ${axis.label(split)}, validation from there on. The last ${plural(testRows, "row")} are the test part, which the doctor never looks at`;
}

/** `2.3 times as large`. */
const timesText = ({ model, baselineError }: Comparison): string =>
  `${readableNumber(Number((model / baselineError).toPrecision(2)))} times as large`;

/** The result in a few words. */
export function headline(verdict: Verdict): string {
  const { causes } = verdict;
  const count = (of: Severity): number =>
    causes.filter(({ diagnosis: { severity } }) => severity === of).length;
  const [errors, hints] = [count("error"), count("hint")];
  const severe = causes.length - hints;
  const more = hints === 0 ? "" : `${severe === 0 ? "; " : ", and "}${plural(hints, "hint")}`;
  const better = severe === 0 ? betterForecast(verdict) : undefined;
  if (better !== undefined)
    return `Nothing is found that keeps this recipe from learning, but the ${better.baseline} forecast is better: the recipe's error is ${timesText(better)}${more}`;
  if (severe === 0) return `Healthy: nothing keeps this recipe from learning${more}`;
  const what = errors > 0 ? "does not learn" : "learns less than it could";
  return `${plural(severe, "reason")} why this recipe ${what}${causes.length > 1 ? ", worst first" : ""}${more}`;
}

/** The numbers that show how well a recipe has learnt, in sentences. */
export function numbersOfTraining({ errors, history, assumed }: DoctorReport): string[] {
  if (history === null) return ["Nothing could be trained, so there is no validation error."];
  const { loss = [], val_loss: held = [] } = history.history;
  const course = (name: string, values: readonly number[]): string =>
    values.length === 0
      ? ""
      : `${name} ${readableNumber(values[0]!)} → ${readableNumber(values.at(-1)!)}${values.length > 2 && Math.min(...values) < values.at(-1)! ? `, lowest ${readableNumber(Math.min(...values))}` : ""}`;
  return [
    ...(assumed.length === 0 ? [] : [`Trained with the change for ${assumed.join(" and ")} made.`]),
    `${plural(history.epoch.length, "epoch")}: ${[course("training loss", loss), course("validation loss", held)].filter(Boolean).join("; ")}.`,
    ...(errors === undefined ? [] : comparisons(errors).map((each) => verdict(each, errors.unit))),
  ];
}

/** `rootMeanSquare` → `root mean square`. */
const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** What was measured, the bounds it was held to, and the place. */
export const evidenceText = ({ evidence }: Diagnosis): string =>
  Object.entries(evidence)
    .map(([name, value]) => `${words(name)} ${typeof value === "number" ? readableNumber(value) : value}`)
    .join(", ");

/** A title as a heading. */
export const titleText = (title: string): string => `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`;

/** Every text of a value with a change made to it. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapTexts(part, change)])) as T;
}

/**
 * A diagnosis that calls the only column there is by its name: `feature 0` is what a model calls it. How many columns have
 * a gap says nothing of one.
 */
export function inWordsOf({ target }: { readonly target: string }, diagnosis: Diagnosis): Diagnosis {
  const name = JSON.stringify(target);
  const renamed = (by: string) => (text: string) => text.replaceAll(/\b(?:feature|column) 0\b/g, () => by);
  const { columnsWithGaps: _, ...own } = diagnosis.evidence;
  // An item of the evidence says itself that it is a column.
  const evidence = mapTexts(own, renamed(name));
  return { ...mapTexts(diagnosis, renamed(`column ${name}`)), evidence };
}

/** Axes of pictures that hold the series' own values. */
const VALUES: readonly string[] = ["value", "target", "forecast", "answer"];

/** Changes that leave values in the series' unit. */
const KEEPS_UNIT: readonly string[] = ["missing_values"];

/** A cause's picture with the series' unit at its axes, where its values are in that unit: neither scaled nor logarithms. */
export function pictureOf(
  { picture }: Diagnosis,
  { behind }: Pick<Cause, "behind">,
  { summary, recipe }: Pick<DoctorReport, "summary" | "recipe">,
): Picture | undefined {
  const { unit } = summary.series;
  const { scale, log, clip } = recipe.series ?? {};
  const isRaw = scale == null && log !== true && clip == null;
  if (picture?.kind !== "lines" || unit === undefined || !isRaw) return picture;
  if (!behind.every((code) => KEEPS_UNIT.includes(code)) || !VALUES.includes(picture.y.label)) return picture;
  return { ...picture, y: { ...picture.y, label: `${picture.y.label} (${unit})` } };
}

/** What the data alone show, as a sentence. */
export const dataText = (series: { readonly target: string }, diagnosis: Diagnosis): string =>
  `${titleText(inWordsOf(series, diagnosis).title)} (${diagnosis.code}).`;

/** The place of the first cause with the same change, where that is an earlier one: its code is shown once. */
export function sameChangeAs(causes: readonly Cause[], index: number): number | undefined {
  const first = causes.findIndex(({ asCode }) => asCode === causes[index]!.asCode);
  return first < index && causes[index]!.asCode !== "" ? first + 1 : undefined;
}

/** What a reader must know of a cause beside what it says itself. */
export function causeNote({ seen, behind }: Cause, wasTrained: boolean): string {
  const found = behind.length === 0 ? "" : `found with the change for ${behind.join(" and ")} made`;
  const when = seen === "before" && wasTrained ? "seen in the untrained model only" : "";
  return [found, when].filter((text) => text !== "").join("; ");
}

/** Losses this many times apart do not show on one linear axis. */
const MANY = 100;

/** The losses by epoch as a picture; undefined where there are fewer than two. */
export function lossPicture(history: History | null): LinesPicture | undefined {
  const { loss = [], val_loss: held = [] } = history?.history ?? {};
  const drawn = (values: readonly number[]) => values.map((value) => (Number.isFinite(value) ? value : null));
  const values = [...loss, ...held].filter(Number.isFinite);
  if (loss.length < 2 || values.length < 2) return undefined;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = loss.map((_, i) => i + 1);
  return {
    kind: "lines",
    title: "Loss by epoch",
    x: { label: "epoch" },
    y: { label: "loss", log: low > 0 && high / low > MANY },
    lines: [
      { name: "training", values: drawn(loss), x },
      ...(held.length === 0 ? [] : [{ name: "validation", values: drawn(held), x: x.slice(0, held.length) }]),
    ],
  };
}
