import type { Callback } from "../model/events.js";
import { refuseUnknown } from "../options.js";

/** Hooks of a callback made from functions. */
export type LambdaCallbackOptions = Pick<
  Callback,
  | "onTrainBegin"
  | "onTrainEnd"
  | "onEpochBegin"
  | "onEpochEnd"
  | "onTrainBatchBegin"
  | "onTrainBatchEnd"
  | "onTestBegin"
  | "onTestEnd"
  | "onTestBatchBegin"
  | "onTestBatchEnd"
>;

/**
 * A callback from functions; an object with the same hooks is one as well. Source: Keras's LambdaCallback.
 * @throws ConfigError for what is no hook's name.
 *
 * @example
 * const shown = lambdaCallback({ onEpochEnd: (epoch, { loss }) => console.log(epoch, loss) });
 * await model.fit(x, y, { epochs: 3, callbacks: [shown] });
 */
export function lambdaCallback(options: LambdaCallbackOptions = {}): Callback {
  refuseUnknown("lambdaCallback()", options, [
    "onTrainBegin",
    "onTrainEnd",
    "onEpochBegin",
    "onEpochEnd",
    "onTrainBatchBegin",
    "onTrainBatchEnd",
    "onTestBegin",
    "onTestEnd",
    "onTestBatchBegin",
    "onTestBatchEnd",
  ] satisfies (keyof LambdaCallbackOptions)[]);
  return { ...options };
}
