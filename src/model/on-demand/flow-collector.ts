import type { Owner } from "../../layers/owner.js";
import { RecordedFlow } from "../../layers/recurrent/recorded-flow.js";
import type { Stage } from "../../layers/stage.js";
import type { Plan } from "../execution/plan.js";

/** An application of a layer, or of a direction of one: what has a flow of its own. */
export interface FlowPart {
  /** The layer's name, behind those it stands in; numbered where it is applied again. */
  readonly name: string;
  readonly layer: Owner;
  /** What flowed back, of recurrent layers. */
  readonly pieces: RecordedFlow[];
}

/** Stages that begin a model or stand between layers. */
const passing: readonly string[] = ["inputLayer", "fork", "unused", "mask", "row"];

/** What flowed back through the layers of one batch, which may have gone through in pieces of its time steps. */
export class FlowCollector {
  readonly #parts = new Map<string, FlowPart>();

  /** Copies what the stages of a plan have recorded. Steps that nothing was sent back through stand as zeros. */
  keep(plan: Plan): void {
    this.#visit(plan.stages, "", new Map());
  }

  #visit(stages: readonly Stage[], prefix: string, met: Map<string, number>): void {
    for (const { layer, inner, recorded } of stages.map(read)) {
      if (passing.includes(layer.kind)) continue;
      const path = `${prefix}${layer.name}`;
      const count = (met.get(path) ?? 0) + 1;
      met.set(path, count);
      const name = count === 1 ? path : `${path}:${count}`;
      if (inner !== undefined) {
        this.#visit(inner, `${name}/`, met);
        continue;
      }
      const part = this.#parts.get(name) ?? { name, layer, pieces: [] };
      this.#parts.set(name, part);
      if (recorded !== null) part.pieces.push(recorded);
    }
  }

  /** Gives the parts in the order of the stages, and forgets them. */
  take(): readonly FlowPart[] {
    const parts = [...this.#parts.values()];
    this.#parts.clear();
    return parts;
  }
}

const read = (stage: Stage) => ({
  layer: stage.layer,
  inner: stage.inner,
  recorded: stage.recorded?.() ?? null,
});

/** The pieces of a part, joined in their order; undefined where there are none. */
export const joined = ({ pieces }: FlowPart): RecordedFlow | undefined =>
  pieces.length === 0 ? undefined : RecordedFlow.join(pieces);
