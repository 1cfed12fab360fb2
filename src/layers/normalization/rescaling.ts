import { ConfigError, ShapeError, told } from "../../errors.js";
import { describeShape } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";
import { affineStage } from "./affine-stage.js";

/** Options of `rescaling`, with Keras's names, meanings and defaults. */
export interface RescalingOptions extends LayerOptions {
  /** Factor of each number, or one a feature. */
  readonly scale: number | readonly number[];
  /** What is added after it, or one a feature. Default 0. */
  readonly offset?: number | readonly number[];
}

function numbersIn(where: string, option: string, value: unknown): number | readonly number[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every((one) => typeof one === "number" && Number.isFinite(one))) {
    return Array.isArray(value) ? [...(value as number[])] : (value as number);
  }
  throw new ConfigError(
    `${where}: \`${option}\` is ${told(value)}, expected a finite number or one for each feature.`,
    { received: value },
  );
}

/** The layer that `rescaling` makes. */
export class RescalingLayer extends Layer {
  readonly kind = "rescaling";
  readonly defaultName = "rescaling";
  readonly scale: number | readonly number[];
  readonly offset: number | readonly number[];

  constructor(options: RescalingOptions) {
    const where = "rescaling()";
    super(where, options, ["scale", "offset"]);
    this.scale = numbersIn(where, "scale", options.scale);
    this.offset = numbersIn(where, "offset", options.offset ?? 0);
  }

  protected connect(inputShape: SampleShape): SampleShape {
    for (const option of ["scale", "offset"] as const) {
      const value = this[option];
      if (typeof value === "number") continue;
      if (inputShape.length <= 2 && value.length === inputShape.at(-1)) continue;
      throw new ShapeError(
        `\`${this.name}\` (rescaling) has ${value.length} numbers in \`${option}\`, and got ${describeShape([null, ...inputShape])}.`,
        { received: inputShape, expected: `${value.length} features` },
      );
    }
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const of = (value: number | readonly number[], k: number): number =>
      typeof value === "number" ? value : value[k]!;
    return affineStage(this, input, workspace, (column) => ({
      shift: 0,
      scale: of(this.scale, column),
      offset: of(this.offset, column),
    }));
  }

  protected ownConfig(): Record<string, unknown> {
    return { scale: this.scale, offset: this.offset };
  }
}

/**
 * x · scale + offset, such as `scale: 1 / 255`. Any shape; masks go through.
 * @throws ConfigError for what is no finite number; ShapeError when there is one a feature, and not as many.
 *
 * @example
 * sequential([rescaling({ scale: 1 / 100, offset: -1, inputShape: [24, 2] }), lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const rescaling = (options: RescalingOptions): RescalingLayer => new RescalingLayer(options);
