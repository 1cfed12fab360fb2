import { cos, exp, log } from "../../elementary.js";
import { dot, mean } from "../../numerics/statistics.js";
import { complete, type Steps } from "../../numerics/steps.js";
import { type Periodogram, periodogramSteps } from "./fourier.js";

/** A line that stands out of the spectrum. */
export interface Peak {
  /** In time steps, between grid frequencies. */
  readonly period: number;
  readonly power: number;
  /** Probability that the highest of all frequencies exceeds its background so far by chance. */
  readonly pValue: number;
}

/** The median of an exponential distribution is ln 2 times its mean. */
const MEDIAN_TO_MEAN = 1 / Math.LN2;

/**
 * The spectrum without its lines: medians over windows that are evenly wide in log frequency (at least eight
 * independent frequencies to either side), so that neither a slope nor a few lines move them.
 */
function* smoothBackground({ power }: Periodogram, binWidth: number): Steps<(k: number) => number> {
  const last = power.length - 1;
  const medianAround = (k: number): number => {
    const half = Math.max(8 * binWidth, 0.4 * k);
    const from = Math.max(Math.round(binWidth), Math.round(k - half));
    const window = power.slice(from, Math.min(last, Math.round(k + half)) + 1).sort();
    return window[Math.floor(window.length / 2)]! * MEDIAN_TO_MEAN;
  };
  // Medians change slowly: knots a tenth apart, straight lines between them.
  const knots: number[] = [];
  for (let k = binWidth; k < last; k += Math.max(binWidth, 0.1 * k)) knots.push(Math.round(k));
  knots.push(last);
  const medians: number[] = [];
  for (const knot of knots) {
    medians.push(medianAround(knot));
    yield;
  }
  return (k) => {
    const right = Math.max(
      1,
      knots.findIndex((knot) => knot >= k),
    );
    const [a, b] = [knots[right - 1]!, knots[right]!];
    const share = Math.min(1, Math.max(0, (k - a) / (b - a)));
    return medians[right - 1]! + share * (medians[right]! - medians[right - 1]!);
  };
}

/**
 * What the differences of a first-order autoregression would show, the null hypothesis of red-noise tests (Mann & Lees
 * 1996). Differences of such a process have autocorrelation (phi - 1) / 2 at lag 1, which gives phi without having to
 * remove a trend first. Its height is that of the median ratio, which lines do not lift.
 */
function autoregressiveBackground(
  differences: Float64Array,
  { power, size }: Periodogram,
): (k: number) => number {
  const center = mean(differences);
  const d = differences.map((value) => value - center);
  const first = dot(d.subarray(1), d.subarray(0, d.length - 1)) / dot(d, d);
  const phi = Math.min(0.99, Math.max(-0.99, 1 + 2 * first));
  const shape = (k: number): number => {
    const c = cos((2 * Math.PI * k) / size);
    return ((1 + phi) * (1 - c)) / (1 - 2 * phi * c + phi * phi);
  };
  const ratios = power.map((value, k) => value / shape(Math.max(1, k))).sort();
  const level = ratios[Math.floor(ratios.length / 2)]! * MEDIAN_TO_MEAN;
  return (k) => level * shape(k);
}

/**
 * Lines in the spectrum of a series, strongest first.
 *
 * The series is differenced once, which takes a trend or a random walk's wandering away and leaves every season where
 * it was. A local maximum counts when its ratio to the larger of two backgrounds, r, has m/2 e^(-r) < `falseAlarm`:
 * periodogram ordinates are exponential about their background, and there are m/2 independent ones.
 */
export const spectralPeaks = (differences: Float64Array, falseAlarm: number, leastCycles: number): Peak[] =>
  complete(spectralPeaksSteps(differences, falseAlarm, leastCycles));

/** {@link spectralPeaks}, in short pieces. */
export function* spectralPeaksSteps(
  differences: Float64Array,
  falseAlarm: number,
  leastCycles: number,
): Steps<Peak[]> {
  const spectrum = yield* periodogramSteps(differences);
  const { power, size } = spectrum;
  const total = power.reduce((a, b) => a + b, 0);
  if (total === 0) return [];
  const binWidth = size / differences.length;
  const smooth = yield* smoothBackground(spectrum, binWidth);
  const red = autoregressiveBackground(differences, spectrum);
  const peaks: (Peak & { k: number })[] = [];
  const last = power.length - 1;
  for (let k = Math.ceil((leastCycles - 0.5) * binWidth); k <= last; k++) {
    if (k % 2048 === 0) yield;
    const here = power[k]!;
    const [before, after] = [power[k - 1]!, power[k + 1] ?? power[k - 1]!];
    if (here < before || here < after) continue;
    // A series without noise has no background at all but rounding.
    const background = Math.max(smooth(k), red(k), total * Number.EPSILON);
    const pValue = Math.min(1, (differences.length / 2) * exp(-here / background));
    if (pValue >= falseAlarm) continue;
    const [a, b, c] = [log(before), log(here), log(after)];
    const bend = a - 2 * b + c;
    const shift = bend < 0 ? (0.5 * (a - c)) / bend : 0;
    peaks.push({ period: size / (k + shift), power: here, pValue, k });
  }
  peaks.sort((a, b) => b.power - a.power);
  // Side lobes of a strong line: near it and, under a Hann taper, 31 dB below it; a hundredth leaves room.
  return peaks.filter(
    (peak, i) =>
      !peaks
        .slice(0, i)
        .some((strong) => Math.abs(strong.k - peak.k) < 8 * binWidth && peak.power < strong.power / 100),
  );
}
