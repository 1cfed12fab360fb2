import type { Forecaster, ForecasterOptions } from "../forecast/forecaster.js";
import { forecaster } from "../forecast/forecaster.js";
import { MODEL_NAME } from "../node/report/test-forecasts.js";
import { checkInterrupt, type Io } from "./io.js";
import { trainingProgress } from "./progress.js";

export interface Fitted {
  readonly model: Forecaster;
  readonly seconds: number;
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
  const progress = await trainingProgress(io, quiet);
  const began = performance.now();
  try {
    const model = await forecaster(options).fit(values, { callbacks: [progress], signal: io.signal });
    checkInterrupt(io);
    return { model, seconds: (performance.now() - began) / 1000 };
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
export function choicesOf(model: Forecaster): string[] {
  const explanation = model.explain();
  return [
    ...explanation.map(({ option, value, reason }) => `${option}: ${shownValue(value)} (${reason})`),
    explanation.summary,
  ];
}

/** The season the forecaster works with; null: none. */
export function seasonOf(model: Forecaster): number | null {
  const season = model.explain().find(({ option }) => option === "season")?.value;
  return typeof season === "number" && season > 1 ? season : null;
}

/** What the row `LSTM` of a table stands for, where it is more than the network. */
export function modelNote(model: Forecaster): string[] {
  const choice = (name: string): unknown => model.explain().find(({ option }) => option === name)?.value;
  if (choice("model") !== "hybrid") return [];
  return [
    `${MODEL_NAME} is a hybrid: the network corrects what its carrier (${shownValue(choice("carrier"))}) forecasts. --model lstm gives the network alone.`,
  ];
}
