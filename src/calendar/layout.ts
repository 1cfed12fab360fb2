import { DAY, dayAt, HOUR, MINUTE, weekAt, weekdayOf, weekOf } from "./civil.js";
import { monthNamed, weekdayName } from "./month-names.js";

/** How fine a way of writing is: what lies between two moments it can tell apart. */
export type Resolution = "year" | "half" | "quarter" | "month" | "week" | "day" | "time";

/** A moment as a cell says it: the clock on the wall, and how far ahead of UTC it is where the cell tells. */
export interface Reading {
  readonly local: number;
  readonly offset: number | undefined;
}

/**
 * The tokens of a layout, in the words of dayjs and moment: what each matches and, of dates, which part it is. Every
 * pattern is bounded, so that matching costs no more than a cell is long.
 */
const TOKENS = {
  YYYY: { pattern: "(\\d{4})", part: "Y" },
  YY: { pattern: "(\\d{2})", part: "Y" },
  /** A year counted from the first, of one to three digits. */
  y: { pattern: "(\\d{1,3})", part: "Y" },
  /** A Japanese era, by its letter or its name; `y` is a year of it. */
  NNN: { pattern: "([MTSHR])", part: "" },
  NNNN: { pattern: "(明治|大正|昭和|平成|令和)", part: "" },
  MMMM: { pattern: "(\\p{L}{3,15}\\.?)", part: "M" },
  MMM: { pattern: "(\\p{L}{3,15}\\.?)", part: "M" },
  MM: { pattern: "(\\d{1,2})", part: "M" },
  M: { pattern: "(\\d{1,2})", part: "M" },
  DDDD: { pattern: "(\\d{3})", part: "D" },
  DD: { pattern: "(\\d{1,2})", part: "D" },
  D: { pattern: "(\\d{1,2})", part: "D" },
  Q: { pattern: "([1-4])", part: "Q" },
  /** Half of a year. */
  h2: { pattern: "([12])", part: "S" },
  WW: { pattern: "(\\d{1,2})", part: "W" },
  E: { pattern: "([1-7])", part: "D" },
  /** The year after, as `2019/20` ends. */
  RRRR: { pattern: "(\\d{4})", part: "" },
  RR: { pattern: "(\\d{2})", part: "" },
  dddd: { pattern: "\\p{L}{2,12}\\.?", part: "" },
  ddd: { pattern: "\\p{L}{2,12}\\.?", part: "" },
  HH: { pattern: "(\\d{1,2})", part: "" },
  H: { pattern: "(\\d{1,2})", part: "" },
  mm: { pattern: "(\\d{2})", part: "" },
  ss: { pattern: "(\\d{2})", part: "" },
  SSS: { pattern: "(\\d{1,9})", part: "" },
  A: { pattern: "([AaPp]\\.?[Mm]\\.?)", part: "" },
  Z: {
    pattern: "(Z|z|[+\\-\u2212]\\d{1,2}(?::?\\d{2})?|\\p{Lu}{2,5}(?:[+-]\\d{1,2}(?::?\\d{2})?)?)",
    part: "",
  },
  /** A place such as `Europe/Berlin`, which is not looked up. */
  z: { pattern: "\\[?\\p{L}{2,20}/[\\p{L}_/-]{2,30}\\]?", part: "" },
  X: { pattern: "(-?\\d{1,11}(?:\\.\\d{1,9})?)", part: "X" },
  x: { pattern: "(-?\\d{1,14}(?:\\.\\d{1,6})?)", part: "X" },
  xu: { pattern: "(-?\\d{1,17})", part: "X" },
  xn: { pattern: "(-?\\d{1,20})", part: "X" },
} as const;

export type Token = keyof typeof TOKENS;
const NAMES = Object.keys(TOKENS).sort((a, b) => b.length - a.length) as Token[];

