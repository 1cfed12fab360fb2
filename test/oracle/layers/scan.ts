import { constant, detach, Variable } from "../autodiff.js";
import { mul, select } from "../elementwise.js";
import { stackTime, timeSlice } from "../structure.js";
import type { DropoutMasks, LayerContext, LayerResult, RegularizedSpec, WeightReader } from "./layer.js";
import type { GateTrace, RecurrentTrace, StepTrace } from "./trace.js";

/** What all recurrent layers share. */
export interface RecurrentSpec extends RegularizedSpec {
  readonly units: number;
  readonly useBias?: boolean;
  readonly returnSequences?: boolean;
  readonly goBackwards?: boolean;
  readonly stateful?: boolean;
  readonly dropout?: number;
  readonly recurrentDropout?: number;
  /** What a masked step puts out: zero, or the output before it (the default). Bidirectional sets it. */
  readonly zeroOutputForMask?: boolean;
}

const column = (values: Float64Array): Variable => new Variable([values.length, 1], values);

export interface CellResult {
  /** The first state is the cell's output. */
  readonly states: readonly Variable[];
  readonly gates: Readonly<Record<string, GateTrace>>;
}

export type Cell = (input: Variable, states: readonly Variable[], dropout: DropoutMasks) => CellResult;

/** `x` times the mask of gate `gate`, where there is one; a single mask serves all gates. */
export function masked(x: Variable, masks: readonly Variable[] | undefined, gate: number): Variable {
  if (masks === undefined || masks.length === 0) return x;
  const mask = masks.length === 1 ? masks[0] : masks[gate];
  if (mask === undefined)
    throw new RangeError(`oracle: ${masks.length} dropout masks, none for gate ${gate}.`);
  return mul(x, mask);
}

/**
 * Runs a cell over time as Keras's RNN does.
 *
 * A masked step copies every state. Its output is the one before, and zero while no step has counted yet, even where
 * the initial state is not zero. `goBackwards` reads from the last step to the first and returns that order.
 */
export function scan(
  spec: RecurrentSpec,
  weights: WeightReader,
  cell: Cell,
  stateSizes: readonly number[],
  x: Variable,
  context: LayerContext,
): { result: Omit<LayerResult, "traces">; steps: readonly StepTrace[] } {
  const [batch, length] = [x.extent(0), x.extent(1)];
  const zero = constant([], 0);
  const dropout = context.dropout[0] ?? {};
  let states = context.states ?? stateSizes.map((size) => constant([batch, size], 0));
  if (states.length !== stateSizes.length) {
    throw new RangeError(`oracle: ${states.length} initial states, expected ${stateSizes.length}.`);
  }
  let counted = new Float64Array(batch);
  const steps: StepTrace[] = [];
  const outputs: Variable[] = [];
  for (let step = 0; step < length; step++) {
    const t = spec.goBackwards ? length - 1 - step : step;
    if (context.truncate > 0 && step > 0 && step % context.truncate === 0) states = states.map(detach);
    const input = timeSlice(x, t);
    const { states: next, gates } = cell(input, states, dropout);
    if (context.mask === null) {
      states = next;
      outputs.push(states[0]!);
    } else {
      const counts = timeSlice(context.mask, t).data;
      counted = counted.map((before, b) => (counts[b] !== 0 ? 1 : before));
      const previous = states;
      states = next.map((state, i) => select(column(counts), state, previous[i]!));
      // From the first counted step on, the output before is the state, so this is Keras's repetition.
      outputs.push(select(column(spec.zeroOutputForMask ? counts : counted), states[0]!, zero));
    }
    steps.push({ input, states, gates });
  }
  const output = spec.returnSequences ? stackTime(outputs) : outputs[length - 1]!;
  weights.penalizeActivity(output, spec.activityRegularizer);
  return {
    // Keras passes the mask on as it came, not reversed, under goBackwards too.
    result: { outputs: [output], mask: spec.returnSequences ? context.mask : null, states },
    steps,
  };
}

export const withTrace = (
  { result, steps }: ReturnType<typeof scan>,
  kind: RecurrentTrace["kind"],
  gateActivations: RecurrentTrace["gateActivations"],
): LayerResult => ({ ...result, traces: [{ kind, steps, gateActivations }] });
