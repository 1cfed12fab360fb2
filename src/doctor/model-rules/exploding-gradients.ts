import { isRecurrentKind } from "../../layers/from-config.js";
import { type GradientFlow, isRecurrentFlow, type RecurrentLayerFlow } from "../../model/flow.js";
import type { Picture } from "../../viz/picture.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { largestByStep, outputOfLayer } from "../evidence/activations.js";
import { type ModelCase, recurrentLayers, unbounded } from "../model-case.js";
import { untilItBreaks } from "../pictures/break.js";
import { bars, byTimeStep } from "../pictures/pictures.js";
import { outcome, TRIAL_UPDATES, trialAt } from "../trials/rates.js";

/** Back through the sequence the gradient may grow by this much: an update that is a thousandfold of what the end asks for. */
const MAX_GROWTH_RATIO = 1000;
/** Without clipping an update as large as the weights themselves throws them away. */
const MAX_UPDATE_RATIO = 1;
const TEARING_GROWTH_RATIO = 10;

interface Growth {
  readonly layer: RecurrentLayerFlow;
  readonly factor: number;
  readonly step: number;
}

/** The norm at the last step that gets a gradient. */
const lastNorm = (norms: Float32Array): number => norms.findLast((norm) => norm > 0) ?? Number.NaN;

/** The largest gradient of any step over that of the last step which gets one. */
function growthIn(flow: GradientFlow): Growth | null {
  let worst: Growth | null = null;
  for (const layer of flow.layers.filter(isRecurrentFlow)) {
    const norms = layer.hiddenGradient;
    let last = norms.length - 1;
    while (last > 0 && !(norms[last]! !== 0)) last--;
    let step = last;
    for (let t = 0; t < last; t++) if (!(norms[t]! <= norms[step]!)) step = t;
    const factor = norms[step]! / norms[last]!;
    const found = { layer, factor: Number.isNaN(factor) ? Infinity : factor, step };
    if (worst === null || found.factor > worst.factor) worst = found;
  }
  return worst;
}

/** Whether the same training goes well with gradients held to norm 1: if not, the rate alone is too high. */
const isMendedByClipping = async ({ experiments, file, isTrained }: ModelCase): Promise<boolean> =>
  outcome(
    await experiments.trial("clipped", {
      weights: isTrained ? "fresh" : "current",
      optimizer: { globalClipnorm: 1, learningRate: file.learningRate },
      updates: TRIAL_UPDATES,
    }),
  ) < Infinity;

export const explodingGradients: Rule<ModelCase> = {
  code: "exploding_gradients",
  async look(at) {
    const { file, experiments, history } = at;
    const { clipnorm, clipvalue, globalClipnorm } = file.optimizer.config;
    if ([clipnorm, clipvalue, globalClipnorm].some((bound) => bound != null)) return null;
    const broke = history?.loss?.some((loss) => !Number.isFinite(loss)) === true;
    const lost = file.weights?.some(({ data }) => data.some((value) => !Number.isFinite(value))) === true;
    const flow = lost ? await experiments.freshFlow() : await experiments.flow();
    const growth = growthIn(flow);
    if (growth === null) return null;
    if (flow.gradientNorm.before === 0) return growingStates(at);
    const { layer, factor, step } = growth;
    const { activation } =
      recurrentLayers(file).find(({ config }) => layer.name.startsWith(String(config.name ?? layer.name)))
        ?.config ?? {};
    const ratio = Math.max(
      ...layer.weights.map(({ updateRatio }) => (Number.isNaN(updateRatio) ? Infinity : updateRatio)),
    );
    // A step of gradient descent is as long as its gradient: tenfold growth is enough where it already tears the weights away.
    const tears = file.optimizer.name === "sgd" && factor > TEARING_GROWTH_RATIO && ratio > MAX_UPDATE_RATIO;
    const grows = tears || (factor > MAX_GROWTH_RATIO && (ratio > MAX_UPDATE_RATIO || broke || lost));
    // Unbounded states break a training whose first gradient still looks harmless: a short one of a copy tells.
    const isUnbounded = unbounded.includes(String(activation));
    // A step of gradient descent is as long as its gradient; where steps are bounded it is the activation that breaks what bends,
    // and of a linear state its recurrent weights.
    const breaks =
      isUnbounded &&
      (activation === "linear" || file.optimizer.name === "sgd") &&
      (broke || lost || (!at.isTrained && outcome(await trialAt(at)) === Infinity)) &&
      (await isMendedByClipping(at));
    if (!grows && !breaks) return null;
    const perStep =
      layer.hiddenGradient.length > 1
        ? factor ** (1 / Math.max(1, layer.hiddenGradient.length - 1 - step))
        : factor;
    return {
      title:
        Number.isFinite(factor) && grows
          ? `gradients grow ${short(factor)}-fold on their way back through ${layer.name}`
          : `gradients of ${layer.name} leave the range of float32`,
      evidence: {
        layer: layer.name,
        timeStep: step,
        growth: short(factor),
        growthPerStep: short(perStep),
        bound: grows
          ? factor > MAX_GROWTH_RATIO
            ? MAX_GROWTH_RATIO
            : TEARING_GROWTH_RATIO
          : "a loss that stays finite, as with clipping it does",
        gradientNorm: short(flow.gradientNorm.before),
        updateRatio: short(ratio),
        activation: String(activation ?? ""),
      },
      why: "Each step back multiplies the gradient by the recurrent weights; where their largest factor is above 1 this is a power with the sequence's length as exponent (Pascanu et al. 2013). One update of that size destroys all weights, mostly into NaN.",
      remedy:
        'globalClipnorm: 1 in the optimizer; activation "tanh" and recurrentInitializer "orthogonal" in the layer; shorter sequences or truncate.',
      fix: {
        compile: { optimizer: { globalClipnorm: 1 } },
        layers: [{ kind: "recurrent", set: { activation: "tanh", recurrentInitializer: "orthogonal" } }],
      },
      picture: grows ? wayBack(layer, step) : ((await untilItBreaks(at)) ?? updates(layer)),
    } satisfies Finding;
  },
};

