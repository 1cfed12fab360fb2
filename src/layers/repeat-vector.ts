import { ShapeError } from "../errors.js";
import { numberIn } from "../options.js";
import { describeShape } from "../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Workspace } from "./workspace.js";

/** Options of `repeatVector`. */
export interface RepeatVectorOptions extends LayerOptions {
  /** Time steps of the output. */
  readonly n: number;
}

/** The layer that `repeatVector` makes. */
export class RepeatVectorLayer extends Layer {
  readonly kind = "repeatVector";
  readonly defaultName = "repeat_vector";
  readonly n: number;

  constructor(options: RepeatVectorOptions) {
    super("repeatVector()", options, ["n"]);
    this.n = numberIn("repeatVector()", "n", options.n, { min: 1, integer: true });
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    if (inputShape.length === 1) return [this.n, inputShape[0]!];
    const hint =
      previous?.isRecurrent === true
        ? ` Leave out returnSequences of \`${previous.name}\` to repeat its last output.`
        : "";
    throw new ShapeError(
      `\`${this.name}\` (repeatVector) repeats rows [batch, features], got ${describeShape([null, ...inputShape])}.${hint}`,
      { received: inputShape, expected: "[features]" },
    );
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { n } = this;
    const { kernels } = workspace;
    const { features, stride } = input;
    const output = ownSignal(workspace, this, input, { features, isSequence: true, maxTimesteps: n });
    output.mask = 0;
    output.timesteps = n;
    return {
      layer: this,
      output,
      forward: ({ batch }) => kernels.repeatSteps(input.address, output.address, n, batch * stride),
      backward({ batch }) {
        if (input.gradient !== 0) kernels.sumSteps(output.gradient, input.gradient, n, batch * stride);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { n: this.n };
  }
}

/**
 * Repeats a row as `n` time steps: `[batch, features]` to `[batch, n, features]`; what stands between an encoder and a
 * decoder.
 * @throws ConfigError unless `n` is a whole number of at least 1; ShapeError for an input that is a sequence already.
 *
 * @example
 * sequential([lstm({ units: 8, inputShape: [20, 3] }), repeatVector({ n: 5 }), lstm({ units: 8, returnSequences: true })]);
 */
export const repeatVector = (options: RepeatVectorOptions): RepeatVectorLayer =>
  new RepeatVectorLayer(options);
