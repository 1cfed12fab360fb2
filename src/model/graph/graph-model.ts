import { ConfigError } from "../../errors.js";
import { symbolicTensors } from "../../layers/graph/application.js";
import type { SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import { refuseUnknown } from "../../options.js";
import { isTensor, type Tensor, type TensorLike } from "../../tensor.js";
import { type CompileOptions, settle } from "../compile.js";
import { type Dataset, isDataset } from "../data/examples.js";
import type { BatchOptions } from "../data/sources.js";
import type { History, Logs } from "../events.js";
import type { Compiled } from "../execution/executor.js";
import type { GradientFlow } from "../flow.js";
import { Model } from "../model.js";
import type { ModelOptions } from "../model-options.js";
import type { Gradients } from "../on-demand/gradients.js";
import type { FitOptions } from "../training/fit-options.js";
import { Graph } from "./graph.js";
import { type ManyDataset, outputsByName, Ports, type Tensors } from "./ports.js";

/** One tensor, several in order, or several by name. */
export type OneOrMany = SymbolicTensor | readonly SymbolicTensor[] | Readonly<Record<string, SymbolicTensor>>;

/** Options of `model`. */
export interface GraphOptions extends ModelOptions {
  /** Where it begins: what `input` gave; a record names the tensors for those who call the model by name. */
  readonly inputs: OneOrMany;
  /** Where it ends: what layers gave. */
  readonly outputs: OneOrMany;
}

/** Options of `fit` where there are several inputs or outputs. */
export interface GraphFitOptions extends Omit<FitOptions, "validationData" | "sampleWeight"> {
  /** `[x, y]`, `[x, y, sampleWeight]` or a dataset, evaluated after each epoch. Default: none. */
  readonly validationData?: readonly [Tensors, Tensors, Tensors?] | Dataset | ManyDataset;
  /** A weight for each sample, `[N]`, or for each time step, `[N, T]`: one for all outputs, or one for each. Default: all 1. */
  readonly sampleWeight?: Tensors;
}

/** Weights of samples of a graph. */
export interface WeightsOption {
  /** A weight for each sample, `[N]`, or time step, `[N, T]`: one for all outputs, or one for each. Default: all 1. */
  readonly sampleWeight?: Tensors;
}

/** The tensors, and their names where they came as a record. */
function tensorsIn(where: string, given: OneOrMany): { tensors: SymbolicTensor[]; names?: string[] } {
  const isRecord =
    typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype;
  if (!isRecord) return { tensors: symbolicTensors(where, given) };
  return { tensors: symbolicTensors(where, Object.values(given)), names: Object.keys(given) };
}

const isBatch = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "x" in value && !isTensor(value);

/** A model that is a graph of layers: what Keras calls functional. */
export class GraphModel extends Model<Graph> {
  /** @internal Use `model`. */
  constructor(options: GraphOptions) {
    const where = "model()";
    refuseUnknown(where, options, ["inputs", "outputs", "name", "seed", "engine"]);
    const inputs = tensorsIn(`${where} inputs`, options.inputs);
    const outputs = tensorsIn(`${where} outputs`, options.outputs);
    const names = {
      ...(inputs.names === undefined ? {} : { inputs: inputs.names }),
      ...(outputs.names === undefined ? {} : { outputs: outputs.names }),
    };
    super(
      where,
      "model",
      options,
      (seed, beforeStates) => new Graph(seed, beforeStates, inputs.tensors, outputs.tensors, names),
    );
  }

  get #ports(): Ports {
    const { inputs, outputs } = this.topology;
    const losses = this.compiled?.losses;
    return new Ports(inputs, outputs, (output) => losses?.[output] !== null);
  }

  /** @internal */
  protected override settle(options: CompileOptions): Compiled {
    const { outputs } = this.topology;
    return settle(options, () => outputs.map(({ shape }) => shape), outputsByName(outputs));
  }

  override async fit(x: Dataset | ManyDataset, options?: GraphFitOptions): Promise<History>;
  override async fit(x: Tensors, y: Tensors, options?: GraphFitOptions): Promise<History>;
  override async fit(
    x: Tensors | Dataset | ManyDataset,
    second?: Tensors | GraphFitOptions,
    third?: GraphFitOptions,
  ): Promise<History> {
    const where = "fit()";
    const dataset = isDataset(x);
    const { validationData, sampleWeight, ...rest } = (dataset ? (second as GraphFitOptions) : third) ?? {};
    const ports = this.#ports;
    if (rest.classWeight != null && this.topology.outputs.length > 1) {
      throw new ConfigError(
        `${where}: \`classWeight\` is for a model with one output; this one has ${this.topology.outputs.length}. Use sampleWeight.`,
        { received: rest.classWeight },
      );
    }
    let options: FitOptions = rest;
    if (validationData != null) {
      options = { ...options, validationData: this.#validation(`${where} validationData`, validationData) };
    }
    if (dataset) {
      // Weights beside a dataset are refused where they always are.
      const weights = sampleWeight == null ? {} : { sampleWeight: sampleWeight as TensorLike };
      return super.fit(ports.dataset(where, x), { ...options, ...weights });
    }
    const inputs = ports.x(where, x as Tensors);
    const labels = second === undefined ? undefined : ports.y(where, second as Tensors, inputs);
    if (sampleWeight != null) {
      options = { ...options, sampleWeight: ports.weights(where, sampleWeight, inputs) };
    }
    return super.fit(inputs, labels as unknown as TensorLike, options);
  }

  #validation(
    where: string,
    given: NonNullable<GraphFitOptions["validationData"]>,
  ): NonNullable<FitOptions["validationData"]> {
    const ports = this.#ports;
    // A pair of records looks like a dataset, whose batches have an x.
    const isPair =
      Array.isArray(given) && (given.length === 2 || given.length === 3) && !isBatch((given as unknown[])[0]);
    if (!isPair && isDataset(given)) return ports.dataset(where, given);
    // What is no pair is refused where pairs are read.
    if (!isPair) return given as unknown as Dataset;
    const [x, y, weights] = given as unknown as readonly [Tensors, Tensors, Tensors?];
    const inputs = ports.x(where, x);
    const labels = ports.y(where, y, inputs);
    return weights === undefined ? [inputs, labels] : [inputs, labels, ports.weights(where, weights, inputs)];
  }

  override async evaluate(x: Dataset | ManyDataset, options?: BatchOptions & WeightsOption): Promise<Logs>;
  override async evaluate(x: Tensors, y: Tensors, options?: BatchOptions & WeightsOption): Promise<Logs>;
  override async evaluate(
    x: Tensors | Dataset | ManyDataset,
    second?: Tensors | (BatchOptions & WeightsOption),
    third?: BatchOptions & WeightsOption,
  ): Promise<Logs> {
    const where = "evaluate()";
    const ports = this.#ports;
    if (isDataset(x)) return super.evaluate(ports.dataset(where, x), second as BatchOptions);
    const inputs = ports.x(where, x as Tensors);
    const labels = second === undefined ? undefined : ports.y(where, second as Tensors, inputs);
    return super.evaluate(
      inputs,
      labels as unknown as TensorLike,
      this.#weighted(where, inputs, third ?? {}),
    );
  }

  #weighted<Options extends WeightsOption>(where: string, x: Tensor, options: Options) {
    const { sampleWeight, ...rest } = options;
    if (sampleWeight == null) return rest;
    return { ...rest, sampleWeight: this.#ports.weights(where, sampleWeight, x) };
  }

  override async predict<Output extends Tensor | Tensor[] = Tensor>(
    x: Tensors | Dataset | ManyDataset,
    options?: BatchOptions,
  ): Promise<Output> {
    const where = "predict()";
    const ports = this.#ports;
    return super.predict<Output>(
      isDataset(x) ? ports.dataset(where, x) : ports.x(where, x as Tensors),
      options,
    );
  }

  override async trainOnBatch(x: Tensors, y: Tensors, options: WeightsOption = {}): Promise<Logs> {
    const where = "trainOnBatch()";
    const inputs = this.#ports.x(where, x);
    return super.trainOnBatch(inputs, this.#labels(where, y, inputs), this.#weighted(where, inputs, options));
  }

  override async gradients(x: Tensors, y: Tensors, options: WeightsOption = {}): Promise<Gradients> {
    const where = "gradients()";
    const inputs = this.#ports.x(where, x);
    return super.gradients(inputs, this.#labels(where, y, inputs), this.#weighted(where, inputs, options));
  }

  override async gradientFlow(x: Tensors, y: Tensors, options: WeightsOption = {}): Promise<GradientFlow> {
    const where = "gradientFlow()";
    const inputs = this.#ports.x(where, x);
    return super.gradientFlow(inputs, this.#labels(where, y, inputs), this.#weighted(where, inputs, options));
  }

  /**
   * One time step through a stateful model, synchronous; see `Sequential.step`. Several inputs and outputs as in `predict`.
   * @throws as `Sequential.step`.
   */
  override step<Output extends Tensor | Tensor[] = Tensor>(x: Tensors): Output {
    const where = "step()";
    const given = this.#ports.x(where, x).tensors as readonly Tensor[];
    const outputs = this.stepAll(given);
    return (outputs.length === 1 ? outputs[0]! : outputs) as Output;
  }

  #labels(where: string, y: Tensors, x: Tensor): Tensor {
    return this.#ports.y(where, y, x);
  }
}

/**
 * A model that is a graph: Keras's `Model(inputs, outputs)`, with everything `sequential` has. Several inputs or outputs are
 * given and come back in the order they have here; x, y, weights, losses and metrics may also be records by their names (the
 * input's, the layer's). Logs are called as in Keras: `loss`, `<output>_loss`, `<output>_<metric>`.
 *
 * Layers applied before, in another model too, share their weights with it.
 * @throws ConfigError for an unknown option, for outputs that need an input that is not there, a circle, a name used twice.
 *
 * @example
 * const x = input({ shape: [24, 3] });
 * const h = lstm({ units: 16 }).apply(x);
 * const mean = dense({ units: 1, name: "mean" }).apply(h);
 * const rain = dense({ units: 1, activation: "sigmoid", name: "rain" }).apply(h);
 * const forecast = model({ inputs: x, outputs: [mean, rain], seed: 7 });
 * forecast.compile({ optimizer: "adam", loss: { mean: "mse", rain: "binaryCrossentropy" } });
 */
export const model = (options: GraphOptions): GraphModel => new GraphModel(options);