/** How far names of zones are ahead of UTC, in hours; of the several a name may stand for, the one tables mean. */
const ZONES: Readonly<Record<string, number>> = {
  ...{
    Z: 0,
    UTC: 0,
    GMT: 0,
    WET: 0,
    WEST: 1,
    BST: 1,
    CET: 1,
    MEZ: 1,
    CEST: 2,
    MESZ: 2,
    EET: 2,
    EEST: 3,
    MSK: 3,
  },
  ...{ EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7, JST: 9, AEST: 10, AEDT: 11 },
};

function zoneOffset(text: string): number | undefined {
  const match = /^([A-Za-z]*)(?:([+\-\u2212])(\d{1,2}):?(\d{2})?)?$/.exec(text);
  if (match === null) return undefined;
  const [, name = "", sign, hours, minutes = "0"] = match;
  const named = name === "" ? 0 : ZONES[name.toUpperCase()];
  if (named === undefined) return undefined;
  const ahead = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * MINUTE;
  return named * HOUR + (sign === "+" || sign === undefined ? ahead : -ahead);
}

/** The eras, newest first: letter, name, the year before its first, and its first day. */
const ERAS: readonly (readonly [letter: string, name: string, before: number, from: number])[] = [
  ["R", "令和", 2018, dayAt(2019, 5, 1)!],
  ["H", "平成", 1988, dayAt(1989, 1, 8)!],
  ["S", "昭和", 1925, dayAt(1926, 12, 25)!],
  ["T", "大正", 1911, dayAt(1912, 7, 30)!],
  ["M", "明治", 1867, dayAt(1868, 1, 25)!],
];
const eraAt = (time: number): (typeof ERAS)[number] =>
  ERAS.find(([, , , from]) => time >= from) ?? ERAS.at(-1)!;

type Piece = { readonly token: Token } | { readonly literal: string };

/** Splits `DD.MM.YYYY [at] HH:mm` into tokens and what stands between. */
function piecesOf(spec: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const literal = (text: string): void => {
    const last = pieces.at(-1);
    if (last !== undefined && "literal" in last) pieces[pieces.length - 1] = { literal: last.literal + text };
    else pieces.push({ literal: text });
  };
  while (at < spec.length) {
    const close = spec[at] === "[" ? spec.indexOf("]", at) : -1;
    if (close > at) {
      literal(spec.slice(at + 1, close));
      at = close + 1;
      continue;
    }
    const token = NAMES.find((name) => spec.startsWith(name, at));
    if (token === undefined) literal(spec[at++]!);
    else {
      pieces.push({ token });
      at += token.length;
    }
  }
  return pieces;
}

const escaped = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll(/\s+/g, "\\s+");

/** Two digits for a year: 00 to 49 are this century's, as spreadsheets and people read them now. */
const century = (year: number): number => year + (year < 50 ? 2000 : 1900);

/** One way of writing a moment, compiled. */
export interface Layout {
  /** Such as `DD.MM.YYYY HH:mm`. */
  readonly spec: string;
  /** The order of the date's parts: `DMY`, `YM`, `YQ`, `X` for Unix times. */
  readonly order: string;
  readonly resolution: Resolution;
  /** The moment, or undefined for what is written otherwise or does not exist. */
  read(cell: string): Reading | undefined;
  /** @param local the clock on the wall. @param zone how the cells write theirs. @param months names of months. */
  write(local: number, zone: string, months: readonly string[]): string;
}

function resolutionOf(tokens: readonly Token[]): Resolution {
  const has = (...wanted: Token[]): boolean => wanted.some((token) => tokens.includes(token));
  if (has("HH", "H", "X", "x", "xu", "xn")) return "time";
  if (has("DD", "D", "DDDD", "E")) return "day";
  if (has("MMMM", "MMM", "MM", "M")) return "month";
  if (has("WW")) return "week";
  if (has("Q")) return "quarter";
  return has("h2") ? "half" : "year";
}

/** A number of digits that a neighbour without anything between would run into is exact. */
function patternOf(pieces: readonly Piece[], i: number): string {
  const piece = pieces[i]!;
  if ("literal" in piece) return escaped(piece.literal);
  const isDigits = (other: Piece | undefined): boolean =>
    other !== undefined && "token" in other && /^(?:YYYY|YY|MM|DD|HH|mm|ss|DDDD|WW)$/.test(other.token);
  const exact = /^(?:MM|DD|HH|WW)$/.test(piece.token) && (isDigits(pieces[i - 1]) || isDigits(pieces[i + 1]));
  return exact ? "(\\d{2})" : TOKENS[piece.token].pattern;
}

