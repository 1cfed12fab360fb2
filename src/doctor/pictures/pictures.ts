import { correlation } from "../../numerics/statistics.js";
import type { PictureMark } from "../../viz/marks.js";
import type { BarsPicture, LinesPicture, PictureLine } from "../../viz/picture.js";
import { short } from "../diagnosis.js";

/** Values of a line that a picture keeps: more than there are pixels worth telling apart. */
const MOST_POINTS = 240;
/** Bars of a picture that can still be read. */
const MOST_BARS = 20;

/** As data that goes through JSON: four digits; what is not finite has no place. */
export const plain = (value: number): number | null => (Number.isFinite(value) ? short(value) : null);

export interface LineOptions {
  /** Where the first value stands on the axis. Default 0. */
  readonly first?: number;
  readonly points?: boolean;
}

/**
 * A line of at most some two hundred values. Of more, the least and the largest of each stretch are kept, so that a spike
 * stays, and a gap wherever the stretch has one.
 */
export function line(
  name: string,
  values: ArrayLike<number>,
  { first = 0, points = false }: LineOptions = {},
): PictureLine {
  const kind = points ? { points } : {};
  const n = values.length;
  if (n <= MOST_POINTS) {
    const own = Array.from(values, plain);
    return { name, values: own, ...(first === 0 ? {} : { x: own.map((_, i) => first + i) }), ...kind };
  }
  const places: number[] = [];
  const kept: (number | null)[] = [];
  const parts = MOST_POINTS / 2;
  for (let part = 0; part < parts; part++) {
    const [from, to] = [Math.floor((part * n) / parts), Math.floor(((part + 1) * n) / parts)];
    let [least, most, gap] = [from, from, -1];
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(values[i]!)) gap = i;
      if (!(values[least]! <= values[i]!)) least = i;
      if (!(values[most]! >= values[i]!)) most = i;
    }
    const ends = part === 0 ? [0] : part === parts - 1 ? [n - 1] : [];
    const chosen = new Set([least, most, ...ends, ...(gap < 0 ? [] : [gap])]);
    for (const i of [...chosen].sort((a, b) => a - b)) {
      places.push(first + i);
      kept.push(plain(values[i]!));
    }
  }
  return { name, values: kept, x: places, ...kind };
}

export interface LinesOptions {
  readonly x: string;
  readonly y: string;
  readonly log?: boolean;
  readonly range?: readonly [number, number];
  readonly marks?: readonly PictureMark[];
}

const marksOf = (marks: readonly PictureMark[] | undefined) => {
  const known = (marks ?? []).filter(({ x, y }) => [x ?? y!].flat().every(Number.isFinite));
  return known.length === 0 ? {} : { marks: known };
};

export const lines = (
  title: string,
  drawn: readonly PictureLine[],
  { x, y, log = false, range, marks }: LinesOptions,
): LinesPicture => ({
  kind: "lines",
  title,
  x: { label: x },
  y: { label: y, ...(log ? { log } : {}), ...(range === undefined ? {} : { range }) },
  lines: drawn,
  ...marksOf(marks),
});

/** What a layer's steps have, in the order in which it reads them. */
export const byTimeStep = (
  title: string,
  named: Readonly<Record<string, ArrayLike<number>>>,
  options: Omit<LinesOptions, "x">,
): LinesPicture =>
  lines(
    title,
    Object.entries(named).map(([name, values]) => line(name, values)),
    { x: "time step t (in the order the layer reads)", ...options },
  );

/** Losses of trainings, epoch by epoch from 1; by decades, for they fall by factors. */
export const byEpoch = (
  title: string,
  named: Readonly<Record<string, ArrayLike<number>>>,
  loss: string,
  marks: readonly PictureMark[] = [],
): LinesPicture =>
  lines(
    title,
    Object.entries(named).map(([name, values]) => line(name, values, { first: 1 })),
    {
      x: "epoch",
      y: `loss (${loss})`,
      // A log axis has no place for losses of 0 and below, as likelihoods have.
      log: Object.values(named).every((values) => Array.from(values).every((value) => !(value <= 0))),
      marks,
    },
  );

