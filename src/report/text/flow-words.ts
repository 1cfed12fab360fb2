import { summarizeFlow } from "../../inspect/summarize-flow.js";
import type { TrainingFlow } from "../../inspect/training-flow.js";
import {
  type GradientFlow,
  isRecurrentFlow,
  type RecurrentLayerFlow,
  type WeightFlow,
} from "../../model/flow.js";
import { percent, plural, readableNumber } from "./numbers.js";

/** Updates larger than this share of their weight are wild, smaller ones than the other stand still. */
const WILD = 0.1;
const STILL = 1e-6;

/** The flow at the end of the training. */
export const trainedFlow = ({ trained, flows }: TrainingFlow): GradientFlow => trained ?? flows.at(-1)!.flow;

/** The recurrent layer at the end of the training. */
export const lastFlow = (training: TrainingFlow): RecurrentLayerFlow =>
  trainedFlow(training)
    .layers.filter(isRecurrentFlow)
    .find(({ name }) => name === training.layer)!;

/** Matrices of weights; biases are small at first, and what moves them says little. */
export const kernelsOf = (flow: GradientFlow): WeightFlow[] =>
  flow.layers.flatMap(({ weights }) => weights).filter(({ name }) => name.endsWith("kernel"));

/** `12 %`, `0.25 %`, `0.0031 %`: shares span decades here. */
const share = (value: number): string =>
  value >= 0.1 ? percent(value) : `${readableNumber(Number((100 * value).toPrecision(2)))} %`;

/** How far back the gradient reaches, against the window: the one line that says whether the window is used. */
export function memoryInWords(training: TrainingFlow): string {
  const { hiddenGradient, name } = lastFlow(training);
  const { memoryHorizon } = summarizeFlow(trainedFlow(training)).find((layer) => layer.name === name)!;
  const window = hiddenGradient.length;
  const steps = plural(window, "step");
  if (!hiddenGradient.every(Number.isFinite)) {
    return `The gradient is not finite at the end of the training: nothing can be said of the ${steps} of the window.`;
  }
  if (memoryHorizon === 0) {
    return `At the end of the training no gradient reaches ${name}: the network learns nothing from its window of ${steps}.`;
  }
  if (memoryHorizon === Number.POSITIVE_INFINITY) {
    const first = share(hiddenGradient[0]! / hiddenGradient[window - 1]!);
    return `Memory horizon: the whole window of ${steps}. At its first step the gradient is ${first} of what it is at the last, so all of the window teaches the network.`;
  }
  const unheard = window - memoryHorizon;
  return `Memory horizon: ${memoryHorizon} of the ${steps} of the window. Further back the gradient is less than a thousandth of what it is at the last step: the first ${plural(unheard, "step")} of the window teach${unheard === 1 ? "es" : ""} the network next to nothing.`;
}

/** What else the last flow says: gates and updates, one sentence each. */
export function flowFacts(training: TrainingFlow): string[] {
  const flow = trainedFlow(training);
  const facts: string[] = [];
  const own = summarizeFlow(flow).find(({ name }) => name === training.layer)!;
  if (own.timeConstant !== null) {
    const fades = Number.isFinite(own.timeConstant)
      ? `a cell state left alone fades to 1/e in ${readableNumber(Number(own.timeConstant.toPrecision(2)))} steps`
      : "a cell state left alone does not fade";
    facts.push(`Forget gates: on average so far open that ${fades}.`);
  }
  const { gate, share: saturated } = own.saturation;
  facts.push(
    saturated === 0
      ? "Saturation: no gate is near a bound at any step."
      : `Saturation: at one step or another up to ${share(saturated)} of the ${gate} gate's activations are within 0.05 of a bound, where they learn little.`,
  );
  const ratios = kernelsOf(flow).filter(({ updateRatio }) => Number.isFinite(updateRatio));
  const largest = ratios.reduce<(typeof ratios)[number] | null>(
    (most, weight) => (most === null || weight.updateRatio > most.updateRatio ? weight : most),
    null,
  );
  if (largest !== null) {
    const { name, updateRatio } = largest;
    const verdict =
      updateRatio > WILD
        ? " That is wild: a lower learning rate may do better."
        : updateRatio < STILL
          ? " That is standing still."
          : "";
    facts.push(
      `Updates: the last one looked at moves no kernel by more than ${share(updateRatio)} of its size (${name}); a tenth of a percent is usual.${verdict}`,
    );
  }
  return facts;
}
