import { ConfigError } from "../../errors.js";
import type { CompileOptions, Model } from "../../index.js";
import { refuseUnknown } from "../../options.js";

type Json = Record<string, unknown>;
const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** PyTorch's losses in Keras's words. */
const torchLosses: Readonly<Record<string, unknown>> = {
  MSELoss: "mse",
  L1Loss: "mae",
  SmoothL1Loss: "huber",
  HuberLoss: "huber",
  BCELoss: "binary_crossentropy",
  BCEWithLogitsLoss: { class_name: "BinaryCrossentropy", config: { from_logits: true } },
  CrossEntropyLoss: { class_name: "SparseCategoricalCrossentropy", config: { from_logits: true } },
  PoissonNLLLoss: "poisson",
};

/** `{ name, learningRate }` and `{ name, config }` as Keras writes a class: `{ class_name, config }`. */
function asClass(value: unknown): unknown {
  if (!isRecord(value) || "class_name" in value) return value;
  const { name, className, config, ...rest } = value;
  return { class_name: className ?? name, config: { ...(isRecord(config) ? config : {}), ...rest } };
}

const rates = ["learningRate", "learning_rate", "lr"] as const;

/** The options of `--compile` in the layout of Keras's `compile_config`. */
function kerasLayout(given: Json): Json {
  refuseUnknown("--compile", given, [
    ...["optimizer", "loss", "metrics", "truncate"],
    ...rates,
    // What Keras writes beside them.
    ...["loss_weights", "weighted_metrics", "run_eagerly", "steps_per_execution", "jit_compile"],
  ]);
  const { loss, optimizer, metrics } = given;
  const rate = rates.map((name) => given[name]).find((value) => value !== undefined);
  const own = asClass(typeof optimizer === "string" ? { name: optimizer } : optimizer) as Json | undefined;
  const named =
    rate === undefined
      ? own
      : { class_name: "adam", ...own, config: { ...(own?.config as Json), learning_rate: rate } };
  const word = typeof loss === "string" ? loss.split(".").at(-1)! : loss;
  return {
    ...(named === undefined ? {} : { optimizer: named }),
    ...(loss === undefined
      ? {}
      : {
          loss:
            typeof word === "string" && Object.hasOwn(torchLosses, word) ? torchLosses[word] : asClass(word),
        }),
    ...(metrics === undefined ? {} : { metrics }),
  };
}

function parsed(text: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`--compile is no JSON: ${(cause as Error).message}`, {
      received: text.slice(0, 80),
      cause,
    });
  }
  if (!isRecord(json))
    throw new ConfigError(`--compile is no record, such as '${EXAMPLE}'.`, { received: text.slice(0, 80) });
  return json;
}

const EXAMPLE = '{"loss":"mse","optimizer":{"name":"adam","learningRate":0.001}}';

/**
 * Compiles a model as `--compile` says, in Keras's words or ours; what it leaves out stands in the file.
 * @throws ConfigError where neither says a loss, and for what is not known.
 */
export async function compileFor(model: Model, path: string, text: string | undefined): Promise<void> {
  if (text === undefined) {
    if (model.compiled !== undefined) return;
    throw new ConfigError(
      `${path}: the file does not say how the model is trained. Say it with --compile '${EXAMPLE}'.`,
    );
  }
  const json = parsed(text);
  const given = kerasLayout(json);
  const { compileConfig } = await import("../../model/compile-config.js");
  const { readCompile } = await import("../../formats/keras/read-compile.js");
  const own = model.compiled === undefined ? undefined : compileConfig(model.compiled);
  if (own === undefined && given.loss === undefined)
    throw new ConfigError(`--compile: \`loss\` is missing, and the file has none: '${EXAMPLE}'.`);
  const several = Array.isArray(given.loss) || (isRecord(given.loss) && given.loss.class_name === undefined);
  // Read one by one: a loss for each output stays as it was given.
  const words = (part: Json): Json | undefined => {
    const { compile, unread } = readCompile({ loss: "mse", optimizer: "adam", ...part });
    const [stranger] = unread;
    if (stranger !== undefined) throw new ConfigError(`--compile: ${stranger} is not known here.`);
    return compile;
  };
  const loss =
    given.loss === undefined
      ? own?.loss
      : several
        ? json.loss
        : (readCompile({ loss: given.loss, optimizer: "adam" }).compile?.loss ?? json.loss);
  const optimizer =
    given.optimizer === undefined ? own?.optimizer : words({ optimizer: given.optimizer })?.optimizer;
  const metrics = given.metrics === undefined ? undefined : words({ metrics: given.metrics })?.metrics;
  const { truncate } = json.truncate === undefined ? ((own ?? {}) as Json) : json;
  model.compile({
    ...(optimizer === undefined ? {} : { optimizer }),
    loss,
    ...(metrics === undefined ? {} : { metrics }),
    ...(truncate == null ? {} : { truncate }),
  } as CompileOptions);
}
