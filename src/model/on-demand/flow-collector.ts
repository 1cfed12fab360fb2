import type { Owner } from "../../layers/owner.js";
import { RecordedFlow } from "../../layers/recurrent/recorded-flow.js";
import type { Plan } from "../plan.js";

/** What flowed back through the recurrent layers of one batch, which may have gone through in pieces of its time steps. */
export class FlowCollector {
  readonly #pieces = new Map<Owner, RecordedFlow[]>();

  /** Copies what the stages of a plan have recorded. Steps that nothing was sent back through stand as zeros. */
  keep(plan: Plan): void {
    for (const stage of plan.stages) {
      this.#keep(stage.recorded?.());
      for (const inner of stage.inner ?? []) this.#keep(inner.recorded?.());
    }
  }

  #keep(recorded: RecordedFlow | null | undefined): void {
    if (recorded == null) return;
    const pieces = this.#pieces.get(recorded.layer);
    if (pieces === undefined) this.#pieces.set(recorded.layer, [recorded]);
    else pieces.push(recorded);
  }

  /** Gives each layer's record, pieces joined in their order, and forgets them. */
  take(): Map<Owner, RecordedFlow> {
    const whole = new Map<Owner, RecordedFlow>();
    for (const [layer, pieces] of this.#pieces) whole.set(layer, RecordedFlow.join(pieces));
    this.#pieces.clear();
    return whole;
  }
}
