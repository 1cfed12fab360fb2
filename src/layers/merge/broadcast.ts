import { ShapeError } from "../../errors.js";
import { describeShape } from "../../tensor.js";
import type { Layer, SampleShape } from "../layer.js";
import type { Owner } from "../owner.js";
import type { Signal } from "../signal.js";
import type { Workspace } from "../workspace.js";

/** The extent two that are combined have together: an extent of 1 is repeated, null fits any. */
function common(a: number | null, b: number | null): number | null | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  return a === null || b === null ? (a ?? b) : undefined;
}

/**
 * The shape that all inputs are brought to: the longest, where an extent of 1 is repeated, and a row is one step of every
 * sequence (Keras puts the axes it lacks behind the batch).
 * @throws ShapeError where two extents are neither equal nor 1.
 */
export function broadcastShape(layer: Layer, inputShapes: readonly SampleShape[]): SampleShape {
  const axes = Math.max(...inputShapes.map((shape) => shape.length));
  const whole = inputShapes.map((shape) => [...new Array<number>(axes - shape.length).fill(1), ...shape]);
  const shape = whole.reduce((left, right) =>
    left.map((extent, i) => {
      const both = common(extent, right[i]!);
      const fits = both !== undefined && (extent === right[i] || i === 0 || axes <= 2);
      if (fits) return both;
      throw new ShapeError(
        `\`${layer.name}\` (${layer.kind}) got ${inputShapes.map((one) => describeShape([null, ...one])).join(" and ")}: ${i < axes - 1 ? "time steps" : "features"} have to be equal, or 1.`,
        { received: inputShapes, expected: "equal extents, or 1" },
      );
    }),
  );
  return shape;
}

/** An input of a merging stage, brought to the output's shape where it has another. */
export class Broadcast {
  /** Values and gradient in the output's layout. */
  readonly #values: number;
  readonly #slopes: number;

  constructor(
    layer: Owner,
    readonly input: Signal,
    readonly output: Signal,
    readonly workspace: Workspace,
  ) {
    const floats = workspace.batch * output.maxTimesteps * output.stride;
    this.#values = this.#isSpread ? workspace.region(layer, "repeated input", floats) : 0;
    this.#slopes =
      this.#isSpread && input.gradient !== 0 ? workspace.region(layer, "its gradient", floats) : 0;
  }

  /** Whether the input's layout is another than the output's: fewer features, or one step for all. */
  get #isSpread(): boolean {
    const { input, output } = this;
    return (
      input.features !== output.features || (output.isSequence && input.maxTimesteps !== output.maxTimesteps)
    );
  }

  /** Address of the values in the output's layout. */
  values(batch: number): number {
    const { input, output, workspace } = this;
    if (this.#values === 0) return input.address;
    workspace.kernels.spreadRows(
      input.address,
      input.timesteps,
      input.features,
      input.stride,
      this.#values,
      output.timesteps,
      output.features,
      output.stride,
      batch,
    );
    return this.#values;
  }

  /** Where the gradient goes, in the output's layout; 0: nowhere. */
  get gradient(): number {
    return this.#slopes === 0 ? this.input.gradient : this.#slopes;
  }

  /** Takes the gradient from there to the input, after it was written. */
  deliver(batch: number): void {
    const { input, output, workspace } = this;
    if (this.#slopes === 0) return;
    workspace.kernels.gatherRows(
      this.#slopes,
      output.timesteps,
      output.features,
      output.stride,
      input.gradient,
      input.timesteps,
      input.features,
      input.stride,
      batch,
    );
  }
}

/** Steps of the output in this pass. @throws ShapeError where inputs of unknown length differ in it. */
export function commonSteps(layer: Owner, inputs: readonly Signal[]): number {
  const steps = Math.max(...inputs.map(({ timesteps }) => timesteps));
  const other = inputs.find(({ timesteps }) => timesteps !== steps && timesteps !== 1);
  if (other === undefined) return steps;
  throw new ShapeError(
    `\`${layer.name}\` (${layer.kind}) got sequences of ${steps} and of ${other.timesteps} time steps.`,
    { received: inputs.map(({ timesteps }) => timesteps), expected: "as many time steps" },
  );
}

/** The mask where every input has one: a row counts where it counts in any of them (Keras). 0: there is none. */
export function anyMask(
  layer: Owner,
  inputs: readonly Signal[],
  output: Signal,
  workspace: Workspace,
): { refresh(batch: number): void } {
  const masked = inputs.every(({ mask }) => mask !== 0);
  if (!masked || !output.isSequence) return { refresh() {} };
  output.takeMask(inputs[0]!);
  if (inputs.every(({ mask }) => mask === inputs[0]!.mask)) return { refresh() {} };
  output.mask = workspace.region(layer, "mask", workspace.batch * output.maxTimesteps);
  return {
    refresh(batch) {
      const rows = output.rows(batch);
      const target = workspace.memory.floats(output.mask, rows);
      for (let row = 0; row < rows; row++) {
        const counts = inputs.some(({ mask, timesteps }) => {
          const at = timesteps === 1 ? row % batch : row;
          return workspace.memory.floats(mask, batch * timesteps)[at] !== 0;
        });
        target[row] = Number(counts);
      }
    },
  };
}
