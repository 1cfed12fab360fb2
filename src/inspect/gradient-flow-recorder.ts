import { ConfigError, StateError, told } from "../errors.js";
import type { Callback } from "../model/events.js";
import type { GradientFlow } from "../model/flow.js";
import { flag, refuseUnknown } from "../options.js";

/** Options of `gradientFlowRecorder`. */
export interface GradientFlowRecorderOptions {
  /** `"epoch"` (default): the first batch of each epoch. A whole number n: every n-th batch, the first one included. */
  readonly every?: "epoch" | number;
  /**
   * Whether ‖dL/dx‖ is recorded of the first layer too, whose input nothing learns: one product more a step, up to a
   * quarter of its time. Default: true for `every: "epoch"`, else false, and `inputGradient` is empty there.
   */
  readonly inputGradient?: boolean;
  /** Called with each flow as it is recorded. Default: nobody. */
  readonly onFlow?: (recorded: RecordedGradientFlow) => void;
}

/** The flow of one training step. */
export interface RecordedGradientFlow {
  readonly epoch: number;
  /** Index of the batch in its epoch. */
  readonly batch: number;
  readonly flow: GradientFlow;
}

/** What `gradientFlowRecorder` makes: a callback that holds the flows it recorded. */
export interface GradientFlowRecorder extends Callback {
  /** What was recorded since the last fit began. */
  readonly flows: readonly RecordedGradientFlow[];
  /** The flows as plain arrays, so that `JSON.stringify(recorder)` works; numbers that are not finite become null. */
  toJSON(): unknown;
}

const isList = (value: unknown): value is Float32Array => value instanceof Float32Array;

/** Plain arrays in place of typed ones, all the way down. */
function plain(value: unknown): unknown {
  if (isList(value)) return Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

/**
 * Records gradient flows while a model trains, in its own training passes: with dropout acting, before the update, and
 * with the update that was made. Recording changes no bit of the training.
 *
 * A sequence that `truncate` cuts into pieces is trained without its inputs' gradient: there `inputGradient` is empty.
 *
 * @throws ConfigError for an unknown option or an `every` that is neither `"epoch"` nor a whole number above 0.
 *
 * @example
 * const recorder = gradientFlowRecorder();
 * await model.fit(x, y, { epochs: 20, callbacks: [recorder] });
 * const svg = flowOverTraining(recorder.flows);
 */
export function gradientFlowRecorder(options: GradientFlowRecorderOptions = {}): GradientFlowRecorder {
  const where = "gradientFlowRecorder()";
  refuseUnknown(where, options, ["every", "inputGradient", "onFlow"]);
  const { every = "epoch", onFlow } = options;
  const inputGradient = flag(where, "inputGradient", options.inputGradient ?? every === "epoch");
  if (every !== "epoch" && !(Number.isInteger(every) && every >= 1)) {
    throw new ConfigError(
      `${where}: \`every\` is ${told(every)}, expected "epoch" (the first batch of each) or a whole number n of 1 or more (every n-th batch).`,
      { received: every, expected: '"epoch" or a whole number' },
    );
  }
  if (onFlow !== undefined && typeof onFlow !== "function") {
    throw new ConfigError(`${where}: \`onFlow\` is no function.`, { received: onFlow });
  }
  let flows: RecordedGradientFlow[] = [];
  let epoch = 0;
  let seen = 0;
  let stop: (() => void) | null = null;
  return {
    get flows() {
      return flows;
    },
    toJSON: () => plain(flows),
    onTrainBegin() {
      flows = [];
      seen = 0;
      stop?.();
      stop = null;
    },
    onEpochBegin(index) {
      epoch = index;
    },
    onTrainBatchBegin(batch) {
      const wanted = every === "epoch" ? batch === 0 : seen % every === 0;
      seen += 1;
      if (!wanted) return;
      if (this.model?.watchFlow === undefined) {
        throw new StateError(
          `${where}: the model that trains cannot be watched. Give the recorder to model.fit().`,
        );
      }
      stop = this.model.watchFlow((flow) => {
        // What `onFlow` throws ends the fit, and must not leave the model watched.
        stop?.();
        stop = null;
        const recorded = { epoch, batch, flow };
        flows.push(recorded);
        onFlow?.(recorded);
      }, inputGradient);
    },
    onTrainBatchEnd() {
      stop?.();
      stop = null;
    },
    onTrainEnd() {
      stop?.();
      stop = null;
    },
  };
}
