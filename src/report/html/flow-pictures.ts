import type { RecordedGradientFlow } from "../../inspect/gradient-flow-recorder.js";
import type { TrainingFlow } from "../../inspect/training-flow.js";
import type { RecurrentLayerFlow } from "../../model/flow.js";
import { isRecurrentFlow } from "../../model/flow.js";
import type { HeatmapPicture, LinesPicture } from "../../viz/picture.js";
import { kernelsOf, lastFlow } from "../text/flow-words.js";

/** Each cell of a heat map is some eighty bytes of the page. */
const MOST_CELLS = 1600;
const ROWS: readonly [number, number] = [8, 16];
/** More lines than these are a thicket. */
const MOST_LINES = 6;

const drawable = (values: ArrayLike<number>): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : null));

/** The first, the last, and of those between as many as there is room for, evenly. */
export function spreadOut<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]!);
}

const ofLayer = ({ flow }: RecordedGradientFlow, layer: string) =>
  flow.layers.filter(isRecurrentFlow).find(({ name }) => name === layer)!;

/** ‖dL/dh_t‖ by time step, one row an epoch. */
export function stepsPicture(training: TrainingFlow): HeatmapPicture {
  const { flows, layer } = training;
  const window = lastFlow(training).hiddenGradient.length;
  const most = Math.max(ROWS[0], Math.min(ROWS[1], Math.floor(MOST_CELLS / window)));
  return {
    kind: "heatmap",
    title: "‖dL/dh‖ by step and epoch",
    x: { label: "time step t" },
    y: { label: "epoch" },
    value: { label: "‖dL/dh‖" },
    rows: spreadOut(flows, most).map((recorded) => ({
      name: String(recorded.epoch + 1),
      values: drawable(ofLayer(recorded, layer).hiddenGradient),
    })),
  };
}

/** Means of a layer's gates' activations by time step, at the end of the training. */
export const gatesPicture = ({ gates }: RecurrentLayerFlow): LinesPicture => ({
  kind: "lines",
  title: "Gates, mean activation",
  x: { label: "time step t" },
  y: { label: "mean activation" },
  lines: Object.entries(gates).map(([name, { mean }]) => ({ name, values: drawable(mean) })),
});

/** Shares of a layer's saturated activations by time step, at the end of the training. */
export const saturationPicture = ({ gates }: RecurrentLayerFlow): LinesPicture => ({
  kind: "lines",
  title: "Gates, share saturated",
  x: { label: "time step t" },
  y: { label: "share in %", range: [0, 100] },
  lines: Object.entries(gates).map(([name, { saturated }]) => ({
    name,
    values: Array.from(saturated, (share) => 100 * share),
  })),
});

/** ‖Δw‖ / ‖w‖ of the kernels, one point an epoch; of deep networks, of the recurrent kernels. */
export function updatesPicture({ flows }: TrainingFlow): LinesPicture {
  const kernels = kernelsOf(flows[0]!.flow).map(({ name }) => name);
  const recurrent = kernels.filter((name) => name.endsWith("recurrent_kernel"));
  const shown = (kernels.length <= MOST_LINES ? kernels : recurrent).slice(0, MOST_LINES);
  return {
    kind: "lines",
    title: "Update over weight",
    x: { label: "epoch" },
    y: { label: "‖Δw‖ / ‖w‖", log: true },
    lines: shown.map((name) => ({
      name,
      x: flows.map(({ epoch }) => epoch + 1),
      values: drawable(
        flows.map(({ flow }) => kernelsOf(flow).find((weight) => weight.name === name)!.updateRatio),
      ),
    })),
  };
}
