import {
  activation,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  ConfigError,
  dense,
  dropout,
  type Engine,
  gru,
  type Layer,
  layerNormalization,
  lion,
  lstm,
  nadam,
  rmsprop,
  type Sequential,
  sequential,
  sgd,
  simpleRNN,
} from "gateflow";
import type { Job } from "../protocol.ts";
import { optimizerOf } from "../recipe/studio-recipe.ts";
import type { Prepared } from "./prepare.ts";
import { setGateBiases } from "./set-gate-biases.ts";

type Factory = (options: never) => Layer;
const layerFactories: Readonly<Record<string, Factory>> = {
  lstm,
  gru,
  simpleRNN,
  dense,
  dropout,
  activation,
  layerNormalization,
};

const optimizers = { adadelta, adagrad, adam, adamax, adamw, lion, nadam, rmsprop, sgd } as const;

/** The model of a recipe, compiled, with the weights a run begins with. */
export async function buildModel(job: Job, prepared: Prepared, engine?: Engine): Promise<Sequential> {
  const { recipe: studio, files } = job;
  const { recipe, seed } = studio;
  let model: Sequential;
  if (files.model?.model !== undefined) {
    const { readModel } = await import("./read-model.ts");
    model = await readModel(files.model.name, files.model.model, engine);
  } else {
    const inputShape = prepared.train.x.shape.slice(1);
    const layers = recipe.layers.map(({ kind, ...options }, i) => {
      const factory = layerFactories[kind];
      if (factory === undefined) {
        throw new ConfigError(
          `The studio has no layer "${kind}". It has ${Object.keys(layerFactories).join(", ")}.`,
        );
      }
      return factory({
        ...options,
        ...(i === 0 ? { inputShape } : {}),
        ...(i === 0 && options.stateful === true ? { batchSize: recipe.fit?.batchSize ?? 32 } : {}),
      } as never);
    });
    model = sequential(layers, { seed, ...(engine === undefined ? {} : { engine }) });
    if (studio.gateBias !== undefined) setGateBiases(model, studio.gateBias);
  }
  const { name, ...options } = optimizerOf(recipe);
  const optimizer = optimizers[name as keyof typeof optimizers];
  if (optimizer === undefined) {
    throw new ConfigError(
      `There is no optimizer "${name}". There are ${Object.keys(optimizers).join(", ")}.`,
    );
  }
  const { loss, truncate } = recipe.compile;
  model.compile({
    optimizer: optimizer(options as never),
    loss: loss as "mse",
    ...(truncate == null || truncate === 0 ? {} : { truncate }),
  });
  return model;
}
