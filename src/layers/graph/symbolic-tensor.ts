/** Extents of one sample, without the batch; null: any length. */
export type Shape = readonly (number | null)[];

export const dtypes = ["float32", "int32"] as const;
/** What a tensor holds. */
export type Dtype = (typeof dtypes)[number];

/** What flows between the layers of a graph: a shape without numbers yet, and where it comes from. */
export class SymbolicTensor {
  /**
   * @param shape with the batch's axis, null where any size will do, as Keras shows it.
   * @param name the input's or the layer's.
   * @param source the application of a layer that puts it out; see `sourceOf`.
   * @param index which of its outputs.
   */
  constructor(
    readonly shape: Shape,
    readonly dtype: Dtype,
    /** @internal */
    readonly source: { readonly layer: { readonly name: string } },
    /** @internal */
    readonly index: number,
  ) {}

  get name(): string {
    return this.source.layer.name;
  }

  /** Extents of one sample, without the batch. */
  get sampleShape(): Shape {
    return this.shape.slice(1);
  }
}

/** How a layer is applied, beside its inputs (Keras's arguments of `call`). */
export interface ApplyOptions {
  /** States a recurrent layer begins in: [h], of an LSTM [h, c], `[batch, units]` each; of `bidirectional` both directions'. Default: zeros. */
  readonly initialState?: SymbolicTensor | readonly SymbolicTensor[];
  /** Which time steps count, `[batch, timesteps]` of 1 and 0, in place of the mask that comes with the input. Default: the input's. */
  readonly mask?: SymbolicTensor;
  /** As in training (true) or as in prediction (false), whatever is being done; default: as is being done. */
  readonly training?: boolean;
  /** Of attention: no step looks at those behind it. Default false. */
  readonly useCausalMask?: boolean;
  /**
   * Of attention: `apply` gives [output, scores], the weights `[batch, querySteps, valueSteps]`, of multiHeadAttention
   * `[batch, heads, querySteps, valueSteps]`. Default false.
   */
  readonly returnAttentionScores?: boolean;
  /** Of multiHeadAttention: `[batch, querySteps, valueSteps]` of 1 and 0, which step of the query may look at which. Default: all. */
  readonly attentionMask?: SymbolicTensor;
}
