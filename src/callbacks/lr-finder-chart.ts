import { log } from "../elementary.js";

/** A curve of losses over learning rates. */
export interface LearningRateCurve {
  readonly learningRates: readonly number[];
  readonly losses: readonly number[];
  readonly smoothed: readonly number[];
  readonly suggestion: number | undefined;
}

const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = { left: 64, right: 16, top: 32, bottom: 48 };

const log10 = (value: number): number => log(value) / log(10);
const place = (value: number): string => value.toFixed(1);
const short = (value: number): string => Number(value.toPrecision(3)).toString();

/** Whole powers of ten from `low` to `high`, thinned to at most eight. */
function decades(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(log10(low) - 1e-9), Math.floor(log10(high) + 1e-9)];
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const step = Math.ceil(all.length / 8);
  return all.filter((_, i) => i % step === 0);
}

/** Four to eight round numbers between `low` and `high`. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  // Powers of ten by name, which is exact.
  const unit = Number(`1e${Math.floor(log10(rough))}`);
  const step = [1, 2, 5, 10].map((times) => times * unit).find((size) => size >= rough)!;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
}

/** The curve as SVG: losses as dots, their mean as a line, the suggestion marked. The same curve, the same text. */
export function drawLearningRates({
  learningRates,
  losses,
  smoothed,
  suggestion,
}: LearningRateCurve): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="Loss over learning rate">`;
  const title = `<text x="${WIDTH / 2}" y="20" text-anchor="middle" font-size="14">Learning rate range test</text>`;
  if (losses.length < 2) {
    return `${open}${title}<text x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle">too few batches</text></svg>\n`;
  }
  const [left, right] = [learningRates[0]!, learningRates.at(-1)!];
  // What diverged would flatten the rest: the axis ends a little above where the curve began.
  const bottom = Math.min(...smoothed);
  const start = Math.max(...smoothed.slice(0, Math.ceil(smoothed.length / 2)));
  const top = Math.max(bottom + (start - bottom) * 1.5, bottom + Math.abs(bottom) * 1e-3 + 1e-12);
  const low = bottom - (top - bottom) * 0.05;
  const span = log10(right / left);
  const x = (rate: number): number =>
    MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * log10(rate / left)) / span;
  const y = (loss: number): number => {
    const share = (Math.min(loss, top) - low) / (top - low);
    return HEIGHT - MARGIN.bottom - (HEIGHT - MARGIN.top - MARGIN.bottom) * Math.max(0, share);
  };
  const base = HEIGHT - MARGIN.bottom;
  const vertical = decades(left, right).map((power) => {
    const at = place(x(Number(`1e${power}`)));
    return `<line x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${base}" stroke="#ddd"/><text x="${at}" y="${base + 16}" text-anchor="middle">1e${power}</text>`;
  });
  const horizontal = ticks(low, top).map((loss) => {
    const at = place(y(loss));
    return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${MARGIN.left - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${short(loss)}</text>`;
  });
  const dots = losses.map(
    (loss, i) =>
      `<circle cx="${place(x(learningRates[i]!))}" cy="${place(y(loss))}" r="1.6" fill="#9bb8d3"/>`,
  );
  const line = smoothed.map((loss, i) => `${place(x(learningRates[i]!))},${place(y(loss))}`).join(" ");
  const marked = (rate: number): string => {
    const at = place(x(rate));
    // To the side on which there is room.
    const [offset, anchor] = x(rate) > WIDTH / 2 ? [-5, "end"] : [5, "start"];
    return `<line x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${base}" stroke="#c0392b" stroke-dasharray="4 3"/><text x="${place(x(rate) + offset)}" y="${MARGIN.top + 12}" text-anchor="${anchor}" fill="#c0392b">steepest: ${short(rate)}</text>`;
  };
  return [
    open,
    title,
    ...vertical,
    ...horizontal,
    ...dots,
    `<polyline points="${line}" fill="none" stroke="#1f5f99" stroke-width="2"/>`,
    suggestion === undefined ? "" : marked(suggestion),
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">learning rate (logarithmic)</text>`,
    `<text transform="translate(16 ${(MARGIN.top + base) / 2}) rotate(-90)" text-anchor="middle">loss</text>`,
    "</svg>\n",
  ].join("\n");
}
