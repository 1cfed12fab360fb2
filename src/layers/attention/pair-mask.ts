import { ShapeError } from "../../errors.js";
import type { Layer } from "../layer.js";
import { type Signal, strideOf } from "../signal.js";
import type { Pass, Workspace } from "../workspace.js";
import type { HeadRows } from "./attention-pass.js";
import type { ProjectedRows } from "./head-projection.js";

/** What Keras takes from the score of a pair that is masked: its weight is 0 then, to the bit. */
const FAR_BELOW = -1e9;

/**
 * A mask of pairs, as part of the product of query and key: behind the features of each head stands, for a query, what is
 * added to its score with each step of the value, and for a key the unit vector of its step.
 */
export class PairMask {
  /** Features of a head, with those of the mask. */
  readonly width: number;
  readonly form: HeadRows;
  readonly query: ProjectedRows;
  readonly key: ProjectedRows;

  constructor(
    readonly layer: Layer,
    readonly mask: Signal,
    readonly heads: { readonly count: number; readonly keyDim: number; readonly headStride: number },
    readonly from: { readonly query: ProjectedRows; readonly key: ProjectedRows },
    readonly steps: { readonly query: number; readonly value: number },
    readonly workspace: Workspace,
  ) {
    this.width = heads.keyDim + steps.value;
    const headStride = strideOf(this.width);
    const stride = heads.count * headStride;
    this.form = { stride, headStride };
    const rows = (label: string, count: number, { gradient }: ProjectedRows): ProjectedRows => {
      const floats = workspace.batch * count * stride;
      return {
        address: workspace.region(layer, `${label} with the mask`, floats),
        gradient:
          gradient === 0 ? 0 : workspace.region(layer, `${label} with the mask' gradient`, floats + 16),
        stride,
      };
    };
    this.query = rows("queries", steps.query, from.query);
    this.key = rows("keys", steps.value, from.key);
  }

  /** @param scale the factor of the product, which must not reach the mask. */
  forward({ batch }: Pass, querySteps: number, valueSteps: number, scale: number): void {
    const { mask, workspace, heads, form } = this;
    if (mask.timesteps !== querySteps || mask.features < valueSteps) {
      throw new ShapeError(
        `\`${this.layer.name}\` (multiHeadAttention): \`attentionMask\` is [${mask.timesteps}, ${mask.features}] a sample, and the query has ${querySteps} steps, the value ${valueSteps}.`,
        { received: [mask.timesteps, mask.features], expected: [querySteps, valueSteps] },
      );
    }
    this.#copy(querySteps * batch, this.from.query.address, this.query.address, true);
    this.#copy(valueSteps * batch, this.from.key.address, this.key.address, true);
    const { memory } = workspace;
    const queries = memory.floats(this.query.address, querySteps * batch * form.stride);
    const keys = memory.floats(this.key.address, valueSteps * batch * form.stride);
    const allowed = memory.floats(mask.address, querySteps * batch * mask.stride);
    const masked = FAR_BELOW / scale;
    for (let head = 0; head < heads.count; head++) {
      const at = head * form.headStride + heads.keyDim;
      for (let row = 0; row < querySteps * batch; row++) {
        for (let j = 0; j < valueSteps; j++) {
          queries[row * form.stride + at + j] = allowed[row * mask.stride + j] === 0 ? masked : 0;
        }
      }
      for (let row = 0; row < valueSteps * batch; row++) {
        const own = row * form.stride + at;
        keys.fill(0, own, own + this.steps.value);
        keys[own + Math.floor(row / batch)] = 1;
      }
    }
  }

  /** Hands the gradients of the features on; what may be looked at has none. */
  backward({ batch }: Pass, querySteps: number, valueSteps: number): void {
    const { query, key, mask, workspace } = this;
    if (query.gradient !== 0) this.#copy(querySteps * batch, query.gradient, this.from.query.gradient, false);
    if (key.gradient !== 0) this.#copy(valueSteps * batch, key.gradient, this.from.key.gradient, false);
    if (mask.gradient !== 0) workspace.kernels.fillZero(mask.gradient, mask.rows(batch) * mask.stride);
  }

  /** The features of each head, into the wider rows or out of them. */
  #copy(rows: number, source: number, target: number, widens: boolean): void {
    const { heads, form, workspace } = this;
    const narrow = { stride: this.from.query.stride, headStride: heads.headStride };
    const [from, to] = widens ? [narrow, form] : [form, narrow];
    for (let head = 0; head < heads.count; head++) {
      workspace.kernels.joinSteps(
        source + head * from.headStride * 4,
        from.stride,
        target + head * to.headStride * 4,
        to.stride,
        1,
        rows,
        heads.keyDim,
      );
    }
  }
}
