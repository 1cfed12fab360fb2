import type { Layer } from "./layer.js";
import type { Workspace } from "./workspace.js";

/** Sums over batch and units that a backward kernel wrote down, one a time step, in the order of processing. */
export interface RecordedGate {
  /** Σ (dL/dz)² of the gate's pre-activation. */
  readonly squares: Float64Array;
  /** Σ of the activations of rows that count. */
  readonly activations: Float64Array;
  /** How many of them lie within 0.05 of a bound. */
  readonly saturated: Float64Array;
}

export interface RecordedFlow {
  readonly layer: Layer;
  readonly units: number;
  /** Σ (dL/dh_t)², total derivative. */
  readonly hidden: Float64Array;
  /** Σ (dL/dc_t)², total derivative; empty where the cell has no c. */
  readonly cell: Float64Array;
  /** Σ (dL/dx_t)² of the input of step t; empty where it was not wanted. */
  readonly input: Float64Array;
  /** Samples that are not masked. */
  readonly counted: Float64Array;
  readonly gates: Readonly<Record<string, RecordedGate>>;
}

/** Fields of a step, as in assembly/probe/record.ts: four of the cell's own, then three, each for all gates. */
const CELL_FIELDS = 4;
const GATE_FIELDS = 3;

/** Where one recurrent layer's kernel writes down what flows back through it. Takes memory when it is first asked to. */
export class FlowRecord {
  #address = 0;

  constructor(
    readonly layer: Layer,
    readonly workspace: Workspace,
    readonly maxTimesteps: number,
    readonly gates: readonly string[],
    readonly hasCell: boolean,
  ) {}

  get #stepFields(): number {
    return CELL_FIELDS + GATE_FIELDS * this.gates.length;
  }

  /** The address to write to in the pass that begins, all zeros; each thread that may take part has its own part. */
  begin(timesteps: number): number {
    const { workspace, layer, maxTimesteps } = this;
    const floats = (steps: number): number => 2 * workspace.maximumThreads * steps * this.#stepFields;
    if (this.#address === 0)
      this.#address = workspace.region(layer, "gradient flow record", floats(maxTimesteps));
    workspace.kernels.fillZero(this.#address, floats(timesteps));
    return this.#address;
  }

  /** What the last backward pass of `timesteps` steps wrote, its parts added up in their order. */
  read(timesteps: number, units: number, inputWanted: boolean): RecordedFlow {
    const { workspace, gates } = this;
    const width = this.#stepFields;
    const size = timesteps * width;
    const parts = workspace.memory.doubles(this.#address, workspace.maximumThreads * size);
    // One array for all: field by field, each with its steps.
    const sums = new Float64Array(size);
    for (let first = 0; first < parts.length; first += size) {
      for (let t = 0, at = first; t < timesteps; t++) {
        for (let index = 0; index < width; index++) sums[index * timesteps + t]! += parts[at++]!;
      }
    }
    const field = (index: number): Float64Array => sums.subarray(index * timesteps, (index + 1) * timesteps);
    const nothing = new Float64Array(0);
    return {
      layer: this.layer,
      units,
      hidden: field(0),
      cell: this.hasCell ? field(1) : nothing,
      input: inputWanted ? field(2) : nothing,
      counted: field(3),
      gates: Object.fromEntries(
        gates.map((name, i) => {
          const ofGate = (which: number): Float64Array => field(CELL_FIELDS + which * gates.length + i);
          return [name, { squares: ofGate(0), activations: ofGate(1), saturated: ofGate(2) }];
        }),
      ),
    };
  }
}
