import { cos, log, sin } from "../../elementary.js";
import { type Base, seasonsBack } from "./panel-base.js";
import type { PanelProfile } from "./panel-profile.js";
import type { PanelSeries } from "./panel-series.js";

/** Longest stretch of single values among the features: longer seasons are seen through their means. */
const MOST_VALUES = 168;
/** Values of the last season beside those of its phases before. */
const MOST_SEASON = 60;
/** Shares of the exponential means that tell a level from a jump, and the values they look at. */
const SHARES = [0.05, 0.1, 0.2, 0.4, 0.7];
const MEMORY = 100;
const SPANS = [4, 8, 13, 26, 52, 104];
const DAY = 86_400_000;
/** Periods of the clock: a day, a week, a mean year. */
const CLOCK_PERIODS = [DAY, 7 * DAY, 365.2425 * DAY];

const clip = (value: number, bound: number): number =>
  value > bound ? bound : value < -bound ? -bound : Number.isNaN(value) ? 0 : value;

/** Numbers that describe one origin. */
export function featureCount(profile: PanelProfile): number {
  const { base, short, long, horizon, statics, others, hasClock } = profile;
  const common = statics + 3 * others + (hasClock ? 2 * CLOCK_PERIODS.length : 0);
  if (base === "level") return 4 * horizon + 2 * horizon + SHARES.length + SPANS.length + 5 + common;
  const { recent, season, values } = sizesOf(short!, long);
  return (
    (long === null ? 3 * horizon + recent + season : 4 * horizon + 2 * recent + 2 * season) +
    values +
    6 +
    common
  );
}

function sizesOf(short: number, long: number | null): { recent: number; season: number; values: number } {
  return {
    recent: Math.min(2 * short, MOST_VALUES),
    season: Math.min(short, MOST_SEASON),
    values: Math.min(long ?? 2 * short, MOST_VALUES),
  };
}

/** Everything of one origin relative to what is known before it, in units of the base's recent error. */
export function writeFeatures(
  series: PanelSeries,
  profile: PanelProfile,
  end: number,
  base: Base,
  out: Float32Array,
  offset: number,
): void {
  const at =
    profile.base === "level"
      ? writeLevel(series, profile, end, base, out, offset)
      : writeSeason(series, profile, end, base, out, offset);
  writeCommon(series, profile, end, out, at);
}

function writeCommon(
  { statics, others, clock, from }: PanelSeries,
  { hasClock }: PanelProfile,
  end: number,
  out: Float32Array,
  offset: number,
): void {
  let o = offset;
  for (const value of statics) out[o++] = clip(value, 10);
  for (const values of others) {
    const last = values[end - 1]!;
    out[o++] = clip(last, 5);
    out[o++] = clip(last - (values[end - 2] ?? last), 5);
    out[o++] = clip(last - (values[end - 8] ?? last), 5);
  }
  if (!hasClock) return;
  const time = clock === null ? Number.NaN : clock.start + (from + end) * clock.step;
  for (const period of CLOCK_PERIODS) {
    const angle = 2 * Math.PI * (time / period - Math.floor(time / period));
    const tells = clock !== null && clock.step < period / 1.5;
    out[o++] = tells ? sin(angle) : 0;
    out[o++] = tells ? cos(angle) : 0;
  }
}

