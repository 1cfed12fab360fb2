import { ConfigError, ShapeError } from "../../errors.js";
import { describeShape } from "../../tensor.js";
import type { Layer, SampleShape } from "../layer.js";
import { Signal, strideOf } from "../signal.js";
import { allocateGradient } from "../stage.js";
import type { Pass, Workspace } from "../workspace.js";
import { type AttentionForm, AttentionPass, type AttentionPlaces } from "./attention-pass.js";

/** A layer whose weights of attention can be put out beside the output. */
export interface ScoringLayer extends Layer {
  /** Shape of the scores of one sample. @throws ShapeError where a number of steps has to be known and is not. */
  scoresShape(inputShapes: readonly SampleShape[]): SampleShape;
}

export const isScoring = (layer: Layer): layer is ScoringLayer => "scoresShape" in layer;

/** `[heads?, querySteps, valueSteps]`. @throws ShapeError where one of them is not known. */
export function shapeOfScores(
  layer: Layer,
  [query, value]: readonly SampleShape[],
  heads: number | null,
): SampleShape {
  const [querySteps, valueSteps] = [query![0]!, value![0]!];
  if (valueSteps === null || (heads !== null && querySteps === null)) {
    throw new ShapeError(
      `\`${layer.name}\` (${layer.kind}): the scores are as wide as the value has time steps, and their number has to be known: got ${describeShape([null, ...query!])}, ${describeShape([null, ...value!])}. Give input() a shape with numbers in place of null.`,
      { received: [query, value], expected: "[timesteps, features] each" },
    );
  }
  return heads === null ? [querySteps, valueSteps] : [heads, querySteps, valueSteps];
}

/** @throws ConfigError unless a mask of pairs says of each step of the query which of the value it may look at. */
export function checkPairMask(layer: Layer, mask: SampleShape, [query, value]: readonly SampleShape[]): void {
  const fits = (extent: number | null | undefined, wanted: number | null | undefined): boolean =>
    extent === wanted || extent === null || wanted === null;
  if (layer.kind !== "multiHeadAttention") {
    throw new ConfigError(
      `\`${layer.name}\`.apply(): \`attentionMask\` goes with multiHeadAttention, as in Keras. What steps count says \`mask\`.`,
    );
  }
  if (mask.length === 2 && mask[1] !== null && fits(mask[0], query?.[0]) && fits(mask[1], value?.[0])) return;
  throw new ShapeError(
    `\`${layer.name}\`.apply(): \`attentionMask\` is ${describeShape([null, ...mask])}, expected ${describeShape([null, query?.[0] ?? null, value?.[0] ?? null])}: for each step of the query the steps of the value.`,
    { received: mask, expected: [query?.[0], value?.[0]] },
  );
}

/**
 * The weights of an attention as an output: they are what comes out where each value is a unit vector of its own, so that
 * the same kernels compute them and carry their gradient.
 */
export class AttentionScores {
  readonly output: Signal;
  readonly #pass: AttentionPass;
  readonly #form: AttentionForm;
  readonly #units: number;
  readonly #rows: number;
  readonly #gradient: number;
  readonly #dQuery: number;
  readonly #dKey: number;
  #querySteps = 0;
  #valueSteps = 0;

