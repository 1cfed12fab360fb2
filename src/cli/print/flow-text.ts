import type { Colors } from "picocolors/types.js";
import { gradientFlowText, summarizeFlow } from "../../index.js";
import type { TrainingFlow } from "../../inspect/training-flow.js";
import { growthText } from "../../report/text/flow-table.js";
import { memoryInWords, trainedFlow } from "../../report/text/flow-words.js";
import { bullets, heading } from "./text.js";

/** Growth of the gradient in each recurrent layer, and units that are dead, in sentences. */
function factsOf(training: TrainingFlow): string[] {
  const growth = summarizeFlow(trainedFlow(training))
    .filter(({ growthRate }) => growthRate !== null)
    .map((summary) => `${summary.name} ${growthText(summary)}`);
  const dead = (training.dead?.layers ?? []).filter(({ dead: own }) => own.length > 0);
  return [
    memoryInWords(training),
    ...(growth.length === 0
      ? []
      : [`Growth of the gradient a step back, and its 95 % interval: ${growth.join("; ")}.`]),
    ...(dead.length === 0
      ? []
      : [
          `Dead units (${training.dead!.sign}): ${dead.map(({ name, dead: own, units }) => `${name} ${own.length} of ${units}`).join("; ")}.`,
        ]),
  ];
}

/** How the gradient flows, for a terminal: layers by time steps in shades, and what that means. Empty: nothing recorded. */
export function flowText(training: TrainingFlow | undefined, columns: number, colors: Colors): string {
  if (training === undefined) return "";
  const chart = gradientFlowText(trainedFlow(training), { columns: Math.max(36, columns - 4) });
  const lines = chart.split("\n").map((line) => (line === "" ? "" : `    ${line}`.trimEnd()));
  return `\n${heading("How the gradient flows", columns, colors.bold)}${bullets(factsOf(training), columns)}\n${lines.join("\n")}`;
}

/** JSON has no infinity and no NaN: null. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The same for a program. */
export function flowJson(training: TrainingFlow | undefined) {
  if (training === undefined) return null;
  const flow = trainedFlow(training);
  return summarizeFlow(flow).map(({ name, kind, timesteps, memoryHorizon, growthRate, timeConstant }) => ({
    name,
    kind,
    timesteps,
    // null: the gradient falls below a thousandth of its end at no step of the window.
    memoryHorizon: finite(memoryHorizon),
    growthRate,
    timeConstant: timeConstant === null ? null : finite(timeConstant),
    deadUnits: training.dead?.layers.find((layer) => layer.name === name)?.dead ?? null,
    hiddenGradient: Array.from(
      flow.layers.find((layer) => layer.name === name)?.hiddenGradient ?? [],
      (norm) => finite(norm),
    ),
  }));
}
