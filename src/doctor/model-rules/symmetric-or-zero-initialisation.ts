import { DenseLayer } from "../../layers/dense.js";
import type { Layer } from "../../layers/layer.js";
import { BidirectionalLayer } from "../../layers/recurrent/bidirectional.js";
import { RecurrentLayer } from "../../layers/recurrent/recurrent-layer.js";
import type { Picture } from "../../viz/picture.js";
import { type Rule, short } from "../diagnosis.js";
import { gateNames } from "../evidence/find-non-finite.js";
import type { ModelCase } from "../model-case.js";
import { plain } from "../pictures/pictures.js";
import { headsOf } from "../trials/graph-file.js";

/** Units whose incoming weights differ by less, relative to their size, will stay together longer than a training lasts. */
const MIN_DIFFERENCE_RATIO = 1e-5;
const ZERO_WEIGHT = 1e-7;

interface Sameness {
  readonly difference: number;
  readonly largest: number;
}

/** How far the units of a kernel `[inputs, groups · units]` differ from the first one of their group. */
function sameness(data: Float32Array, columns: number, units: number): Sameness {
  let [difference, largest] = [0, 0];
  for (let row = 0; row < data.length; row += columns) {
    for (let column = 0; column < columns; column++) {
      const value = data[row + column]!;
      const first = data[row + column - (column % units)]!;
      difference = Math.max(difference, Math.abs(value - first));
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return { difference, largest };
}

const directions = (layer: Layer): Layer[] =>
  layer instanceof BidirectionalLayer ? [layer.forward, layer.backward] : [layer];

/** All units of a layer alike: they get the same gradient, stay alike, and count as one; at zero they get none. */
export const symmetricOrZeroInitialisation: Rule<ModelCase> = {
  code: "symmetric_or_zero_initialisation",
  look({ experiments, file }) {
    const layers = experiments.copy.layers;
    const heads = file.graph === null ? [layers.at(-1)?.name] : headsOf(file.graph.json);
    for (const outer of layers) {
      for (const layer of directions(outer)) {
        const isRecurrent = layer instanceof RecurrentLayer;
        // The output layer may begin at zero: its gradient is what the layer below puts out.
        const isHidden = layer instanceof DenseLayer && !heads.includes(outer.name);
        if (!(isRecurrent || isHidden) || layer.units < 2 || !layer.trainable) continue;
        const kernel = layer.variables[0]!;
        const { difference, largest } = sameness(kernel.read(), kernel.shape.at(-1)!, layer.units);
        if (
          !Number.isFinite(largest) ||
          difference > MIN_DIFFERENCE_RATIO * largest + (largest > ZERO_WEIGHT ? 0 : ZERO_WEIGHT)
        )
          continue;
        // A kernel of zeros alone is broken by recurrent weights that differ.
        if (isRecurrent) {
          const recurrent = layer.variables[1]!;
          const own = sameness(recurrent.read(), recurrent.shape.at(-1)!, layer.units);
          if (
            own.difference > MIN_DIFFERENCE_RATIO * own.largest &&
            own.largest > ZERO_WEIGHT &&
            largest > ZERO_WEIGHT
          )
            continue;
          if (
            own.difference > MIN_DIFFERENCE_RATIO &&
            largest <= ZERO_WEIGHT &&
            own.largest > ZERO_WEIGHT &&
            !isZeroBelow(file)
          )
            continue;
        }
        const isZero = largest <= ZERO_WEIGHT;
        return {
          title: `all ${layer.units} units of ${outer.name} have the same weights${isZero ? ": zeros" : ""}`,
          evidence: {
            layer: outer.name,
            weight: `${outer.name}/${kernel.key}`,
            units: layer.units,
            largestWeight: short(largest),
            largestDifference: short(difference),
            bound: MIN_DIFFERENCE_RATIO,
          },
          picture: weightsOf(
            `${outer.name}/${kernel.key}`,
            kernel.read(),
            layer.units,
            gateNames[layer.kind],
          ),
          why: isZero
            ? "With zero weights the hidden state is zero and so is every gradient that would change it: the output's bias learns the mean, nothing else moves."
            : "Units with equal weights compute equal values and get equal gradients: they stay copies of each other, and the layer is as able as one unit.",
          remedy:
            'Leave kernelInitializer "glorotUniform" and recurrentInitializer "orthogonal" (the defaults), or any that draws at random; zeros and constants are for biases.',
          fix: {
            layers: [
              {
                kind: "weighted",
                set: { kernelInitializer: "glorotUniform", recurrentInitializer: "orthogonal" },
              },
            ],
          },
        };
      }
    }
    return null;
  },
};

/** Whether the output layer is all zeros too: then no gradient reaches what is below. */
function isZeroBelow({ weights }: ModelCase["file"]): boolean {
  const kernel = weights?.findLast(({ name }) => name.endsWith("kernel"));
  return kernel?.data.every((value) => value === 0) === true;
}

const MOST_ROWS = 8;
const MOST_UNITS = 48;

/** Size of the weights that come into each unit: a row an input and gate. */
function weightsOf(name: string, data: Float32Array, units: number, gates: readonly string[] = []): Picture {
  const groups = Math.max(1, gates.length);
  const rows = Array.from({ length: data.length / units }, (_, r) => ({
    name: `input ${Math.floor(r / groups)}${groups > 1 ? `, ${gates[r % groups]!} gate` : ""}`,
    values: Array.from(data.subarray(r * units, r * units + Math.min(units, MOST_UNITS)), (value) =>
      plain(Math.abs(value)),
    ),
  }));
  return {
    kind: "heatmap",
    title: `Weights of ${name}, unit by unit`,
    x: { label: "unit" },
    y: { label: "weights from" },
    value: { label: "|weight|" },
    rows: rows.slice(0, MOST_ROWS),
  };
}
