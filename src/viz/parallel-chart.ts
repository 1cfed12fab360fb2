import { log } from "../elementary.js";
import { numberIn } from "../options.js";
import { linearScale, logScale, type Scale } from "./scales.js";
import { shortNumber } from "./short-number.js";
import {
  clipText,
  element,
  lineHeight,
  pixels,
  svgDocument,
  text,
  textLines,
  titleText,
  wrapText,
} from "./svg.js";

/** One upright axis: numbers, by decades where `log`, or names one below the other. */
export type ParallelAxis = { readonly name: string } & (
  | { readonly kind: "number"; readonly log?: boolean; readonly low: number; readonly high: number }
  | { readonly kind: "names"; readonly names: readonly string[] }
);

/** A line through all axes: a number for each, of names their index; null leaves a gap. */
export interface ParallelLine {
  readonly places: readonly (number | null)[];
  /** How it stands out: the best one thick, good ones coloured and dashed, the rest thin and grey. */
  readonly rank: "best" | "good" | "rest";
}

export interface ParallelChartOptions {
  readonly title: string;
  /** Pixels. Default 760. */
  readonly width?: number;
  /** Pixels of the axes. Default 260. */
  readonly height?: number;
}

const SMALL = 11;
const EDGE = 16;
/** Beside an axis to its right, where its numbers stand. */
const NUMBERS = 6;
const HEAD = 34;
const FOOT = 20;
const NAME_LINES = 3;

const looks = {
  rest: { class: "line s4", stroke: "#777777", "stroke-width": "1", "stroke-opacity": "0.45" },
  good: { class: "line s1", stroke: "#d1570a", "stroke-dasharray": "7 3" },
  best: { class: "line s0", stroke: "#1b3a6b", style: "stroke-width:3" },
} as const;

function scaleOf(axis: ParallelAxis, range: readonly [number, number], count: number): Scale {
  if (axis.kind === "number") {
    if (axis.log !== true || axis.low === axis.high) return linearScale([axis.low, axis.high], range, count);
    const decades = logScale([axis.low, axis.high], range, count);
    // The axis ends where its values do, not at a power of ten.
    const at = (value: number): number =>
      range[0] + ((log(value) - log(axis.low)) / (log(axis.high) - log(axis.low))) * (range[1] - range[0]);
    const inside = decades.ticks.filter((tick) => tick >= axis.low && tick <= axis.high);
    return { ...decades, at, ticks: inside.length > 1 ? inside : [axis.low, axis.high] };
  }
  const last = Math.max(1, axis.names.length - 1);
  const every = Math.max(1, Math.ceil(axis.names.length / (2 * count)));
  return {
    low: 0,
    high: last,
    // The first name stands above.
    at: (index) => range[1] + (axis.names.length === 1 ? 0.5 : index / last) * (range[0] - range[1]),
    ticks: axis.names.map((_, i) => i).filter((i) => i % every === 0),
    write: (index) => axis.names[index]!,
  };
}

/** Parallel coordinates: an upright axis for each value, a line for each row, the rows that stand out above the others. */
export function parallelChart(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
  options: ParallelChartOptions,
): string {
  const width = numberIn("chart", "width", options.width ?? 760, { min: 320, max: 10_000 });
  const height = options.height ?? 260;
  const title = titleText(options.title, EDGE, width, EDGE);
  // Numbers of the last axis have the room of a column as well.
  const column = (width - 2 * EDGE) / axes.length;
  const names = axes.map(({ name }) => wrapText(name, column - 8, SMALL).slice(0, NAME_LINES));
  const tallest = Math.max(...names.map(({ length }) => length));
  const top = HEAD + title.extra + tallest * lineHeight(SMALL) + 6;
  const range: readonly [number, number] = [top + height, top];
  const count = Math.max(2, Math.floor(height / 50));
  const scales = axes.map((axis) => scaleOf(axis, range, count));
  const left = axes.map((_, i) => EDGE + i * column + 4);
  const parts = axes.flatMap((_, i) => {
    const x = left[i]!;
    const first = HEAD + title.extra + (tallest - names[i]!.length + 0.6) * lineHeight(SMALL);
    return [
      element("path", { class: "axis", d: `M${pixels(x)} ${pixels(top)}v${pixels(height)}` }),
      ...textLines(names[i]!, x, first, SMALL, { class: "small" }),
    ];
  });
  // Above the lines, which go behind them.
  const numbers = scales.flatMap((scale, i) =>
    scale.ticks.map((tick) =>
      text(
        clipText((scale.write ?? shortNumber)(tick), column - NUMBERS - 10, SMALL),
        left[i]! + NUMBERS,
        scale.at(tick) + 4,
        { class: "small halo" },
      ),
    ),
  );
  const drawn = (["rest", "good", "best"] as const).flatMap((rank) =>
    lines
      .filter((line) => line.rank === rank)
      .map(({ places }) => {
        let d = "";
        let isOpen = false;
        places.forEach((place, i) => {
          const y = place === null ? Number.NaN : scales[i]!.at(place);
          if (Number.isFinite(y)) d += `${isOpen ? "L" : "M"}${pixels(left[i]!)} ${pixels(y)}`;
          isOpen = Number.isFinite(y);
        });
        return d === "" ? "" : element("path", { d, ...looks[rank] });
      }),
  );
  return svgDocument(width, top + height + FOOT, options.title, [
    ...title.parts,
    ...parts,
    ...drawn,
    ...numbers,
  ]);
}
