import { variance as varianceOf } from "../../numerics/statistics.js";

const NEIGHBOURS = 5;
const MOST_TARGETS = 600;

/**
 * What forecasting by the most similar windows leaves of the variance (Lorenz 1969's analogues): no model is assumed, so
 * that a place in a season counts as known wherever the window's shape tells it, linear or not.
 *
 * @param horizon steps from the window's last value to the target.
 * @param answers what is asked for at each place of the series, such as a class; default: its value.
 * @returns a share of the variance; 1 for a constant or too short a series.
 */
export function unexplainedByNeighbours(
  values: Float64Array,
  window: number,
  horizon: number,
  answers = values,
): number {
  const ends = values.length - horizon - (window - 1);
  const variance = varianceOf(answers.subarray(window - 1 + horizon));
  // Windows that share values are similar by that alone: they are no witnesses for each other.
  if (!(variance > 0) || ends < NEIGHBOURS + 2 * (window + horizon)) return 1;
  const targetOf = (start: number): number => answers[start + window - 1 + horizon]!;
  const every = Math.max(1, Math.floor(ends / MOST_TARGETS));
  let [squares, count] = [0, 0];
  for (let start = 0; start < ends; start += every) {
    const distances = new Float64Array(NEIGHBOURS).fill(Infinity);
    const answers = new Float64Array(NEIGHBOURS);
    for (let other = 0; other < ends; other++) {
      if (Math.abs(other - start) < window + horizon) continue;
      let distance = 0;
      for (let t = 0; t < window && distance < distances[NEIGHBOURS - 1]!; t++)
        distance += (values[start + t]! - values[other + t]!) ** 2;
      if (!(distance < distances[NEIGHBOURS - 1]!)) continue;
      let place = NEIGHBOURS - 1;
      for (; place > 0 && distances[place - 1]! > distance; place--) {
        distances[place] = distances[place - 1]!;
        answers[place] = answers[place - 1]!;
      }
      distances[place] = distance;
      answers[place] = targetOf(other);
    }
    const forecast = answers.reduce((sum, answer) => sum + answer, 0) / NEIGHBOURS;
    squares += (forecast - targetOf(start)) ** 2;
    count++;
  }
  return squares / count / variance;
}
