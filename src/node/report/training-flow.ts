import type { Forecaster } from "../../forecast/forecaster.js";
import { gradientFlowRecorder, type RecordedGradientFlow } from "../../index.js";
import type { Callback } from "../../model/events.js";

/** How the gradient flowed through a network while it was trained, one flow an epoch. */
export interface TrainingFlow {
  readonly flows: readonly RecordedGradientFlow[];
  /** The recurrent layer whose last state is what the network remembers of its window. */
  readonly layer: string;
}

export interface FlowWatch {
  /** For `forecaster.fit`. They change no bit of the training. */
  readonly callbacks: readonly Callback[];
  /** What was recorded of the network the forecaster kept; undefined where nothing was. */
  of(forecaster: Forecaster): TrainingFlow | undefined;
}

/** The last recurrent layer that ends in one state: what follows it, a decoder included, knows no more of the window. */
const endsInOneState = (layer: object): boolean =>
  "returnSequences" in layer && layer.returnSequences === false;

/**
 * Records the gradient flow of the first batch of every epoch. A forecaster trains several networks, one after the other,
 * and keeps one: each network's flows are kept by themselves.
 */
export function watchFlow(): FlowWatch {
  const recorder = gradientFlowRecorder();
  const kept = new WeakMap<object, readonly RecordedGradientFlow[]>();
  const keeper: Callback = {
    onTrainEnd() {
      if (this.model !== undefined) kept.set(this.model, recorder.flows);
    },
  };
  return {
    callbacks: [recorder, keeper],
    of({ model }) {
      const flows = model === undefined ? undefined : kept.get(model);
      const layer = model?.layers.findLast(endsInOneState);
      return flows === undefined || flows.length === 0 || layer === undefined
        ? undefined
        : { flows, layer: layer.name };
    },
  };
}
