import pc from "picocolors";
import { type Diagnosis, type History, printPicture } from "../../index.js";
import { hasFault, headline, lossPicture } from "../../report/text/doctor-report.js";
import { plural, readableNumber } from "../../report/text/numbers.js";
import type { Io } from "../files/io.js";
import { causeText, chartColumns, indented } from "./print-checkup.js";
import { bullets, factLines, heading } from "./text.js";

/** One cause of a model's, its change in the words of who asks. */
export interface ModelCause {
  /** Its remedy in their words. */
  readonly diagnosis: Diagnosis;
  readonly seen: "before" | "after" | "both";
  readonly behind: readonly string[];
  readonly asCode: string;
  /** The same in our words; empty where `asCode` is. */
  readonly asOwnCode: string;
}

/** What was looked at, and what was found. */
export interface ModelReport {
  readonly path: string;
  readonly facts: readonly { readonly name: string; readonly text: string }[];
  readonly causes: readonly ModelCause[];
  /** Of the copy's training; null where nothing could be trained. */
  readonly history: History | null;
  readonly words: string;
}

/** What is looked at, said before anything takes time. */
export function printModel({ path, facts }: Pick<ModelReport, "path" | "facts">, io: Io): void {
  io.out(heading(path, io.columns, pc.createColors(io.color).bold));
  io.out(factLines([...facts], io.columns));
}

const course = (name: string, values: readonly number[]): string =>
  values.length === 0 ? "" : `${name} ${readableNumber(values[0]!)} → ${readableNumber(values.at(-1)!)}`;

/** How the copy's training went, in sentences. */
function trainingOf({ history }: ModelReport): string[] {
  if (history === null) return ["No copy was trained."];
  const { loss = [], val_loss: held = [] } = history.history;
  const losses = [course("training loss", loss), course("validation loss", held)].filter(Boolean).join("; ");
  return [`${plural(history.epoch.length, "epoch")}: ${losses}.`];
}

/** The verdict, every cause with its picture and its change, and the copy's training. */
export function printModelReport(report: ModelReport, io: Io): void {
  const colors = pc.createColors(io.color);
  const { causes, history, words } = report;
  const verdict = headline(report).replaceAll("this recipe", "this model");
  io.out(
    `\n${heading(verdict, io.columns, hasFault(report) ? colors.bold : (text) => colors.bold(colors.green(text)))}`,
  );
  for (const [i, cause] of causes.entries()) {
    const code = [
      cause.asCode,
      ...(words === "gateflow" || cause.asOwnCode === "" ? [] : [`// in gateflow:\n${cause.asOwnCode}`]),
    ];
    const note = cause.seen === "before" && history !== null ? "seen in the model as it stands only" : "";
    const { diagnosis } = cause;
    io.out(
      causeText(
        {
          diagnosis,
          picture: diagnosis.picture,
          note,
          asCode: code.filter((part) => part !== "").join("\n\n"),
        },
        i,
        io,
        colors,
      ),
    );
  }
  io.out(`\n${heading("How a copy of it learns", io.columns, colors.bold)}`);
  io.out(bullets(trainingOf(report), io.columns));
  const losses = lossPicture(history);
  if (losses !== undefined)
    io.out(`\n${indented(printPicture(losses, { columns: chartColumns(io) }), "    ")}`);
}
