import { DataError } from "../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../options.js";
import { barChart } from "./bar-chart.js";
import { heatmap } from "./heatmap.js";
import { type CurvePanel, lineChart } from "./line-chart.js";
import { markedValues, type PictureMark } from "./marks.js";

/** An axis of a picture. */
export interface PictureAxis {
  /** What stands along the axis, unit included. */
  readonly label: string;
  /** By decades. Values of 0 and below then have no place. Default false. */
  readonly log?: boolean;
  /** Ends of an axis that is not by decades, such as 0 and 100 of a share in per cent. Default: those of the values. */
  readonly range?: readonly [number, number];
}

/** Values along an axis; null where there is none that can be drawn: a gap, NaN, ±Infinity. */
export interface PictureLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Where they stand, in ascending order. Default 0, 1, 2 … */
  readonly x?: readonly number[];
  /** Points by themselves in place of a line. Default false. */
  readonly points?: boolean;
}

/** Curves, or points, over one horizontal axis. */
export interface LinesPicture {
  readonly kind: "lines";
  readonly title: string;
  readonly x: { readonly label: string };
  readonly y: PictureAxis;
  readonly lines: readonly PictureLine[];
  readonly marks?: readonly PictureMark[];
}

/** Horizontal bars: `x` is what their length says, `y` what there is a bar of. Marks stand at values of `x`. */
export interface BarsPicture {
  readonly kind: "bars";
  readonly title: string;
  readonly x: PictureAxis;
  readonly y: { readonly label: string };
  /** With `from` a bar floats between two values; null: a value that is no number, named and not drawn. */
  readonly bars: readonly {
    readonly name: string;
    readonly value: number | null;
    readonly from?: number;
  }[];
  readonly marks?: readonly PictureMark[];
}

/** Rows of sizes, darker where larger, by decades; hatched where exactly 0, black where null. */
export interface HeatmapPicture {
  readonly kind: "heatmap";
  readonly title: string;
  readonly x: { readonly label: string };
  readonly y: { readonly label: string };
  /** What the shade says, unit included. */
  readonly value: { readonly label: string };
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

/** A picture as plain data: it goes through JSON and `structuredClone`, and is drawn where it is looked at. */
export type Picture = LinesPicture | BarsPicture | HeatmapPicture;

/** Options of `drawPicture`. */
export interface DrawPictureOptions {
  /** Pixels, 320 and more. Default 760. */
  readonly width?: number;
  /** Pixels of the drawing area, without title, names and numbers. Default 220; bars and rows: by their number. */
  readonly height?: number;
}

export const pictureKinds = ["lines", "bars", "heatmap"] as const;

/** Refuses what is no picture, or has nothing in it. */
export function checkPicture(where: string, picture: Picture): void {
  oneOf(where, "kind", picture?.kind, pictureKinds);
  const parts =
    picture.kind === "lines" ? picture.lines : picture.kind === "bars" ? picture.bars : picture.rows;
  if (parts.length === 0) throw new DataError(`${where}: «${picture.title}» holds no values.`);
  if (picture.kind === "heatmap") return;
  for (const mark of picture.marks ?? []) {
    const places = [mark.x, mark.y].filter((place) => place !== undefined);
    if (places.length !== 1 || !places.flat().every(Number.isFinite)) {
      throw new DataError(
        `${where}: the mark «${mark.label}» of «${picture.title}» has ${JSON.stringify({ x: mark.x, y: mark.y })}, expected finite numbers in x or in y.`,
        { received: mark },
      );
    }
  }
  for (const { name, values, x } of picture.kind === "lines" ? picture.lines : []) {
    if (x !== undefined && x.length !== values.length) {
      throw new DataError(
        `${where}: «${name}» of «${picture.title}» has ${values.length} values at ${x.length} places; each value needs one.`,
        { received: x.length, expected: values.length },
      );
    }
  }
}

export const numbersOf = (values: readonly (number | null)[]): number[] =>
  values.map((value) => value ?? Number.NaN);

/** Ends of an axis that shows all lines and marks; it begins at 0 where 0 is near. */
export function rangeOf({ lines, marks = [], y }: LinesPicture): readonly [number, number] {
  if (y.range !== undefined) return y.range;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of [...lines.map((line) => line.values), markedValues(marks, "y")]) {
    for (const value of values) {
      if (value === null || !Number.isFinite(value)) continue;
      [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  if (!(high >= low)) return [0, 1];
  if (low > 0 && low < 0.6 * high) low = 0;
  if (high < 0 && high > 0.6 * low) high = 0;
  const room = high > low ? 0.06 * (high - low) : 0.5 * Math.abs(high) || 0.5;
  return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room];
}

/**
 * A picture as an SVG document: axes named, lines told apart by dashes and points by their signs, shades by darkness.
 * @throws ConfigError for an unknown kind or option; DataError for a picture without values, a line with another number of
 *   places, a mark that stands nowhere.
 *
 * @example
 * const [found] = examine([1, null, 3, 4, 5, 6, 7, 8]);
 * const svg = drawPicture(found!.picture!);
 */
export function drawPicture(picture: Picture, options: DrawPictureOptions = {}): string {
  const where = "drawPicture()";
  refuseUnknown(where, options, ["width", "height"]);
  checkPicture(where, picture);
  const { title } = picture;
  const height =
    options.height === undefined
      ? undefined
      : numberIn(where, "height", options.height, { min: 60, max: 10_000 });
  const sizes = options.width === undefined ? {} : { width: options.width };
  const rowsOf = (count: number) => (height === undefined ? {} : { rowHeight: Math.max(1, height / count) });
  switch (picture.kind) {
    case "lines": {
      const panel: CurvePanel = {
        yLabel: picture.y.label + (picture.y.log === true ? " (log scale)" : ""),
        curves: picture.lines.map((line) => ({ ...line, values: numbersOf(line.values) })),
        height: height ?? 220,
        marks: picture.marks ?? [],
        ...(picture.y.log === true ? { log: true } : { range: rangeOf(picture) }),
      };
      return lineChart([panel], { title, xLabel: picture.x.label, ...sizes });
    }
    case "bars": {
      const bars = picture.bars.map((bar) => ({ ...bar, value: bar.value ?? Number.NaN }));
      const { label, log = false, range } = picture.x;
      return barChart(bars, {
        title,
        xLabel: label + (log ? " (log scale)" : ""),
        yLabel: picture.y.label,
        log,
        ...(range === undefined ? {} : { range }),
        marks: picture.marks ?? [],
        ...sizes,
        ...rowsOf(bars.length),
      });
    }
    case "heatmap": {
      const rows = picture.rows.map(({ name, values }) => ({ name, values: numbersOf(values) }));
      return heatmap(rows, {
        title,
        xLabel: picture.x.label,
        yLabel: picture.y.label,
        valueLabel: `${picture.value.label} (log scale)`,
        ...sizes,
        ...rowsOf(rows.length),
      });
    }
  }
}