const pad = (x: number, width = 2): string => String(x).padStart(width, "0");

/** Fractions of a second to milliseconds: `5`, `500` and `500000` are the same. */
const fraction = (digits: string): number => Math.round(Number(`0.${digits}`) * 1000);

class Compiled implements Layout {
  readonly spec: string;
  readonly order: string;
  readonly resolution: Resolution;
  readonly #pieces: readonly Piece[];
  readonly #pattern: RegExp;
  /** The token each group of the pattern belongs to. */
  readonly #groups: readonly Token[];

  constructor(spec: string) {
    this.spec = spec;
    this.#pieces = piecesOf(spec);
    const tokens = this.#pieces.flatMap((piece) => ("token" in piece ? [piece.token] : []));
    this.#groups = tokens.filter((token) => TOKENS[token].pattern.startsWith("("));
    this.#pattern = new RegExp(`^${this.#pieces.map((_, i) => patternOf(this.#pieces, i)).join("")}$`, "u");
    this.order = tokens.map((token) => TOKENS[token].part).join("");
    this.resolution = resolutionOf(tokens);
  }

  read(cell: string): Reading | undefined {
    const match = this.#pattern.exec(cell);
    if (match === null) return undefined;
    let [year, month, day] = [Number.NaN, 1, 1];
    let [week, weekday, dayOfYear] = [0, 1, 0];
    let [hour, minute, second, milli] = [0, 0, 0, 0];
    let half: string | undefined;
    let offset: number | undefined;
    let after: number | undefined;
    let era = 0;
    for (let g = 0; g < this.#groups.length; g++) {
      const text = match[g + 1]!;
      switch (this.#groups[g]!) {
        case "NNN":
        case "NNNN":
          era = ERAS.find(([letter, name]) => letter === text || name === text)![2];
          break;
        case "YYYY":
        case "y":
          year = Number(text);
          break;
        case "YY":
          year = century(Number(text));
          break;
        case "RRRR":
          after = Number(text);
          break;
        case "RR":
          after = Math.floor((year + 1) / 100) * 100 + Number(text);
          break;
        case "MMMM":
        case "MMM": {
          const named = monthNamed(text);
          if (named === undefined) return undefined;
          month = named + 1;
          break;
        }
        case "MM":
        case "M":
          month = Number(text);
          break;
        case "DDDD":
          dayOfYear = Number(text);
          break;
        case "DD":
        case "D":
          day = Number(text);
          break;
        case "Q":
          month = 3 * Number(text) - 2;
          break;
        case "h2":
          month = 6 * Number(text) - 5;
          break;
        case "WW":
          week = Number(text);
          break;
        case "E":
          weekday = Number(text);
          break;
        case "HH":
        case "H":
          hour = Number(text);
          break;
        case "mm":
          minute = Number(text);
          break;
        case "ss":
          second = Number(text);
          break;
        case "SSS":
          milli = fraction(text);
          break;
        case "A":
          half = text[0]!.toLowerCase();
          break;
        case "Z":
          offset = zoneOffset(text);
          if (offset === undefined) return undefined;
          break;
        case "X":
          return { local: Math.round(Number(text) * 1000), offset: undefined };
        case "x":
          return { local: Math.round(Number(text)), offset: undefined };
        case "xu":
          return { local: Math.round(Number(text) / 1000), offset: undefined };
        case "xn":
          return { local: Math.round(Number(text) / 1e6), offset: undefined };
        default:
      }
    }
    year += era;
    if (after !== undefined && after !== year + 1) return undefined;
    if (half !== undefined) {
      if (hour < 1 || hour > 12) return undefined;
      hour = (hour % 12) + (half === "p" ? 12 : 0);
    }
    // A day may end at 24:00, and at nothing later.
    const isEnd = hour === 24 && minute === 0 && second === 0 && milli === 0;
    if ((hour > 23 && !isEnd) || minute > 59 || second > 60) return undefined;
    let start: number | undefined;
    if (week > 0) {
      const monday = weekAt(year, week);
      start = monday === undefined ? undefined : monday + (weekday - 1) * DAY;
    } else if (dayOfYear > 0) {
      const first = dayAt(year, 1, 1)! + (dayOfYear - 1) * DAY;
      start = new Date(first).getUTCFullYear() === year ? first : undefined;
    } else start = this.order.includes("W") ? undefined : dayAt(year, month, day);
    if (start === undefined) return undefined;
    return { local: start + hour * HOUR + minute * MINUTE + second * 1000 + milli, offset };
  }

