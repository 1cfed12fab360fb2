import { ConfigError } from "../../errors.js";
import { flag, refuseUnknown } from "../../options.js";
import { describeShape } from "../../tensor.js";
import { checkPairMask, isScoring } from "../attention/attention-scores.js";
import type { Layer, SampleShape } from "../layer.js";
import type { Call } from "../stage.js";
import { type ApplyOptions, type Dtype, SymbolicTensor } from "./symbolic-tensor.js";

const applications = new WeakMap<Layer, Application[]>();

/** Every application of a layer, the oldest first. */
export function applicationsOf(layer: Layer): Application[] {
  const known = applications.get(layer) ?? [];
  applications.set(layer, known);
  return known;
}

/** One application of a layer: a node of a graph. */
export class Application {
  readonly outputs: readonly SymbolicTensor[];

  /**
   * @param inputs in the layer's order: those given, then the initial states.
   * @param mask in place of the first input's.
   */
  constructor(
    readonly layer: Layer,
    readonly inputs: readonly SymbolicTensor[],
    shapes: readonly SampleShape[],
    readonly call: Call = {},
    readonly mask: SymbolicTensor | null = null,
    batchSize: number | null = null,
    dtype: Dtype = "float32",
    /** How many of the inputs, the last ones, are initial states. */
    readonly states = 0,
  ) {
    this.outputs = shapes.map((shape, i) => new SymbolicTensor([batchSize, ...shape], dtype, this, i));
    applicationsOf(layer).push(this);
  }

  /** What has to be computed before. */
  get parents(): readonly SymbolicTensor[] {
    return this.mask === null ? this.inputs : [...this.inputs, this.mask];
  }
}

/** The application a tensor comes from. @throws ConfigError for what no layer put out. */
export function sourceOf(where: string, tensor: unknown): Application {
  if (tensor instanceof SymbolicTensor && tensor.source instanceof Application) return tensor.source;
  throw notSymbolic(where, tensor);
}

/** @throws ConfigError unless all are symbolic tensors. */
export function symbolicTensors(where: string, given: unknown): SymbolicTensor[] {
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (all.length === 0) throw new ConfigError(`${where}: there are no tensors.`, { received: given });
  return all.map((tensor) => {
    sourceOf(where, tensor);
    return tensor as SymbolicTensor;
  });
}

function notSymbolic(where: string, received: unknown): ConfigError {
  const came =
    typeof received === "function"
      ? "a function (is it a factory that was not called?)"
      : typeof received === "object" && received !== null && "build" in received
        ? "a layer, which has to be applied first: layer.apply(x)"
        : typeof received === "object" && received !== null && "data" in received
          ? `numbers of the shape ${describeShape((received as { shape?: number[] }).shape ?? [])}`
          : Array.isArray(received)
            ? "an array in the array; put its tensors in one row with the others ([y, ...states])"
            : String(received);
  return new ConfigError(
    `${where}: got ${came}, expected a symbolic tensor, such as input({ shape: [20, 3] }) or what layer.apply gives. Numbers go into model.predict.`,
    { received, expected: "SymbolicTensor" },
  );
}

/**
 * Keras's `layer(x)`.
 * @throws ConfigError for what is no symbolic tensor or no option; ShapeError for inputs that do not fit.
 */
export function applyLayer(layer: Layer, given: unknown, options: ApplyOptions = {}): Application {
  const where = `\`${layer.name}\`.apply()`;
  if (options instanceof SymbolicTensor) {
    throw new ConfigError(
      `${where}: got a second tensor as options. Several inputs go in one array: .apply([query, value]).`,
    );
  }
  refuseUnknown(where, options, [
    "initialState",
    "mask",
    "training",
    "useCausalMask",
    "returnAttentionScores",
    "attentionMask",
  ] satisfies (keyof ApplyOptions)[]);
  const inputs = symbolicTensors(where, given);
  const { initialState, mask, training, useCausalMask, returnAttentionScores, attentionMask } = options;
  const states = initialState === undefined ? [] : symbolicTensors(`${where} initialState`, initialState);
  if (states.length > 0 && !layer.isRecurrent) {
    throw new ConfigError(
      `${where}: \`initialState\` goes with recurrent layers; \`${layer.kind}\` has no state.`,
    );
  }
  const masks = mask == null ? [] : symbolicTensors(`${where} mask`, mask);
  if (masks.length > 1) {
    throw new ConfigError(
      `${where}: \`mask\` holds ${masks.length} tensors, and it is for the first input alone. Of the others masks come along from masking() or embedding({ maskZero: true }).`,
      { received: masks.length, expected: 1 },
    );
  }
  if (training !== undefined) flag(where, "training", training);
  if (useCausalMask !== undefined) flag(where, "useCausalMask", useCausalMask);
  const all = [...inputs, ...states];
  const extents = all.map(({ sampleShape }) => sampleShape);
  const shapes = layer.build(
    extents,
    // In a graph each of the outputs that stand side by side is a tensor of its own, behind which others may follow.
    all.map((tensor) => sourceOf(where, tensor).layer).map((one) => (one.outputParts > 1 ? undefined : one)),
  );
  const { outputParts: parts } = layer;
  if (parts > 1) {
    const [whole] = shapes.splice(0, 1) as [SampleShape];
    const part = [...whole.slice(0, -1), whole.at(-1)! / parts];
    shapes.unshift(...Array.from({ length: parts }, () => part));
  }
  if (returnAttentionScores !== undefined && flag(where, "returnAttentionScores", returnAttentionScores)) {
    if (!isScoring(layer)) {
      throw new ConfigError(
        `${where}: \`returnAttentionScores\` goes with attention layers; \`${layer.kind}\` has no scores.`,
      );
    }
    shapes.push(layer.scoresShape(extents));
  }
  const pairs = attentionMask == null ? [] : symbolicTensors(`${where} attentionMask`, attentionMask);
  for (const { sampleShape } of pairs) checkPairMask(layer, sampleShape, extents);
  const batchSize = inputs.find(({ shape }) => shape[0] !== null)?.shape[0] ?? null;
  return new Application(
    layer,
    [...all, ...pairs],
    shapes,
    { training, useCausalMask, returnAttentionScores, attentionMask: pairs.length > 0 || undefined },
    masks[0] ?? null,
    batchSize,
    "float32",
    states.length,
  );
}
