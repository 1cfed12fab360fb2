import { type Layout, layoutOf } from "./layout.js";
import { isWeekday, monthNamed } from "./month-names.js";

/** A cell longer than this is no date, whatever it begins with. */
const LONGEST = 60;

/** Text that stands as it is: in brackets, so that its letters are no tokens. */
const fixed = (text: string): string => (/\p{L}/u.test(text) ? `[${text}]` : text);

interface Clock {
  /** What stands before the time of day. */
  readonly date: string;
  readonly spec: string;
}

/** `08:30`, `8:30:15.5 PM`, `08h30`, with the zone or the place after it. */
const CLOCK =
  /^(.*?)([T\s:_,-]*)(\d{1,2})([:h])(\d{2})(?:([:m])(\d{2})(?:([.,:])(\d{1,9}))?)?(\s*)([AaPp]\.?[Mm]\.?)?(\s*)((?:Z|z|UTC|GMT|[+\-\u2212]\d{1,2}(?::?\d{2})?|[A-Z]{2,4}T|BST|MEZ|MESZ)(?:[+-]\d{1,2}(?::?\d{2})?)?)?(\s*)(\[?\p{L}{2,20}\/[\p{L}_/-]{2,30}\]?)?(\s*\([\p{L}\s]{2,40}\))?$/u;
/** `T13`, ` 13`, ` 13h`, ` 3 PM`: hours alone. */
const HOURS = /^(.*?\d)(T|\s+)(\d{1,2})(\s*)(h|[AaPp]\.?[Mm]\.?|Z)?$/u;

function clockOf(cell: string): Clock | undefined {
  const match = CLOCK.exec(cell);
  if (match !== null) {
    const [, date = "", gap = "", hour = "", colon = "", , second, , point, digits] = match;
    const [space1 = "", half, space2 = "", zone, space3 = "", place, note] = match.slice(10);
    const seconds =
      second === undefined ? "" : `${fixed(match[6]!)}ss${digits === undefined ? "" : `${point}SSS`}`;
    const spec = `${fixed(gap)}${hour.length === 1 ? "H" : "HH"}${fixed(colon)}mm${seconds}${space1}${half === undefined ? "" : "A"}${space2}${zone === undefined ? "" : "Z"}${space3}${place === undefined ? "" : "z"}${note === undefined ? "" : fixed(note)}`;
    return { date, spec };
  }
  const hours = HOURS.exec(cell);
  if (hours === null) return undefined;
  const [, date = "", gap = "", hour = "", space = "", mark] = hours;
  const end = mark === undefined ? "" : mark === "h" ? "[h]" : mark === "Z" ? "Z" : "A";
  return { date, spec: `${fixed(gap)}${hour.length === 1 ? "H" : "HH"}${space}${end}` };
}

const isMonth = (name: string): boolean => monthNamed(name) !== undefined;

type Rule = readonly [pattern: RegExp, specs: (match: readonly string[]) => readonly string[]];

const yearOf = (text: string): string => (text.length === 2 ? "YY" : "YYYY");

