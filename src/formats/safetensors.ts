// A file names what a model is made of.
import { compileConfig } from "../model/compile-config.js";
import "../names.js";
import type { Engine } from "../engine/engine.js";
import { FormatError, GateflowError, StateError } from "../errors.js";
import { layersFromConfig } from "../layers/from-config.js";
import type { CompileOptions } from "../model/compile.js";
import { type Sequential, sequential } from "../model/sequential.js";
import { flag, refuseUnknown } from "../options.js";
import { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors-file.js";

const FORMAT_VERSION = 1;
const OPTIMIZER_PREFIX = "optimizer/";

export interface SafetensorsOptions {
  /** Keeps the optimizer's moments and the count of its updates, so that training goes on exactly. Default false. */
  readonly optimizer?: boolean;
  /** Texts to keep beside the model; the key `gateflow` is taken. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What the file says of a model, beside its weights. */
interface Description {
  readonly version: number;
  readonly name: string;
  readonly seed: number;
  readonly inputShape: readonly (number | null)[];
  readonly layers: readonly { kind: string; config: Record<string, unknown> }[];
  readonly compile: Record<string, unknown> | null;
  readonly batches: number | null;
}

/**
 * A model as safetensors bytes: weights as F32 under their names, layers and compile options as JSON in the metadata.
 * @throws StateError when `optimizer` is asked for on a model that is not compiled or was never trained.
 */
export function toSafetensors(model: Sequential, options: SafetensorsOptions = {}): Uint8Array {
  const where = "toSafetensors()";
  refuseUnknown(where, options, ["optimizer", "metadata"]);
  const withOptimizer = flag(where, "optimizer", options.optimizer ?? false);
  const compiled = model.compiled;
  if (withOptimizer && compiled === undefined) {
    throw new StateError(
      `${where}: the model has no optimizer to keep: compile it first, or leave out optimizer: true.`,
    );
  }
  const slots = withOptimizer ? model.executor(where).optimizerSlots(compiled!.optimizer) : [];
  const description: Description = {
    version: FORMAT_VERSION,
    name: model.name,
    seed: model.seed,
    inputShape: model.inputShape!,
    layers: model.layers.map((layer) => ({ kind: layer.kind, config: layer.getConfig() })),
    compile: compiled === undefined ? null : compileConfig(compiled),
    batches: withOptimizer ? compiled!.optimizer.batches : null,
  };
  const tensors = [
    ...model.getWeights(),
    ...slots.map(({ name, data }) => ({ name: `${OPTIMIZER_PREFIX}${name}`, shape: [data.length], data })),
  ];
  return writeSafetensors({
    tensors,
    metadata: { ...options.metadata, gateflow: JSON.stringify(description) },
  });
}

function describe(file: SafetensorsFile): Description {
  const text = file.metadata.gateflow;
  if (text === undefined) {
    throw new FormatError(
      "fromSafetensors(): the file holds tensors but no gateflow model. Build the model and give it the tensors with setWeights().",
    );
  }
  let description: Description;
  try {
    description = JSON.parse(text) as Description;
  } catch (cause) {
    throw new FormatError("fromSafetensors(): the model's description is no JSON. The file is damaged.", {
      cause,
    });
  }
  if (description.version !== FORMAT_VERSION) {
    throw new FormatError(
      `fromSafetensors(): the file is of format version ${String(description.version)}, this gateflow reads ${FORMAT_VERSION}. Use the gateflow that wrote it, or a newer one.`,
      { received: description.version, expected: FORMAT_VERSION },
    );
  }
  return description;
}

/**
 * The model in safetensors bytes that `toSafetensors` wrote: compiled as it was, where its loss is one of gateflow's.
 * @throws FormatError when the bytes are no such file, or damaged.
 */
export function fromSafetensors(bytes: Uint8Array, options: { engine?: Engine } = {}): Sequential {
  refuseUnknown("fromSafetensors()", options, ["engine"]);
  const file = readSafetensors(bytes);
  const description = describe(file);
  const isSlot = ({ name }: { name: string }): boolean => name.startsWith(OPTIMIZER_PREFIX);
  try {
    const model = sequential(layersFromConfig(description.layers, description.inputShape), {
      name: description.name,
      seed: description.seed,
      ...(options.engine === undefined ? {} : { engine: options.engine }),
    });
    // Bytes are in the order they were written in, so weights come in the model's order.
    model.setWeights(file.tensors.filter((tensor) => !isSlot(tensor)));
    if (description.compile === null) return model;
    model.compile(description.compile as unknown as CompileOptions);
    if (description.batches !== null) {
      const slots = file.tensors
        .filter(isSlot)
        .map(({ name, data }) => ({ name: name.slice(OPTIMIZER_PREFIX.length), data: data as Float32Array }));
      model.executor("fromSafetensors()").restoreOptimizer(model.optimizer, slots, description.batches);
    }
    return model;
  } catch (cause) {
    if (cause instanceof FormatError || !(cause instanceof GateflowError)) throw cause;
    throw new FormatError(
      `fromSafetensors(): the model's description and its weights do not agree: ${cause.message}`,
      {
        cause,
      },
    );
  }
}
