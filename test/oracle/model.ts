import { backward, type Variable, variable } from "./autodiff.js";
import { add } from "./elementwise.js";
import { type LayerFlow64, readFlow } from "./flow.js";
import { applyLayer, type OracleLayerSpec } from "./layers/apply.js";
import { type LayerResult, WeightReader } from "./layers/layer.js";
import { type LossName, type LossOptions, lossValues, reduceLoss } from "./losses.js";
import { type AnyTensor, type Tensor64, toTensor64 } from "./tensor64.js";

/** Multipliers for one layer, or for one direction of it; see `DropoutMasks`. */
export interface DropoutTensors {
  readonly input?: readonly AnyTensor[];
  readonly recurrent?: readonly AnyTensor[];
}

/** How to run the model once. Lists go by layer: entry i belongs to layer i of the specification. */
export interface RunOptions {
  /** Which time steps of the input count, `[B, T]`, 1 or 0. */
  readonly mask?: AnyTensor;
  /** `[h]` or `[h, c]`; bidirectional: forward's, then backward's. */
  readonly initialStates?: readonly (readonly AnyTensor[] | null)[];
  /** One entry, or for a bidirectional layer two. Without it dropout is at rest. */
  readonly dropout?: readonly (readonly DropoutTensors[] | null)[];
  /** Truncated BPTT: k. */
  readonly truncate?: number;
}

export interface LossRunOptions extends RunOptions {
  readonly loss: LossName;
  readonly lossOptions?: LossOptions;
  /** One a sample, or one a sample and time step. */
  readonly sampleWeight?: ArrayLike<number>;
}

export interface OracleRun {
  /** One; two after a bidirectional layer that merges nothing. */
  readonly outputs: readonly Tensor64[];
  /** Final states by layer, in the order of `initialStates`. */
  readonly states: readonly (readonly Tensor64[])[];
  /** The mask as it reaches the loss. */
  readonly mask: Tensor64 | null;
}

export interface OracleGradients extends OracleRun {
  /** Data loss and regularizers. */
  readonly loss: number;
  /** Without regularizers. */
  readonly dataLoss: number;
  /** ∂loss/∂weight, in the order of the weights given. */
  readonly weights: readonly Tensor64[];
  readonly input: Tensor64;
  /** One for each direction of each recurrent layer. */
  readonly flow: readonly LayerFlow64[];
}

export interface OracleModel {
  predict(x: AnyTensor, options?: RunOptions): Tensor64;
  run(x: AnyTensor, options?: RunOptions): OracleRun;
  lossAndGradients(x: AnyTensor, y: AnyTensor, options: LossRunOptions): OracleGradients;
}

interface Graph {
  readonly x: Variable;
  readonly weights: readonly Variable[];
  readonly penalties: readonly Variable[];
  readonly results: readonly LayerResult[];
  readonly last: Pick<LayerResult, "outputs" | "mask">;
}

const variables = (tensors: readonly AnyTensor[] | undefined): Variable[] => (tensors ?? []).map(variable);

const dropoutMasks = ({ input, recurrent }: DropoutTensors) => ({
  input: variables(input),
  recurrent: variables(recurrent),
});

function build(
  layers: readonly OracleLayerSpec[],
  initial: readonly AnyTensor[],
  input: AnyTensor,
  options: RunOptions,
): Graph {
  const x = variable(input);
  const weights = variables(initial);
  const reader = new WeightReader(weights);
  const results: LayerResult[] = [];
  let last: Graph["last"] = {
    outputs: [x],
    mask: options.mask === undefined ? null : variable(options.mask),
  };
  layers.forEach((layer, i) => {
    const states = options.initialStates?.[i];
    const result = applyLayer(layer, reader, last.outputs[0]!, {
      mask: last.mask,
      states: states ? states.map(variable) : null,
      dropout: (options.dropout?.[i] ?? []).map(dropoutMasks),
      truncate: options.truncate ?? 0,
    });
    results.push(result);
    last = result;
  });
  if (reader.rest > 0) throw new RangeError(`oracle: ${reader.rest} weights too many.`);
  return { x, weights, penalties: reader.penalties, results, last };
}

const describe = ({ results, last }: Graph): OracleRun => ({
  outputs: last.outputs.map(toTensor64),
  states: results.map((result) => result.states.map(toTensor64)),
  mask: last.mask === null ? null : toTensor64(last.mask),
});

const gradientOf = (x: Variable): Tensor64 => ({ shape: x.shape, data: x.gradient });

/**
 * A sequential model in float64.
 * @param layers the stack, first layer first.
 * @param weights in the order of gateflow's (and Keras's) `getWeights()`; copied to float64 at every run.
 * @throws RangeError for too few or too many weights, and for shapes that do not fit.
 */
export function oracleModel(layers: readonly OracleLayerSpec[], weights: readonly AnyTensor[]): OracleModel {
  const run = (x: AnyTensor, options: RunOptions = {}): OracleRun =>
    describe(build(layers, weights, x, options));
  return {
    run,
    predict: (x, options) => {
      const { outputs } = run(x, options);
      if (outputs.length > 1) throw new RangeError("oracle: two outputs; ask `run` for them.");
      return outputs[0]!;
    },
    lossAndGradients(x, y, options) {
      const graph = build(layers, weights, x, options);
      const { outputs, mask } = graph.last;
      const values = lossValues(options.loss, y, outputs[0]!, options.lossOptions);
      const dataLoss = reduceLoss(values, { sampleWeight: options.sampleWeight, mask: mask?.data });
      const loss = graph.penalties.reduce(add, dataLoss);
      backward(loss);
      return {
        ...describe(graph),
        loss: loss.data[0]!,
        dataLoss: dataLoss.data[0]!,
        weights: graph.weights.map(gradientOf),
        input: gradientOf(graph.x),
        flow: graph.results.flatMap((result, layer) =>
          result.traces.map((trace, direction) => readFlow(trace, layer, direction)),
        ),
      };
    },
  };
}