/** Dates with separators or letters: nobody writes a measurement so. */
const MARKED: readonly Rule[] = [
  [
    /^\d{8}([T_ -])\d{4}(?:\d{2})?(Z|[+-]\d{2}:?\d{2})?$/,
    ([all, s, z]) => [
      `YYYYMMDD${fixed(s!)}HHmm${/\d{8}.\d{6}/.test(all!) ? "ss" : ""}${z === undefined ? "" : "Z"}`,
    ],
  ],
  [/^\d{4}([-/. _])\d{1,2}\1\d{1,2}$/, ([, s]) => [`YYYY${s}MM${s}DD`]],
  [/^\d{4}年\d{1,2}月\d{1,2}日$/, () => ["YYYY[年]M[月]D[日]"]],
  [/^\d{4}年\d{1,2}月$/, () => ["YYYY[年]M[月]"]],
  [/^[MTSHR]\d{1,2}([./-])\d{1,2}\1\d{1,2}$/, ([, s]) => [`NNNy${s}M${s}D`]],
  [/^(?:明治|大正|昭和|平成|令和)\d{1,2}年\d{1,2}月\d{1,2}日$/, () => ["NNNNy[年]M[月]D[日]"]],
  [/^(?:明治|大正|昭和|平成|令和)\d{1,2}年\d{1,2}月$/, () => ["NNNNy[年]M[月]"]],
  [/^(?:明治|大正|昭和|平成|令和)\d{1,2}年$/, () => ["NNNNy[年]"]],
  // Whoever writes points between writes the day first.
  [
    /^\d{1,2}\.(\s?)\d{1,2}\.(\s?)(\d{4}|\d{2})\.?$/,
    ([all, a, b, y]) => [`DD.${a}MM.${b}${yearOf(y!)}${all!.endsWith(".") ? "." : ""}`],
  ],
  [/^\d{1,2}([-/ _])\d{1,2}\1\d{4}$/, ([, s]) => [`DD${s}MM${s}YYYY`, `MM${s}DD${s}YYYY`]],
  [
    /^\d{1,2}([-/ ])\d{1,2}\1\d{2}$/,
    ([all, s]) => [`DD${s}MM${s}YY`, `MM${s}DD${s}YY`, ...(/^\d\d/.test(all!) ? [`YY${s}MM${s}DD`] : [])],
  ],
  [/^\d{4}-\d{3}$/, () => ["YYYY-DDDD"]],
  [/^\d{4}([-\s/:]?)([Qq]|T|K)[1-4]$/, ([, s, q]) => [`YYYY${s}[${q}]Q`]],
  [/^([Qq]|T|K)[1-4]([-\s/,'’]*)(\d{4}|\d{2})$/, ([, q, s, y]) => [`[${q}]Q${s}${yearOf(y!)}`]],
  [
    /^[1-4]([Qq]|\.? ?Quartal|\.? ?quarter)([-\s/,]*)(\d{4}|\d{2})$/,
    ([, q, s, y]) => [`Q[${q}]${s}${yearOf(y!)}`],
  ],
  [/^\d{4}([-\s]?)([HhSs])[12]$/, ([, s, h]) => [`YYYY${s}[${h}]h2`]],
  [/^([HhSs])[12]([-\s/,]*)\d{4}$/, ([, h, s]) => [`[${h}]h2${s}YYYY`]],
  [/^\d{4}([-\s/,]*)(W|w|KW|[Ww]k|[Ww]eek)([-\s]?)\d{1,2}$/, ([, s, w, t]) => [`YYYY${s}[${w}]${t}WW`]],
  [/^\d{4}(-?)W\d{2}(-?)[1-7]$/, ([, s, t]) => [`YYYY${s}[W]WW${t}E`]],
  [/^(W|w|KW|[Ww]k|[Ww]eek)([-\s]?)\d{1,2}([-\s/,]+)\d{4}$/, ([, w, t, s]) => [`[${w}]${t}WW${s}YYYY`]],
  [/^\d{4}([-\s:]?)([Mm])\d{1,2}$/, ([, s, m]) => [`YYYY${s}[${m}]MM`]],
  [/^\d{4}([-/ ])\d{1,2}$/, ([, s]) => [`YYYY${s}MM`]],
  [/^\d{4}([-/])(\d{2}|\d{4})$/, ([, s, y]) => [`YYYY${s}${y!.length === 2 ? "RR" : "RRRR"}`]],
  [/^\d{4}:\d{2}$/, () => ["YYYY:MM"]],
  [/^\d{4}:[1-4]$/, () => ["YYYY:Q"]],
  [/^\d{1,2}([-/])\d{4}$/, ([, s]) => [`MM${s}YYYY`]],
  [/^(FY|CY) ?(\d{4})$/i, ([all]) => [`[${all!.slice(0, -4)}]YYYY`]],
];

/** Digits alone, which may as well count something: they take a name, or steps, to be believed. */
const DIGITS: readonly Rule[] = [
  [/^\d{8}$/, () => ["YYYYMMDD", "DDMMYYYY", "MMDDYYYY"]],
  [/^\d{6}$/, () => ["YYYYMM", "YYMMDD"]],
  [/^\d{4}$/, () => ["YYYY"]],
  [/^\d{4}\.0$/, () => ["YYYY.0"]],
  [/^\d{7}$/, () => ["YYYYDDDD"]],
  [/^\d{4}\.\d{2}$/, () => ["YYYY.MM"]],
  [/^\d{1,2}\.\d{4}$/, () => ["MM.YYYY"]],
  [/^\d{14}$/, () => ["YYYYMMDDHHmmss"]],
  [/^\d{12}$/, () => ["YYYYMMDDHHmm", "x"]],
  [/^\d{9,10}$/, () => ["YYYYMMDDHH", "X"]],
  [/^\d{9,10}\.\d{1,9}$/, () => ["X"]],
  [/^\d{13}(\.\d{1,6})?$/, () => ["x"]],
  [/^\d{16}$/, () => ["xu"]],
  [/^\d{19}$/, () => ["xn"]],
  [/^\d{1,3}-\d{2}$/, () => ["y-MM"]],
];

const GAP = "([-/.,\\s]*)";
const WORD = "(\\p{L}{3,15}\\.?)";
const named = (text: string): RegExp => new RegExp(`^${text}$`, "u");

/** Dates with a month's name; the groups are checked to be one. */
const NAMED: readonly (readonly [
  pattern: RegExp,
  month: number,
  spec: (match: readonly string[]) => string,
])[] = [
  [
    named(`\\d{1,2}(st|nd|rd|th|\\.)?${GAP}${WORD}${GAP}(\\d{4}|\\d{2})`),
    3,
    ([all, th = "", a, , b, y]) => `${/^\d\d/.test(all!) ? "DD" : "D"}${fixed(th)}${a}MMM${b}${yearOf(y!)}`,
  ],
  [
    named(`\\d{1,2} de ${WORD} (?:de |del )?(\\d{4})`),
    1,
    ([all]) =>
      `D [de] MMM ${all!.includes(" del ") ? "[del] " : /de \p{L}+ de /u.test(all!) ? "[de] " : ""}YYYY`,
  ],
  [
    named(`${WORD}${GAP}\\d{1,2}(st|nd|rd|th)?([,\\s]+|[-/])(\\d{4})`),
    1,
    ([all, , a, th = "", b]) =>
      `MMM${a}${/\d{2}(?:st|nd|rd|th)?[,\s/-]+\d{4}$/.test(all!) ? "DD" : "D"}${fixed(th)}${b}YYYY`,
  ],
  [named(`${WORD}${GAP}(['’]?)(\\d{4}|\\d{2})`), 1, ([, , a, q, y]) => `MMM${a}${q}${yearOf(y!)}`],
  [named(`\\d{4}${GAP}${WORD}`), 2, ([, a]) => `YYYY${a}MMM`],
  [
    named(`\\d{4}${GAP}${WORD}${GAP}\\d{1,2}`),
    2,
    ([all, a, , b]) => `YYYY${a}MMM${b}${/\d\d$/.test(all!) ? "DD" : "D"}`,
  ],
  [named(`\\d{2}${GAP}${WORD}`), 2, ([, a]) => `YY${a}MMM`],
];

function dateSpecs(text: string): { specs: readonly string[]; isWeak: boolean } | undefined {
  for (const [pattern, specs] of MARKED) {
    const match = pattern.exec(text);
    // `2010-11` is a month, and `2009-10` a year from autumn to autumn as well.
    if (match !== null) {
      const more = MARKED.filter(([other]) => other !== pattern && other.test(text)).flatMap(
        ([other, make]) => make(other.exec(text)!),
      );
      return { specs: [...specs(match), ...more], isWeak: false };
    }
  }
  if (/\p{L}/u.test(text)) {
    const specs = NAMED.flatMap(([pattern, month, spec]) => {
      const match = pattern.exec(text);
      return match !== null && isMonth(match[month]!) ? [spec(match)] : [];
    });
    if (specs.length > 0) return { specs, isWeak: false };
  }
  const specs = DIGITS.flatMap(([pattern, make]) => {
    const match = pattern.exec(text);
    return match === null ? [] : make(match);
  });
  return specs.length === 0 ? undefined : { specs, isWeak: true };
}

/** The ways a cell may be written, as a date. */
export interface Candidates {
  readonly layouts: readonly Layout[];
  /** Whether it is digits alone, which may as well be a number. */
  readonly isWeak: boolean;
}

/** The layouts that read `cell`, the likeliest first; undefined for what does not look like a date. */
export function layoutsLike(cell: string): Candidates | undefined {
  if (cell.length < 3 || cell.length > LONGEST || !/\d/.test(cell)) return undefined;
  const weekday = /^(\p{L}{2,12})(\.?,?\s+)/u.exec(cell);
  const before = weekday !== null && isWeekday(weekday[1]!) ? weekday : undefined;
  const prefix = before === undefined ? "" : `${before[1]!.length > 3 ? "dddd" : "ddd"}${before[2]}`;
  const rest = before === undefined ? cell : cell.slice(before[0].length);
  const withClock = clockOf(rest);
  const fits = (text: string, suffix: string, isDay: boolean): Candidates | undefined => {
    const found = dateSpecs(text);
    if (found === undefined) return undefined;
    const layouts = found.specs
      .map((spec) => layoutOf(`${prefix}${spec}${suffix}`))
      .filter((layout) => layout.read(cell) !== undefined)
      .filter(({ order }) => !isDay || /D/.test(order));
    return layouts.length === 0
      ? undefined
      : { layouts, isWeak: found.isWeak && suffix === "" && prefix === "" };
  };
  // A time of day belongs to a day: `2020 08:30` is none.
  const timed = withClock === undefined ? undefined : fits(withClock.date, withClock.spec, true);
  return timed ?? fits(rest, "", false) ?? ctime(rest, prefix, cell);
}

/** `Jan 01 08:30:00 2024`, as Unix prints it, with the year last. */
function ctime(rest: string, prefix: string, cell: string): Candidates | undefined {
  const match = /^(\p{L}{3})(\s+)\d{1,2}(\s+)\d{2}:\d{2}:\d{2}\s+(\d{4})$/u.exec(rest);
  if (match === null || !isMonth(match[1]!)) return undefined;
  const layout = layoutOf(`${prefix}MMM${match[2]}D${match[3]}HH:mm:ss YYYY`);
  return layout.read(cell) === undefined ? undefined : { layouts: [layout], isWeak: false };
}