function writeSeason(
  { y }: PanelSeries,
  { short: given, long, horizon }: PanelProfile,
  end: number,
  { path, unit, mix, short: near, long: far }: Base,
  out: Float32Array,
  offset: number,
): number {
  const short = given!;
  const { recent, season, values } = sizesOf(short, long);
  const known = (t: number): number => (t < 0 ? Number.NaN : y[t]!);
  const cycle = long ?? short;
  const cycles = Math.min(5, Math.floor(end / cycle));
  let o = offset;
  let [mean, spread, last] = [0, 0, 0];
  const span = Math.min(end, long ?? 5 * short);
  for (let t = end - span; t < end; t++) mean += y[t]! / span;
  for (let t = end - span; t < end; t++) spread += (y[t]! - mean) ** 2 / span;
  const deviation = Math.sqrt(spread) + 1e-4;
  for (let t = end - short; t < end; t++) last += y[t]! / short;
  const reference = (h: number): number => known(seasonsBack(end, h, cycle));
  for (let h = 0; h < horizon; h++) {
    const own = reference(h);
    if (long !== null) out[o++] = clip((own - known(seasonsBack(end, h, short))) / unit, 6) / 2;
    out[o++] = clip((known(seasonsBack(end, h, cycle) - cycle) - own) / unit, 6) / 2;
    out[o++] = path === null ? 0 : clip((path[h]! - own) / unit, 6) / 2;
    let [sum, count] = [0, 0];
    for (let k = 1; k <= cycles; k++) {
      const value = known(seasonsBack(end, h, cycle) - (k - 1) * cycle);
      if (Number.isNaN(value)) break;
      sum += value;
      count += 1;
    }
    out[o++] = count === 0 ? 0 : clip((sum / count - own) / unit, 6) / 1.5;
  }
  for (let k = 0; k < recent; k++) {
    const t = end - recent + k;
    out[o++] = clip((known(t) - known(t - short)) / unit, 6) / 2;
    if (long !== null) out[o++] = clip((known(t) - known(t - long)) / unit, 6) / 2;
  }
  const days = long === null ? 7 : Math.min(7, Math.round(long / short));
  for (let h = 0; h < season; h++) {
    let [sum, count] = [0, 0];
    for (let k = 1; k <= days && end + h - short * k >= 0; k++) {
      sum += y[end + h - short * k]!;
      count += 1;
    }
    out[o++] = clip((sum / count - known(end + h - short)) / unit, 6) / 1.5;
    if (long === null) continue;
    let [weeks, found] = [0, 0];
    for (let k = 1; k <= 4 && end - short + h - long * k >= 0; k++) {
      weeks += y[end - short + h - long * k]!;
      found += 1;
    }
    out[o++] = found === 0 ? 0 : clip((known(end - short + h) - weeks / found) / unit, 6) / 1.5;
  }
  for (let k = 0; k < values; k++) out[o++] = clip((known(end - values + k) - mean) / deviation, 4) / 1.5;
  out[o++] = mix * 2 - 1;
  out[o++] = clip(log(deviation) / 2 + 1, 5);
  out[o++] = clip(log(unit) / 2 + 1.5, 5);
  out[o++] = clip((last - mean) / unit, 6);
  out[o++] = clip(log(near / far) / 2, 5);
  out[o++] = cycles / 5;
  return o;
}

function writeLevel(
  { y }: PanelSeries,
  { short, horizon }: PanelProfile,
  end: number,
  { path, unit }: Base,
  out: Float32Array,
  offset: number,
): number {
  let o = offset;
  const last = y[end - 1]!;
  for (let k = 0; k < 2 * horizon; k++) {
    const t = end - 1 - k;
    out[o++] = t < 1 ? 0 : clip((y[t]! - y[t - 1]!) / unit, 5) / 2;
  }
  for (let year = 1; year <= 3; year++) {
    const back = short === null ? -1 : end - 1 - short * year;
    for (let h = 1; h <= horizon; h++) {
      const ahead = back + h < end ? back + h : back + h - (short ?? 0);
      out[o++] = back < 0 || ahead < 0 ? 0 : clip((y[ahead]! - y[back]!) / unit / Math.sqrt(h), 5) / 2;
    }
  }
  for (let h = 0; h < horizon; h++) {
    out[o++] = path === null ? 0 : clip((path[h]! - last) / unit / Math.sqrt(h + 1), 5);
  }
  for (const share of SHARES) {
    let mean = y[Math.max(0, end - MEMORY)]!;
    for (let t = Math.max(0, end - MEMORY); t < end; t++) mean += share * (y[t]! - mean);
    out[o++] = clip((mean - last) / unit, 5) / 2;
  }
  for (const span of SPANS) {
    out[o++] = end - 1 - span < 0 ? 0 : clip((last - y[end - 1 - span]!) / unit / Math.sqrt(span), 5) / 1.5;
  }
  let recent = 0;
  const few = Math.min(26, end - 1);
  for (let t = end - few; t < end; t++) recent += Math.abs(y[t]! - y[t - 1]!) / few;
  out[o++] = clip(log(unit) / 2 + 2, 5);
  out[o++] = short !== null && end > short + 1 ? 1 : 0;
  out[o++] = short !== null && end > 3 * short + 1 ? 1 : 0;
  out[o++] = clip(log((recent + 0.01 * unit) / unit), 5);
  const far = Math.min(end, 2 * MEMORY);
  let level = 0;
  for (let t = end - far; t < end; t++) level += y[t]! / far;
  out[o++] = clip((last - level) / unit / 10, 5);
  return o;
}
