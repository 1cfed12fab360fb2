import type { Axis, Data, Legend, Mark, Scale, Spec } from "vega";
import { chartConfig, FILL, styleOf } from "./chart-style.js";

export interface Point {
  readonly x: number;
  /** NaN breaks the line. */
  readonly y: number;
}

export interface LineSeries {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface ChartAxis {
  /** What is shown, with its unit: `CO2 (ppm)`. */
  readonly title: string;
  /** `time`: milliseconds since 1970, UTC. Default `linear`. */
  readonly type?: "linear" | "time" | "log";
  /** Whether the axis must reach zero. Default false. */
  readonly zero?: boolean;
  /** How numbers are written (d3-format). */
  readonly format?: string;
}

export interface Chart {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly lines?: readonly LineSeries[];
  /** Bars from x0 to x1, of a histogram or, where both are equal, stems. */
  readonly bars?: readonly { readonly x0: number; readonly x1: number; readonly y: number }[];
  readonly dots?: readonly Point[];
  /** A band, such as an interval of a forecast. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** Horizontal lines, such as zero. */
  readonly levels?: readonly number[];
  /** A vertical line with a word beside it. */
  readonly cut?: { readonly x: number; readonly label: string };
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const field = (scale: "x" | "y", name: string) => ({ scale, field: name });

function scalesOf(chart: Chart): Scale[] {
  const lines = chart.lines ?? [];
  const inData = (fields: { data: string; field: string }[]) => ({ fields });
  const xs = [
    ...(lines.length > 0 ? [{ data: "lines", field: "x" }] : []),
    ...(chart.dots === undefined ? [] : [{ data: "dots", field: "x" }]),
    ...(chart.band === undefined ? [] : [{ data: "band", field: "x" }]),
    ...(chart.bars === undefined
      ? []
      : [
          { data: "bars", field: "x0" },
          { data: "bars", field: "x1" },
        ]),
  ];
  const ys = [
    ...(lines.length > 0 ? [{ data: "lines", field: "y" }] : []),
    ...(chart.dots === undefined ? [] : [{ data: "dots", field: "y" }]),
    ...(chart.bars === undefined ? [] : [{ data: "bars", field: "y" }]),
    ...(chart.levels === undefined ? [] : [{ data: "levels", field: "y" }]),
    ...(chart.band === undefined
      ? []
      : [
          { data: "band", field: "low" },
          { data: "band", field: "high" },
        ]),
  ];
  const names = lines.map(({ name }) => name);
  const styles = names.map(styleOf);
  return [
    chart.x.type === "time"
      ? { name: "x", type: "utc", range: "width", domain: inData(xs) }
      : { name: "x", type: "linear", range: "width", domain: inData(xs), zero: chart.x.zero ?? false },
    chart.y.type === "log"
      ? { name: "y", type: "log", range: "height", domain: inData(ys) }
      : {
          name: "y",
          type: "linear",
          range: "height",
          domain: inData(ys),
          zero: chart.y.zero ?? false,
          nice: true,
        },
    { name: "color", type: "ordinal", domain: names, range: styles.map(({ color }) => color) },
    // Vega's types know no arrays of dashes in a range, Vega does.
    {
      name: "dash",
      type: "ordinal",
      domain: names,
      range: styles.map(({ dash }) => dash) as unknown as string[],
    },
    { name: "width", type: "ordinal", domain: names, range: styles.map(({ width }) => width) },
  ];
}

/** Vega draws no line through what is not valid, and JSON has no NaN. */
const orNull = (x: number): number | null => (Number.isFinite(x) ? x : null);

function dataOf(chart: Chart): Data[] {
  const rows = (chart.lines ?? []).flatMap(({ name, points }) =>
    points.map(({ x, y }) => ({ name, x, y: orNull(y) })),
  );
  return [
    { name: "lines", values: rows },
    { name: "dots", values: [...(chart.dots ?? [])].filter(({ y }) => Number.isFinite(y)) },
    { name: "band", values: [...(chart.band ?? [])] },
    { name: "bars", values: [...(chart.bars ?? [])] },
    { name: "levels", values: (chart.levels ?? []).map((y) => ({ y })) },
    { name: "cut", values: chart.cut === undefined ? [] : [chart.cut] },
  ];
}

const lineMark: Mark = {
  type: "group",
  from: { facet: { name: "one", data: "lines", groupby: "name" } },
  marks: [
    {
      type: "line",
      from: { data: "one" },
      encode: {
        enter: {
          x: field("x", "x"),
          y: field("y", "y"),
          defined: { signal: "isValid(datum.y)" },
          stroke: { scale: "color", field: "name" },
          strokeDash: { scale: "dash", field: "name" },
          strokeWidth: { scale: "width", field: "name" },
          strokeJoin: { value: "round" },
        },
      },
    },
  ],
};

function marksOf(chart: Chart): Mark[] {
  const marks: Mark[] = [];
  if (chart.band !== undefined) {
    marks.push({
      type: "area",
      from: { data: "band" },
      encode: {
        enter: {
          x: field("x", "x"),
          y: field("y", "low"),
          y2: field("y", "high"),
          fill: { value: FILL },
          fillOpacity: { value: 0.22 },
        },
      },
    });
  }
  if (chart.bars !== undefined) {
    const stems = chart.bars.every(({ x0, x1 }) => x0 === x1);
    marks.push({
      type: "rect",
      from: { data: "bars" },
      encode: {
        enter: {
          x: { ...field("x", "x0"), offset: stems ? -1.5 : 0.5 },
          x2: { ...field("x", "x1"), offset: stems ? 1.5 : -0.5 },
          y: field("y", "y"),
          y2: { scale: "y", value: 0 },
          fill: { value: FILL },
          fillOpacity: { value: 0.75 },
        },
      },
    });
  }
  if (chart.levels !== undefined) {
    marks.push({
      type: "rule",
      from: { data: "levels" },
      encode: {
        enter: {
          x: { value: 0 },
          x2: { signal: "width" },
          y: field("y", "y"),
          stroke: { value: "currentColor" },
          strokeDash: { value: [4, 3] },
          strokeOpacity: { value: 0.7 },
        },
      },
    });
  }
  if (chart.dots !== undefined) {
    marks.push({
      type: "symbol",
      from: { data: "dots" },
      encode: {
        enter: { x: field("x", "x"), y: field("y", "y"), size: { value: 9 }, fill: { value: FILL } },
      },
    });
  }
  if (chart.cut !== undefined) {
    const cut = { data: "cut" };
    const stroke = { value: "currentColor" };
    marks.push(
      {
        type: "rule",
        from: cut,
        encode: {
          enter: {
            x: field("x", "x"),
            y: { value: 0 },
            y2: { signal: "height" },
            stroke,
            strokeDash: { value: [2, 3] },
          },
        },
      },
      {
        type: "text",
        from: cut,
        encode: {
          enter: {
            x: field("x", "x"),
            dx: { value: -5 },
            y: { value: 9 },
            align: { value: "right" },
            text: { field: "label" },
            fill: { value: "currentColor" },
            fontSize: { value: 11 },
          },
        },
      },
    );
  }
  if ((chart.lines ?? []).length > 0) marks.push(lineMark);
  return marks;
}

/** A chart as Vega describes it: axes named, a legend above where there are several lines. */
export function chartSpec(chart: Chart, { width, height }: ChartSize): Spec {
  const ticks = {
    tickCount: Math.max(3, Math.floor(width / 110)),
    labelOverlap: true,
    labelFlush: true,
  } as const;
  const axes: Axis[] = [
    {
      orient: "bottom",
      scale: "x",
      title: chart.x.title,
      ...ticks,
      ...(chart.x.format === undefined ? {} : { format: chart.x.format }),
    },
    {
      orient: "left",
      scale: "y",
      title: chart.y.title,
      tickCount: 5,
      grid: true,
      ...(chart.y.format === undefined ? {} : { format: chart.y.format }),
    },
  ];
  const legends: Legend[] =
    (chart.lines ?? []).length < 2
      ? []
      : [
          {
            stroke: "color",
            strokeDash: "dash",
            strokeWidth: "width",
            symbolType: "stroke",
            orient: "top",
            direction: "horizontal",
            columns: width < 500 ? 2 : 6,
            rowPadding: 4,
          },
        ];
  return {
    width,
    height,
    padding: 4,
    autosize: { type: "fit", contains: "padding" },
    config: chartConfig,
    data: dataOf(chart),
    scales: scalesOf(chart),
    axes,
    legends,
    marks: marksOf(chart),
  };
}

/** Vega looks texts up in plain objects, where `constructor` is there from the start; with a space behind it is not. */
const inert = (text: string): string => (text in Object.prototype ? `${text} ` : text);

function inertTexts(chart: Chart): Chart {
  const { x, y, lines } = chart;
  return {
    ...chart,
    x: { ...x, title: inert(x.title) },
    y: { ...y, title: inert(y.title) },
    ...(lines === undefined ? {} : { lines: lines.map((line) => ({ ...line, name: inert(line.name) })) }),
  };
}

/** Draws without a DOM. Vega is loaded on first use. */
export async function drawChart(chart: Chart, size: ChartSize): Promise<string> {
  const { parse, View, Error: errorLevel } = await import("vega");
  const view = new View(parse(chartSpec(inertTexts(chart), size)), {
    renderer: "none",
    logLevel: errorLevel,
  });
  try {
    // Every tick and line announces itself; the chart as a whole is described where it stands.
    return (await view.toSVG()).replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, "");
  } finally {
    view.finalize();
  }
}
