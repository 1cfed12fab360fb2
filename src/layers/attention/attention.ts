import { ConfigError, ShapeError } from "../../errors.js";
import { constant } from "../../initializers/constant.js";
import { toInitializer } from "../../initializers/to-initializer.js";
import { flag, numberIn, oneOf } from "../../options.js";
import { describeShape } from "../../tensor.js";
import type { LayerOptions, SampleShape } from "../layer.js";
import { SeveralInputsLayer } from "../several-inputs-layer.js";
import { type Signal, strideOf } from "../signal.js";
import { type Call, ownSignal, type Stage } from "../stage.js";
import { Variable } from "../variable.js";
import type { Workspace } from "../workspace.js";
import { ADDITIVE, type AttentionForm, AttentionPass, type AttentionPlaces, DOT } from "./attention-pass.js";
import { AttentionScores, shapeOfScores } from "./attention-scores.js";

/** Options of `additiveAttention`, with Keras's names, meanings and defaults. */
export interface AdditiveAttentionOptions extends LayerOptions {
  /** Learns a factor for each feature. Default true. */
  readonly useScale?: boolean;
  /** Share of the weights that is dropped while training. Default 0. */
  readonly dropout?: number;
}

/** Options of `attention`, with Keras's names, meanings and defaults. */
export interface AttentionOptions extends LayerOptions {
  /** Learns a factor of the scores (with `"concat"`: of the sum inside tanh). Default false. */
  readonly useScale?: boolean;
  /** `"dot"` (default): the product of query and key. `"concat"`: a learned factor times Σ tanh(query + key). */
  readonly scoreMode?: "dot" | "concat";
  /** Share of the weights that is dropped while training. Default 0. */
  readonly dropout?: number;
}

/** A layer whose output is a mean of values, weighed by how each key answers the query. */
export class AttentionLayer extends SeveralInputsLayer {
  readonly useScale: boolean;
  readonly scoreMode: "dot" | "concat";
  readonly dropout: number;
  scale: Variable | undefined;
  concatWeight: Variable | undefined;

  constructor(
    readonly kind: "attention" | "additiveAttention",
    readonly defaultName: string,
    options: AttentionOptions,
  ) {
    const where = `${kind}()`;
    super(where, options, ["useScale", "dropout", ...(kind === "attention" ? ["scoreMode"] : [])]);
    this.useScale = flag(where, "useScale", options.useScale ?? kind === "additiveAttention");
    this.scoreMode = oneOf(where, "scoreMode", options.scoreMode ?? "dot", ["dot", "concat"] as const);
    this.dropout = numberIn(where, "dropout", options.dropout ?? 0, { min: 0, below: 1 });
  }

  /** @internal */
  scoresShape(inputShapes: readonly SampleShape[]): SampleShape {
    return shapeOfScores(this, inputShapes, null);
  }

  protected connectAll(inputShapes: readonly SampleShape[]): SampleShape {
    const { query, value } = attentionShapes(this, inputShapes);
    const depth = query[1];
    const key = inputShapes[2] ?? inputShapes[1]!;
    if (key[1] !== depth) {
      throw new ShapeError(
        `\`${this.name}\` (${this.kind}): the query has ${depth} features and the key ${key[1]}: they are multiplied, and have to be as many. Put a dense layer before one of them.`,
        { received: key[1], expected: depth },
      );
    }
    const ones = constant({ value: 1 });
    if (this.kind === "additiveAttention") {
      const glorot = toInitializer(`${this.kind}()`, "scale", "glorotUniform");
      this.scale = this.useScale
        ? new Variable({ key: "scale", shape: [depth], initializer: glorot })
        : undefined;
    } else {
      const single = (key: string): Variable => new Variable({ key, shape: [], initializer: ones });
      this.scale = this.useScale ? single("scale") : undefined;
      this.concatWeight = this.scoreMode === "concat" ? single("concat_score_weight") : undefined;
    }
    this.variables = [this.scale, this.concatWeight].filter((one) => one !== undefined);
    return [query[0], value[1]];
  }

