import type { Missing } from "./missing.js";
import { withoutMarks } from "./number-marks.js";

/** How a column writes its numbers. */
export interface NumberFormat {
  readonly decimal: "." | ",";
  /** Empty for none. */
  readonly thousands: string;
}

/** A column of numbers, or the cell that is none. */
export type Numbers =
  | {
      readonly kind: "numbers";
      readonly values: Float64Array;
      readonly gaps: number;
      /** What was guessed, in half a sentence each: `decimal comma`. */
      readonly notes: readonly string[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: "cell"; readonly row: number; readonly cell: string; readonly hint: string };

export interface NumbersOptions {
  readonly missing: Missing;
  readonly decimal?: string | undefined;
  readonly thousands?: string | undefined;
  /** What stands between cells, which tells decimal commas from thousands. */
  readonly delimiter?: string | undefined;
}

/** Every repetition is bounded by what follows it, so that the cost is linear in the cell. */
const PLAIN = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const BY_POINT = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;
const BY_COMMA = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const SLICE = 8192;

/** The number a text is, as JavaScript and most tools write it, if float64 can hold it. */
export function plainNumber(cell: string): number | undefined {
  if (!PLAIN.test(cell)) return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}

const SPACES = /[\u00a0\u202f\u2009 ]/g;
const CURRENCY = /^(?:[$€£¥₹₽]|USD|EUR|GBP|CHF)\s?|\s?(?:[$€£¥₹₽]|USD|EUR|GBP|CHF)$/;

/** Without signs of money and per cent, and with a minus that is one; brackets are a bookkeeper's minus. */
function bare(cell: string): string {
  // Excel marks a number kept as text by a quote before it.
  let text = cell.replace(/^'(?=[-+\d.,])/, "").replace(/^[\u2212\u2013](?=[\d.,])/, "-");
  const inBrackets = /^\(([^()]*)\)$/.exec(text);
  if (inBrackets !== null) text = `-${inBrackets[1]}`;
  text = text.replace(CURRENCY, "").replace(/^-\s?[$€£¥]/, "-");
  return text.endsWith("%") ? text.slice(0, -1).trimEnd() : text;
}

const FORMATS: readonly NumberFormat[] = [
  { decimal: ".", thousands: "," },
  { decimal: ",", thousands: "." },
  { decimal: ".", thousands: " " },
  { decimal: ",", thousands: " " },
  { decimal: ".", thousands: "'" },
  { decimal: ",", thousands: "'" },
];

const escaped = (text: string): string => text.replaceAll(/[.\\]/g, "\\$&");

/** The number a cell is in a format; undefined for none. */
function reader({ decimal, thousands }: NumberFormat): (cell: string) => number | undefined {
  // No thousands follow a zero: `0,395` is less than one.
  const grouped =
    thousands === ""
      ? undefined
      : new RegExp(
          `^[+-]?[1-9]\\d{0,2}(?:[${thousands === "'" ? "'’" : escaped(thousands)}]\\d{3})+(?:${escaped(decimal)}\\d*)?$`,
        );
  const groups = thousands === "'" ? /['’]/g : new RegExp(escaped(thousands), "g");
  return (cell) => {
    const text = thousands === " " ? cell.replaceAll(SPACES, " ") : cell;
    if (grouped?.test(text) === true) {
      const whole = text.replaceAll(groups, "");
      return plainNumber(decimal === "," ? whole.replace(",", ".") : whole);
    }
    if (decimal === ",") return text.includes(".") ? undefined : plainNumber(text.replace(",", "."));
    return plainNumber(text);
  };
}

interface Census {
  points: number;
  threeAfterPoint: number;
  commas: number;
  threeAfterComma: number;
  /** Whole numbers below 1000, and above, without any mark. */
  short: number;
  long: number;
  odd: number;
}

function count(cell: string, into: Census): void {
  const text = cell.startsWith("-") || cell.startsWith("+") ? cell.slice(1) : cell;
  if (text.includes(".") && text.includes(",")) into.odd++;
  else if (text.includes(".")) {
    into.points++;
    if (BY_POINT.test(cell)) into.threeAfterPoint++;
  } else if (text.includes(",")) {
    into.commas++;
    if (BY_COMMA.test(cell)) into.threeAfterComma++;
  } else if (/^\d+$/.test(text)) {
    if (text.length <= 3) into.short++;
    else into.long++;
  } else into.odd++;
}

/** Fewer marks than these may be chance. */
const FEW = 3;

/** Thousands that look like decimals: every mark stands before three digits, and whole numbers end below 1000. */
const looksGrouped = (marks: number, three: number, { short, long }: Census): boolean =>
  marks > 0 && marks === three && short > 0 && long === 0;

const hintFor = (cell: string): string => {
  if (/^[+-]?\d+,\d+$/.test(cell))
    return "Other cells of the column have a decimal point: say which with --decimal (option `decimal`).";
  if (/^(?:[^\d]{1,20}|[<>≤≥]\s?[\d.,]{1,12})$/u.test(cell))
    return `Leave the cell empty for a gap, or choose other columns; if it means a gap, say --missing ${JSON.stringify(cell)} (option \`missing\`).`;
  return "Leave the cell empty for a gap, or choose other columns.";
};

interface Chosen {
  readonly format: NumberFormat;
  readonly notes: string[];
  readonly warnings: string[];
}

const example = (cells: readonly string[], pattern: RegExp): string =>
  cells.find((cell) => pattern.test(cell)) ?? "";

/** What is to be believed of a column whose cells have been counted. */
function chooseFormat(cells: readonly string[], census: Census, options: NumbersOptions): Chosen {
  const { decimal, thousands, delimiter } = options;
  if (decimal !== undefined || thousands !== undefined) {
    const point = decimal ?? (thousands === "." ? "," : ".");
    return {
      format: { decimal: point === "," ? "," : ".", thousands: thousands ?? "" },
      notes: [],
      warnings: [],
    };
  }
  const { points, threeAfterPoint, commas, threeAfterComma, short, odd } = census;
  const plain: Chosen = { format: { decimal: ".", thousands: "" }, notes: [], warnings: [] };
  const pair = (pattern: RegExp): string => {
    const small = cells.find((cell) => /^[+-]?\d{1,3}$/.test(cell)) ?? "";
    return `${JSON.stringify(example(cells, pattern))} beside ${JSON.stringify(small)}`;
  };
  if (commas === 0 && odd === 0) {
    if (!looksGrouped(points, threeAfterPoint, census)) return plain;
    const isMany = points >= FEW;
    return {
      format: isMany ? { decimal: ",", thousands: "." } : plain.format,
      notes: [],
      warnings: [
        `${pair(BY_POINT)}: the points are taken as ${isMany ? "thousands" : "decimals, though they may be thousands"}. Say so with --thousands . or --decimal . (options \`thousands\`, \`decimal\`).`,
      ],
    };
  }
  if (commas > 0 && points === 0 && commas === threeAfterComma) {
    const isGrouped = short > 0 ? looksGrouped(commas, threeAfterComma, census) : delimiter !== ";";
    return {
      format: isGrouped ? { decimal: ".", thousands: "," } : { decimal: ",", thousands: "" },
      notes: [],
      warnings: [
        `${short > 0 ? pair(BY_COMMA) : JSON.stringify(example(cells, BY_COMMA))}: the commas are taken as ${isGrouped ? "thousands" : "decimals"}. Say so with --thousands , or --decimal , (options \`thousands\`, \`decimal\`).`,
      ],
    };
  }
  return bestOf(cells) ?? plain;
}

/** The format that reads most of the cells; of several, the first. */
function bestOf(cells: readonly string[]): Chosen | undefined {
  const sample = cells.length > 2000 ? [...cells.slice(0, 1000), ...cells.slice(-1000)] : cells;
  let best: { format: NumberFormat; read: number } | undefined;
  for (const format of FORMATS) {
    const read = reader(format);
    const good = sample.reduce((n, cell) => n + (read(cell) === undefined ? 0 : 1), 0);
    if (best === undefined || good > best.read) best = { format, read: good };
  }
  if (best === undefined || best.read === 0) return undefined;
  const { decimal, thousands } = best.format;
  const has = (mark: string): boolean => sample.some((cell) => cell.replaceAll(SPACES, " ").includes(mark));
  const notes = [
    ...(decimal === "," && has(",") ? ["decimal comma"] : []),
    ...(has(thousands)
      ? [`thousands parted by ${thousands === " " ? "blanks" : JSON.stringify(thousands)}`]
      : []),
  ];
  return { format: best.format, notes, warnings: [] };
}

/** Numbers that stand for «not measured» where they lie far from all others. */
const SENTINEL = /^(?:-9+(?:\.9+)?|9{3,}(?:\.9+)?|99\.9+|-[12]0{2,3})$/;

function sentinel(values: Float64Array): string | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const x of values) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  for (const value of [low, high]) {
    // Far from all others is none but the smallest or the largest.
    if (!SENTINEL.test(String(value))) continue;
    let n = 0;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const x of values) {
      if (x === value) n++;
      else {
        if (x < least) least = x;
        if (x > most) most = x;
      }
    }
    const size = Math.max(1e-9, Math.abs(least), Math.abs(most));
    const isFar = Math.abs(value) > 20 * size || (value < 0 && least >= 0 && n > 1);
    if (isFar && most > least)
      return `${n} ${n === 1 ? "cell says" : "cells say"} ${value}, far from all others (${least} to ${most}): if it means a gap, say --missing=${value} (option \`missing\`).`;
  }
  return undefined;
}

