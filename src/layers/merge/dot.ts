import { ConfigError, ShapeError, told } from "../../errors.js";
import { flag } from "../../options.js";
import { describeShape } from "../../tensor.js";
import type { LayerOptions, SampleShape } from "../layer.js";
import { SeveralInputsLayer } from "../several-inputs-layer.js";
import { type Signal, strideOf } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";

/** Options of `dot`, with Keras's names and meanings. */
export interface DotOptions extends LayerOptions {
  /** The axis of both inputs that is summed over, or one of each, counted with the batch (0): 1, 2, or from the end. */
  readonly axes: number | readonly [number, number];
  /** Divides both by their norms along that axis first: the cosine of the angle between them. Default false. */
  readonly normalize?: boolean;
}

/** One input as rows of what is summed over: `[rows][batch][depth]`. */
interface Side {
  readonly input: Signal;
  /** Whether its time steps are summed over, so that steps and features change places first. */
  readonly turned: boolean;
  readonly maxRows: number;
  readonly maxDepth: number;
}

/** The layer that `dot` makes. */
export class DotLayer extends SeveralInputsLayer {
  readonly kind = "dot";
  readonly defaultName = "dot";
  readonly axes: number | readonly [number, number];
  readonly normalize: boolean;

  constructor(options: DotOptions) {
    super("dot()", options, ["axes", "normalize"]);
    const { axes } = options;
    const pair: readonly unknown[] = Array.isArray(axes) ? axes : [axes];
    if (
      pair.length < 1 ||
      pair.length > 2 ||
      pair.some((axis) => ![-2, -1, 1, 2].includes(axis as number)) ||
      (Array.isArray(axes) && axes.length !== 2)
    ) {
      throw new ConfigError(
        `dot(): \`axes\` is ${told(axes)}, expected the axis that is summed over: 1, 2, -1 or -2, or one of each input, such as [2, 1] (0 is the batch).`,
        { received: axes, expected: "1, 2, -1, -2, or two of them" },
      );
    }
    this.axes = typeof axes === "number" ? axes : [axes[0], axes[1]];
    this.normalize = flag("dot()", "normalize", options.normalize ?? false);
  }