  write(local: number, zone: string, months: readonly string[]): string {
    const date = new Date(this.resolution === "time" ? Math.round(local) : Math.round(local / 1000) * 1000);
    const isWeek = this.order.includes("W");
    const { year: weekYear, week } = weekOf(date.getTime());
    const year = isWeek ? weekYear : date.getUTCFullYear();
    const [month, day, hour] = [date.getUTCMonth(), date.getUTCDate(), date.getUTCHours()];
    const isTwelve = this.#groups.includes("A");
    const shownHour = isTwelve ? hour % 12 || 12 : hour;
    const isEra = this.#groups.some((token) => token === "NNN" || token === "NNNN");
    const era = eraAt(date.getTime());
    const part: Record<Token, () => string> = {
      YYYY: () => pad(year, 4),
      YY: () => pad(year % 100),
      y: () => String(isEra ? year - era[2] : year),
      NNN: () => era[0],
      NNNN: () => era[1],
      MMMM: () => months[month]!,
      MMM: () => months[month]!,
      MM: () => pad(month + 1),
      M: () => String(month + 1),
      DDDD: () => pad(Math.floor((date.getTime() - dayAt(year, 1, 1)!) / DAY) + 1, 3),
      DD: () => pad(day),
      D: () => String(day),
      Q: () => String(Math.floor(month / 3) + 1),
      h2: () => String(Math.floor(month / 6) + 1),
      WW: () => pad(week),
      E: () => String(((weekdayOf(date.getTime()) + 6) % 7) + 1),
      RRRR: () => pad(year + 1, 4),
      RR: () => pad((year + 1) % 100),
      dddd: () => weekdayName(date.getUTCDay()),
      ddd: () => weekdayName(date.getUTCDay()).slice(0, 3),
      HH: () => pad(shownHour),
      H: () => String(shownHour),
      mm: () => pad(date.getUTCMinutes()),
      ss: () => pad(date.getUTCSeconds()),
      SSS: () => pad(date.getUTCMilliseconds(), 3),
      A: () => (hour < 12 ? "AM" : "PM"),
      Z: () => zone,
      z: () => "",
      X: () => String(local / 1000),
      x: () => String(local),
      xu: () => String(local * 1000),
      xn: () => String(BigInt(Math.round(local)) * 1_000_000n),
    };
    return this.#pieces.map((piece) => ("literal" in piece ? piece.literal : part[piece.token]())).join("");
  }
}

const compiled = new Map<string, Layout>();

/** The layout of a specification such as `DD.MM.YYYY HH:mm`. */
export function layoutOf(spec: string): Layout {
  const found = compiled.get(spec);
  if (found !== undefined) return found;
  const made = new Compiled(spec);
  // Specifications come from a cell's shape, of which a file may hold any number.
  if (compiled.size < 500) compiled.set(spec, made);
  return made;
}

/** The tokens of a specification, for whoever must know what it can tell. */
export const tokensOf = (spec: string): Token[] =>
  piecesOf(spec).flatMap((piece) => ("token" in piece ? [piece.token] : []));

/** How a cell writes its zone: `+02:00`, `Z`, `CET`; empty for none. */
export function zoneOf(cell: string): string {
  return /(?:[Zz]|[+\-\u2212]\d{1,2}(?::?\d{2})?|\b[A-Z]{2,5})$/.exec(cell.trim())?.[0] ?? "";
}
