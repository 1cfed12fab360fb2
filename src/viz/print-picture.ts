import { flag, numberIn, refuseUnknown } from "../options.js";
import { barRange } from "./bar-chart.js";
import { markedValues, type PictureMark } from "./marks.js";
import {
  type BarsPicture,
  checkPicture,
  type HeatmapPicture,
  type LinesPicture,
  numbersOf,
  type Picture,
  rangeOf,
} from "./picture.js";
import { linearScale, logScale, NO_NUMBER, type Scale } from "./scales.js";
import { shortNumber } from "./short-number.js";
import { clipLine, shadedRows, shortNames, wrapLine } from "./terminal.js";

/** Options of `printPicture`. */
export interface PrintPictureOptions {
  /** Characters a line may have, 30 and more. Default 72. */
  readonly columns?: number;
  /** Signs of ASCII alone, for terminals and logs that know no others; words stay as they are. Default false. */
  readonly ascii?: boolean;
}

interface Signs {
  readonly points: readonly string[];
  readonly upright: string;
  readonly level: string;
  readonly axis: string;
  readonly corner: string;
  readonly floor: string;
  readonly bar: string;
}

const plain: Signs = {
  points: ["*", "o", "x", "+", "#", "@", "%", "&", "$", "~", "^", "v"],
  upright: ":",
  level: "-",
  axis: "|",
  corner: "+",
  floor: "-",
  bar: "=",
};
const drawn: Signs = {
  points: ["●", "○", "×", "+", "◆", "◇", "■", "□", "▲", "△", "▼", "▽"],
  upright: "┊",
  level: "╌",
  axis: "│",
  corner: "└",
  floor: "─",
  bar: "█",
};

const HEIGHT = 9;

const signOf = (signs: Signs, index: number): string => signs.points[index % signs.points.length]!;

/** What a mark's line or band means, with its place where the words do not say it. */
function markText({ label, x, y }: PictureMark, signs: Signs): string {
  const place = [x ?? y!].flat().map(shortNumber).join(" to ");
  const said = label.includes(place) ? label : `${label} (${place})`;
  return `${x === undefined ? signs.level : signs.upright} ${said}`;
}

/** Names of lines beside each other, in as many rows as they need. */
function legendRows(names: readonly string[], columns: number): string[] {
  const rows: string[] = [];
  for (const name of names) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 2 + name.length <= columns)
      rows[rows.length - 1] = `${last}  ${name}`;
    else rows.push(name);
  }
  return rows;
}

/** A grid of characters with lines in it, the last drawn on top. */
function linesText(picture: LinesPicture, columns: number, signs: Signs): string[] {
  const { lines, marks = [], x: xAxis, y: yAxis } = picture;
  const values = lines.map((line) => numbersOf(line.values));
  const y =
    yAxis.log === true
      ? logScale([...values.flat(), ...markedValues(marks, "y")], [HEIGHT - 1, 0])
      : linearScale(rangeOf(picture), [HEIGHT - 1, 0]);
  const ends = [shortNumber(y.high), shortNumber(y.low)] as const;
  const margin = Math.max(...ends.map(({ length }) => length)) + 1;
  const width = columns - margin - 1;
  const places = lines.map((line) => line.x ?? line.values.map((_, i) => i));
  const all = [...places.flat(), ...markedValues(marks, "x")];
  const [first, last] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  const x = linearScale([first, last], [0, width - 1]);
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(width).fill(" "));
  const put = (px: number, py: number, sign: string): void => {
    const row = grid[Math.round(py)];
    if (row !== undefined && row[Math.round(px)] !== undefined) row[Math.round(px)] = sign;
  };
  for (const mark of marks) {
    for (const at of [mark.x ?? []].flat())
      for (let row = 0; row < HEIGHT; row++) put(x.at(at), row, signs.upright);
    for (const at of [mark.y ?? []].flat())
      for (let column = 0; column < width; column++) put(column, y.at(at), signs.level);
  }
  values.forEach((own, k) => {
    let before: readonly [number, number] | null = null;
    own.forEach((value, i) => {
      const [px, py] = [x.at(places[k]![i]!), y.at(value)];
      if (!Number.isFinite(py)) {
        before = null;
        return;
      }
      const [fromX, fromY] = before ?? [px, py];
      const steps = lines[k]!.points === true ? 0 : Math.max(0, Math.round(px) - Math.round(fromX));
      for (let step = 1; step < steps; step++) {
        put(fromX + ((px - fromX) * step) / steps, fromY + ((py - fromY) * step) / steps, signOf(signs, k));
      }
      put(px, py, signOf(signs, k));
      before = [px, py];
    });
  });
  const [left, right] = [shortNumber(x.low), shortNumber(x.high)];
  const between = Math.max(1, width - left.length - right.length);
  const name = clipLine(xAxis.label, Math.max(1, between - 2));
  const before = Math.floor((between - name.length) / 2);
  return [
    `${yAxis.label}${yAxis.log === true ? " (log scale)" : ""}`,
    ...grid.map((row, r) => {
      const number = r === 0 ? ends[0] : r === HEIGHT - 1 ? ends[1] : "";
      return `${number.padStart(margin)}${signs.axis}${row.join("")}`;
    }),
    `${" ".repeat(margin)}${signs.corner}${signs.floor.repeat(width)}`,
    `${" ".repeat(margin + 1)}${left}${" ".repeat(before)}${name}${" ".repeat(between - name.length - before)}${right}`,
    ...legendRows(
      lines.map((line, k) => `${signOf(signs, k)} ${line.name}`),
      columns,
    ),
    ...marks.map((mark) => markText(mark, signs)),
  ];
}

