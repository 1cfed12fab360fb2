import type { Owner } from "../owner.js";

/** Fields of a step, as in assembly/probe/record.ts: four of the cell's own, then three, each for all gates. */
const HIDDEN = 0;
const CELL = 1;
const INPUT = 2;
const COUNTED = 3;
const CELL_FIELDS = 4;
const GATE_FIELDS = 3;

/** Sums a step. */
export const fieldsOf = (gates: readonly string[]): number => CELL_FIELDS + GATE_FIELDS * gates.length;

/** Which of the sums there are. */
export interface RecordForm {
  /** Names of the gates, in the order of the kernels' records. */
  readonly gates: readonly string[];
  /** Whether the cell has a c. */
  readonly hasCell: boolean;
  /** Whether dL/dx was wanted. */
  readonly hasInput: boolean;
}

/** Norms and means of one gate, one entry a time step. */
export interface RecordedGate {
  /** ‖dL/dz‖ of the gate's pre-activation. */
  readonly gradient: Float32Array;
  /** Mean activation over units and rows that count; 0 where none does. */
  readonly mean: Float32Array;
  /** Share of them within 0.05 of a bound. */
  readonly saturated: Float32Array;
}

/** Sums over batch and units that a backward kernel wrote down, in the order of processing. */
export class RecordedFlow {
  /** @param sums [fields, timesteps] */
  constructor(
    readonly layer: Owner,
    readonly units: number,
    readonly form: RecordForm,
    readonly timesteps: number,
    readonly sums: Float64Array,
  ) {}

  /** ‖dL/dh_t‖, total derivative. */
  get hidden(): Float32Array {
    return this.#norms(HIDDEN);
  }

  /** ‖dL/dc_t‖, total derivative; empty where the cell has no c. */
  get cell(): Float32Array {
    return this.form.hasCell ? this.#norms(CELL) : new Float32Array(0);
  }

  /** ‖dL/dx_t‖ of the input of step t; empty where it was not wanted. */
  get input(): Float32Array {
    return this.form.hasInput ? this.#norms(INPUT) : new Float32Array(0);
  }

  gate(index: number): RecordedGate {
    const count = this.form.gates.length;
    return {
      gradient: this.#norms(CELL_FIELDS + index),
      mean: this.#shares(CELL_FIELDS + count + index),
      saturated: this.#shares(CELL_FIELDS + 2 * count + index),
    };
  }

  // Loops, not Float32Array.from, which takes longer than all the rest of reading a record.
  #norms(field: number): Float32Array {
    const { timesteps, sums } = this;
    const values = new Float32Array(timesteps);
    for (let t = 0, at = field * timesteps; t < timesteps; t++) values[t] = Math.sqrt(sums[at++]!);
    return values;
  }

  #shares(field: number): Float32Array {
    const { timesteps, sums, units } = this;
    const values = new Float32Array(timesteps);
    for (let t = 0, at = field * timesteps; t < timesteps; t++, at++) {
      const counted = sums[COUNTED * timesteps + t]!;
      values[t] = counted === 0 ? 0 : sums[at]! / (counted * units);
    }
    return values;
  }

  /** Pieces of one sequence, one behind the other. */
  static join(pieces: readonly RecordedFlow[]): RecordedFlow {
    const [first] = pieces;
    if (pieces.length === 1) return first!;
    const { layer, units, form } = first!;
    const timesteps = pieces.reduce((steps, piece) => steps + piece.timesteps, 0);
    const fields = fieldsOf(form.gates);
    const sums = new Float64Array(fields * timesteps);
    let begin = 0;
    for (const piece of pieces) {
      for (let field = 0; field < fields; field++) {
        const own = piece.sums.subarray(field * piece.timesteps, (field + 1) * piece.timesteps);
        sums.set(own, field * timesteps + begin);
      }
      begin += piece.timesteps;
    }
    return new RecordedFlow(layer, units, form, timesteps, sums);
  }
}
