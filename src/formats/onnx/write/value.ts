import { FormatError } from "../../../errors.js";
import type { LayerSnapshot, NodeSnapshot } from "../../description/snapshot.js";
import type { GraphWriter } from "./graph-writer.js";

/** A value of the graph that is written. */
export interface Value {
  readonly name: string;
  /** The batch first. */
  readonly shape: readonly (number | null)[];
  /** Which steps count, `[batch, timesteps]` of 1 and 0; undefined: all. */
  readonly mask?: string | undefined;
  /** Whether it holds indices, int32. */
  readonly isIndex?: boolean | undefined;
}

/** What a layer makes; whoever applied it knows the shape. */
export type Made = Pick<Value, "name" | "mask">;

/** How a layer is applied. */
export type CallOptions = Pick<
  NodeSnapshot,
  "useCausalMask" | "returnAttentionScores" | "attentionMask" | "training"
>;

/** A layer of several inputs, as its output; attention may have two. */
export type WriteMerge = (
  graph: GraphWriter,
  layer: LayerSnapshot,
  given: readonly Value[],
  call: CallOptions,
) => Made | Made[];

export function refuse({ name, kind }: Pick<LayerSnapshot, "name" | "kind">, what: string): never {
  throw new FormatError(`toOnnx(): \`${name}\` (${kind}) ${what}.`, { received: kind });
}
