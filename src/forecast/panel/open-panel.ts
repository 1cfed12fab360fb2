import { DataError, ShapeError, told } from "../../errors.js";
import { refuseUnknown } from "../../options.js";
import { isTensor } from "../../tensor.js";
import { fillGaps, openRaw, type RawSeries } from "../chain/raw-series.js";
import type { ForecastSeries, Imputation, Panel, PanelData } from "../types.js";

/** Times of a series' rows as a straight line: milliseconds of row 0 and of a step. */
export interface Clock {
  readonly start: number;
  readonly step: number;
}

/** One series of a panel, gap-free, in raw units. */
export interface OpenSeries {
  readonly id: string;
  readonly raw: RawSeries;
  readonly target: Float64Array;
  readonly others: readonly Float64Array[];
  readonly statics: readonly number[];
  readonly clock: Clock | null;
}

export interface OpenPanel {
  readonly series: readonly OpenSeries[];
  readonly isArray: boolean;
}

const isRow = (value: unknown): boolean =>
  Array.isArray(value) ||
  ArrayBuffer.isView(value) ||
  isTensor(value) ||
  (typeof value === "object" && value !== null && "columns" in value);

/** Whether a value is a panel: series by name, or a list of series. */
export const isPanel = (value: unknown): value is Panel =>
  typeof value === "object" &&
  value !== null &&
  !isTensor(value) &&
  !ArrayBuffer.isView(value) &&
  (Array.isArray(value) ? value.length > 0 && isRow(value[0]) : !("columns" in value));

/** Whether what came to `fit` is a panel with its name on it. */
export const isPanelData = (value: unknown): value is PanelData =>
  typeof value === "object" && value !== null && !Array.isArray(value) && "panel" in value;

const entriesOf = (panel: Panel): [string, ForecastSeries][] =>
  Array.isArray(panel)
    ? (panel as readonly ForecastSeries[]).map((series, i) => [String(i), series])
    : Object.entries(panel as Record<string, ForecastSeries>);

/** The median step of times that must rise. */
function clockOf(where: string, id: string, times: readonly string[], rows: number): Clock {
  if (!Array.isArray(times) || times.length !== rows) {
    throw new ShapeError(`${where}: series \`${id}\` has ${rows} rows and ${times?.length ?? 0} times.`, {
      received: times?.length,
      expected: rows,
    });
  }
  const parsed = times.map((text, t) => {
    const at = Date.parse(text);
    if (Number.isFinite(at)) return at;
    throw new DataError(`${where}: time ${t} of series \`${id}\` is ${told(text)}, expected ISO 8601.`, {
      received: text,
    });
  });
  const steps = parsed.slice(1).map((at, t) => at - parsed[t]!);
  const back = steps.findIndex((step) => !(step > 0));
  if (back >= 0) {
    throw new DataError(
      `${where}: the times of series \`${id}\` do not rise: ${times[back]} is followed by ${times[back + 1]}. Sort the rows, oldest first.`,
      { received: times[back + 1] },
    );
  }
  const step = steps.length === 0 ? 1 : Float64Array.from(steps).sort()[steps.length >> 1]!;
  return { start: parsed[0]!, step };
}

function staticsOf(
  where: string,
  ids: readonly string[],
  given: PanelData["static"],
): Map<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  if (given === undefined) return found;
  let width: number | undefined;
  for (const id of ids) {
    const row = given[id];
    if (!Array.isArray(row) || row.some((value) => !Number.isFinite(value))) {
      throw new DataError(`${where}: \`static\` of series \`${id}\` is ${told(row)}, expected numbers.`, {
        received: row,
      });
    }
    width ??= row.length;
    if (row.length !== width) {
      throw new ShapeError(
        `${where}: \`static\` of series \`${id}\` has ${row.length} numbers, that of \`${ids[0]}\` ${width}.`,
        { received: row.length, expected: width },
      );
    }
    found.set(id, row);
  }
  return found;
}

/**
 * Opens and fills a panel.
 * @throws DataError for no series, an empty one, names that belong to none, text; ShapeError for unequal columns.
 */
export function openPanel(where: string, data: PanelData, target: number, impute: Imputation): OpenPanel {
  refuseUnknown(where, data, ["panel", "static", "time"]);
  if (!isPanel(data.panel)) {
    throw new DataError(
      `${where}: \`panel\` is no panel; expected number[][] or a record of series by name.`,
      {
        received: data.panel,
      },
    );
  }
  const entries = entriesOf(data.panel);
  if (entries.length === 0) throw new DataError(`${where}: the panel holds no series.`, { received: {} });
  const ids = entries.map(([id]) => id);
  for (const [name, given] of [
    ["static", data.static],
    ["time", data.time],
  ] as const) {
    const stray = given === undefined ? undefined : Object.keys(given).find((id) => !ids.includes(id));
    if (stray !== undefined) {
      throw new DataError(`${where}: \`${name}\` names a series \`${stray}\` that is not in the panel.`, {
        received: stray,
        expected: ids.slice(0, 20),
      });
    }
  }
  const statics = staticsOf(where, ids, data.static);
  let columns: readonly string[] | undefined;
  const series = entries.map(([id, own]): OpenSeries => {
    const raw = openRaw(`${where} series \`${id}\``, own, target);
    columns ??= raw.names;
    if (raw.names.join() !== columns.join()) {
      throw new ShapeError(
        `${where}: series \`${id}\` has the columns ${raw.names.join(", ")}, series \`${ids[0]}\` ${columns.join(", ")}.`,
        { received: raw.names, expected: columns },
      );
    }
    const empty = raw.columns.findIndex((values) => values.every(Number.isNaN));
    if (empty >= 0) {
      throw new DataError(
        `${where}: column ${JSON.stringify(raw.names[empty])} of series \`${id}\` holds nothing but gaps.`,
        {
          code: "missing_values",
          received: raw.rows,
        },
      );
    }
    const filled = fillGaps(raw, impute);
    const times = data.time?.[id];
    return {
      id,
      raw,
      target: filled[raw.target]!,
      others: filled.filter((_, f) => f !== raw.target),
      statics: statics.get(id) ?? [],
      clock: times === undefined ? null : clockOf(where, id, times, raw.rows),
    };
  });
  return { series, isArray: Array.isArray(data.panel) };
}

/** Results in the form of the panel they belong to. */
export const inForm = <T>(panel: OpenPanel, results: readonly T[]): T[] | Record<string, T> =>
  panel.isArray ? [...results] : Object.fromEntries(panel.series.map(({ id }, i) => [id, results[i]!]));
