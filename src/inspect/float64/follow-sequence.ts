import type { Cell64, Step64 } from "./cells64.js";

/** One sequence for one cell, in the order in which the layer reads. */
export interface Sequence64 {
  readonly cell: Cell64;
  readonly units: number;
  /** x_t. */
  readonly xs: readonly Float64Array[];
  /** h_0 and c_0; what is left out is zero. */
  readonly start: readonly Float64Array[];
  /** What the loss sends to h_t: one row a step, or one row for the last. */
  readonly arriving: readonly Float64Array[];
  /** Whether step t copies its state. */
  readonly masked: (t: number) => boolean;
  /** Truncated BPTT: what flows from steps 0, k, 2k … to the one before is cut; 0: nothing is. */
  readonly truncate: number;
}

/** Total derivatives at one step. */
export interface StepBack64 {
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
  readonly input: Float64Array;
  /** dL/dz of each gate's pre-activation. */
  readonly gates: readonly Float64Array[];
}

/** Forward through all steps, and back. A masked step passes state and gradient on, and learns nothing. */
export function followSequence(sequence: Sequence64): { steps: Step64[]; back: StepBack64[] } {
  const { cell, units, xs, start, arriving, masked, truncate } = sequence;
  const noHidden = (): Float64Array => new Float64Array(cell.width);
  const noCell = (): Float64Array => new Float64Array(cell.hasCell ? units : 0);
  let hidden = start[0] ?? noHidden();
  let state = start[1] ?? noCell();
  const steps = xs.map((x, t) => {
    const computed = cell.step(x, hidden, state);
    const step = masked(t) ? { ...computed, hidden, cell: state } : computed;
    hidden = step.hidden;
    state = step.cell;
    return step;
  });

  const last = steps.length - 1;
  const back = new Array<StepBack64>(steps.length);
  let [dh, dc] = [noHidden(), noCell()];
  for (let t = last; t >= 0; t--) {
    const own = arriving.length > 1 ? arriving[t] : t === last ? arriving[0] : undefined;
    if (own !== undefined) dh = dh.map((value, j) => value + own[j]!);
    if (masked(t)) {
      const gates = cell.gateNames.map(() => new Float64Array(units));
      back[t] = { hidden: dh, cell: dc, input: new Float64Array(xs[t]!.length), gates };
    } else {
      const gradient = cell.back(steps[t]!, dh, dc);
      back[t] = { hidden: dh, cell: gradient.cellTotal, input: gradient.input, gates: gradient.gates };
      dh = gradient.hidden;
      dc = gradient.cell;
    }
    if (truncate > 0 && t % truncate === 0) [dh, dc] = [noHidden(), noCell()];
  }
  return { steps, back };
}