function barScale({ x, bars, marks = [] }: BarsPicture, room: number): Scale {
  const all = [
    ...bars.flatMap(({ value, from }) => [value ?? Number.NaN, from ?? Number.NaN]),
    ...markedValues(marks, "x"),
  ].filter(Number.isFinite);
  if (x.log === true) return logScale([...all, Math.min(...all.filter((v) => v > 0)) / 1.5], [0, room]);
  return linearScale(x.range ?? barRange(all), [0, room]);
}

function barsText(picture: BarsPicture, columns: number, signs: Signs): string[] {
  const { bars, marks = [], x: axis, y } = picture;
  const widest = Math.min(
    Math.floor(columns / 3),
    bars.reduce((most, { name }) => Math.max(most, name.length), 0),
  );
  const names = shortNames(
    bars.map(({ name }) => name),
    widest,
  );
  const numbers = bars.map(({ value, from }) => {
    const shown = value === null ? NO_NUMBER : shortNumber(value);
    return from === undefined ? shown : `${shortNumber(from)} to ${shown}`;
  });
  const numberRoom = Math.max(...numbers.map(({ length }) => length)) + 1;
  const room = Math.max(4, columns - widest - 2 - numberRoom);
  const scale = barScale(picture, room);
  const cell = (value: number): number => Math.max(0, Math.min(room, Math.round(scale.at(value))));
  const origin = axis.log === true ? 0 : cell(0);
  const rows = bars.map(({ value, from }, i) => {
    const cells = new Array<string>(room + numberRoom).fill(" ");
    const marked = new Set(marks.flatMap((mark) => [mark.x ?? []].flat()).map(cell));
    for (const at of marked) cells[at] = signs.upright;
    const known = value !== null && Number.isFinite(scale.at(value));
    const [a, b] = known ? [from === undefined ? origin : cell(from), cell(value)] : [origin, origin];
    const [begin, end] = [Math.min(a, b), Math.max(a, b, Math.min(a, b) + (known && value !== 0 ? 1 : 0))];
    for (let k = begin; k < end; k++) cells[k] = signs.bar;
    const number = ` ${numbers[i]!}`;
    const words = cells.slice(0, Math.min(end, cells.length - number.length)).join("");
    const rest = cells.slice(words.length + number.length).join("");
    return `${names[i]!.padEnd(widest)} ${signs.axis}${words}${number}${rest}`.trimEnd();
  });
  return [
    `${y.label}, by ${axis.label}${axis.log === true ? " (log scale)" : ""}`,
    ...rows,
    ...marks.map((mark) => markText(mark, signs)),
  ];
}

function heatmapText(picture: HeatmapPicture, columns: number, ascii: boolean): string[] {
  const rows = picture.rows.map(({ name, values }) => ({ name, values: numbersOf(values) }));
  const steps = Math.max(...rows.map(({ values }) => values.length));
  const { lines, scale, shades } = shadedRows(rows, columns, ascii);
  const notes = [
    `shade: ${picture.value.label}, ${shortNumber(scale.low)} (${shades[0]}) to ${shortNumber(scale.high)} (${shades.at(-1)}) by decades`,
    ...(rows.some(({ values }) => values.includes(0)) ? ["0: exactly 0"] : []),
    ...(rows.every(({ values }) => values.every(Number.isFinite)) ? [] : ["!: not finite"]),
  ];
  return [`${picture.y.label}, by ${picture.x.label}: 0 to ${steps - 1}`, ...lines, ...notes];
}

/**
 * A picture as a compact chart of characters: the title, some ten lines, then what the signs mean.
 * @returns lines joined by newlines, none longer than `columns`; no colours, so that it goes into a log as it is.
 * @throws ConfigError for an unknown kind or option; DataError for a picture without values.
 *
 * @example
 * const [found] = examine([1, null, 3, 4, 5, 6, 7, 8]);
 * const text = printPicture(found!.picture!);
 */
export function printPicture(picture: Picture, options: PrintPictureOptions = {}): string {
  const where = "printPicture()";
  refuseUnknown(where, options, ["columns", "ascii"]);
  checkPicture(where, picture);
  const columns = numberIn(where, "columns", options.columns ?? 72, { min: 30, integer: true });
  const ascii = flag(where, "ascii", options.ascii ?? false);
  const signs = ascii ? plain : drawn;
  const body =
    picture.kind === "lines"
      ? linesText(picture, columns, signs)
      : picture.kind === "bars"
        ? barsText(picture, columns, signs)
        : heatmapText(picture, columns, ascii);
  return [picture.title, ...body]
    .flatMap((line) => wrapLine(line, columns))
    .map((line) => line.trimEnd())
    .join("\n");
}
