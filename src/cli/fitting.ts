import type { Explanation, Forecaster, ForecasterOptions } from "../forecast/forecaster.js";
import { forecaster } from "../forecast/forecaster.js";
import { type TrainingFlow, watchFlow } from "../inspect/training-flow.js";
import { checkInterrupt, type Io } from "./files/io.js";
import { trainingProgress } from "./print/progress.js";

export interface Fitted {
  readonly model: Forecaster;
  readonly seconds: number;
  /** How the gradient flowed in the network that was kept. */
  readonly flow: TrainingFlow | undefined;
}

/**
 * Trains, showing how it goes.
 * @throws Interrupted when the user pressed Ctrl-C.
 */
export async function fitForecaster(
  values: Float64Array,
  options: ForecasterOptions,
  io: Io,
  quiet: boolean,
): Promise<Fitted> {
  const progress = trainingProgress(io, quiet);
  const watch = watchFlow();
  const began = performance.now();
  try {
    const model = await forecaster(options).fit(values, {
      callbacks: [progress, ...watch.callbacks],
      signal: io.signal,
    });
    checkInterrupt(io);
    return { model, seconds: (performance.now() - began) / 1000, flow: watch.of(model) };
  } catch (error) {
    // A fit that was stopped complains; why it was stopped is known here.
    checkInterrupt(io);
    throw error;
  } finally {
    progress.stop();
  }
}

/** An array longer than this is cut in the middle. */
const SHOWN = 6;

/** A choice's value for readers: `order 1, lag 52`, `0.54, 0.32, 0.26, …, 0`. */
function shownValue(value: unknown): string {
  if (value === null) return "none";
  if (Array.isArray(value)) {
    const texts = value.map(shownValue);
    return texts.length <= SHOWN
      ? texts.join(", ")
      : `${texts.slice(0, SHOWN / 2).join(", ")}, …, ${texts.at(-1)}`;
  }
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, part]) => `${key} ${shownValue(part)}`)
      .join(", ");
  }
  return String(value);
}

/** What was chosen and why, one sentence each; the last says how good it is. */
export const choicesOf = (model: Forecaster): string[] => shownChoices(model.explain());

/** {@link choicesOf} of an explanation. */
export function shownChoices(explanation: Explanation): string[] {
  return [
    ...explanation.map(({ option, value, reason }) => `${option}: ${shownValue(value)} (${reason})`),
    explanation.summary,
  ];
}

/** The season the forecaster works with; null: none. */
export function seasonOf(model: Forecaster): number | null {
  const season = choice(model, "season");
  return typeof season === "number" && season > 1 ? season : null;
}

const choice = (model: Forecaster, name: string): unknown =>
  model.explain().find(({ option }) => option === name)?.value;

const isSilent = (model: Forecaster): boolean => {
  const weights = choice(model, "weight");
  return Array.isArray(weights) && weights.every((weight) => weight === 0);
};

/** The model's row in tables, named for what forecasts: where the network has no say, the row says so. */
export function modelName(model: Forecaster): string {
  if (isSilent(model)) return "carrier (LSTM: weight 0)";
  return choice(model, "model") === "hybrid" ? "LSTM hybrid" : "LSTM";
}

/** What a reader must know of a hybrid, above all when its network has no say. */
export function modelNote(model: Forecaster): string[] {
  if (choice(model, "model") !== "hybrid") return [];
  const kind = choice(model, "carrier");
  const carrier = kind === "both" ? "smoothing and autoregression" : shownValue(kind);
  const what = isSilent(model)
    ? `Here the hybrid is its carrier (${carrier}) alone: on the validation rows the network's corrections did not help, so they count nothing.`
    : `The hybrid is a carrier (${carrier}) that an LSTM corrects.`;
  return [`${what} --model lstm gives the network alone.`];
}
