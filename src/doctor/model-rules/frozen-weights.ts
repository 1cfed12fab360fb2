import type { Layer } from "../../layers/layer.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures/pictures.js";
import { unlearntOnNew } from "../trials/unlearnt.js";

/** A model with frozen layers that left more than this of the constant answer's loss is kept back by them. */
const LEARNT_SHARE = 0.5;
/** float32's rounding of a weight that was written and read again. */
const SAME_WEIGHT = 1e-7;

interface Frozen {
  readonly name: string;
  readonly weights: number;
  /** Whether its kernels are those its initializer draws: then nobody has trained them before. */
  readonly isUntrained: boolean;
}

const isSame = (a: Float32Array, b: Float32Array): boolean =>
  a.every((value, i) => Math.abs(value - b[i]!) <= SAME_WEIGHT);

/** Kernels alone: biases begin at zero and may stay there. */
const kernelsOf = (layer: Layer): Float32Array[] =>
  layer.variables.filter(({ shape }) => shape.length > 1).map((variable) => variable.read());

async function frozenLayers({ experiments }: ModelCase): Promise<Frozen[]> {
  const { layers } = experiments.copy;
  if (layers.every((layer) => layer.trainable || layer.countParams() === 0)) return [];
  return experiments.with({ weights: "fresh" }, async (fresh) =>
    layers.flatMap((layer, i) => {
      if (layer.trainable || layer.countParams() === 0) return [];
      const [own, drawn] = [kernelsOf(layer), kernelsOf(fresh.layers[i]!)];
      const isUntrained = own.length > 0 && own.every((values, k) => isSame(values, drawn[k]!));
      return [{ name: layer.name, weights: layer.countParams(), isUntrained }];
    }),
  );
}

function findingOf(
  { experiments }: ModelCase,
  frozen: readonly Frozen[],
  learning: number,
  more: Readonly<Record<string, number | string>>,
): Finding {
  const names = frozen.map(({ name }) => name).join(", ");
  const weights = frozen.reduce((sum, layer) => sum + layer.weights, 0);
  return {
    severity: learning === 0 || frozen.some(({ isUntrained }) => isUntrained) ? "error" : "warning",
    title:
      learning === 0
        ? "no weight of the model is trained: every layer is frozen"
        : `${names} ${frozen.length === 1 ? "is" : "are"} frozen${frozen.some(({ isUntrained }) => isUntrained) ? ", at weights drawn at random" : ""}`,
    evidence: { layers: names, frozenWeights: weights, trainedWeights: learning, bound: 0, ...more },
    why: "A frozen layer (trainable: false) gets no update: what its first weights do not tell apart, no training of the layers around it can. Weights that were trained elsewhere are frozen on purpose; weights drawn at random are not worth keeping.",
    remedy: `trainable: true for ${names}, then compile the model again (trainable counts from the next compile), and train. Keep a layer frozen only after its weights were loaded, and thaw it once the new layers have settled.`,
    fix: { layers: [{ kind: "weighted", set: { trainable: null } }] },
    picture: bars(
      "Weights that training can and cannot change",
      experiments.copy.layers
        .filter((layer) => layer.countParams() > 0)
        .map((layer) => [`${layer.name}${layer.trainable ? "" : " (frozen)"}`, layer.countParams()] as const),
      { x: "weights", y: "layer" },
    ),
  };
}

/**
 * Layers whose weights no update reaches: all of them; some at weights drawn at random; or trained ones that keep the model
 * from learning. An embedding of vectors read from a file and a stack trained elsewhere are frozen on purpose.
 */
export const frozenWeights: Rule<ModelCase> = {
  code: "frozen_weights",
  async look(at) {
    const frozen = await frozenLayers(at);
    if (frozen.length === 0) return null;
    const learning = at.experiments.copy.layers.reduce(
      (sum, layer) => sum + (layer.trainable ? layer.countParams() : 0),
      0,
    );
    if (learning === 0) return findingOf(at, frozen, learning, {});
    const untrained = frozen.filter(({ isUntrained }) => isUntrained);
    if (untrained.length > 0) return findingOf(at, untrained, learning, {});
    const left = at.isTrained ? await unlearntOnNew(at) : 0;
    return left > LEARNT_SHARE
      ? findingOf(at, frozen, learning, { lossOverConstant: short(left), lossBound: LEARNT_SHARE })
      : null;
  },
};
