import { exp } from "../../elementary.js";
import { isRecurrentKind } from "../../layers/from-config.js";
import { type Rule, short } from "../diagnosis.js";
import { type ModelCase, recurrentLayers, unbounded } from "../model-case.js";
import { lines } from "../pictures/pictures.js";
import type { LayerConfig } from "../trials/layer-config.js";
import { outcome, TRIAL_UPDATES } from "../trials/rates.js";
import { unlearntOnNew } from "../trials/unlearnt.js";
import { unlessDear } from "../trials/unless-dear.js";

/** A training that left less than this of the constant answer's loss gets on with its activation. */
const LEARNT_SHARE = 0.1;
/** The same training with tanh must leave at most this share of what is left, or the activation is not what keeps it back. */
const MOST_LOSS_RATIO = 0.7;
const MOST_UPDATES = 300;
const POINTS = 61;
const REACH = 3;

const functions: Readonly<Record<string, (z: number) => number>> = {
  linear: (z) => z,
  tanh: (z) => 1 - 2 / (1 + exp(2 * z)),
};

/** Shapes near enough to draw: all of the others are flat or rising on the left and unbounded on the right. */
const drawn = (name: string): ((z: number) => number) => functions[name] ?? ((z) => Math.max(0, z));

/** What a copy with tanh in its recurrent layers leaves after as many updates, of the constant answer's loss. */
async function leftWithTanh({ experiments, file }: ModelCase): Promise<number> {
  const trial = await experiments.trial("with tanh", {
    weights: "fresh",
    updates: Math.max(TRIAL_UPDATES, Math.min(MOST_UPDATES, file.updates)),
    layers: ({ kind, config }) => {
      const inner = config.layer as LayerConfig | undefined;
      return isRecurrentKind(kind)
        ? { kind, config: { ...config, activation: "tanh" } }
        : inner !== undefined && isRecurrentKind(inner.kind)
          ? {
              kind,
              config: { ...config, layer: { ...inner, config: { ...inner.config, activation: "tanh" } } },
            }
          : { kind, config };
    },
  });
  return outcome(trial) / (experiments.constantLoss ?? Number.NaN);
}

/**
 * An activation without a bound inside a recurrent layer: states may grow from step to step, and gates that were made for
 * values within ±1 multiply what has none. An identity in the recurrent weights is made for it (Le, Jaitly & Hinton 2015).
 */
export const activationNotForRecurrence: Rule<ModelCase> = {
  code: "activation_not_for_recurrence",
  async look(at) {
    const layer = recurrentLayers(at.file).find(({ config }) => {
      const { name } = (config.recurrentInitializer ?? {}) as { name?: string };
      return unbounded.includes(String(config.activation)) && name !== "identity";
    });
    if (layer === undefined) return null;
    const { history, file, isTrained } = at;
    const broke =
      history?.loss?.some((loss) => !Number.isFinite(loss)) === true ||
      file.weights?.some(({ data }) => data.some((value) => !Number.isFinite(value))) === true;
    const left = broke ? Infinity : isTrained ? await unlearntOnNew(at) : Number.NaN;
    if (left < LEARNT_SHARE) return null;
    // What is read from the layer and the history is said whether a trial can be afforded or not.
    const bounded = isTrained ? ((await unlessDear(leftWithTanh(at))) ?? Number.NaN) : Number.NaN;
    const isCause = bounded < MOST_LOSS_RATIO * left || (broke && Number.isNaN(bounded));
    const activation = String(layer.config.activation);
    const name = String(layer.config.name ?? layer.kind);
    return {
      severity: isCause ? (broke ? "error" : "warning") : "hint",
      title: `${name} has the activation ${activation}, which has no bound, inside its recurrence`,
      evidence: {
        layer: name,
        activation,
        // What its states may reach; tanh's end at 1.
        largestState: "no bound",
        bound: 1,
        ...(isTrained
          ? {
              lossOverConstant: short(left),
              lossOverConstantWithTanh: Number.isNaN(bounded) ? "not tried" : short(bounded),
              ratioBound: MOST_LOSS_RATIO,
            }
          : {}),
      },
      why: "The state is fed back at every step. tanh keeps it within ±1; without a bound it may grow with each step, and so may the gradient: the loss jumps, stalls or becomes NaN, and a lower rate or clipping only puts it off.",
      remedy: `activation: "tanh" (the default) in ${name}; "${activation}" belongs into dense layers behind it.`,
      fix: { layers: [{ kind: "recurrent", set: { activation: "tanh" } }] },
      picture: lines(
        "What the activation makes of its input",
        [activation, "tanh"].map((of) => {
          const x = Array.from({ length: POINTS }, (_, i) => short(-REACH + (2 * REACH * i) / (POINTS - 1)));
          return { name: of, x, values: x.map((z) => short(drawn(of)(z))) };
        }),
        { x: "sum z of a unit", y: "activation", marks: [{ label: "bounds of tanh", y: [-1, 1] }] },
      ),
    };
  },
};
