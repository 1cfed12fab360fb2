import { type AttentionDescriptor, attentionFields, writeDescriptor } from "../../engine/descriptors.js";
import type { Owner } from "../owner.js";
import { strideOf } from "../signal.js";
import type { Pass, Workspace } from "../workspace.js";

/** Codes of assembly/attention/descriptor.ts. */
export const DOT = 0;
export const ADDITIVE = 1;

/** Rows of a sequence as an attention reads them: heads side by side, each `headStride` floats. */
export interface HeadRows {
  readonly stride: number;
  readonly headStride: number;
}

export interface AttentionForm {
  readonly heads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly maxQuerySteps: number;
  readonly maxValueSteps: number;
  readonly query: HeadRows;
  readonly key: HeadRows;
  readonly value: HeadRows;
  readonly output: HeadRows;
  readonly mode: number;
  readonly causal: boolean;
  /** Share of the weights that is dropped while training. */
  readonly dropout: number;
  /** Rows whose query is masked put out zero. */
  readonly zeroMaskedQueries: boolean;
  /** A row of which nothing counts has scores with a gradient: Keras takes a large number from each. */
  readonly masksByBias: boolean;
  /** Whether the factors of the scores are learned. */
  readonly learnsScores: boolean;
}

/** What stands where in one pass; 0 for what is not there or not wanted. */
export type AttentionPlaces = Pick<
  AttentionDescriptor,
  "querySteps" | "valueSteps" | "query" | "key" | "value" | "output" | "queryMask" | "valueMask" | "keyMask"
> &
  Partial<Pick<AttentionDescriptor, "scale" | "weights">>;

/** Softmax of scores, times values, for every head of every sample: the two kernels with their descriptor and scratch. */
export class AttentionPass {
  readonly #fields: AttentionDescriptor;
  readonly #descriptor: number;
  readonly #shareFloats: number;

  constructor(
    readonly layer: Owner,
    readonly form: AttentionForm,
    readonly workspace: Workspace,
  ) {
    const { kernels, maximumThreads, batch, taped } = workspace;
    const { heads, keyDim, valueDim, maxQuerySteps, maxValueSteps } = form;
    const square = maxQuerySteps * strideOf(maxValueSteps);
    const scratchFloats = kernels.attentionScratchFloats(maxQuerySteps, maxValueSteps, keyDim, valueDim);
    this.#shareFloats = strideOf(keyDim) + 4;
    this.#descriptor = workspace.region(layer, "attention descriptor", attentionFields.length);
    this.#fields = {
      batch: 0,
      heads,
      querySteps: 0,
      valueSteps: 0,
      keyDim,
      valueDim,
      query: 0,
      queryStride: form.query.stride,
      queryHeadStride: form.query.headStride,
      key: 0,
      keyStride: form.key.stride,
      keyHeadStride: form.key.headStride,
      value: 0,
      valueStride: form.value.stride,
      valueHeadStride: form.value.headStride,
      output: 0,
      outputStride: form.output.stride,
      outputHeadStride: form.output.headStride,
      mode: form.mode,
      scale: 0,
      weights: 0,
      queryMask: 0,
      valueMask: 0,
      keyMask: 0,
      causal: Number(form.causal),
      zeroMaskedQueries: Number(form.zeroMaskedQueries),
      masksByBias: Number(form.masksByBias),
      dropoutRate: 0,
      seedLow: 0,
      seedHigh: 0,
      attention: workspace.region(
        layer,
        "attention weights",
        square * (taped ? batch * heads : maximumThreads),
      ),
      keepsWeights: Number(taped),
      scratch: workspace.region(layer, "attention scratch", maximumThreads * scratchFloats),
      scratchFloats,
      dOutput: 0,
      dQuery: 0,
      dKey: 0,
      dValue: 0,
      shares:
        taped && form.learnsScores
          ? workspace.region(layer, "shares of the scores' gradient", batch * heads * this.#shareFloats)
          : 0,
    };
  }

  forward(pass: Pass, places: AttentionPlaces): void {
    const d = this.#fields;
    const { dropout, heads } = this.form;
    Object.assign(d, places);
    d.batch = pass.batch;
    const drops = pass.training && dropout > 0;
    d.dropoutRate = drops ? new Int32Array(Float32Array.of(dropout).buffer)[0]! : 0;
    if (drops) [d.seedLow, d.seedHigh] = pass.seeds(this.layer);
    this.#run("attentionForward", pass.batch * heads);
  }

  /** @param gradients addresses; dOutput is read (and may be spoiled), the others are written (=), 0: not wanted. */
  backward(pass: Pass, gradients: Pick<AttentionDescriptor, "dOutput" | "dQuery" | "dKey" | "dValue">): void {
    Object.assign(this.#fields, gradients);
    this.#run("attentionBackward", pass.batch * this.form.heads);
  }

  /**
   * The gradients of the scores' factors, summed over samples and heads in their order: with DOT the scale's first, with
   * ADDITIVE one for each feature and behind their padding the scale's. `target` holds `keyDim` padded to four, and four more.
   */
  sumShares(pass: Pass, target: number): void {
    const { shares } = this.#fields;
    this.workspace.kernels.sumSteps(shares, target, pass.batch * this.form.heads, this.#shareFloats);
  }

  #run(kernel: "attentionForward" | "attentionBackward", units: number): void {
    const { workspace } = this;
    writeDescriptor(workspace.memory, this.#descriptor, attentionFields, this.#fields);
    workspace.split(kernel, this.#descriptor, units, 1, this);
  }
}
