import { type Arena, type Candidate, errorsAt } from "./candidate.js";
import { type Inputs, toRawUnits } from "./chain.js";
import { readable } from "./explanation.js";

/** Root mean squared error in raw units over all origins and steps, from errors in chain space. */
function rawError(arena: Arena, inputs: Inputs, errors: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  errors.forEach((row, i) => {
    row.forEach((error, h) => {
      if (Number.isNaN(error)) return;
      const actual = arena.prepared.target[arena.origins[i]! + h]!;
      const [a, p] = Array.from(toRawUnits(inputs, Float64Array.of(actual, actual - error)));
      sum += (a! - p!) ** 2;
      count += 1;
    });
  });
  return Math.sqrt(sum / count);
}

/** How the forecaster stands against the simplest forecasts on the validation tail, in one sentence. */
export function summarize(arena: Arena, inputs: Inputs, best: Candidate): string {
  const { target } = arena.prepared;
  const { season } = inputs;
  const base = (at: (t: number, h: number) => number): number =>
    rawError(
      arena,
      inputs,
      errorsAt(
        arena,
        arena.origins.map((t) => Float64Array.from({ length: arena.horizon }, (_, h) => at(t, h))),
      ),
    );
  const baselines: [string, number][] = [
    ["naive forecast", base((t) => target[t - 1]!)],
    ["drift", base((t, h) => target[t - 1]! + ((h + 1) * (target[t - 1]! - target[0]!)) / (t - 1))],
  ];
  if (season > 1 && arena.head >= season)
    baselines.push(["seasonal naive forecast", base((t, h) => target[t - season + (h % season)]!)]);
  const own = rawError(arena, inputs, best.errors);
  const others = baselines.map(([name, error]) => `${readable(error)} of the ${name}`).join(", ");
  const [name, least] = baselines.reduce((a, b) => (b[1] < a[1] ? b : a));
  const ahead = arena.horizon === 1 ? "one step ahead" : `1 to ${arena.horizon} steps ahead`;
  const verdict =
    least <= own
      ? `The ${name} is better: use it, or look at the data.`
      : `It beats the ${name} by ${Math.round(100 * (1 - own / least))} %.`;
  return `RMSE ${readable(own)} ${ahead} on the validation tail, against ${others}. ${verdict}`;
}