/** Ends of an axis of shares in per cent. */
export const PER_CENT: readonly [number, number] = [0, 100];

export interface BarsOptions {
  readonly x: string;
  readonly y: string;
  readonly log?: boolean;
  readonly range?: readonly [number, number];
  /** Values worth a line across all bars, by name. */
  readonly marks?: Readonly<Record<string, number>>;
}

type Length = number | readonly [number, number];

/** Bars from 0, or from one value to another; of many, the first ones and those of the largest values. */
export function bars(
  title: string,
  named: readonly (readonly [string, Length])[],
  { x, y, log = false, range, marks = {} }: BarsOptions,
): BarsPicture {
  const size = ([, value]: readonly [string, Length]): number => {
    const largest = Math.max(...[value].flat().map(Math.abs));
    return Number.isFinite(largest) ? largest : Number.POSITIVE_INFINITY;
  };
  const bySize = named.map((_, i) => i).sort((a, b) => size(named[b]!) - size(named[a]!));
  const half = MOST_BARS / 2;
  const some = new Set([...named.slice(0, half).keys(), ...bySize.slice(0, half)]);
  const kept = named.length <= MOST_BARS ? named : named.filter((_, i) => some.has(i));
  return {
    kind: "bars",
    title: kept.length === named.length ? title : `${title} (${kept.length} of ${named.length})`,
    x: { label: x, ...(log ? { log } : {}), ...(range === undefined ? {} : { range }) },
    y: { label: y },
    bars: kept.map(([name, value]) => {
      if (typeof value === "number") return { name, value: plain(value) };
      const [from, to] = [plain(value[0]), plain(value[1])];
      return from === null || to === null ? { name, value: null } : { name, from, value: to };
    }),
    ...marksOf(Object.entries(marks).map(([label, value]) => ({ label, x: value }))),
  };
}

/** What was trained on and what comes after it, over one axis, with what tells them apart. */
export function beforeAndAfter(
  title: string,
  before: readonly [string, ArrayLike<number>],
  after: readonly [string, ArrayLike<number>] | null,
  options: LinesOptions,
): LinesPicture {
  const first = before[1].length;
  const drawn = [line(before[0], before[1])];
  if (after !== null) drawn.push(line(after[0], after[1], { first }));
  const split = after === null ? [] : [{ label: `${after[0]} begins`, x: first }];
  return lines(title, drawn, { ...options, marks: [...split, ...(options.marks ?? [])] });
}

/** One quantity against another, as points: at most some two hundred, spread over all. */
export function scatter(
  title: string,
  name: string,
  x: readonly [string, ArrayLike<number>],
  y: readonly [string, ArrayLike<number>],
): LinesPicture {
  const count = Math.min(x[1].length, y[1].length);
  const every = Math.max(1, Math.ceil(count / MOST_POINTS));
  const chosen = Array.from({ length: Math.ceil(count / every) }, (_, k) => k * every)
    .filter((i) => Number.isFinite(x[1][i]!) && Number.isFinite(y[1][i]!))
    .sort((a, b) => x[1][a]! - x[1][b]!);
  return lines(
    title,
    [
      {
        name,
        x: chosen.map((i) => short(x[1][i]!)),
        values: chosen.map((i) => short(y[1][i]!)),
        points: true,
      },
    ],
    { x: x[0], y: y[0] },
  );
}

/** How much of a series stands in what it was some steps ago, and how much of that chance would bring. */
export function autocorrelation(
  title: string,
  values: Float64Array,
  lags: number,
  marks: readonly PictureMark[],
): LinesPicture {
  const most = Math.max(2, Math.min(lags, Math.floor(values.length / 2)));
  const own = Array.from({ length: most + 1 }, (_, lag) =>
    lag === 0 ? 1 : correlation(values.subarray(lag), values.subarray(0, values.length - lag)),
  );
  const chance = 1.96 / Math.sqrt(values.length);
  return lines(title, [line("autocorrelation", own)], {
    x: "lag (time steps)",
    y: "correlation",
    marks: [...marks, { label: "chance (95 %)", y: [-chance, chance] }],
  });
}
