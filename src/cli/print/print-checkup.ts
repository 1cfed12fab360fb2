import pc from "picocolors";
import type { Colors } from "picocolors/types.js";
import { type Diagnosis, type Picture, printPicture } from "../../index.js";
import { sourceName } from "../../report/summary/series-summary.js";
import { describeSummary, type Fact } from "../../report/text/describe-summary.js";
import {
  type CheckupCase,
  causeNote,
  type DoctorReport,
  dataText,
  evidenceText,
  hasFault,
  headline,
  inWordsOf,
  lossPicture,
  numbersOfTraining,
  pictureOf,
  sameChangeAs,
  scopeText,
  titleText,
} from "../../report/text/doctor-report.js";
import { recipeFacts } from "../../report/text/recipe-facts.js";
import type { Io } from "../files/io.js";
import { flowText } from "./flow-text.js";
import { bullets, factLines, heading, wrap } from "./text.js";
import { errorsText } from "./text-table.js";

const INDENT = "  ";

export const indented = (text: string, by = INDENT): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "\n" : `${by}${line}\n`))
    .join("");

/** Charts stand four columns in; narrower than this they cannot be read. */
export const chartColumns = ({ columns }: Io): number => Math.max(40, columns - 4);

/** `error unscaled_target: the target is of the size 340`, for --quiet. */
export function oneLineCause(series: { readonly target: string }, diagnosis: Diagnosis): string {
  const { code, severity, title } = inWordsOf(series, diagnosis);
  return `${severity} ${code}: ${title}\n`;
}

function coloured(colors: Colors, severity: Diagnosis["severity"]): string {
  const paint = { error: colors.red, warning: colors.yellow, hint: colors.cyan }[severity];
  return paint(severity);
}

/** A cause in the words of who asks: its note, and its change as code. */
export interface ShownCause {
  readonly diagnosis: Diagnosis;
  readonly picture: Picture | undefined;
  readonly note: string;
  readonly asCode: string;
}

function shownCause(report: DoctorReport, index: number): ShownCause {
  const cause = report.causes[index]!;
  const diagnosis = inWordsOf(report.summary.series, cause.diagnosis);
  const same = sameChangeAs(report.causes, index);
  return {
    diagnosis,
    picture: pictureOf(diagnosis, cause, report),
    note: causeNote(cause, report.history !== null),
    asCode: same === undefined ? cause.asCode : `// the same code as for ${same}`,
  };
}

/** One cause: heading, picture, what was measured, why, the change with its cost, and what to expect of it. */
export function causeText(cause: ShownCause, index: number, io: Io, colors: Colors): string {
  const { diagnosis, picture, note, asCode } = cause;
  const { code, severity, title, why, remedy, cost, expect } = diagnosis;
  const measured = evidenceText(diagnosis);
  const facts: Fact[] = [
    ...(measured === "" ? [] : [{ name: "measured", text: `${measured}.` }]),
    { name: "why", text: why },
    { name: "change", text: remedy },
    { name: "cost", text: cost },
    { name: "expect", text: expect },
  ];
  const picturePart =
    picture === undefined
      ? ""
      : `${indented(printPicture(picture, { columns: chartColumns(io) }), "    ")}\n`;
  return [
    `\n${heading(`${index + 1}. ${titleText(title)}`, io.columns, colors.bold)}`,
    `${INDENT}${coloured(colors, severity)} ${code}\n`,
    note === "" ? "" : indented(wrap(`(${note})`, io.columns - 2).join("\n")),
    "\n",
    picturePart,
    factLines(facts, io.columns),
    asCode === "" ? "" : `\n${indented(asCode, "    ")}`,
  ].join("");
}

/** What is looked at, and the recipe: said before anything takes time. */
export function printBefore(examined: CheckupCase, io: Io): void {
  const { summary, recipe, data } = examined;
  const { series } = summary;
  const colors = pc.createColors(io.color);
  const unit = series.unit === undefined ? "" : ` (${series.unit})`;
  io.out(heading(`${sourceName(series)}: ${series.target}${unit}`, io.columns, colors.bold));
  io.out(
    factLines(
      [
        { name: "looked at", text: `${scopeText(examined)}.` },
        ...describeSummary(summary, { full: false }).filter(({ name }) => name !== "length"),
      ],
      io.columns,
    ),
  );
  if (data.length > 0) {
    io.out(`\n${heading("What the data alone show", io.columns, colors.bold)}`);
    io.out(
      bullets(
        data.map((found) => dataText(series, found)),
        io.columns,
      ),
    );
  }
  io.out(`\n${heading("The recipe", io.columns, colors.bold)}`);
  io.out(factLines(recipeFacts(recipe), io.columns));
}

/** The verdict, every cause with its picture and its change, and the numbers of the training. */
export function printReport(report: DoctorReport, next: readonly string[], io: Io): void {
  const { causes, errors, history } = report;
  const colors = pc.createColors(io.color);
  const wasTrained = history !== null;
  io.out(
    `\n${heading(headline(report), io.columns, hasFault(report) ? colors.bold : (t) => colors.bold(colors.green(t)))}`,
  );
  for (const i of causes.keys()) io.out(causeText(shownCause(report, i), i, io, colors));
  io.out(`\n${heading("How well it learns", io.columns, colors.bold)}`);
  io.out(bullets(numbersOfTraining(report), io.columns));
  const losses = lossPicture(history);
  if (losses !== undefined)
    io.out(`\n${indented(printPicture(losses, { columns: chartColumns(io) }), "    ")}`);
  if (errors !== undefined && wasTrained) {
    const unit = errors.unit === undefined ? "" : ` (${errors.unit})`;
    io.out(
      `\n${heading(`Errors on the validation rows, which training did not see${unit}`, io.columns, colors.bold)}`,
    );
    io.out(errorsText(errors, colors));
  }
  io.out(flowText(report.flow, io.columns, colors));
  // A command is not broken: it is to be copied.
  if (next.length > 0) io.out(`\n${next.map((line) => `${line}\n`).join("")}`);
}
