import type { Cause } from "../../doctor/checkup.js";
import { drawPicture, type Picture } from "../../viz/picture.js";
import { sourceName } from "../summary/series-summary.js";
import { describeSummary } from "../text/describe-summary.js";
import {
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
} from "../text/doctor-report.js";
import { recipeFacts } from "../text/recipe-facts.js";
import { flowSection } from "./flow-section.js";
import { inlinePicture } from "./inline-picture.js";
import { escapeHtml, page } from "./page.js";
import { errorsHtml, factsHtml, listHtml, tableHtml } from "./page-parts.js";

const WIDE = 760;
const NARROW = 340;

/** Words of a severity, each with a sign of its own: colour is not all there is to tell them apart. */
const signs = { error: "✕ error", warning: "△ warning", hint: "○ hint" } as const;

/** A picture for a screen and for a phone. */
function figure(picture: Picture | undefined, id: string): string {
  if (picture === undefined) return "";
  const draw = (kind: "wide" | "narrow", width: number): string =>
    inlinePicture(drawPicture(picture, { width }), kind, id);
  return `<figure>${draw("wide", WIDE)}${draw("narrow", NARROW)}</figure>`;
}

function causeHtml(cause: Cause, index: number, report: DoctorReport): string {
  const { causes, history, summary } = report;
  const { asCode } = cause;
  const diagnosis = inWordsOf(summary.series, cause.diagnosis);
  const same = sameChangeAs(causes, index);
  const { code, severity, title, why, remedy, cost, expect } = diagnosis;
  const picture = pictureOf(diagnosis, cause, report);
  const note = causeNote(cause, history !== null);
  const measured = evidenceText(diagnosis);
  const parts = [
    `<h3>${index + 1}. ${escapeHtml(titleText(title))}</h3>`,
    `<p class="soft"><b class="${severity}">${signs[severity]}</b> <code>${escapeHtml(code)}</code>${note === "" ? "" : `; ${escapeHtml(note)}`}</p>`,
    figure(picture, `cause-${index + 1}`),
    measured === "" ? "" : `<p><b>Measured.</b> ${escapeHtml(titleText(measured))}.</p>`,
    `<p><b>Why it stops learning.</b> ${escapeHtml(why)}</p>`,
    `<p><b>Change.</b> ${escapeHtml(remedy)}</p>`,
    `<p><b>Cost.</b> ${escapeHtml(cost)} <b>Expect.</b> ${escapeHtml(expect)}</p>`,
    same !== undefined
      ? `<p>The code is the same as for ${same}.</p>`
      : asCode === ""
        ? ""
        : `<pre><code>${escapeHtml(asCode)}</code></pre>`,
  ];
  return `<section>${parts.filter((part) => part !== "").join("\n")}</section>`;
}

/** What a repair did, in front of what is left to find. */
function repairHtml({ repair, causes }: DoctorReport): string {
  if (repair === undefined) return "";
  const { sentence, changes, tried } = repair;
  return [
    "<h2>What the repair did</h2>",
    `<p>${escapeHtml(sentence)}</p>`,
    tableHtml(tried),
    changes.length === 0 ? "<p>Nothing is different in the recipe.</p>" : factsHtml(changes),
    `<h2>${causes.length === 0 ? "Nothing is" : "Still"} found in the repaired recipe</h2>`,
  ].join("\n");
}

/** What this page has that the forecast's has not. */
const STYLE = `
h3 { font-size: 1.05rem; margin: 1.8rem 0 .2rem; }
pre { background: var(--best); padding: .7rem .9rem; overflow-x: auto; border-radius: .3rem; font-size: .9rem; }
.error { color: #c2263b; } .warning { color: #a8620a; } .hint { color: var(--soft); }
@media (prefers-color-scheme: dark) { .error { color: #ff8090; } .warning { color: #f0ad4e; } }`;

/** The doctor's report as one self-contained HTML file: what is wrong, worst first, with its pictures, and how it was found. */
export function renderDoctorReport(report: DoctorReport): string {
  const { summary, recipe, data, causes, history, errors, version, date } = report;
  const { series } = summary;
  const unit = series.unit === undefined ? "" : ` (${series.unit})`;
  const title = `Doctor: ${series.target}${unit}`;
  const flow = flowSection(report.flow);
  const body = [
    `<header><h1>${escapeHtml(headline(report))}</h1>
<p class="soft">${escapeHtml(`${sourceName(series)}, column ${series.target}${unit}; ${scopeText(report)}. ${date.toISOString().slice(0, 10)}, gateflow ${version}.`)}</p></header>`,
    repairHtml(report),
    ...causes.map((cause, i) => causeHtml(cause, i, report)),
    "<h2>How well it learns</h2>",
    listHtml(numbersOfTraining(report)),
    errors === undefined || history === null ? "" : errorsHtml(errors),
    figure(lossPicture(history), "loss"),
    flow,
    "<h2>The recipe</h2>",
    factsHtml(recipeFacts(recipe)),
    "<h2>What is in the data</h2>",
    factsHtml(describeSummary(summary, { full: false })),
    listHtml(data.map((found) => dataText(series, found))),
    `<footer>gateflow ${escapeHtml(version)}. ${hasFault(report) && report.repair === undefined ? "<code>gateflow doctor --fix</code> tries the changes, keeps those that lower the validation error, and writes the repaired recipe. " : ""}RMSE: root mean square error on the validation rows. Naive repeats the last value, seasonal naive the last season.</footer>`,
  ];
  return page(title, body.filter((part) => part !== "").join("\n"), STYLE);
}
