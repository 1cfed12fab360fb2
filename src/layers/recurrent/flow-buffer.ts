import type { Owner } from "../owner.js";
import type { FlowRecorder, Workspace } from "../workspace.js";
import { fieldsOf, RecordedFlow } from "./recorded-flow.js";

/** Where one recurrent layer's kernel writes down what flows back through it. Takes memory when it is first asked to. */
export class FlowBuffer implements FlowRecorder {
  #address = 0;

  constructor(
    readonly layer: Owner,
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
