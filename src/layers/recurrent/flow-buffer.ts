import type { Layer } from "../layer.js";
import type { Workspace } from "../workspace.js";

/** Fields of a step, as in assembly/probe/record.ts: four of the cell's own, then three, each for all gates. */
const HIDDEN = 0;
const CELL = 1;
const INPUT = 2;
const COUNTED = 3;
const CELL_FIELDS = 4;
const GATE_FIELDS = 3;

const fieldsOf = (gates: readonly string[]): number => CELL_FIELDS + GATE_FIELDS * gates.length;

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
    readonly layer: Layer,
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

/** Where one recurrent layer's kernel writes down what flows back through it. Takes memory when it is first asked to. */
export class FlowBuffer {
  #address = 0;

  constructor(
    readonly layer: Layer,
    readonly workspace: Workspace,
    readonly maxTimesteps: number,
    readonly gates: readonly string[],
    readonly hasCell: boolean,
  ) {}

  /** Float64 numbers of a thread's part: its steps, and a place behind them that the kernel uses. */
  #partSize(timesteps: number): number {
    return (timesteps + 1) * fieldsOf(this.gates);
  }

  /** The address to write to in the pass that begins, all zeros; each thread that may take part has its own part. */
  begin(timesteps: number): number {
    const { workspace, layer, maxTimesteps } = this;
    const floats = (steps: number): number => 2 * workspace.maximumThreads * this.#partSize(steps);
    if (this.#address === 0)
      this.#address = workspace.region(layer, "gradient flow record", floats(maxTimesteps));
    workspace.kernels.fillZero(this.#address, floats(timesteps));
    return this.#address;
  }

  /** What the last backward pass of `timesteps` steps wrote, its parts added up in their order. */
  read(timesteps: number, units: number, hasInput: boolean): RecordedFlow {
    const { workspace, layer, gates, hasCell } = this;
    const fields = fieldsOf(gates);
    const size = this.#partSize(timesteps);
    const parts = workspace.memory.doubles(this.#address, workspace.maximumThreads * size);
    const sums = new Float64Array(fields * timesteps);
    for (let first = 0; first < parts.length; first += size) {
      for (let t = 0, at = first; t < timesteps; t++) {
        for (let field = 0; field < fields; field++) sums[field * timesteps + t]! += parts[at++]!;
      }
    }
    return new RecordedFlow(layer, units, { gates, hasCell, hasInput }, timesteps, sums);
  }
}
