import { type ConstraintLike, toConstraint } from "../../constraints/to-constraint.js";
import { ConfigError, ShapeError } from "../../errors.js";
import { type InitializerLike, toInitializer } from "../../initializers/to-initializer.js";
import { flag, refuseUnknown } from "../../options.js";
import { type RegularizerLike, toRegularizer } from "../../regularizers/to-regularizer.js";
import {
  describeShape,
  isTensor,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorLike,
  toTensor,
} from "../../tensor.js";
import { type LayerOptions, layerOptionNames, type SampleShape } from "../layer.js";
import { SeveralInputsLayer } from "../several-inputs-layer.js";
import { Signal } from "../signal.js";
import { allocateGradient, type Stage } from "../stage.js";
import { Variable } from "../variable.js";
import type { Pass, Workspace } from "../workspace.js";
import { readRows, shapeOf, writeRows } from "./rows.js";

/** A weight of a custom layer. */
export interface CustomWeight {
  /** Its extents, such as `[features, units]`; `[]` is a single number. */
  readonly shape: readonly number[];
  /** How it begins. Default `"glorotUniform"`. */
  readonly initializer?: InitializerLike;
  /** What large values of it cost. Default: nothing. */
  readonly regularizer?: RegularizerLike;
  /** What every update is followed by. Default: nothing. */
  readonly constraint?: ConstraintLike;
  /** Whether the optimizer changes it. Default true. */
  readonly trainable?: boolean;
}

/** What a custom layer computes with on its way forward. Tensors are copies, `[batch, …]`. */
export interface CustomForward {
  readonly inputs: readonly Tensor[];
  /** By the names they were declared under. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** Whether dropout and the like act. */
  readonly training: boolean;
}

/** What a custom layer has on its way back. */
export interface CustomBackward extends Omit<CustomForward, "training"> {
  readonly output: Tensor;
  /** dL/doutput, in the output's shape. */
  readonly outputGradient: Tensor;
  /** What `forward` gave as `saved`. */
  readonly saved: unknown;
}

/** Options of `customLayer`. */
export interface CustomLayerOptions extends LayerOptions {
  /** What the kind of layer is called; layers of one model are numbered (`scale`, `scale_1`), as those of gateflow. */
  readonly name: string;
  /** The output's extents of one sample from the inputs', the batch not among them; null stands for any number of steps. */
  readonly outputShape: (inputShapes: readonly SampleShape[]) => SampleShape;
  /** The weights by their names, in their order. Default: none. */
  readonly weights?: Readonly<Record<string, CustomWeight>>;
  /** The output, `[batch, …outputShape]`, and what `backward` shall be handed. */
  readonly forward: (given: CustomForward) => { readonly output: TensorLike; readonly saved?: unknown };
  /** The loss's gradients for inputs (in their order and shapes) and weights (by name), from the output's. */
  readonly backward: (given: CustomBackward) => {
    readonly inputs: readonly TensorLike[];
    readonly weights?: Readonly<Record<string, TensorLike>>;
  };
  /**
   * Plain JSON from which the layer can be made again: with it the native format keeps the layer, and
   * `fromSafetensors(bytes, { customObjects: { [name]: (config) => customLayer(…) } })` makes it. Default: files refuse the layer.
   */
  readonly config?: Readonly<Record<string, unknown>>;
}

const known = ["outputShape", "weights", "forward", "backward", "config"] as const;

const isExtent = (extent: unknown): boolean =>
  extent === null || (Number.isInteger(extent) && (extent as number) >= 1);

/** The layer that `customLayer` makes. */
export class CustomLayer extends SeveralInputsLayer {
  readonly kind = "customLayer";
  readonly defaultName: string;
  readonly #options: CustomLayerOptions;

