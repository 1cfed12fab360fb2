import { DataError } from "../errors.js";
import type { RecordedGradientFlow } from "../inspect/index.js";
import { oneOf, refuseUnknown } from "../options.js";
import { checkFlows } from "./check-input.js";
import { heatmap } from "./heatmap.js";

const measures = ["updateRatio", "gradientNorm", "norm"] as const;

/** What is drawn of a weight: ‖update‖ / ‖weight‖, ‖gradient‖ or ‖weight‖. */
export type UpdateMeasure = (typeof measures)[number];

const words = {
  updateRatio: { title: "Update over weight", value: "‖Δw‖ / ‖w‖ (log scale)" },
  gradientNorm: { title: "Gradient norm", value: "‖dL/dw‖ (log scale)" },
  norm: { title: "Weight norm", value: "‖w‖ (log scale)" },
} as const;

/** Options of `updateChart`. */
export interface UpdateChartOptions {
  /** Default `"updateRatio"`. */
  readonly measure?: UpdateMeasure;
  /** Stands above the picture. Default: what it shows. */
  readonly title?: string;
  /** Pixels. Default 760. */
  readonly width?: number;
}

/**
 * Weights while a model trains: one row a tensor, one column a recorded step, darker where larger, by decades. An update
 * of about a thousandth of its weight is usual; steady 0.1 is wild, 1e-6 is standing still. Black is not finite: a bias
 * that leaves zero.
 * @returns an SVG document.
 * @throws DataError without flows; ConfigError for an unknown option.
 *
 * @example
 * const recorder = gradientFlowRecorder();
 * await model.fit(x, y, { epochs: 2, callbacks: [recorder] });
 * const svg = updateChart(recorder.flows);
 */
export function updateChart(
  flows: readonly RecordedGradientFlow[],
  options: UpdateChartOptions = {},
): string {
  checkFlows("updateChart()", flows);
  refuseUnknown("updateChart()", options, ["measure", "title", "width"]);
  const measure = oneOf("updateChart()", "measure", options.measure ?? "updateRatio", measures);
  if (flows.length === 0) throw new DataError("updateChart(): nothing was recorded.");
  const steps = flows.map(({ flow }) => flow.layers.flatMap((layer) => layer.weights));
  const rows = steps[0]!.map(({ name }, i) => ({
    name,
    values: steps.map((weights) => weights[i]?.[measure] ?? Number.NaN),
  }));
  return heatmap(rows, {
    title: options.title ?? `${words[measure].title} while training`,
    xLabel: "recorded training step",
    yLabel: "tensor",
    valueLabel: words[measure].value,
    ...(options.width === undefined ? {} : { width: options.width }),
  });
}
