import { ConfigError, DataError } from "../errors.js";
import { type GradientFlow, isRecurrentFlow, type RecordedGradientFlow } from "../inspect/index.js";
import { oneOf, refuseUnknown } from "../options.js";
import { checkFlow, checkFlows } from "./check-input.js";
import { heatmap } from "./heatmap.js";

export const flowMeasures = ["hiddenGradient", "cellGradient", "inputGradient"] as const;
/** Which norm of a flow is drawn. */
export type FlowMeasure = (typeof flowMeasures)[number];

const symbols: Readonly<Record<FlowMeasure, string>> = {
  hiddenGradient: "‖dL/dh‖",
  cellGradient: "‖dL/dc‖",
  inputGradient: "‖dL/dx‖",
};

/** Options of pictures of a gradient flow. */
export interface FlowPictureOptions {
  /** Which norm. Default `"hiddenGradient"`. */
  readonly measure?: FlowMeasure;
  /** Stands above the picture. Default: what it shows. */
  readonly title?: string;
  /** Pixels. Default 760. */
  readonly width?: number;
}

/** Options of `flowOverTraining`. */
export interface FlowOverTrainingOptions extends FlowPictureOptions {
  /** Name of a recurrent layer. Default: the first. */
  readonly layer?: string;
}

function measureOf(where: string, options: FlowPictureOptions): { measure: FlowMeasure; symbol: string } {
  const measure = oneOf(where, "measure", options.measure ?? "hiddenGradient", flowMeasures);
  return { measure, symbol: symbols[measure] };
}

const widthOf = ({ width }: FlowPictureOptions): { width?: number } => (width === undefined ? {} : { width });

/**
 * Time step by layer: how strong the gradient is where. One row a recurrent layer (or direction), one column a time step
 * in the order in which the layer processes them; darker is larger, by decades.
 * @returns an SVG document.
 * @throws DataError when nothing of the flow has such a measure; ConfigError for unknown options.
 *
 * @example
 * const svg = gradientFlowHeatmap(await model.gradientFlow(x, y));
 */
export function gradientFlowHeatmap(flow: GradientFlow, options: FlowPictureOptions = {}): string {
  const where = "gradientFlowHeatmap()";
  checkFlow(where, flow);
  refuseUnknown(where, options, ["measure", "title", "width"]);
  const { measure, symbol } = measureOf(where, options);
  const rows = flow.layers
    .filter(isRecurrentFlow)
    .map((layer) => ({ name: layer.name, values: layer[measure] }))
    .filter(({ values }) => values.length > 0);
  if (rows.length === 0) throw new DataError(`${where}: no layer of this flow has a ${measure}.`);
  return heatmap(rows, {
    title: options.title ?? `Gradient norm ${symbol} by time step and layer`,
    xLabel: "time step t (in the order the layer reads)",
    yLabel: "layer",
    valueLabel: `${symbol} (log scale)`,
    ...widthOf(options),
  });
}

/**
 * Time step by training step: how a layer's gradient flow changes while it learns. One row a recorded flow, first on top.
 * @param flows what a `gradientFlowRecorder` holds.
 * @throws DataError without flows or where the layer has no such measure; ConfigError for an unknown layer or option.
 *
 * @example
 * const recorder = gradientFlowRecorder();
 * await model.fit(x, y, { epochs: 2, callbacks: [recorder] });
 * const svg = flowOverTraining(recorder.flows);
 */
export function flowOverTraining(
  flows: readonly RecordedGradientFlow[],
  options: FlowOverTrainingOptions = {},
): string {
  const where = "flowOverTraining()";
  checkFlows(where, flows);
  refuseUnknown(where, options, ["measure", "title", "width", "layer"]);
  const { measure, symbol } = measureOf(where, options);
  const known = (flows[0]?.flow.layers ?? []).filter(isRecurrentFlow).map(({ name }) => name);
  if (known.length === 0) throw new DataError(`${where}: nothing was recorded of a recurrent layer.`);
  const name = options.layer ?? known[0]!;
  if (!known.includes(name)) {
    throw new ConfigError(
      `${where}: there is no recurrent layer \`${name}\`. There are: ${known.join(", ")}.`,
      {
        received: name,
        expected: known,
      },
    );
  }
  const rows = flows.map(({ epoch, batch, flow }) => ({
    name: `${epoch}${batch === 0 ? "" : `, batch ${batch}`}`,
    values: flow.layers.filter(isRecurrentFlow).find((layer) => layer.name === name)![measure],
  }));
  if (rows.every(({ values }) => values.length === 0)) {
    throw new DataError(
      `${where}: \`${name}\` recorded no ${measure}; training does not need that of a first layer.`,
    );
  }
  return heatmap(rows, {
    title: options.title ?? `Gradient norm ${symbol} of ${name} while training`,
    xLabel: "time step t (in the order the layer reads)",
    yLabel: "epoch",
    valueLabel: `${symbol} (log scale)`,
    ...widthOf(options),
  });
}
