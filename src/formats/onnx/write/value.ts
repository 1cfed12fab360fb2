import { FormatError } from "../../../errors.js";
import type { LayerSnapshot } from "../../description/snapshot.js";

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

export function refuse({ name, kind }: Pick<LayerSnapshot, "name" | "kind">, what: string): never {
  throw new FormatError(`toOnnx(): \`${name}\` (${kind}) ${what}.`, { received: kind });
}
