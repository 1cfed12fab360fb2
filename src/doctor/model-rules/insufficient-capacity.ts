import { type Rule, short } from "../diagnosis.js";
import { type ModelCase, recurrentKinds, recurrentLayers, unlearnt } from "../model-case.js";
import { bars } from "../pictures/pictures.js";
import type { LayerConfig } from "../trials/model-copy.js";
import { outcome } from "./learning-rate-too-high.js";

/** Layers that are this small are asked whether they are too small. */
const SMALL = 4;
const ENOUGH = 24;
const POOR = 0.1;
/** A layer of 24 units must get to a third of the loss in the same updates. */
const GAIN = 3;
const UPDATES = 300;

function widened({ kind, config }: LayerConfig): LayerConfig {
  const units = Number(config.units);
  if (recurrentKinds.includes(kind) && units < ENOUGH) return { kind, config: { ...config, units: ENOUGH } };
  const inner = config.layer as LayerConfig | undefined;
  if (inner === undefined || !recurrentKinds.includes(inner.kind)) return { kind, config };
  const { name: _name, ...rest } = inner.config;
  return {
    kind,
    config: {
      ...config,
      layer: { kind: inner.kind, config: { ...rest, units: Math.max(ENOUGH, Number(rest.units)) } },
    },
  };
}

/** Training and validation loss stand together, high up, and a wider layer goes far below. */
export const insufficientCapacity: Rule<ModelCase> = {
  code: "insufficient_capacity",
  severity: "warning",
  explainedBy: [
    "unscaled_inputs",
    "unscaled_target",
    "outliers",
    "saturated_gates",
    "symmetric_or_zero_initialisation",
    "exploding_gradients",
    "vanishing_gradients",
    "softmax_with_one_unit",
    "output_activation_range",
    "loss_activation_mismatch",
    "constant_target",
    "targets_not_matching_inputs",
    "learning_rate_too_high",
    "learning_rate_too_low",
    "weight_decay_too_high",
    "dying_relu",
    "truncation_shorter_than_dependency",
    "batch_size_too_large",
    "insufficient_data",
    "window_length_one",
    "dropout_too_high",
    "window_shorter_than_period",
  ],
  async look(at) {
    const { file, experiments } = at;
    const whole = experiments.constantLoss;
    const layers = recurrentLayers(file);
    const units = Math.min(...layers.map(({ config }) => Number(config.units)));
    if (whole === null || !(whole > 0) || !(units <= SMALL) || experiments.isStateful) return null;
    const left = at.isTrained
      ? await unlearnt(at)
      : outcome(await experiments.trial("as it is", { updates: UPDATES })) / whole;
    if (!(left > POOR)) return null;
    const trial = await experiments.trial("wider", { weights: "fresh", layers: widened, updates: UPDATES });
    const wide = outcome(trial) / whole;
    if (!(wide * GAIN < left)) return null;
    return {
      title: `${units} unit${units === 1 ? "" : "s"} cannot hold what the series does`,
      evidence: {
        units,
        lossOverConstant: short(left),
        unitsTried: ENOUGH,
        lossOverConstantThere: short(wide),
        updates: UPDATES,
        ratio: short(left / wide),
        bound: GAIN,
        ...(experiments.linear === null ? {} : { linearRegression: short(experiments.linear) }),
      },
      why: "Each unit keeps one number of the past. A series of several rhythms needs two numbers for each: with fewer, training and validation loss stop together, high up, and more epochs change nothing.",
      remedy: `units: 16 to 32 in the recurrent layer (here ${ENOUGH} reach ${short(wide)} of the constant answer's loss, ${units} stay at ${short(left)}).`,
      fix: { layers: [{ kind: "recurrent", set: { units: ENOUGH } }] },
      picture: bars(
        "Loss with few units and with more",
        [
          [`${units} unit${units === 1 ? "" : "s"}`, left],
          [`${ENOUGH} units (a copy, ${trial.updates} updates)`, wide],
          ...(experiments.linear === null ? [] : [["linear regression", experiments.linear] as const]),
        ],
        {
          x: "loss, in units of a constant answer's",
          y: "model",
          marks: { [`bound: 1/${GAIN}`]: left / GAIN },
        },
      ),
    };
  },
};