/**
 * No gradient at all, because states of an unbounded activation have grown until the output behind them is saturated: the
 * same product of Jacobians that would make the gradient explode, on its way forward.
 */
async function growingStates({ file, experiments }: ModelCase): Promise<Finding | null> {
  if (file.graph !== null) return null;
  for (const [index, { kind, config }] of file.layers.entries()) {
    if (!isRecurrentKind(kind) || !unbounded.includes(String(config.activation))) continue;
    const states = largestByStep(await outputOfLayer(experiments, index, true));
    const growth = states.at(-1)! / states[0]!;
    if (!(growth > TEARING_GROWTH_RATIO)) continue;
    const name = String(config.name ?? kind);
    return {
      title: `states of ${name} grow ${short(growth)}-fold over the sequence, and the output saturates`,
      evidence: {
        layer: name,
        activation: String(config.activation),
        growth: short(growth),
        bound: TEARING_GROWTH_RATIO,
        largestState: short(states.at(-1)!),
        gradientNorm: 0,
      },
      why: "Each step multiplies the state by the recurrent weights; where their largest factor is above 1 it is a power of the number of steps. Behind it the output's activation stands at its bound, where its slope is zero: no weight gets a gradient.",
      remedy:
        'activation "tanh" and recurrentInitializer "orthogonal" in the layer; globalClipnorm: 1 in the optimizer for what comes then.',
      fix: {
        compile: { optimizer: { globalClipnorm: 1 } },
        layers: [{ kind: "recurrent", set: { activation: "tanh", recurrentInitializer: "orthogonal" } }],
      },
      picture: byTimeStep(
        "States on their way forward",
        { [name]: Float32Array.from(states) },
        {
          y: "largest |h|",
          log: true,
        },
      ),
    };
  }
  return null;
}

const wayBack = ({ name, hiddenGradient }: RecurrentLayerFlow, step: number): Picture =>
  byTimeStep(
    "Gradient norm on its way back",
    { [name]: hiddenGradient },
    {
      y: "‖dL/dh‖",
      log: true,
      marks: [
        { label: `largest: step ${step}`, x: step },
        {
          label: `bound: ${MAX_GROWTH_RATIO} × the last step's`,
          y: MAX_GROWTH_RATIO * lastNorm(hiddenGradient),
        },
      ],
    },
  );

/** Weights that an update would tear away, where nothing else shows it. */
const updates = ({ weights }: RecurrentLayerFlow): Picture =>
  bars(
    "Length of the next update",
    weights.map(({ name, updateRatio }) => [name, updateRatio] as const),
    { x: "‖Δw‖ / ‖w‖", y: "weights", marks: { "as long as the weights": MAX_UPDATE_RATIO } },
  );
