import { ConfigError } from "../errors.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import type { Stage } from "./stage.js";
import type { Workspace } from "./workspace.js";

/** Options of `inputLayer`. */
export interface InputLayerOptions {
  /** Shape of one sample, without the batch: `[timesteps, features]`; null: any number of time steps. */
  readonly shape: SampleShape;
  /** Samples in every batch; needed by `stateful` layers. Default, and null: any number. */
  readonly batchSize?: number | null;
  /** Default: `input_layer`, numbered when it occurs again. */
  readonly name?: string;
}

/** The layer that `input` makes. */
export class InputLayer extends Layer {
  readonly kind = "inputLayer";
  readonly defaultName = "input_layer";

  constructor(options: InputLayerOptions) {
    // Keras takes the older word as well.
    const { inputShape, shape = inputShape, ...rest } = (options ?? {}) as InputLayerOptions & LayerOptions;
    if (shape === undefined) {
      throw new ConfigError("inputLayer(): `shape` is missing, such as [timesteps, features].");
    }
    super("inputLayer()", { ...rest, inputShape: shape }, ["shape"]);
  }

  override get isInput(): boolean {
    return true;
  }

  override get worksByChunks(): boolean {
    return true;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    return inputShape;
  }

  stage(input: Signal, _workspace: Workspace): Stage {
    return { layer: this, output: input, forward() {}, backward() {} };
  }

  protected ownConfig(): Record<string, unknown> {
    return {};
  }

  override getConfig(): Record<string, unknown> {
    return {
      name: this.name,
      shape: this.inputShape,
      ...(this.batchSize === undefined ? {} : { batchSize: this.batchSize }),
    };
  }
}

/**
 * Says what a model is given, in place of `inputShape` on its first layer.
 * @throws ConfigError for a shape that is none.
 *
 * @example
 * sequential([inputLayer({ shape: [24, 1] }), lstm({ units: 8 }), dense({ units: 1 })]);
 */
export const inputLayer = (options: InputLayerOptions): InputLayer => new InputLayer(options);
