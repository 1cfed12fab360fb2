import { type ConstraintLike, toConstraint } from "../../constraints/to-constraint.js";
import { ConfigError, ShapeError, told } from "../../errors.js";
import { type InitializerLike, toInitializer } from "../../initializers/to-initializer.js";
import { flag, numberIn } from "../../options.js";
import { type RegularizerLike, toRegularizer } from "../../regularizers/to-regularizer.js";
import type { LayerOptions, SampleShape } from "../layer.js";
import { SeveralInputsLayer } from "../several-inputs-layer.js";
import { type Signal, strideOf } from "../signal.js";
import { type Call, ownSignal, type Stage } from "../stage.js";
import { Variable } from "../variable.js";
import type { Workspace } from "../workspace.js";
import { attentionShapes } from "./attention.js";
import { type AttentionForm, AttentionPass, type AttentionPlaces, DOT } from "./attention-pass.js";
import { AttentionScores, shapeOfScores } from "./attention-scores.js";
import { HeadProjection, projectedRows } from "./head-projection.js";
import { PairMask } from "./pair-mask.js";

/** Options of `multiHeadAttention`, with Keras's names, meanings and defaults. */
export interface MultiHeadAttentionOptions extends LayerOptions {
  /** Heads that attend side by side, at least 1. */
  readonly numHeads: number;
  /** Features of a head's query and key. */
  readonly keyDim: number;
  /** Features of a head's value. Default: `keyDim`. */
  readonly valueDim?: number | null;
  /** Share of the weights that is dropped while training. Default 0. */
  readonly dropout?: number;
  /** Whether the four projections have biases. Default true. */
  readonly useBias?: boolean;
  /** Features of the output. Default: the query's. */
  readonly outputShape?: number | readonly [number] | null;
  /** Default `"glorotUniform"`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  readonly biasInitializer?: InitializerLike;
  /** Default: none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default: none. */
  readonly biasRegularizer?: RegularizerLike;
  /** Default: none. */
  readonly kernelConstraint?: ConstraintLike;
  /** Default: none. */
  readonly biasConstraint?: ConstraintLike;
}

const known = [
  "numHeads",
  "keyDim",
  "valueDim",
  "dropout",
  "useBias",
  "outputShape",
  "kernelInitializer",
  "biasInitializer",
  "kernelRegularizer",
  "biasRegularizer",
  "kernelConstraint",
  "biasConstraint",
] as const;

type Part = "query" | "key" | "value" | "attention_output";

/** The layer that `multiHeadAttention` makes. */
export class MultiHeadAttentionLayer extends SeveralInputsLayer {
  readonly kind = "multiHeadAttention";
  readonly defaultName = "multi_head_attention";
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly dropout: number;
  readonly useBias: boolean;
  readonly units: number | undefined;
  readonly #options: MultiHeadAttentionOptions;

  constructor(options: MultiHeadAttentionOptions) {
    const where = "multiHeadAttention()";
    super(where, options, known);
    const { outputShape } = options;
    this.numHeads = numberIn(where, "numHeads", options.numHeads, { min: 1, integer: true });
    this.keyDim = numberIn(where, "keyDim", options.keyDim, { min: 1, integer: true });
    this.valueDim = numberIn(where, "valueDim", options.valueDim ?? this.keyDim, { min: 1, integer: true });
    this.dropout = numberIn(where, "dropout", options.dropout ?? 0, { min: 0, below: 1 });
    this.useBias = flag(where, "useBias", options.useBias ?? true);
    const single = Array.isArray(outputShape) && outputShape.length === 1 ? outputShape[0] : outputShape;
    if (Array.isArray(single)) {
      throw new ConfigError(
        `${where}: \`outputShape\` is ${told(outputShape)}; the output has one axis of features: give their number.`,
        { received: outputShape, expected: "a number" },
      );
    }
    this.units =
      single === undefined || single === null
        ? undefined
        : numberIn(where, "outputShape", single as number, { min: 1, integer: true });
    toInitializer(where, "kernelInitializer", options.kernelInitializer ?? "glorotUniform");
    toInitializer(where, "biasInitializer", options.biasInitializer ?? "zeros");
    this.#options = this.given as MultiHeadAttentionOptions;
  }