  constructor(options: CustomLayerOptions) {
    const where = "customLayer()";
    refuseUnknown(where, options, [...layerOptionNames, ...known]);
    const { name, ...rest } = options;
    super(where, rest, known);
    if (typeof name !== "string" || !/^[^/\s]+$/.test(name)) {
      throw new ConfigError(
        `${where}: \`name\` is ${JSON.stringify(name)}, expected a word without spaces or slashes.`,
        { received: name, expected: "a word" },
      );
    }
    this.defaultName = name;
    for (const key of ["outputShape", "forward", "backward"] as const) {
      if (typeof options[key] === "function") continue;
      throw new ConfigError(`${where} \`${name}\`: \`${key}\` is no function.`, { received: options[key] });
    }
    for (const [key, weight] of Object.entries(options.weights ?? {})) {
      refuseUnknown(`${where} \`${name}\`, weight \`${key}\``, weight, [
        "shape",
        "initializer",
        "regularizer",
        "constraint",
        "trainable",
      ]);
      const fits = Array.isArray(weight.shape) && weight.shape.every((one) => one !== null && isExtent(one));
      if (!fits || !/^[^/\s]+$/.test(key)) {
        throw new ConfigError(
          `${where} \`${name}\`: the weight ${JSON.stringify(key)} needs a name without spaces or slashes and a \`shape\` of whole numbers such as [features, units], got ${JSON.stringify(weight.shape)}.`,
          { received: weight.shape },
        );
      }
    }
    this.#options = options;
  }

  /** What the layer's kind is called. */
  get className(): string {
    return this.defaultName;
  }

  /** Whether files can keep it. */
  get isKept(): boolean {
    return this.#options.config !== undefined;
  }

