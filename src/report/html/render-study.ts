import type { Dimension } from "../../search/space.js";
import { type Study, trialsByRank } from "../../search/study.js";
import type { Trial } from "../../search/trial.js";
import { parallelChart } from "../../viz/parallel-chart.js";
import { drawPicture, type Picture } from "../../viz/picture.js";
import { plural, readableNumber } from "../text/numbers.js";
import { inlinePicture } from "./inline-picture.js";
import { escapeHtml, page } from "./page.js";
import { factsHtml, listHtml, tableHtml } from "./page-parts.js";
import { historyPicture, importancePicture, parallelAxes } from "./study-pictures.js";

/** A search as a report shows it. */
export interface StudyReport {
  /** What was learnt from: the column and the file. */
  readonly name: string;
  readonly study: Study;
  readonly dimensions: readonly Dimension[];
  readonly runner: string;
  readonly seconds: number;
  readonly version: string;
  readonly date: Date;
}

const WIDE = 760;
const NARROW = 340;
/** Rows of the table; all trials are in study.json. */
const MOST_ROWS = 50;

function figure(id: string, caption: string, draw: ((width: number) => string) | null): string {
  if (draw === null) return "";
  const drawn = [inlinePicture(draw(WIDE), "wide", id), inlinePicture(draw(NARROW), "narrow", id)];
  return `<figure>${drawn.join("")}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

const drawing = (picture: Picture | null) =>
  picture === null ? null : (width: number) => drawPicture(picture, { width });

const told = (value: unknown): string =>
  typeof value === "number"
    ? readableNumber(value)
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

function tableOf({ study, dimensions }: StudyReport): string {
  const rows = trialsByRank(study.trials, study.direction === "minimize" ? 1 : -1).slice(0, MOST_ROWS);
  return tableHtml({
    columns: ["trial", "value", "state", "seconds", ...dimensions.map(({ path }) => path)],
    rows: rows.map(({ number, value, state, seconds, params }) => [
      String(number),
      value === null ? "–" : readableNumber(value),
      state,
      seconds.toFixed(1),
      ...dimensions.map(({ path }) => told(params[path])),
    ]),
  });
}

/** The reasons of failed trials, each once, the most frequent first. */
function failuresOf({ trials }: Study): string[] {
  const counts = new Map<string, number>();
  for (const { error } of trials) if (error !== undefined) counts.set(error, (counts.get(error) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([error, count]) => `${plural(count, "trial")}: ${error}`);
}

/** A search's page: the best trial, how the trials went, what mattered, every trial in a table. */
export function renderStudy(report: StudyReport): string {
  const { name, study, dimensions, runner, seconds, version, date } = report;
  const { best, trials } = study;
  const count = (state: Trial["state"]): number => trials.filter((trial) => trial.state === state).length;
  const parallel = parallelAxes(study, dimensions);
  const title = `Search for ${name}`;
  const facts = [
    ...(best === undefined
      ? []
      : [
          { name: "best value", text: `${readableNumber(best.value)} (trial ${best.number})` },
          ...Object.entries(best.params).map(([path, value]) => ({ name: path, text: told(value) })),
        ]),
    {
      name: "trials",
      text: `${count("complete")} complete, ${count("pruned")} given up, ${count("failed")} failed`,
    },
    { name: "time", text: `${seconds.toFixed(0)} s, ${runner}` },
  ];
  const failures = failuresOf(study);
  const body = [
    `<header><h1>${escapeHtml(title)}</h1><p class="soft">gateflow ${escapeHtml(version)}, ${date.toISOString().slice(0, 10)}</p></header>`,
    "<h2>Best</h2>",
    factsHtml(facts),
    "<h2>How it went</h2>",
    figure(
      "history",
      "Each trial's value, in their order, and the best so far.",
      drawing(historyPicture(study)),
    ),
    "<h2>What mattered</h2>",
    figure(
      "importance",
      "How much each parameter tells the best fifth of the trials from all of them.",
      drawing(importancePicture(study)),
    ),
    study.trials.length > 0 && Object.keys(study.importance()).length === 0
      ? '<p class="soft">Fewer than eight complete trials say nothing of importance.</p>'
      : "",
    figure(
      "parallel",
      "One line a complete trial, through its value and its parameters: thick the best, dashed the best fifth, grey the others.",
      parallel === null
        ? null
        : (width) => parallelChart(parallel.axes, parallel.lines, { title: "Values and parameters", width }),
    ),
    "<h2>Trials</h2>",
    tableOf(report),
    trials.length > MOST_ROWS
      ? `<p class="soft">The first ${MOST_ROWS} of ${trials.length}; all of them are in study.json.</p>`
      : "",
    ...(failures.length === 0 ? [] : ["<h2>Why trials failed</h2>", listHtml(failures)]),
  ];
  return page(title, body.filter((part) => part !== "").join("\n"));
}
