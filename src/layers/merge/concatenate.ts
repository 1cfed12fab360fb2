import { ConfigError, ShapeError, told } from "../../errors.js";
import { describeShape } from "../../tensor.js";
import type { LayerOptions, SampleShape } from "../layer.js";
import { SeveralInputsLayer } from "../several-inputs-layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";
import { commonSteps } from "./broadcast.js";

/** Options of `concatenate`, with Keras's names, meanings and defaults. */
export interface ConcatenateOptions extends LayerOptions {
  /** -1 (default): features side by side. 1 of sequences: one behind the other in time; counted with the batch. */
  readonly axis?: number;
}

/** The layer that `concatenate` makes. */
export class ConcatenateLayer extends SeveralInputsLayer {
  readonly kind = "concatenate";
  readonly defaultName = "concatenate";
  readonly axis: number;

  constructor(options: ConcatenateOptions) {
    super("concatenate()", options, ["axis"]);
    const { axis = -1 } = options;
    if (![-2, -1, 1, 2].includes(axis)) {
      throw new ConfigError(
        `concatenate(): \`axis\` is ${told(axis)}, expected -1 for the features, or 1 for the time steps (0 is the batch).`,
        { received: axis, expected: [-1, 1] },
      );
    }
    this.axis = axis;
  }

  /** Whether the time steps are put one behind the other. */
  #overTime(axes: number): boolean {
    return axes >= 2 && (this.axis === 1 || this.axis === -axes);
  }

  protected connectAll(inputShapes: readonly SampleShape[]): SampleShape {
    const [first] = inputShapes;
    const axes = first?.length ?? 0;
    const overTime = this.#overTime(axes);
    const joined = overTime ? 0 : axes - 1;
    const fits =
      axes >= 1 &&
      (axes <= 2 || overTime) &&
      this.axis <= axes &&
      this.axis >= -axes &&
      inputShapes.every(
        (shape) =>
          shape.length === axes &&
          shape.every(
            (extent, i) =>
              i === joined || extent === first![i] || (i === 0 && (extent === null || first![0] === null)),
          ),
      );
    if (!fits) {
      throw new ShapeError(
        `\`${this.name}\` (concatenate, axis ${this.axis}) got ${inputShapes.map((shape) => describeShape([null, ...shape])).join(" and ")}: all axes but the joined one have to be equal.`,
        { received: inputShapes, expected: "shapes that differ in the joined axis alone" },
      );
    }
    const extents = inputShapes.map((shape) => shape[joined] ?? null);
    const sum = extents.includes(null) ? null : (extents as number[]).reduce((a, b) => a + b, 0);
    const known = first!.map(
      (extent, i) => extent ?? inputShapes.find((shape) => shape[i] !== null)?.[i] ?? null,
    );
    return known.map((extent, i) => (i === joined ? sum : extent));
  }

  stageAll(inputs: readonly Signal[], workspace: Workspace): Stage {
    const [first] = inputs;
    const overTime = first!.isSequence && this.#overTime(1 + first!.inner.length);
    return overTime ? this.#behindEachOther(inputs, workspace) : this.#sideBySide(inputs, workspace);
  }

  #sideBySide(inputs: readonly Signal[], workspace: Workspace): Stage {
    const { kernels } = workspace;
    const output = ownSignal(workspace, this, inputs, {
      features: inputs.reduce((sum, { features }) => sum + features, 0),
      isSequence: inputs[0]!.isSequence,
      maxTimesteps: Math.max(...inputs.map(({ maxTimesteps }) => maxTimesteps)),
    });
    // A step counts where it counts in any input: in one without a mask every step does.
    const masks = inputs.every(({ mask }) => mask !== 0) ? inputs.map(({ mask }) => mask) : [];
    if (masks.length > 0) {
      output.takeMask(inputs[0]!);
      output.mask = workspace.region(this, "mask", workspace.batch * output.maxTimesteps);
    }
    let offset = 0;
    const places = inputs.map((input) => {
      const at = offset * 4;
      offset += input.features;
      return { input, at };
    });
    return {
      layer: this,
      output,
      forward: ({ batch }) => {
        output.timesteps = commonSteps(this, inputs);
        const rows = output.rows(batch);
        for (const { input, at } of places) {
          kernels.joinSteps(
            input.address,
            input.stride,
            output.address + at,
            output.stride,
            1,
            rows,
            input.features,
          );
        }
        if (masks.length === 0) return;
        const target = workspace.memory.floats(output.mask, rows);
        const given = masks.map((mask) => workspace.memory.floats(mask, rows));
        for (let row = 0; row < rows; row++) target[row] = Number(given.some((mask) => mask[row] !== 0));
      },
      backward({ batch }) {
        if (output.gradient === 0) return;
        for (const { input, at } of places) {
          const { gradient, stride, features } = input;
          if (gradient === 0) continue;
          kernels.splitSteps(
            output.gradient + at,
            output.stride,
            gradient,
            stride,
            1,
            output.rows(batch),
            features,
          );
        }
      },
    };
  }

  #behindEachOther(inputs: readonly Signal[], workspace: Workspace): Stage {
    const { kernels } = workspace;
    const { features, stride, inner } = inputs[0]!;
    const output = ownSignal(workspace, this, inputs, {
      features,
      inner,
      isSequence: true,
      maxTimesteps: inputs.reduce((sum, { maxTimesteps }) => sum + maxTimesteps, 0),
    });
    const masked = inputs.find(({ mask }) => mask !== 0);
    if (masked !== undefined) {
      output.takeMask(masked);
      output.mask = workspace.region(this, "mask", workspace.batch * output.maxTimesteps);
    }
    /** Each input with the row of the output where it begins. */
    const eachPart = (batch: number, visit: (input: Signal, row: number, rows: number) => void): void => {
      let row = 0;
      for (const input of inputs) {
        const rows = input.rows(batch);
        visit(input, row, rows);
        row += rows;
      }
    };
    return {
      layer: this,
      output,
      forward({ batch }) {
        output.timesteps = inputs.reduce((sum, { timesteps }) => sum + timesteps, 0);
        eachPart(batch, (input, row, rows) => {
          kernels.copyFloats(input.address, output.address + row * stride * 4, rows * stride);
          if (output.mask === 0) return;
          const target = output.mask + row * 4;
          if (input.mask === 0) workspace.memory.floats(target, rows).fill(1);
          else kernels.copyFloats(input.mask, target, rows);
        });
      },
      backward({ batch }) {
        if (output.gradient === 0) return;
        eachPart(batch, (input, row, rows) => {
          if (input.gradient === 0) return;
          kernels.copyFloats(output.gradient + row * stride * 4, input.gradient, rows * stride);
        });
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { axis: this.axis };
  }
}

/**
 * Its inputs side by side in the features, or with `axis: 1` one behind the other in time. `apply([a, b, …])`. Side by side a
 * step counts where it counts in any input; in time each brings its own.
 * @throws ConfigError for an axis that is none; ShapeError for inputs that differ in another axis.
 *
 * @example
 * const [past, known] = [input({ shape: [24, 3] }), input({ shape: [5] })];
 * const y = dense({ units: 1 }).apply(concatenate().apply([lstm({ units: 16 }).apply(past), known]));
 */
export const concatenate = (options: ConcatenateOptions = {}): ConcatenateLayer =>
  new ConcatenateLayer(options);