  constructor(
    layer: Layer,
    inputs: readonly Signal[],
    form: AttentionForm,
    /** Whether each head has scores of its own. */
    readonly byHead: boolean,
    readonly workspace: Workspace,
  ) {
    const { batch } = workspace;
    const { heads, maxQuerySteps, maxValueSteps } = form;
    const width = strideOf(maxValueSteps);
    // A layer of another name has regions of memory of its own.
    const owner = Object.create(layer, { name: { value: `${layer.name} scores` } }) as Layer;
    this.#form = {
      ...form,
      valueDim: maxValueSteps,
      value: { stride: width, headStride: 0 },
      output: { stride: heads * width, headStride: width },
      zeroMaskedQueries: false,
      // Of several heads Keras shows the weights before dropout.
      dropout: byHead ? 0 : form.dropout,
    };
    this.#pass = new AttentionPass(owner, this.#form, workspace);
    this.#units = workspace.region(owner, "unit vectors", batch * maxValueSteps * width);
    this.output = byHead
      ? new Signal(maxQuerySteps * maxValueSteps, true, heads, [maxQuerySteps, maxValueSteps])
      : new Signal(maxValueSteps, true, maxQuerySteps);
    const { output } = this;
    output.address = workspace.region(owner, "output", batch * output.maxTimesteps * output.stride);
    allocateGradient(workspace, owner, inputs, output);
    const floats = batch * maxQuerySteps * heads * width;
    this.#rows = byHead ? workspace.region(owner, "rows", floats) : output.address;
    this.#gradient =
      byHead && output.gradient !== 0 ? workspace.region(owner, "rows' gradient", floats) : output.gradient;
    const wanted = output.gradient !== 0;
    this.#dQuery = wanted
      ? workspace.region(owner, "queries' gradient", batch * maxQuerySteps * form.query.stride + 16)
      : 0;
    this.#dKey = wanted
      ? workspace.region(owner, "keys' gradient", batch * maxValueSteps * form.key.stride + 16)
      : 0;
  }

  /** @param places of the pass whose weights are put out. */
  forward(pass: Pass, places: AttentionPlaces): void {
    const { workspace, output } = this;
    const { batch } = pass;
    const { querySteps, valueSteps } = places;
    const width = strideOf(this.#form.maxValueSteps);
    const units = workspace.memory.floats(this.#units, batch * valueSteps * width).fill(0);
    for (let j = 0; j < valueSteps; j++) {
      for (let n = 0; n < batch; n++) units[(j * batch + n) * width + j] = 1;
    }
    this.#querySteps = querySteps;
    this.#valueSteps = valueSteps;
    output.timesteps = this.byHead ? this.#form.heads : querySteps;
    this.#pass.forward(pass, { ...places, value: this.#units, output: this.#rows });
    if (this.byHead)
      this.#eachRow(batch, (row, shown, scores, rows) =>
        scores.set(rows.subarray(row, row + valueSteps), shown),
      );
  }

  /** Adds to the gradients of query and key what flows back through the scores; 0: not wanted. */
  backward(pass: Pass, at: { dQuery: number; dKey: number }): void {
    const { workspace, output } = this;
    const { batch } = pass;
    if (output.gradient === 0) return;
    const { maxValueSteps, query, key } = this.#form;
    if (this.byHead) {
      this.#eachRow(
        batch,
        (row, shown, scores, rows) => rows.set(scores.subarray(shown, shown + maxValueSteps), row),
        true,
      );
    }
    this.#pass.backward(pass, {
      dOutput: this.#gradient,
      dQuery: at.dQuery === 0 ? 0 : this.#dQuery,
      dKey: at.dKey === 0 ? 0 : this.#dKey,
      dValue: 0,
    });
    const add = (target: number, source: number, floats: number): void => {
      if (target !== 0) workspace.kernels.addInPlace(target, source, floats);
    };
    add(at.dQuery, this.#dQuery, batch * this.#querySteps * query.stride);
    add(at.dKey, this.#dKey, batch * this.#valueSteps * key.stride);
  }

  /** As that of the pass whose weights are put out: what flows back to the factors of the scores. */
  sumShares(pass: Pass, target: number): void {
    this.#pass.sumShares(pass, target);
  }

  /** Visits each head's row of a step: where it stands as the kernels write it, and where in the output. */
  #eachRow(
    batch: number,
    visit: (row: number, shown: number, scores: Float32Array, rows: Float32Array) => void,
    isGradient = false,
  ): void {
    const { memory } = this.workspace;
    const { output } = this;
    const { heads, maxQuerySteps, maxValueSteps } = this.#form;
    const width = strideOf(maxValueSteps);
    const scores = memory.floats(
      isGradient ? output.gradient : output.address,
      heads * batch * output.stride,
    );
    const rows = memory.floats(
      isGradient ? this.#gradient : this.#rows,
      maxQuerySteps * batch * heads * width,
    );
    for (let head = 0; head < heads; head++) {
      for (let n = 0; n < batch; n++) {
        for (let i = 0; i < maxQuerySteps; i++) {
          visit(
            ((i * batch + n) * heads + head) * width,
            (head * batch + n) * output.stride + i * maxValueSteps,
            scores,
            rows,
          );
        }
      }
    }
  }
}
