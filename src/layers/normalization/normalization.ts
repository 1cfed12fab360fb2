import { ConfigError, ShapeError, told } from "../../errors.js";
import type { Initializer } from "../../initializers/initializer.js";
import { flag } from "../../options.js";
import { describeShape, type TensorLike, toTensor } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Stage } from "../stage.js";
import { Variable } from "../variable.js";
import type { Workspace } from "../workspace.js";
import { affineStage } from "./affine-stage.js";

/** Options of `normalization`, with Keras's names, meanings and defaults. */
export interface NormalizationOptions extends LayerOptions {
  /** The mean of each feature, or of all; with `variance`, in place of `adapt`. Default: learnt by `adapt`. */
  readonly mean?: number | readonly number[];
  /** The variance of each feature, or of all. Default: learnt by `adapt`. */
  readonly variance?: number | readonly number[];
  /** Takes normal numbers back to the data's. Default false. */
  readonly invert?: boolean;
  /** Only -1, the features, which is the default. */
  readonly axis?: -1;
}

/** Standard deviations below this count as this (Keras's epsilon). */
const SMALLEST_DEVIATION = 1e-7;

const fixed = (values: ArrayLike<number>, name: string): Initializer => ({
  name,
  config: {},
  initialize: () => Float32Array.from(values),
});

interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly count: number;
}

/** The layer that `normalization` makes. */
export class NormalizationLayer extends Layer {
  readonly kind = "normalization";
  readonly defaultName = "normalization";
  readonly invert: boolean;
  readonly mean: number | readonly number[] | undefined;
  readonly variance: number | readonly number[] | undefined;
  #adapted: Moments | undefined;

  constructor(options: NormalizationOptions = {}) {
    const where = "normalization()";
    super(where, options, ["mean", "variance", "invert", "axis"]);
    const { mean, variance, axis = -1 } = options;
    if (axis !== -1) {
      throw new ConfigError(
        `${where}: \`axis\` is ${told(axis)}; each feature is normalized by itself, over all samples and time steps: -1.`,
        { received: axis, expected: -1 },
      );
    }
    if ((mean === undefined) !== (variance === undefined)) {
      throw new ConfigError(`${where}: give both \`mean\` and \`variance\`, or neither and call adapt(x).`);
    }
    for (const [option, given] of Object.entries({ mean, variance })) {
      const least = option === "mean" ? Number.NEGATIVE_INFINITY : 0;
      if (given === undefined) continue;
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      if (list.every((one) => typeof one === "number" && Number.isFinite(one) && one >= least)) continue;
      throw new ConfigError(
        `${where}: \`${option}\` is ${told(given)}, expected a finite number${least === 0 ? " of at least 0" : ""}, or one for each feature.`,
        { received: given },
      );
    }
    this.mean = mean;
    this.variance = variance;
    this.invert = flag(where, "invert", options.invert ?? false);
  }

  /**
   * Takes mean and variance of each feature from data, in float64, in place of those of an earlier call. Before or after
   * the layer is put in a model, and before the model is trained.
   * @param x `[samples, features]` or `[samples, timesteps, features]`.
   * @throws ConfigError where the options hold mean and variance; ShapeError for another number of features than the
   *   layer's input has.
   */
  adapt(x: TensorLike): void {
    const where = `normalization() \`${this.name}\`.adapt()`;
    if (this.mean !== undefined) {
      throw new ConfigError(
        `${where}: the layer was given \`mean\` and \`variance\`. Leave them out to adapt it.`,
      );
    }
    const { shape, data } = toTensor(x);
    const features = shape.at(-1)!;
    const [known] = this.variables;
    if (shape.length < 2 || data.length === 0 || (known !== undefined && known.size !== features)) {
      throw new ShapeError(
        `${where}: got ${describeShape(shape)}, expected samples of ${known?.size ?? "some"} features: [samples, …, features].`,
        { received: shape, expected: known?.shape ?? "[samples, …, features]" },
      );
    }
    this.#adapted = momentsOf(data, features);
    if (known === undefined) return;
    const { mean, variance, count } = this.#adapted;
    this.setWeights([
      { shape: [features], data: Float32Array.from(mean) },
      { shape: [features], data: Float32Array.from(variance) },
      { shape: [], data: Float32Array.of(count) },
    ]);
  }

  protected connect(inputShape: SampleShape): SampleShape {
    const features = inputShape.at(-1);
    const adapted = this.#adapted;
    const given = [this.mean, this.variance].find((value) => Array.isArray(value)) as number[] | undefined;
    const expected = given?.length ?? adapted?.mean.length ?? features;
    if (typeof features !== "number" || expected !== features || inputShape.length > 2) {
      throw new ShapeError(
        `\`${this.name}\` (normalization) knows ${expected ?? "no number of"} features, and got ${describeShape([null, ...inputShape])}.`,
        { received: inputShape, expected: `${expected} features` },
      );
    }
    if (this.mean === undefined) {
      const weight = (key: string, shape: readonly number[], values: ArrayLike<number>): Variable =>
        new Variable({ key, shape, initializer: fixed(values, key), trainable: false });
      const zeros = new Float64Array(features);
      this.variables = [
        weight("mean", [features], adapted?.mean ?? zeros),
        weight("variance", [features], adapted?.variance ?? zeros.map(() => 1)),
        weight("count", [], [adapted?.count ?? 0]),
      ];
    }
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const read = (index: number, value: number | readonly number[] | undefined, feature: number): number => {
      if (value !== undefined) return typeof value === "number" ? value : value[feature]!;
      const variable = this.variables[index]!;
      return workspace.memory.floats(workspace.weights(variable), variable.size)[feature]!;
    };
    return affineStage(this, input, workspace, (feature) => {
      const mean = read(0, this.mean, feature);
      const deviation = Math.max(Math.sqrt(read(1, this.variance, feature)), SMALLEST_DEVIATION);
      return this.invert
        ? { shift: 0, scale: deviation, offset: mean }
        : { shift: mean, scale: 1 / deviation, offset: 0 };
    });
  }

  protected ownConfig(): Record<string, unknown> {
    const { mean, variance, invert } = this;
    return { ...(mean === undefined ? {} : { mean, variance }), ...(invert ? { invert } : {}) };
  }
}

/** Mean and variance (divided by the count) of each column, in two passes. */
function momentsOf(data: ArrayLike<number>, features: number): Moments {
  const count = data.length / features;
  const mean = new Float64Array(features);
  const variance = new Float64Array(features);
  for (let i = 0; i < data.length; i++) mean[i % features]! += data[i]! / count;
  for (let i = 0; i < data.length; i++) {
    variance[i % features]! += (data[i]! - mean[i % features]!) ** 2 / count;
  }
  return { mean, variance, count };
}

/**
 * (x - mean) / √variance, feature by feature, with numbers that are given or taken from data by `adapt(x)`; training does
 * not change them. Any shape; masks go through.
 *
 * Weights, where mean and variance are not options: mean `[features]`, variance `[features]`, count `[]`; none is trained.
 * @throws ConfigError for one of `mean` and `variance` alone, or a variance below 0; ShapeError for another number of
 *   features.
 *
 * @example
 * const normal = normalization({ inputShape: [24, 2] });
 * normal.adapt(x);
 * const model = sequential([normal, lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const normalization = (options: NormalizationOptions = {}): NormalizationLayer =>
  new NormalizationLayer(options);
