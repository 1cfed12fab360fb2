import { ConfigError } from "../errors.js";
import { numberIn } from "../options.js";
import type { ParameterBlock } from "./parameter-block.js";

/** At most one of the three, as in Keras. */
export interface ClipOptions {
  /** Each weight's gradient is scaled down to this norm where it is longer. Default: no bound. */
  readonly clipnorm?: number | null;
  /** Each element is cut to ±clipvalue. Default: no bound. */
  readonly clipvalue?: number | null;
  /** All gradients are scaled by one factor when their common norm is longer (Pascanu et al. 2013). Default: no bound. */
  readonly globalClipnorm?: number | null;
}

export const clipOptionNames = ["clipnorm", "clipvalue", "globalClipnorm"] as const;

/** How gradients are held back before an update. */
export class Clipping {
  readonly mode: (typeof clipOptionNames)[number] | null;
  readonly bound: number;

  /** @throws ConfigError when two options are given, or one is not positive. */
  constructor(where: string, options: ClipOptions) {
    const given = clipOptionNames.filter((name) => options[name] != null);
    if (given.length > 1) {
      throw new ConfigError(
        `${where}: ${given.map((name) => `\`${name}\``).join(" and ")} exclude each other. Give one.`,
        {
          received: given,
          expected: "one of clipnorm, clipvalue, globalClipnorm",
        },
      );
    }
    this.mode = given[0] ?? null;
    this.bound = this.mode === null ? 0 : numberIn(where, this.mode, options[this.mode], { above: 0 });
  }

  /** @internal Clips in place. Returns the global norm before and after; a NaN among the gradients makes it NaN. */
  apply({ kernels, parameters, gradients, count }: ParameterBlock): { before: number; after: number } {
    const globalNorm = (): number => Math.sqrt(kernels.sumOfSquares(gradients, count));
    const before = globalNorm();
    switch (this.mode) {
      case null:
        return { before, after: before };
      case "clipvalue":
        kernels.clipByValue(gradients, count, this.bound);
        break;
      case "clipnorm":
        for (const { gradients: own, size } of parameters) {
          const norm = Math.sqrt(kernels.sumOfSquares(own, size));
          if (!(norm <= this.bound)) kernels.scaleInPlace(own, size, this.bound / norm);
        }
        break;
      case "globalClipnorm":
        if (before <= this.bound) return { before, after: before };
        // An infinite or NaN norm turns every gradient into NaN, as in Keras: the fault must not look like a zero step.
        kernels.scaleInPlace(gradients, count, Number.isFinite(before) ? this.bound / before : Number.NaN);
        break;
    }
    return { before, after: globalNorm() };
  }
}
