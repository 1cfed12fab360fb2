import { type FlowSummary, summarizeFlow } from "../../inspect/summarize-flow.js";
import type { TrainingFlow } from "../../inspect/training-flow.js";
import { trainedFlow } from "./flow-words.js";
import { readableNumber } from "./numbers.js";

/** A table of texts, its first column names. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a cell shows where there is nothing to say. */
const NONE = "–";

/** Three digits: more of these numbers say nothing. */
const number = (value: number): string =>
  Number.isFinite(value) ? readableNumber(Number(value.toPrecision(3))) : "not finite";

function horizonText({ memoryHorizon, timesteps }: FlowSummary): string {
  if (Number.isNaN(memoryHorizon)) return "not finite";
  if (memoryHorizon === 0) return "no gradient";
  return memoryHorizon === Infinity ? `all ${timesteps} steps` : `${memoryHorizon} of ${timesteps} steps`;
}

/** `0.93 (0.92 to 0.94)`: the factor and its 95 % interval. */
export function growthText({ growthRate }: FlowSummary): string {
  if (growthRate === null) return NONE;
  const { factor, interval } = growthRate;
  return `${number(factor)} (${interval.map(number).join(" to ")})`;
}

function constantText({ timeConstant }: FlowSummary): string {
  if (timeConstant === null) return NONE;
  return timeConstant === Infinity ? "does not fade" : `${number(timeConstant)} steps`;
}

/** Every layer that learns in a row: how far it remembers, how its gradient grows, how many of its units are dead. */
export function flowTable(training: TrainingFlow): TextTable {
  const flow = trainedFlow(training);
  const summaries = new Map(summarizeFlow(flow).map((summary) => [summary.name, summary]));
  const deaths = new Map(training.dead?.layers.map((layer) => [layer.name, layer]));
  const rows = flow.layers.flatMap(({ name, weights }) => {
    const summary = summaries.get(name);
    const death = deaths.get(name);
    if (summary === undefined && (weights.length === 0 || death === undefined)) return [];
    return [
      [
        name,
        ...(summary === undefined
          ? [NONE, NONE, NONE]
          : [horizonText(summary), growthText(summary), constantText(summary)]),
        death === undefined ? NONE : `${death.dead.length} of ${death.units}`,
      ],
    ];
  });
  return {
    columns: ["", "memory horizon", "growth a step back (95 %)", "time constant", "dead units"],
    rows,
  };
}

/** Every weight in a row: its size, its gradient's, and how far an update moves it. */
export function weightTable(training: TrainingFlow): TextTable {
  return {
    columns: ["", "‖w‖", "‖dL/dw‖", "‖Δw‖ / ‖w‖"],
    rows: trainedFlow(training)
      .layers.flatMap(({ weights }) => weights)
      .map(({ name, norm, gradientNorm, updateRatio }) => [
        name,
        number(norm),
        number(gradientNorm),
        updateRatio === Infinity ? "from zero" : number(updateRatio),
      ]),
  };
}

/** What the table's columns mean. */
export const tableNote = ({ dead }: TrainingFlow): string =>
  `Memory horizon: steps back at which the gradient falls below a thousandth of its end. Growth: the gradient's factor a step back, below 1 it vanishes, above 1 it explodes. Time constant: steps in which a cell state fades to 1/e.${dead === undefined ? "" : ` Dead: ${dead.sign}.`}`;
