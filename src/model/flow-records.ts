import type { RecordedFlow, RecordedGate } from "../layers/flow-record.js";
import type { Layer } from "../layers/layer.js";
import type { Plan } from "./plan.js";

function join(pieces: readonly Float64Array[]): Float64Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** What flowed back through the recurrent layers of one batch, which may have gone through in pieces of its time steps. */
export class FlowRecords {
  readonly #pieces = new Map<Layer, RecordedFlow[]>();

  /** Copies what the stages of a plan have recorded. Steps that nothing was sent back through stand as zeros. */
  keep(plan: Plan): void {
    for (const stage of plan.stages.flatMap((outer) => [outer, ...(outer.inner ?? [])])) {
      const recorded = stage.recorded?.() ?? null;
      if (recorded === null) continue;
      const pieces = this.#pieces.get(recorded.layer) ?? [];
      this.#pieces.set(recorded.layer, pieces);
      pieces.push(recorded);
    }
  }

  /** Gives each layer's record, pieces joined in their order, and forgets them. */
  take(): Map<Layer, RecordedFlow> {
    const whole = new Map<Layer, RecordedFlow>();
    for (const [layer, pieces] of this.#pieces) {
      const all = (pick: (piece: RecordedFlow) => Float64Array): Float64Array => join(pieces.map(pick));
      const gate = (name: string): RecordedGate => ({
        squares: all(({ gates }) => gates[name]!.squares),
        activations: all(({ gates }) => gates[name]!.activations),
        saturated: all(({ gates }) => gates[name]!.saturated),
      });
      whole.set(layer, {
        layer,
        units: pieces[0]!.units,
        hidden: all(({ hidden }) => hidden),
        cell: all(({ cell }) => cell),
        input: all(({ input }) => input),
        counted: all(({ counted }) => counted),
        gates: Object.fromEntries(Object.keys(pieces[0]!.gates).map((name) => [name, gate(name)])),
      });
    }
    this.#pieces.clear();
    return whole;
  }
}
