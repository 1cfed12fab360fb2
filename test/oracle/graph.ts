import { backward, type Variable, variable } from "./autodiff.js";
import { add, scale } from "./elementwise.js";
import { applyLayer, type OracleLayerSpec } from "./layers/apply.js";
import { WeightReader } from "./layers/layer.js";
import { lossValues, reduceLoss } from "./losses.js";
import { type AnyTensor, type Tensor64, toTensor64 } from "./tensor64.js";

/** Which output of which node; the first nodes are the inputs. */
export type OracleReference = readonly [node: number, output: number];

/** An application of a layer. */
export interface OracleNode {
  /** Index of the layer: two nodes of the same layer share its weights. */
  readonly layer: number;
  readonly input: OracleReference;
  /** Initial states of a recurrent layer. */
  readonly states?: readonly OracleReference[];
}

/** A functional model as plain data. A recurrent layer's outputs are [y, h] or [y, h, c]. */
export interface OracleGraph {
  readonly layers: readonly OracleLayerSpec[];
  readonly nodes: readonly OracleNode[];
  readonly outputs: readonly OracleReference[];
}

export interface OracleGraphOptions {
  readonly labels: readonly AnyTensor[];
  /** Factors of the outputs' losses. */
  readonly lossWeights: readonly number[];
  readonly truncate?: number;
}

export interface OracleGraphRun {
  readonly outputs: readonly Tensor64[];
  /** Σ weight · mse. */
  readonly loss: number;
  /** Of each output alone. */
  readonly parts: readonly number[];
  /** By layer. */
  readonly weights: readonly (readonly Tensor64[])[];
  readonly inputs: readonly Tensor64[];
}

interface Value {
  readonly value: Variable;
  readonly mask: Variable | null;
}

/** A graph of layers in float64, forward and back. Each node stands behind those it needs. */
export function runGraph(
  { layers, nodes, outputs }: OracleGraph,
  weights: readonly (readonly AnyTensor[])[],
  given: readonly AnyTensor[],
  options?: OracleGraphOptions,
): OracleGraphRun {
  const own = weights.map((list) => list.map(variable));
  const inputs = given.map(variable);
  const values: Value[][] = inputs.map((value) => [{ value, mask: null }]);
  const penalties: Variable[] = [];
  const at = ([node, output]: OracleReference): Value => values[node]![output]!;
  for (const { layer, input, states } of nodes) {
    const reader = new WeightReader(own[layer]!);
    const { value, mask } = at(input);
    const result = applyLayer(layers[layer]!, reader, value, {
      mask,
      states: states?.map((reference) => at(reference).value) ?? null,
      dropout: [],
      truncate: options?.truncate ?? 0,
    });
    penalties.push(...reader.penalties);
    values.push([
      { value: result.outputs[0]!, mask: result.mask },
      ...result.states.map((state) => ({ value: state, mask: null })),
    ]);
  }
  const results = outputs.map(at);
  const predicted = results.map(({ value }) => toTensor64(value));
  if (options === undefined) return { outputs: predicted, loss: 0, parts: [], weights: [], inputs: [] };
  const parts = results.map(({ value, mask }, o) =>
    reduceLoss(lossValues("meanSquaredError", options.labels[o]!, value), { mask: mask?.data }),
  );
  const loss = [...parts.map((part, o) => scale(part, options.lossWeights[o]!)), ...penalties].reduce(add);
  backward(loss);
  const gradientOf = (x: Variable): Tensor64 => ({ shape: x.shape, data: x.gradient });
  return {
    outputs: predicted,
    loss: loss.data[0]!,
    parts: parts.map((part) => part.data[0]!),
    weights: own.map((list) => list.map(gradientOf)),
    inputs: inputs.map(gradientOf),
  };
}
