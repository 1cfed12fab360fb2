import { DataError } from "../errors.js";
import { isRecurrentFlow, type LayerFlow, type RecordedGradientFlow } from "../inspect/index.js";
import { refuseUnknown } from "../options.js";
import { checkFlows, checkLayerFlow } from "./check-input.js";
import type { Panel } from "./frame.js";
import { lineChart } from "./line-chart.js";
import type { Scale } from "./scales.js";
import { element, pixels } from "./svg.js";

/** Options of `gateChart` and `gatesOverTraining`. */
export interface GateChartOptions {
  /** Stands above the picture. Default: what it shows. */
  readonly title?: string;
  /** Pixels. Default 760. */
  readonly width?: number;
}

/** Gates that tanh bounds; the others lie between 0 and 1. */
const signed = (gate: string): boolean => gate === "cell" || gate === "candidate";

/** The saturated share of each step as a band from the bottom: full height is all of them; what is NaN has none. */
const saturationBand =
  (saturated: ArrayLike<number>) =>
  (panel: Panel, x: Scale): readonly string[] => {
    const bottom = panel.y + panel.height;
    let path = `M${pixels(x.at(0))} ${pixels(bottom)}`;
    for (let t = 0; t < saturated.length; t++) {
      path += `L${pixels(x.at(t))} ${pixels(bottom - (saturated[t]! || 0) * panel.height)}`;
    }
    path += `L${pixels(x.at(Math.max(0, saturated.length - 1)))} ${pixels(bottom)}Z`;
    return [element("path", { d: path, class: "band" })];
  };

const sizes = ({ width }: GateChartOptions): { width?: number } => (width === undefined ? {} : { width });

/**
 * Gate activations over time: the mean as a line, the share that is saturated as a band that rises from the bottom of
 * each panel (at the top: all units of all samples).
 * @returns an SVG document.
 * @throws DataError for a layer without gates.
 *
 * @example
 * const { layers } = await model.gradientFlow(x, y);
 * const svg = gateChart(layers[0]!);
 */
export function gateChart(layer: LayerFlow, options: GateChartOptions = {}): string {
  checkLayerFlow("gateChart()", layer);
  refuseUnknown("gateChart()", options, ["title", "width"]);
  if (!isRecurrentFlow(layer))
    throw new DataError(`gateChart(): \`${layer.name}\` (${layer.kind}) has no gates.`);
  return lineChart(
    Object.entries(layer.gates).map(([gate, { mean, saturated }]) => ({
      yLabel: "activation",
      height: 96,
      range: signed(gate) ? ([-1, 1] as const) : ([0, 1] as const),
      curves: [{ name: `${gate} gate: mean; band: share saturated (0 to 100% of the height)`, values: mean }],
      behind: saturationBand(saturated),
    })),
    {
      title: options.title ?? `Gate activations of ${layer.name}`,
      xLabel: "time step t (in the order the layer reads)",
      ...sizes(options),
    },
  );
}

const average = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / Math.max(1, values.length);
};

/**
 * Gates while a model trains: mean activation and saturated share of each, averaged over the time steps, one point a
 * recorded flow.
 * @throws DataError where nothing was recorded of a recurrent layer of that name.
 *
 * @example
 * const recorder = gradientFlowRecorder();
 * await model.fit(x, y, { epochs: 2, callbacks: [recorder] });
 * const svg = gatesOverTraining(recorder.flows);
 */
export function gatesOverTraining(
  flows: readonly RecordedGradientFlow[],
  options: GateChartOptions & { readonly layer?: string } = {},
): string {
  const where = "gatesOverTraining()";
  checkFlows(where, flows);
  refuseUnknown(where, options, ["title", "width", "layer"]);
  const layers = flows.map(({ flow }) => {
    const recurrent = flow.layers.filter(isRecurrentFlow);
    return options.layer === undefined ? recurrent[0] : recurrent.find(({ name }) => name === options.layer);
  });
  const [first] = layers;
  if (first === undefined)
    throw new DataError(`${where}: nothing was recorded of ${options.layer ?? "a recurrent layer"}.`);
  const over = (pick: "mean" | "saturated") =>
    Object.keys(first.gates).map((gate) => ({
      name: gate,
      values: layers.map((layer) => average(layer?.gates[gate]?.[pick] ?? [])),
    }));
  return lineChart(
    [
      { yLabel: "mean activation", curves: over("mean"), height: 170 },
      { yLabel: "share saturated", curves: over("saturated"), range: [0, 1], height: 130 },
    ],
    {
      title: options.title ?? `Gates of ${first.name} while training`,
      xLabel: "recorded training step",
      ...sizes(options),
    },
  );
}