/**
 * Reads a column of numbers, pausing every few thousand cells.
 * @param cells trimmed.
 */
export function* numbersInSlices(
  cells: readonly string[],
  options: NumbersOptions,
): Generator<void, Numbers> {
  const { missing } = options;
  const census: Census = {
    points: 0,
    threeAfterPoint: 0,
    commas: 0,
    threeAfterComma: 0,
    short: 0,
    long: 0,
    odd: 0,
  };
  const marked = new Map<string, number>();
  const isPlain = options.decimal === undefined && options.thousands === undefined;
  const values = new Float64Array(cells.length);
  let gaps = 0;
  let allPlain = isPlain;
  for (let row = 0; row < cells.length; row++) {
    if (row % SLICE === SLICE - 1) yield;
    const cell = cells[row]!;
    if (missing.has(cell)) {
      values[row] = Number.NaN;
      gaps++;
      if (missing.isRemarkable(cell)) marked.set(cell, (marked.get(cell) ?? 0) + 1);
      continue;
    }
    const value = plainNumber(cell);
    if (value === undefined) allPlain = false;
    else values[row] = value;
    count(cell, census);
  }
  const gapNotes = [...marked].map(
    ([text, n]) => `${JSON.stringify(text)} taken as missing in ${n} ${n === 1 ? "cell" : "cells"}`,
  );
  const finish = (notes: readonly string[], warnings: readonly string[]): Numbers => {
    const odd = sentinel(values);
    return {
      kind: "numbers",
      values,
      gaps,
      notes: [...notes, ...gapNotes],
      warnings: odd === undefined ? warnings : [...warnings, odd],
    };
  };
  if (allPlain && !looksGrouped(census.points, census.threeAfterPoint, census)) return finish([], []);
  yield;
  const bareTexts = cells.map((cell) => (missing.has(cell) ? "" : bare(cell)));
  const unmarked = withoutMarks(bareTexts);
  const texts = unmarked?.texts ?? bareTexts;
  const factors = unmarked?.factors;
  yield;
  const bares: Census = {
    points: 0,
    threeAfterPoint: 0,
    commas: 0,
    threeAfterComma: 0,
    short: 0,
    long: 0,
    odd: 0,
  };
  const known = texts.filter((text) => text !== "");
  for (const text of known) count(text, bares);
  const { format, notes, warnings } = chooseFormat(known, bares, options);
  const read = reader(format);
  const money = cells.find((cell) => CURRENCY.test(cell) && bare(cell) !== cell);
  const share = cells.find((cell) => cell.endsWith("%") && cell.length > 1);
  for (let row = 0; row < cells.length; row++) {
    if (row % SLICE === SLICE - 1) yield;
    if (texts[row] === "" && missing.has(cells[row]!)) continue;
    const value = read(texts[row]!);
    if (value === undefined) return { kind: "cell", row, cell: cells[row]!, hint: hintFor(cells[row]!) };
    values[row] = factors === undefined ? value : value * factors[row]!;
  }
  return finish(
    [
      ...notes,
      ...(unmarked?.notes ?? []),
      ...(money === undefined ? [] : [`signs of money left out, as in ${JSON.stringify(money)}`]),
      ...(share === undefined
        ? []
        : [`per cent taken as they stand: ${JSON.stringify(share)} is ${read(bare(share))}`]),
    ],
    warnings,
  );
}