  #outputShape(inputShapes: readonly SampleShape[]): SampleShape {
    const shape: unknown = this.#options.outputShape(inputShapes);
    if (
      Array.isArray(shape) &&
      shape.length >= 1 &&
      shape.every(isExtent) &&
      !shape.slice(1).includes(null)
    ) {
      return shape as SampleShape;
    }
    throw new ShapeError(
      `\`${this.name}\` (customLayer): \`outputShape\` gave ${JSON.stringify(shape)} for ${inputShapes.map((one) => describeShape(one)).join(", ")}, expected extents of one sample, without the batch, such as [timesteps, features].`,
      { received: shape, expected: "[timesteps, features]" },
    );
  }

  protected connectAll(inputShapes: readonly SampleShape[]): SampleShape {
    const shape = this.#outputShape(inputShapes);
    const where = `customLayer() \`${this.name}\``;
    this.variables = Object.entries(this.#options.weights ?? {}).map(([key, weight]) => {
      const at = `${where}, weight \`${key}\``;
      return new Variable({
        key,
        shape: [...weight.shape],
        initializer: toInitializer(at, "initializer", weight.initializer ?? "glorotUniform"),
        regularizer: toRegularizer(at, "regularizer", weight.regularizer),
        constraint: toConstraint(at, "constraint", weight.constraint),
        trainable: weight.trainable === undefined ? true : flag(at, "trainable", weight.trainable),
      });
    });
    return shape;
  }

  stageAll(inputs: readonly Signal[], workspace: Workspace): Stage {
    const { memory, batch } = workspace;
    const { forward, backward } = this.#options;
    const sampleShapes = (extent: "maxTimesteps" | "timesteps"): SampleShape[] =>
      inputs.map((input) => (input.isSequence ? [input[extent], ...input.inner] : input.inner));
    const shape = this.#outputShape(sampleShapes("maxTimesteps")) as readonly number[];
    const isSequence = shape.length > 1;
    const inner = isSequence ? shape.slice(1) : shape;
    const output = new Signal(sizeOf(inner), isSequence, isSequence ? shape[0]! : 1, inner);
    output.address = workspace.region(this, "output", batch * output.maxTimesteps * output.stride);
    allocateGradient(workspace, this, inputs, output);
    const [first] = inputs;
    // Which steps count stays true where the steps are the same.
    if (
      inputs.length === 1 &&
      isSequence &&
      first!.isSequence &&
      first!.maxTimesteps === output.maxTimesteps
    ) {
      output.takeMask(first!);
    }
    const fail = (what: string, got: unknown, expected: readonly number[]): never => {
      throw new ShapeError(
        `\`${this.name}\` (customLayer): ${what} is ${isTensor(got) || Array.isArray(got) ? describeShape(toTensor(got as TensorLike).shape) : String(got)}, expected ${describeShape(expected)}.`,
        { received: got, expected },
      );
    };
    const checked = (
      what: string,
      value: TensorLike | undefined | null,
      expected: readonly number[],
    ): Tensor => {
      if (value == null) return fail(what, value, expected);
      // A single number is a weight of the shape [].
      const made = typeof value === "number" ? { shape: [], data: Float32Array.of(value) } : toTensor(value);
      const fits = sameShape(made.shape, expected) && made.data.length === sizeOf(expected);
      return fits ? made : fail(what, made, expected);
    };
    const weightsNow = (): Record<string, Tensor> =>
      Object.fromEntries(
        this.variables.map((variable) => [
          variable.key,
          {
            shape: variable.shape,
            data: Float32Array.from(memory.floats(workspace.weights(variable), variable.size)),
          },
        ]),
      );
    const inputsNow = ({ batch: size }: Pass): Tensor[] =>
      inputs.map((input) => readRows(memory, input.address, input, size));
    let saved: unknown;
    return {
      layer: this,
      output,
      forward: (pass) => {
        const now = this.#outputShape(sampleShapes("timesteps")) as readonly number[];
        output.timesteps = isSequence ? now[0]! : 1;
        const made = forward({ inputs: inputsNow(pass), weights: weightsNow(), training: pass.training });
        const expected = shapeOf(output, pass.batch);
        const result = checked("the `output` of forward()", made?.output, expected);
        saved = made.saved;
        writeRows(memory, output.address, output, pass.batch, result.data);
      },
      backward: (pass) => {
        if (output.gradient === 0) return;
        const made = backward({
          inputs: inputsNow(pass),
          weights: weightsNow(),
          output: readRows(memory, output.address, output, pass.batch),
          outputGradient: readRows(memory, output.gradient, output, pass.batch),
          saved,
        });
        inputs.forEach((input, i) => {
          if (input.gradient === 0) return;
          const what = `gradient ${i} of \`inputs\` from backward()`;
          const { data } = checked(what, made?.inputs?.[i], shapeOf(input, pass.batch));
          writeRows(memory, input.gradient, input, pass.batch, data);
        });
        for (const variable of this.variables) {
          const address = workspace.gradients(variable);
          if (address === 0) continue;
          const what = `the gradient of the weight \`${variable.key}\` from backward()`;
          const { data } = checked(what, made?.weights?.[variable.key], variable.shape);
          const target = memory.floats(address, variable.size);
          for (let i = 0; i < target.length; i++) target[i]! += data[i]!;
        }
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { custom: this.defaultName, config: this.#options.config ?? null };
  }
}

/**
 * A layer of one's own, for what is not here: `forward` computes the output, `backward` the gradients. Both take and give
 * tensors in the caller's order, `[batch, …]`, and stand anywhere in a chain or a graph, with several inputs too. Numbers go
 * through JavaScript, copied on each pass: for small parts of a model. A mask goes on where one input has the output's steps.
 *
 * Weights: those of `weights`, in their order, under `name/…`.
 * @throws ConfigError for an unknown option or what is no function; ShapeError where a function gives another shape than it
 *   said, by what it is.
 *
 * @example
 * const scale = customLayer({
 *   name: "scale",
 *   outputShape: ([shape]) => shape!,
 *   weights: { factor: { shape: [1], initializer: "ones" } },
 *   forward: ({ inputs: [x], weights: { factor } }) => ({
 *     output: { shape: x!.shape, data: Float32Array.from(x!.data, (value) => value * factor!.data[0]!) },
 *   }),
 *   backward: ({ inputs: [x], weights: { factor }, outputGradient: { shape, data } }) => ({
 *     inputs: [{ shape, data: Float32Array.from(data, (slope) => slope * factor!.data[0]!) }],
 *     weights: { factor: [data.reduce((sum, slope, i) => sum + slope * x!.data[i]!, 0)] },
 *   }),
 * });
 */
export const customLayer = (options: CustomLayerOptions): CustomLayer => new CustomLayer(options);
