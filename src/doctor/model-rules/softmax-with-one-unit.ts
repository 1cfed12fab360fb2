import type { Rule } from "../diagnosis.js";
import { allLayers, type ModelCase, outputActivation } from "../model-case.js";
import { line, lines } from "../pictures/pictures.js";

const SHOWN = 100;

/** exp(z) / exp(z) = 1, whatever z is. */
export const softmaxWithOneUnit: Rule<ModelCase> = {
  code: "softmax_with_one_unit",
  isStatic: true,
  look({ file, windows }) {
    const width = allLayers(file).findLast(({ config }) => config.units !== undefined)?.config.units;
    if (outputActivation(file) !== "softmax" || width !== 1) return null;
    const layer = file.layers.at(-1)!;
    return {
      title: `the output layer is a softmax over one unit`,
      evidence: {
        layer: String(layer.config.name ?? layer.kind),
        units: 1,
        bound: 2,
        output: 1,
        gradient: 0,
      },
      why: "Softmax divides each unit by the sum of all: with one unit the output is 1 for every input, its derivative is 0, and no weight below ever changes.",
      remedy:
        'For two classes: dense({ units: 1, activation: "sigmoid" }) with binaryCrossentropy. For more: one unit a class and sparseCategoricalCrossentropy. For amounts: activation "linear" and mse.',
      fix: { layers: [{ kind: "last", set: { activation: "sigmoid" } }] },
      picture: lines(
        "The only output there is, and the targets",
        [
          line("target", windows.y.data.subarray(0, SHOWN), { points: true }),
          line("output: exp(z) / exp(z)", new Float64Array(Math.min(SHOWN, windows.y.data.length)).fill(1)),
        ],
        { x: "sample", y: "output" },
      ),
    };
  },
};
