import { ConfigError, ShapeError, told } from "../../errors.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import { sequenceShape } from "../window.js";
import type { Workspace } from "../workspace.js";

/** Time steps at the beginning and at the end: one number for both, or two. */
export type Margins = number | readonly [before: number, after: number];

function marginsIn(where: string, option: string, value: unknown): readonly [number, number] {
  const pair: unknown = typeof value === "number" ? [value, value] : value;
  if (Array.isArray(pair) && pair.length === 2 && pair.every((one) => Number.isInteger(one) && one >= 0)) {
    return [pair[0] as number, pair[1] as number];
  }
  throw new ConfigError(
    `${where}: \`${option}\` is ${told(value)}, expected a whole number of time steps, or two: [before, after].`,
    { received: value, expected: "a number or [before, after]" },
  );
}

/** Options of `zeroPadding1D`, with Keras's names, meanings and defaults. */
export interface ZeroPadding1DOptions extends LayerOptions {
  /** Zero steps added before the first and behind the last. Default 1. */
  readonly padding?: Margins;
}

/** Options of `cropping1D`, with Keras's names, meanings and defaults. */
export interface Cropping1DOptions extends LayerOptions {
  /** Steps taken away before the first and behind the last. Default [1, 1]. */
  readonly cropping?: Margins;
}

/** Adds or takes away time steps at both ends. */
export class MarginsLayer extends Layer {
  readonly before: number;
  readonly after: number;
  readonly #option: "padding" | "cropping";

  constructor(
    readonly kind: "zeroPadding1D" | "cropping1D",
    readonly defaultName: string,
    options: ZeroPadding1DOptions & Cropping1DOptions,
  ) {
    const where = `${kind}()`;
    const option = kind === "zeroPadding1D" ? "padding" : "cropping";
    super(where, options, [option]);
    this.#option = option;
    [this.before, this.after] = marginsIn(where, option, options[option] ?? 1);
  }

  /** Steps of the output. @throws ShapeError where nothing would be left. */
  #stepsOf(steps: number): number {
    const { before, after, kind } = this;
    if (kind === "zeroPadding1D") return steps + before + after;
    if (steps > before + after) return steps - before - after;
    throw new ShapeError(
      `\`${this.name}\` (cropping1D) takes ${before} and ${after} steps away and got ${steps}: nothing is left.`,
      { received: steps, expected: `more than ${before + after}` },
    );
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const { steps, features } = sequenceShape(this, inputShape, previous);
    return [steps === null ? null : this.#stepsOf(steps), features];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { kernels } = workspace;
    const { before, after } = this;
    const { features, stride } = input;
    const adds = this.kind === "zeroPadding1D";
    const change = adds ? before + after : -before - after;
    const maxTimesteps = Math.max(1, input.maxTimesteps + change);
    const output = ownSignal(workspace, this, input, { features, isSequence: true, maxTimesteps });
    if (change !== 0) output.mask = 0;
    // Where the steps that both have begin, in bytes of one sample's rows.
    const [fromInput, fromOutput] = adds ? [0, before] : [before, 0];
    const shared = (): number => Math.min(input.timesteps, output.timesteps);
    return {
      layer: this,
      output,
      forward: ({ batch }) => {
        const floats = batch * stride;
        output.timesteps = this.#stepsOf(input.timesteps);
        if (adds) kernels.fillZero(output.address, output.timesteps * floats);
        kernels.copyFloats(
          input.address + fromInput * floats * 4,
          output.address + fromOutput * floats * 4,
          shared() * floats,
        );
      },
      backward({ batch }) {
        if (input.gradient === 0) return;
        const floats = batch * stride;
        if (!adds) kernels.fillZero(input.gradient, input.timesteps * floats);
        kernels.copyFloats(
          output.gradient + fromOutput * floats * 4,
          input.gradient + fromInput * floats * 4,
          shared() * floats,
        );
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { [this.#option]: [this.before, this.after] };
  }
}

/**
 * Adds time steps of zeros: `[batch, timesteps, features]` to `[batch, before + timesteps + after, features]`. A mask ends
 * here.
 * @throws ConfigError unless `padding` is one or two whole numbers of at least 0; ShapeError for an input that is no
 *   sequence.
 *
 * @example
 * sequential([zeroPadding1D({ padding: [2, 0], inputShape: [10, 1] }), conv1d({ filters: 4, kernelSize: 3 })]);
 */
export const zeroPadding1D = (options: ZeroPadding1DOptions = {}): MarginsLayer =>
  new MarginsLayer("zeroPadding1D", "zero_padding1d", options);

/**
 * Takes time steps away: `[batch, timesteps, features]` to `[batch, timesteps - before - after, features]`. A mask ends
 * here.
 * @throws ConfigError unless `cropping` is one or two whole numbers of at least 0; ShapeError for an input that is no
 *   sequence, or of which nothing is left.
 *
 * @example
 * sequential([lstm({ units: 8, returnSequences: true, inputShape: [30, 2] }), cropping1D({ cropping: [6, 0] })]);
 */
export const cropping1D = (options: Cropping1DOptions = {}): MarginsLayer =>
  new MarginsLayer("cropping1D", "cropping1d", options);
