import { toRawUnits } from "../chain/chain.js";
import { errorsAt, type ValidationTail } from "./candidate.js";
import { readable } from "./explanation.js";

/** Root mean squared error in raw units over all origins and steps, from errors in chain space. */
export function rawError(tail: ValidationTail, log: boolean, errors: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  errors.forEach((row, i) => {
    row.forEach((error, h) => {
      if (Number.isNaN(error)) return;
      const actual = tail.prepared.target[tail.origins[i]! + h]!;
      const [a, p] = Array.from(toRawUnits({ log }, Float64Array.of(actual, actual - error)));
      sum += (a! - p!) ** 2;
      count += 1;
    });
  });
  return Math.sqrt(sum / count);
}

/** How the forecaster stands against the simplest forecasts on the validation tail, in one sentence. */
export function summarize(
  tail: ValidationTail,
  log: boolean,
  seasons: readonly number[],
  errors: readonly Float64Array[],
): string {
  const { target } = tail.prepared;
  const base = (at: (t: number, h: number) => number): number =>
    rawError(
      tail,
      log,
      errorsAt(
        tail,
        tail.origins.map((t) => Float64Array.from({ length: tail.horizon }, (_, h) => at(t, h))),
      ),
    );
  const baselines: [string, number][] = [
    ["naive forecast", base((t) => target[t - 1]!)],
    ["drift", base((t, h) => target[t - 1]! + ((h + 1) * (target[t - 1]! - target[0]!)) / (t - 1))],
  ];
  const lengths = [...new Set(seasons)].filter((season) => season > 1 && tail.head >= season);
  for (const season of lengths) {
    const name = lengths.length === 1 ? "seasonal naive forecast" : `seasonal naive forecast over ${season}`;
    baselines.push([name, base((t, h) => target[t - season + (h % season)]!)]);
  }
  const own = rawError(tail, log, errors);
  const others = baselines.map(([name, error]) => `${readable(error)} of the ${name}`).join(", ");
  const [name, least] = baselines.reduce((a, b) => (b[1] < a[1] ? b : a));
  const ahead = tail.horizon === 1 ? "one step ahead" : `1 to ${tail.horizon} steps ahead`;
  const gain = least === 0 ? 0 : Math.round(100 * (1 - own / least));
  const verdict =
    least < own
      ? `The ${name} is better: use it, or look at the data.`
      : gain < 1
        ? `That is no better than the ${name}.`
        : `It beats the ${name} by ${gain} %.`;
  return `RMSE ${readable(own)} ${ahead} on the validation tail, against ${others}. ${verdict}`;
}