  /** The axis of an input that is summed over, counted without the batch; undefined where it has not. */
  #axisOf(index: 0 | 1, axes: number): number | undefined {
    const given = typeof this.axes === "number" ? this.axes : this.axes[index];
    const axis = given < 0 ? given + axes : given - 1;
    return axis >= 0 && axis < axes ? axis : undefined;
  }

  protected connectAll(inputShapes: readonly SampleShape[]): SampleShape {
    const [a, b] = inputShapes;
    const shapes = inputShapes.map((shape) => describeShape([null, ...shape])).join(" and ");
    if (inputShapes.length !== 2) {
      throw new ConfigError(
        `\`${this.name}\` (dot) takes two inputs, got ${inputShapes.length}: dot({ axes: 1 }).apply([a, b]).`,
        { received: inputShapes.length, expected: 2 },
      );
    }
    const [i, j] = [this.#axisOf(0, a!.length), this.#axisOf(1, b!.length)];
    const refuse = (why: string): never => {
      throw new ShapeError(`\`${this.name}\` (dot, axes ${told(this.axes)}) got ${shapes}: ${why}.`, {
        received: inputShapes,
        expected: "equal extents of the axes",
      });
    };
    if (a!.length > 2 || b!.length > 2) refuse("samples have one or two axes");
    if (i === undefined || j === undefined) return refuse("there is no such axis");
    const [m, n] = [a![i]!, b![j]!];
    if (m !== n && m !== null && n !== null) refuse(`${m} and ${n} numbers cannot be multiplied`);
    const rest = [...a!.filter((_, axis) => axis !== i), ...b!.filter((_, axis) => axis !== j)];
    if (rest.length === 0) return [1];
    if (rest.at(-1) === null)
      refuse("the last axis of the output would be a number of time steps that is not known");
    return rest;
  }

  stageAll(inputs: readonly Signal[], workspace: Workspace): Stage {
    const { kernels, batch: capacity, taped } = workspace;
    const sides = inputs.map((input, index): Side => {
      const turned = input.isSequence && this.#axisOf(index as 0 | 1, 2) === 0;
      const [steps, width] = [input.maxTimesteps, input.features];
      return { input, turned, maxRows: turned ? width : steps, maxDepth: turned ? steps : width };
    });
    // The second's rows become features: where it is a row, and the first is none, they change places.
    const swaps = inputs[0]!.isSequence && !inputs[1]!.isSequence;
    const [left, right] = (swaps ? [...sides].reverse() : sides) as [Side, Side];
    const isSequence = inputs[0]!.isSequence && inputs[1]!.isSequence;
    const output = ownSignal(workspace, this, inputs, {
      features: right.maxRows,
      isSequence,
      maxTimesteps: left.maxRows,
    });
    const take = (label: string, side: Side, wanted: boolean): number =>
      wanted ? workspace.region(this, label, capacity * side.maxRows * strideOf(side.maxDepth)) : 0;
    const prepared = [left, right].map((side) => ({
      side,
      turned: take("steps side by side", side, side.turned),
      unit: take("unit rows", side, this.normalize),
      scales: this.normalize ? workspace.region(this, "norms", capacity * side.maxRows) : 0,
      gradient: take("gradient of rows", side, taped && side.input.gradient !== 0),
    })) as [Prepared, Prepared];
    const most = Math.max(left.maxRows, right.maxRows, left.maxDepth, 16);
    const panels = workspace.region(this, "panels", Math.ceil(most / 16) * 16 * most);
    const back = taped
      ? workspace.region(this, "turned gradient", capacity * right.maxRows * strideOf(left.maxRows))
      : 0;
    /** Rows and depth of a side in this pass. */
    const extentOf = ({ input, turned }: Side): readonly [number, number] =>
      turned ? [input.features, input.timesteps] : [input.timesteps, input.features];
    const valuesOf = ({ side, turned, unit }: Prepared): number => {
      if (unit !== 0) return unit;
      return turned === 0 ? side.input.address : turned;
    };
    return {
      layer: this,
      output,
      forward: ({ batch }) => {
        for (const { side, turned, unit, scales } of prepared) {
          const { input } = side;
          const [rows, depth] = extentOf(side);
          if (turned !== 0) {
            const { address, stride, timesteps, features } = input;
            kernels.swapSteps(address, stride, turned, strideOf(depth), timesteps, batch, features);
          }
          if (unit !== 0) {
            kernels.unitRows(turned || input.address, unit, scales, rows * batch, depth, strideOf(depth));
          }
        }
        const [[rows, depth], [columns, other]] = [extentOf(left), extentOf(right)];
        if (depth !== other) {
          throw new ShapeError(
            `\`${this.name}\` (dot) multiplies ${depth} numbers with ${other}: the inputs' time steps differ.`,
            { received: [depth, other], expected: "as many time steps" },
          );
        }
        output.timesteps = rows;
        const [a, b] = [valuesOf(prepared[0]), valuesOf(prepared[1])];
        kernels.batchProduct(a, b, output.address, rows, columns, depth, batch, 1, panels);
      },
      backward: ({ batch }) => {
        const dy = output.gradient;
        if (dy === 0) return;
        const [[rows, depth], [columns]] = [extentOf(left), extentOf(right)];
        const [a, b] = [valuesOf(prepared[0]), valuesOf(prepared[1])];
        if (prepared[0].gradient !== 0) {
          kernels.batchProduct(dy, b, prepared[0].gradient, rows, depth, columns, batch, 0, panels);
        }
        if (prepared[1].gradient !== 0) {
          kernels.swapSteps(dy, output.stride, back, strideOf(rows), rows, batch, columns);
          kernels.batchProduct(back, a, prepared[1].gradient, columns, depth, rows, batch, 0, panels);
        }
        for (const one of prepared) {
          const { side, gradient, scales, unit } = one;
          const { input } = side;
          if (gradient === 0) continue;
          const [count, length] = extentOf(side);
          const long = strideOf(length);
          if (unit !== 0)
            kernels.unitRowsBackward(unit, gradient, gradient, scales, count * batch, length, long);
          if (side.turned) {
            kernels.swapSteps(gradient, long, input.gradient, input.stride, count, batch, length);
          } else kernels.copyFloats(gradient, input.gradient, count * batch * long);
        }
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { axes: this.axes, normalize: this.normalize };
  }
}

/** A side with what the stage makes of it: addresses, 0 for what is not needed. */
interface Prepared {
  readonly side: Side;
  readonly turned: number;
  readonly unit: number;
  readonly scales: number;
  readonly gradient: number;
}

/**
 * The products of two inputs, sample by sample, summed over one axis of each: attention by hand. Of `[batch, t, k]` and
 * `[batch, s, k]` with axes 2 it is `[batch, t, s]`; of rows, `[batch, 1]`. No mask comes out.
 * @throws ConfigError for axes that are none, or another number of inputs; ShapeError for extents that differ.
 *
 * @example
 * const scores = dot({ axes: [2, 2] }).apply([decoded, encoded]);
 * const context = dot({ axes: [2, 1] }).apply([softmax().apply(scores), encoded]);
 */
export const dot = (options: DotOptions): DotLayer => new DotLayer(options);
