import { ConfigError, ShapeError } from "../errors.js";
import { describeShape } from "../tensor.js";
import { ActivationLayer } from "./activation.js";
import { DenseLayer } from "./dense.js";
import { DropoutLayer } from "./dropout.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import { LayerNormalizationLayer } from "./layer-normalization.js";
import type { Signal } from "./signal.js";
import type { Stage } from "./stage.js";
import type { Pass, Workspace } from "./workspace.js";

export interface TimeDistributedOptions extends LayerOptions {
  /** What is applied to each time step: `dense`, `activation`, `dropout` or `layerNormalization`. */
  readonly layer: Layer;
}

const allowed = [DenseLayer, ActivationLayer, DropoutLayer, LayerNormalizationLayer] as const;

/** @throws ConfigError for a layer that cannot be applied step by step, saying why. */
function checkInner(where: string, layer: unknown): Layer {
  if (!(layer instanceof Layer)) {
    throw new ConfigError(
      `${where}: \`layer\` is ${typeof layer === "function" ? "a function (is it a factory that was not called?)" : String(layer)}, expected a layer such as dense({ units: 8 }).`,
      { received: layer },
    );
  }
  if (!allowed.some((kind) => layer instanceof kind)) {
    const why = layer.isRecurrent
      ? "it would need a sequence inside each time step. Recurrent layers run over time by themselves: put it in the model without timeDistributed"
      : "it changes the time axis itself, or gives it its meaning. Put it in the model without timeDistributed";
    throw new ConfigError(
      `${where}: \`${layer.kind}\` cannot be applied to one time step: ${why}. Inside may stand dense, activation, dropout, layerNormalization.`,
      { received: layer.kind, expected: ["dense", "activation", "dropout", "layerNormalization"] },
    );
  }
  if (layer.isBuilt) {
    throw new ConfigError(
      `${where}: layer \`${layer.name}\` is already part of a model. Make a second one with its factory.`,
    );
  }
  if (layer.inputShape !== undefined || layer.batchSize !== undefined) {
    throw new ConfigError(
      `${where}: give inputShape and batchSize to timeDistributed(), not to the layer inside.`,
    );
  }
  if (layer.activityRegularizer !== undefined) {
    throw new ConfigError(
      `${where}: Keras ignores an activityRegularizer inside a TimeDistributed. Use ${layer.kind}() without timeDistributed; it works on each time step as well.`,
    );
  }
  return layer;
}

export class TimeDistributedLayer extends Layer {
  readonly kind = "timeDistributed";
  readonly defaultName = "time_distributed";
  readonly layer: Layer;

  constructor(options: TimeDistributedOptions) {
    const where = "timeDistributed()";
    super(where, options, ["layer"]);
    this.layer = checkInner(where, options.layer);
    // Either both learn or none, for the weights belong to both.
    this.trainable = this.trainable && this.layer.trainable;
  }

  override get trainable(): boolean {
    return super.trainable;
  }

  override set trainable(value: boolean) {
    super.trainable = value;
    this.layer.trainable = value;
  }

  override get worksByChunks(): boolean {
    return this.layer.worksByChunks;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (inputShape.length !== 2) {
      throw new ShapeError(
        `\`${this.name}\` (timeDistributed) expected sequences [batch, timesteps, features], got ${describeShape([null, ...inputShape])}.`,
        { received: inputShape, expected: "[timesteps, features]" },
      );
    }
    const [inner] = this.layer.build([inputShape.slice(1)]);
    this.variables = this.layer.variables;
    return [inputShape[0]!, ...inner!];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    // Every layer that may stand inside works on rows, and the time steps of a sequence are rows.
    const inner = this.layer.stage(input, workspace);
    const own = (pass: Pass): Pass => ({ ...pass, seeds: () => pass.seeds(this) });
    return {
      layer: this,
      output: inner.output,
      forward: (pass) => inner.forward(own(pass)),
      backward: (pass) => inner.backward(own(pass)),
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { layer: { kind: this.layer.kind, config: this.layer.getConfig() } };
  }
}

/**
 * Applies a layer to each time step of a sequence by itself.
 *
 * Weights are the inner layer's, under this layer's name: `time_distributed/kernel`.
 * @throws ConfigError when the inner layer is none of dense, activation, dropout and layerNormalization, says why.
 */
export const timeDistributed = (options: TimeDistributedOptions | Layer): TimeDistributedLayer =>
  new TimeDistributedLayer(options instanceof Layer ? { layer: options } : options);