  #weight(part: Part, stem: "kernel" | "bias", shape: readonly number[]): Variable {
    const where = `multiHeadAttention() \`${this.name}\``;
    const own = this.#options;
    const usual = stem === "kernel" ? "glorotUniform" : "zeros";
    return new Variable({
      key: `${part}/${stem}`,
      shape,
      initializer: toInitializer(where, `${stem}Initializer`, own[`${stem}Initializer`] ?? usual),
      regularizer: toRegularizer(where, `${stem}Regularizer`, own[`${stem}Regularizer`]),
      constraint: toConstraint(where, `${stem}Constraint`, own[`${stem}Constraint`]),
    });
  }

  /** @internal */
  scoresShape(inputShapes: readonly SampleShape[]): SampleShape {
    return shapeOfScores(this, inputShapes, this.numHeads);
  }

  protected connectAll(inputShapes: readonly SampleShape[]): SampleShape {
    const { query, value, key } = attentionShapes(this, inputShapes);
    const { numHeads: heads, keyDim, valueDim } = this;
    const units = this.units ?? query[1];
    const dense = (part: Part, kernel: readonly number[], bias: readonly number[]): Variable[] => [
      this.#weight(part, "kernel", kernel),
      ...(this.useBias ? [this.#weight(part, "bias", bias)] : []),
    ];
    this.variables = [
      ...dense("query", [query[1], heads, keyDim], [heads, keyDim]),
      ...dense("key", [key[1], heads, keyDim], [heads, keyDim]),
      ...dense("value", [value[1], heads, valueDim], [heads, valueDim]),
      ...dense("attention_output", [heads, valueDim, units], [units]),
    ];
    return [query[0], units];
  }

  stageAll(all: readonly Signal[], workspace: Workspace, call: Call): Stage {
    const pairs = call.attentionMask ? all.at(-1)! : null;
    const inputs = pairs === null ? all : all.slice(0, -1);
    const [query, value] = inputs as [Signal, Signal];
    const key = inputs[2] ?? value;
    const { numHeads: heads, keyDim, valueDim } = this;
    const find = (part: Part, stem: "kernel" | "bias"): Variable | undefined =>
      this.variables.find((variable) => variable.key === `${part}/${stem}`);
    const units = find("attention_output", "kernel")!.shape[2]!;
    const output = ownSignal(workspace, this, inputs, {
      features: units,
      isSequence: true,
      maxTimesteps: query.maxTimesteps,
    });
    if (query.mask !== 0) output.takeMask(query);
    const wanted = output.gradient !== 0;
    const learns = wanted && workspace.learns(this);
    const keyStride = heads * strideOf(keyDim);
    const valueStride = heads * strideOf(valueDim);
    const rows = {
      query: projectedRows(workspace, this, "queries", query, keyStride, wanted),
      key: projectedRows(workspace, this, "keys", value, keyStride, wanted),
      value: projectedRows(workspace, this, "values", value, valueStride, wanted),
      context: projectedRows(workspace, this, "contexts", query, valueStride, wanted),
    };
    const project = (part: "query" | "key" | "value", input: Signal): HeadProjection =>
      new HeadProjection(
        this,
        part,
        { direction: "to", heads, width: part === "value" ? valueDim : keyDim, features: input.features },
        find(part, "kernel")!,
        find(part, "bias"),
        { x: input.stride, y: rows[part].stride, learns, sendsBack: input.gradient !== 0 },
        workspace,
      );
    const projections = {
      query: project("query", query),
      key: project("key", key),
      value: project("value", value),
      output: new HeadProjection(
        this,
        "output",
        { direction: "from", heads, width: valueDim, features: units },
        find("attention_output", "kernel")!,
        find("attention_output", "bias"),
        { x: valueStride, y: output.stride, learns, sendsBack: wanted },
        workspace,
      ),
    };
    const ofKeys = { stride: keyStride, headStride: strideOf(keyDim) };
    const ofValues = { stride: valueStride, headStride: strideOf(valueDim) };
    const pairMask =
      pairs === null
        ? null
        : new PairMask(
            this,
            pairs,
            { count: heads, keyDim, headStride: strideOf(keyDim) },
            rows,
            { query: query.maxTimesteps, value: value.maxTimesteps },
            workspace,
          );
    // What the kernels multiply: the projected rows, or these with the mask of pairs behind them.
    const { query: asked, key: known } = pairMask ?? rows;
    const form: AttentionForm = {
      heads,
      keyDim: pairMask?.width ?? keyDim,
      valueDim,
      maxQuerySteps: query.maxTimesteps,
      maxValueSteps: value.maxTimesteps,
      query: pairMask?.form ?? ofKeys,
      key: pairMask?.form ?? ofKeys,
      value: ofValues,
      output: ofValues,
      mode: DOT,
      causal: call.useCausalMask ?? false,
      dropout: this.dropout,
      zeroMaskedQueries: false,
      masksByBias: false,
      learnsScores: false,
    };
    const attention = new AttentionPass(this, form, workspace);
    const scores = call.returnAttentionScores
      ? new AttentionScores(this, inputs, form, true, workspace)
      : null;
    const scale = workspace.region(this, "scale", 1);
    return {
      layer: this,
      output,
      ...(scores === null ? {} : { outputs: [output, scores.output] }),
      forward: (pass) => {
        const [steps, length] = [query.timesteps, value.timesteps];
        if (key.timesteps !== length) {
          throw new ShapeError(
            `\`${this.name}\` (multiHeadAttention): value has ${length} time steps and key ${key.timesteps}; each value needs its key.`,
            { received: key.timesteps, expected: length },
          );
        }
        output.timesteps = steps;
        workspace.memory.floats(scale, 1)[0] = 1 / Math.sqrt(keyDim);
        projections.query.forward(pass, steps, query.address, rows.query.address);
        projections.key.forward(pass, length, key.address, rows.key.address);
        projections.value.forward(pass, length, value.address, rows.value.address);
        pairMask?.forward(pass, steps, length, 1 / Math.sqrt(keyDim));
        const places: AttentionPlaces = {
          querySteps: steps,
          valueSteps: length,
          query: asked.address,
          key: known.address,
          value: rows.value.address,
          output: rows.context.address,
          scale,
          queryMask: query.mask,
          valueMask: value.mask,
          keyMask: inputs.length > 2 ? key.mask : 0,
        };
        attention.forward(pass, places);
        scores?.forward(pass, places);
        projections.output.forward(pass, steps, rows.context.address, output.address);
      },
      backward: (pass) => {
        if (!wanted) return;
        const [steps, length] = [query.timesteps, value.timesteps];
        projections.output.backward(pass, steps, {
          x: rows.context.address,
          dy: output.gradient,
          dx: rows.context.gradient,
        });
        attention.backward(pass, {
          dOutput: rows.context.gradient,
          dQuery: asked.gradient,
          dKey: known.gradient,
          dValue: rows.value.gradient,
        });
        scores?.backward(pass, { dQuery: asked.gradient, dKey: known.gradient });
        pairMask?.backward(pass, steps, length);
        for (const [part, input, count] of [
          ["query", query, steps],
          ["value", value, length],
          ["key", key, length],
        ] as const) {
          const at = { x: input.address, dy: rows[part].gradient, dx: input.gradient };
          // Where the value is the key, too, its gradient is the sum of both.
          projections[part].backward(pass, count, at, part === "key" && key === value);
        }
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    const {
      name: _name,
      inputShape: _shape,
      batchSize: _size,
      trainable: _trainable,
      outputShape: _output,
      ...rest
    } = this.#options;
    const { numHeads, keyDim, valueDim, dropout, useBias, units } = this;
    return {
      ...rest,
      numHeads,
      keyDim,
      valueDim,
      dropout,
      useBias,
      ...(units === undefined ? {} : { outputShape: units }),
    };
  }
}

/**
 * Multi-head attention (Vaswani et al. 2017): query, key and value projected to `numHeads` heads, softmax(query · key /
 * √keyDim) · value in each, and all projected to the output. `apply([query, value, key?], { useCausalMask,
 * attentionMask, returnAttentionScores })`:
 * `[batch, t, …]`, `[batch, s, …]` to `[batch, t, outputShape]`; without a key the value is the key. Masked values (and keys)
 * get no weight, a masked query looks at all alike, and its mask goes on, as in Keras.
 *
 * Weights, in order: query/kernel `[features, heads, keyDim]`, query/bias `[heads, keyDim]`, key/…, value/… with `valueDim`,
 * attention_output/kernel `[heads, valueDim, outputShape]`, attention_output/bias `[outputShape]`.
 * @throws ConfigError for an unknown option or another number of inputs; ShapeError for inputs that do not fit.
 *
 * @example
 * const y = multiHeadAttention({ numHeads: 4, keyDim: 16 }).apply([x, x], { useCausalMask: true });
 */
export const multiHeadAttention = (options: MultiHeadAttentionOptions): MultiHeadAttentionLayer =>
  new MultiHeadAttentionLayer(options);
