import { isRecurrentKind } from "../../layers/from-config.js";
import { type Rule, short } from "../diagnosis.js";
import { type ModelCase, recurrentLayers } from "../model-case.js";
import { bars } from "../pictures/pictures.js";
import type { LayerConfig } from "../trials/layer-config.js";
import { outcome } from "../trials/rates.js";
import { unlearnt } from "../trials/unlearnt.js";

/** Layers that are this small are asked whether they are too small. */
const SMALL_UNITS = 4;
const ENOUGH_UNITS = 24;
const MIN_UNLEARNT_SHARE = 0.1;
/** A layer of 24 units must get to a third of the loss in the same updates. */
const MIN_LOSS_RATIO = 3;
const TRIAL_UPDATES = 300;
/** An epoch's loss is the mean over its updates: what is that far below the bound stays there. */
const WELL_BELOW = 0.7;

/**
 * The narrowest of the recurrent layers, and of hidden dense layers that hand on fewer numbers than the output has: what passes
 * through one unit is one number.
 */
function narrowest({ file, windows }: ModelCase): { name: string; units: number; isHidden: boolean } | null {
  const recurrent = recurrentLayers(file).map(({ kind, config }) => ({
    name: String(config.name ?? kind),
    units: Number(config.units),
    isHidden: false,
  }));
  const outputs = file.layers.at(-1)?.config.units ?? windows.width;
  const hidden = (file.graph === null ? file.layers.slice(0, -1) : [])
    .filter(({ kind, config }) => kind === "dense" && Number(config.units) < Number(outputs) - 1)
    .map(({ kind, config }) => ({
      name: String(config.name ?? kind),
      units: Number(config.units),
      isHidden: true,
    }));
  return [...recurrent, ...hidden].sort((a, b) => a.units - b.units)[0] ?? null;
}

function widened({ kind, config }: LayerConfig, index: number, count: number): LayerConfig {
  const units = Number(config.units);
  if (kind === "dense" && index < count - 1 && units <= SMALL_UNITS)
    return { kind, config: { ...config, units: ENOUGH_UNITS } };
  if (isRecurrentKind(kind) && units < ENOUGH_UNITS)
    return { kind, config: { ...config, units: ENOUGH_UNITS } };
  const inner = config.layer as LayerConfig | undefined;
  if (inner === undefined || !isRecurrentKind(inner.kind)) return { kind, config };
  const { name: _name, ...rest } = inner.config;
  return {
    kind,
    config: {
      ...config,
      layer: { kind: inner.kind, config: { ...rest, units: Math.max(ENOUGH_UNITS, Number(rest.units)) } },
    },
  };
}

/** Training and validation loss stand together, high up, and a wider layer goes far below. */
export const insufficientCapacity: Rule<ModelCase> = {
  code: "insufficient_capacity",
  async look(at) {
    const { experiments } = at;
    const whole = experiments.constantLoss;
    const least = narrowest(at);
    if (whole === null || !(whole > 0) || least === null || experiments.isStateful) return null;
    const { units, isHidden, name } = least;
    if (!(units <= SMALL_UNITS)) return null;
    const left = at.isTrained
      ? await unlearnt(at)
      : outcome(await experiments.trial("as it is", { updates: TRIAL_UPDATES, isByItself: true })) / whole;
    if (!(left > MIN_UNLEARNT_SHARE)) return null;
    const trial = await experiments.trial("wider", {
      weights: "fresh",
      layers: widened,
      updates: TRIAL_UPDATES,
      isByItself: true,
      isEnough: (loss) => MIN_LOSS_RATIO * loss < WELL_BELOW * left * whole,
    });
    const wide = outcome(trial) / whole;
    if (!(wide * MIN_LOSS_RATIO < left)) return null;
    return {
      title: isHidden
        ? `${name} hands on ${units} number${units === 1 ? "" : "s"}, and the output has more to tell`
        : `${units} unit${units === 1 ? "" : "s"} cannot hold what the series does`,
      evidence: {
        ...(isHidden ? { layer: name } : {}),
        units,
        lossOverConstant: short(left),
        unitsTried: ENOUGH_UNITS,
        lossOverConstantThere: short(wide),
        updates: trial.updates,
        ratio: short(left / wide),
        bound: MIN_LOSS_RATIO,
        ...(experiments.linear === null ? {} : { linearRegression: short(experiments.linear) }),
      },
      why: isHidden
        ? "All that the layers below have found must pass through this one: with fewer units than the output has, answers that differ look alike behind it."
        : "Each unit keeps one number of the past. A series of several rhythms needs two numbers for each: with fewer, training and validation loss stop together, high up, and more epochs change nothing.",
      remedy: `units: 16 to 32 in ${isHidden ? name : "the recurrent layer"} (here ${ENOUGH_UNITS} reach ${short(wide)} of the constant answer's loss, ${units} stay at ${short(left)}).`,
      fix: { layers: [{ kind: isHidden ? "dense" : "recurrent", set: { units: ENOUGH_UNITS } }] },
      picture: bars(
        "Loss with few units and with more",
        [
          [`${units} unit${units === 1 ? "" : "s"}`, left],
          [`${ENOUGH_UNITS} units (a copy, ${trial.updates} updates)`, wide],
          ...(experiments.linear === null ? [] : [["linear regression", experiments.linear] as const]),
        ],
        {
          x: "loss, in units of a constant answer's",
          y: "model",
          marks: { [`bound: 1/${MIN_LOSS_RATIO}`]: left / MIN_LOSS_RATIO },
        },
      ),
    };
  },
};
