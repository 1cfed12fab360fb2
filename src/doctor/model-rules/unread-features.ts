import { DenseLayer } from "../../layers/dense.js";
import { BidirectionalLayer } from "../../layers/recurrent/bidirectional.js";
import { RecurrentLayer } from "../../layers/recurrent/recurrent-layer.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures/pictures.js";

/** Layers that pass features on as they are. */
const PASSING: readonly string[] = ["masking", "dropout", "inputLayer"];

/** A feature whose weights are all exactly zero while others' are not: the model does not read it. */
export const unreadFeatures: Rule<ModelCase> = {
  code: "unused_features",
  look({ experiments, windows, file }) {
    // Another branch of a graph may read what the first layer does not.
    if (file.graph !== null) return null;
    const first = experiments.copy.layers.find(({ kind }) => !PASSING.includes(kind));
    const layer = first instanceof BidirectionalLayer ? first.forward : first;
    if (!(layer instanceof RecurrentLayer || layer instanceof DenseLayer)) return null;
    const [kernel] = layer.variables;
    const [rows, columns] = kernel!.shape as [number, number];
    if (rows !== windows.features || rows < 2) return null;
    const weights = kernel!.read();
    const norms = Array.from({ length: rows }, (_, f) =>
      Math.hypot(...weights.subarray(f * columns, (f + 1) * columns)),
    );
    const unread = norms.flatMap((norm, f) => (norm === 0 ? [f] : []));
    // A column without values other than zero needs no weights.
    const silent = unread.filter((f) => windows.columns[f]!.some((value) => value !== 0));
    if (silent.length === 0 || unread.length === rows) return null;
    return {
      severity: "hint",
      title: `${layer.name} does not read feature ${silent.join(", ")}: its weights are all zero`,
      evidence: {
        layer: layer.name,
        features: silent.join(", "),
        weightNorm: 0,
        largestNorm: short(Math.max(...norms)),
        bound: 0,
      },
      why: "What a feature tells reaches the model through its row of the first kernel alone. All zeros there, it might as well not be given.",
      remedy: `Leave column ${silent.join(", ")} out; or, if it should be read, draw its weights anew (kernelInitializer: "glorotUniform") and train.`,
      picture: bars(
        "Weights of each feature in the first layer",
        norms.map((norm, f) => [`feature ${f}`, norm] as const),
        { x: "norm of the kernel's row", y: "feature" },
      ),
    };
  },
};
