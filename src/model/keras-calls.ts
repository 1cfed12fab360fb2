import { ConfigError } from "../errors.js";
import { flag, numberIn } from "../options.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { type Dataset, isDataset } from "./data/examples.js";
import type { WeightOption } from "./data/sources.js";
import type { Logs } from "./events.js";
import type { WeightsOption as GraphWeightsOption } from "./graph/graph-model.js";
import type { Tensors } from "./graph/ports.js";
import type { LayerSet } from "./layer-set.js";
import { Model } from "./model.js";

/** How much a call says: 0, false: nothing; 1, true, "auto": as it goes; 2: when a part is done. */
export type Verbosity = 0 | 1 | 2 | boolean | "auto";

// What Keras's calls take beside the options of `gateflow/core`.
declare module "./data/sources.js" {
  interface BatchOptions {
    /** Above 0: a line on the console when it is done. Default 0, where Keras starts at 1. */
    readonly verbose?: Verbosity;
  }
  interface EvaluateOptions {
    /** A record by name is what comes back here, whether asked for or not: true alone. Default true. */
    readonly returnDict?: true;
  }
  interface WeightOption {
    /** As that of `evaluate`. Default true. */
    readonly returnDict?: true;
  }
}

declare module "./model.js" {
  interface Model<Set extends LayerSet = LayerSet> {
    /** Loss and metrics of one batch, nothing changed. @throws as `evaluate`. */
    testOnBatch(x: TensorLike, y: TensorLike, options?: WeightOption): Promise<Logs>;
    /** Predictions of one batch. @throws as `predict`. */
    predictOnBatch<Output extends Tensor | Tensor[] = Tensor>(x: TensorLike): Promise<Output>;
  }
}

declare module "./graph/graph-model.js" {
  interface GraphModel {
    /** Loss and metrics of one batch, nothing changed. @throws as `evaluate`. */
    testOnBatch(x: Tensors, y: Tensors, options?: GraphWeightsOption): Promise<Logs>;
    /** Predictions of one batch. @throws as `predict`. */
    predictOnBatch<Output extends Tensor | Tensor[] = Tensor>(x: Tensors): Promise<Output>;
  }
}

type Given = Record<string, unknown>;

/** Keras's None: as if it were not there. */
const withoutNull = (options: object): Given =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));

function verbosity(where: string, value: unknown): number {
  if (value === "auto") return 1;
  return numberIn(where, "verbose", typeof value === "boolean" ? Number(value) : value, {
    min: 0,
    max: 2,
    integer: true,
  });
}

/** Takes out what says how the answer comes back. @throws ConfigError for any other way than a record. */
function refuseLists(where: string, { returnDict = true, ...rest }: Given): Given {
  if (!flag(where, "returnDict", returnDict)) {
    throw new ConfigError(
      `${where}: \`returnDict\` is false; here losses and metrics come as a record by name.`,
      {
        received: false,
        expected: true,
      },
    );
  }
  return rest;
}

/** Says on the console what a call came to and how long it took, where it was asked to. */
async function report(where: string, verbose: number, began: number, values: Logs): Promise<void> {
  if (verbose === 0) return;
  const { defaultTerminal, saidOf } = await import("../callbacks/progress-line.js");
  defaultTerminal().write(saidOf(where.replace("()", ""), performance.now() - began, values));
}

type Call = (this: Model, ...given: unknown[]) => Promise<unknown>;

/** A call whose options, its `at`th argument, are read by `read` before it is made. */
function reading(call: Call, at: (x: unknown) => number, read: (options: Given) => Given): Call {
  return async function (...given) {
    const place = at(given[0]);
    const options = given[place];
    // What is no record is refused by the call itself.
    if (typeof options === "object" && options !== null && !Array.isArray(options)) {
      given[place] = read(withoutNull(options));
    } else if (options === null) given[place] = undefined;
    return call.apply(this, given);
  };
}

/** Where the options stand: behind the labels, which a dataset brings itself. */
const behindLabels = (x: unknown): number => (isDataset(x as Dataset) ? 1 : 2);

/** Gives every model Keras's other words for its calls. `gateflow/core` does without. */
export function registerKerasCalls(): void {
  const { fit, evaluate, predict, trainOnBatch } = Model.prototype as unknown as Record<string, Call>;
  const counted = (
    where: string,
    call: Call,
    at: (x: unknown) => number,
    values: (result: unknown) => Logs,
  ): Call =>
    async function (...given) {
      const began = performance.now();
      let verbose = 0;
      const result = await reading(call, at, ({ verbose: said = 0, ...rest }) => {
        verbose = verbosity(where, said);
        return where === "evaluate()" ? refuseLists(where, rest) : rest;
      }).apply(this, given);
      await report(where, verbose, began, values(result));
      return result;
    };
  const calls: Record<string, Call> = {
    fit: reading(fit!, behindLabels, ({ verbose, ...rest }) =>
      verbose === undefined ? rest : { ...rest, verbose: verbosity("fit()", verbose) },
    ),
    evaluate: counted("evaluate()", evaluate!, behindLabels, (logs) => logs as Logs),
    predict: counted(
      "predict()",
      predict!,
      () => 1,
      () => ({}),
    ),
    trainOnBatch: reading(
      trainOnBatch!,
      () => 2,
      (options) => refuseLists("trainOnBatch()", options),
    ),
  };
  const onBatch = (of: "test" | "predict"): Call =>
    async function (...given) {
      return (await import("./on-demand/on-batch.js"))[of](this, ...given);
    };
  calls.testOnBatch = onBatch("test");
  calls.predictOnBatch = onBatch("predict");
  for (const [name, value] of Object.entries(calls)) {
    Object.defineProperty(Model.prototype, name, { value, writable: true, configurable: true });
  }
}