  stageAll(inputs: readonly Signal[], workspace: Workspace, call: Call): Stage {
    const [query, value] = inputs as [Signal, Signal];
    const key = inputs[2] ?? value;
    const { kernels, memory, taped } = workspace;
    const output = ownSignal(workspace, this, inputs, {
      features: value.features,
      isSequence: true,
      maxTimesteps: query.maxTimesteps,
    });
    if (query.mask !== 0) output.takeMask(query);
    const additive = this.kind === "additiveAttention" || this.scoreMode === "concat";
    const { scale, concatWeight } = this;
    const learnsScores = this.variables.length > 0 && workspace.learns(this);
    const whole = ({ stride }: Signal) => ({ stride, headStride: 0 });
    const form: AttentionForm = {
      heads: 1,
      keyDim: query.features,
      valueDim: value.features,
      maxQuerySteps: query.maxTimesteps,
      maxValueSteps: value.maxTimesteps,
      query: whole(query),
      key: whole(key),
      value: whole(value),
      output: whole(output),
      mode: additive ? ADDITIVE : DOT,
      causal: call.useCausalMask ?? false,
      dropout: this.dropout,
      zeroMaskedQueries: true,
      masksByBias: true,
      learnsScores,
    };
    const attention = new AttentionPass(this, form, workspace);
    const scores = call.returnAttentionScores
      ? new AttentionScores(this, inputs, form, false, workspace)
      : null;
    const depth = strideOf(query.features);
    const factors = additive ? workspace.region(this, "factors of the features", depth) : 0;
    const sums = learnsScores ? workspace.region(this, "factors' gradient", depth + 4) : 0;
    // The key's gradient by itself where value and key are one.
    const ownKey =
      key === value && value.gradient !== 0
        ? workspace.region(this, "key's gradient", workspace.batch * value.maxTimesteps * value.stride)
        : 0;
    const inside = this.kind === "attention" ? scale : undefined;
    return {
      layer: this,
      output,
      ...(scores === null ? {} : { outputs: [output, scores.output] }),
      forward: (pass) => {
        output.timesteps = query.timesteps;
        if (key.timesteps !== value.timesteps) {
          throw new ShapeError(
            `\`${this.name}\` (${this.kind}): value has ${value.timesteps} time steps and key ${key.timesteps}; each value needs its key.`,
            { received: key.timesteps, expected: value.timesteps },
          );
        }
        if (additive) {
          const one = concatWeight ?? scale;
          const values = one === undefined ? null : memory.floats(workspace.weights(one), one.size);
          const row = memory.floats(factors, query.features);
          for (let k = 0; k < row.length; k++) row[k] = values?.[values.length === 1 ? 0 : k] ?? 1;
        }
        const places: AttentionPlaces = {
          querySteps: query.timesteps,
          valueSteps: value.timesteps,
          query: query.address,
          key: key.address,
          value: value.address,
          output: output.address,
          scale: inside === undefined ? 0 : workspace.weights(inside),
          weights: factors,
          queryMask: query.mask,
          valueMask: value.mask,
          keyMask: 0,
        };
        attention.forward(pass, places);
        scores?.forward(pass, places);
      },
      backward: (pass) => {
        if (!taped || output.gradient === 0) return;
        attention.backward(pass, {
          dOutput: output.gradient,
          dQuery: query.gradient,
          dKey: ownKey !== 0 ? ownKey : key.gradient,
          dValue: value.gradient,
        });
        if (ownKey !== 0) {
          kernels.addInPlace(value.gradient, ownKey, value.rows(pass.batch) * value.stride);
        }
        scores?.backward(pass, { dQuery: query.gradient, dKey: key.gradient });
        if (!learnsScores) return;
        attention.sumShares(pass, sums);
        const got = memory.floats(sums, depth + 4);
        if (scores !== null && scores.output.gradient !== 0) {
          const own = got.slice();
          scores.sumShares(pass, sums);
          for (let k = 0; k < got.length; k++) got[k]! += own[k]!;
        }
        const add = (variable: Variable | undefined, gradient: (k: number) => number): void => {
          if (variable === undefined) return;
          const target = memory.floats(workspace.gradients(variable), variable.size);
          for (let k = 0; k < target.length; k++) target[k]! += gradient(k);
        };
        if (this.kind === "additiveAttention") add(scale, (k) => got[k]!);
        else {
          add(scale, () => (additive ? got[depth]! : got[0]!));
          add(concatWeight, () => got.subarray(0, query.features).reduce((sum, one) => sum + one, 0));
        }
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    const { useScale, scoreMode, dropout } = this;
    return { useScale, ...(this.kind === "attention" ? { scoreMode } : {}), dropout };
  }
}

/** Shapes of query and value (and of the key, which is as long as the value). @throws ConfigError, ShapeError */
export function attentionShapes(
  layer: { readonly name: string; readonly kind: string },
  inputShapes: readonly SampleShape[],
): { query: [number | null, number]; value: [number | null, number]; key: [number | null, number] } {
  if (inputShapes.length < 2 || inputShapes.length > 3) {
    throw new ConfigError(
      `\`${layer.name}\` (${layer.kind}) takes [query, value] or [query, value, key], got ${inputShapes.length} inputs. For self-attention: apply([x, x]).`,
      { received: inputShapes.length, expected: "2 or 3" },
    );
  }
  const fits = inputShapes.every((shape) => shape.length === 2 && typeof shape[1] === "number");
  const [query, value, key = value] = inputShapes as readonly [number | null, number][];
  const asLong = key![0] === value![0] || key![0] === null || value![0] === null;
  if (!fits || !asLong) {
    throw new ShapeError(
      `\`${layer.name}\` (${layer.kind}) expected sequences [batch, timesteps, features], value and key of the same length, got ${inputShapes.map((shape) => describeShape([null, ...shape])).join(", ")}.`,
      { received: inputShapes, expected: "[timesteps, features] each" },
    );
  }
  return { query: query!, value: value!, key: key! };
}

/**
 * Attention by products (Luong, Pham & Manning 2015): softmax(query · key) · value. `apply([query, value, key?],
 * { useCausalMask, returnAttentionScores })`: `[batch, t, k]`, `[batch, s, d]` and `[batch, s, k]` to `[batch, t, d]`; without a key the value is the
 * key. Masked values get no weight; rows whose query is masked put out zero; the query's mask goes on.
 *
 * Weights: scale `[]` with `useScale`, concat_score_weight `[]` with `scoreMode: "concat"`; both begin at 1.
 * @throws ConfigError for an unknown option or another number of inputs; ShapeError for inputs that do not fit.
 *
 * @example
 * const context = attention().apply([decoded, encoded]);
 */
export const attention = (options: AttentionOptions = {}): AttentionLayer =>
  new AttentionLayer("attention", "attention", options);

/**
 * Additive attention (Bahdanau, Cho & Bengio 2015): softmax(Σ scale ⊙ tanh(query + key)) · value. Inputs, masks and output as
 * `attention`.
 *
 * Weights: scale `[k]` with `useScale`, from glorotUniform.
 * @throws ConfigError for an unknown option or another number of inputs; ShapeError for inputs that do not fit.
 *
 * @example
 * const context = additiveAttention().apply([decoded, encoded]);
 */
export const additiveAttention = (options: AdditiveAttentionOptions = {}): AttentionLayer =>
  new AttentionLayer("additiveAttention", "additive_attention", options);
