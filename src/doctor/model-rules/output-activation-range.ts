import { type Rule, short } from "../diagnosis.js";
import { type ModelCase, outputActivation } from "../model-case.js";
import { line, lines } from "../pictures/pictures.js";

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  hardSigmoidLegacy: [0, 1],
  softmax: [0, 1],
  tanh: [-1, 1],
  softsign: [-1, 1],
  relu: [0, Infinity],
  softplus: [0, Infinity],
  exponential: [0, Infinity],
  elu: [-1, Infinity],
};

/** A target that touches the bound, as a scaler to [0, 1] leaves it, is no fault; nor is one in a hundred beyond. */
const MOST_OUTSIDE_SHARE = 0.01;
const TOUCH_DISTANCE = 1e-4;

/** Targets the output's activation cannot reach. */
export const outputActivationRange: Rule<ModelCase> = {
  code: "output_activation_range",
  isStatic: true,
  look({ file, windows }) {
    if (file.loss.targets === "classes" || file.loss.config.fromLogits === true) return null;
    const activation = outputActivation(file);
    const range = ranges[activation];
    if (range === undefined) return null;
    const [low, high] = range;
    const { data } = windows.y;
    let [outside, min, max] = [0, Infinity, -Infinity];
    for (const value of data) {
      if (value < low - TOUCH_DISTANCE || value > high + TOUCH_DISTANCE) outside++;
      [min, max] = [Math.min(min, value), Math.max(max, value)];
    }
    const share = outside / data.length;
    if (!(share > MOST_OUTSIDE_SHARE)) return null;
    return {
      title: `${short(100 * share)} % of the targets lie where ${activation} cannot go`,
      evidence: {
        activation,
        low: String(low),
        high: String(high),
        targetMin: short(min),
        targetMax: short(max),
        shareOutside: short(share),
        bound: MOST_OUTSIDE_SHARE,
      },
      why: `The output stays within (${low}, ${high}): for targets beyond, the unit is driven to its bound, where the slope vanishes, and the loss stays on a plateau.`,
      remedy:
        'activation: "linear" in the last layer for amounts; or minMaxScaler() on the targets, fitted on the training part.',
      fix: { layers: [{ kind: "last", set: { activation: "linear" } }] },
      picture: lines("The targets, and where the output can go", [line("target", data)], {
        x: "target number, in the order of the samples",
        y: "target",
        marks: [
          { label: `reach of ${activation}`, y: [low, Number.isFinite(high) ? high : Math.max(low, max)] },
        ],
      }),
    };
  },
};
