import { layersFromConfig } from "../layers/from-config.js";
import { sequential } from "../model/sequential.js";
import type { Tensor } from "../tensor.js";
import type { Lab } from "./lab.js";

/**
 * What layer `index` puts out for the lab's sample: the layers up to it, as a model of their own.
 * @param isWhole whether a recurrent layer gives its state at every step instead of the last.
 */
export async function outputOfLayer(lab: Lab, index: number, isWhole = false): Promise<Tensor> {
  const { file, copy } = lab;
  const configs = file.layers
    .slice(0, index + 1)
    .map((layer, i) =>
      isWhole && i === index
        ? { kind: layer.kind, config: { ...layer.config, returnSequences: true } }
        : layer,
    );
  const first = configs[0]!;
  const sized =
    file.batchSize === undefined
      ? configs
      : [{ ...first, config: { ...first.config, batchSize: file.batchSize } }, ...configs.slice(1)];
  const model = sequential(layersFromConfig(sized, file.inputShape), { seed: file.seed });
  try {
    const count = copy.layers.slice(0, index + 1).reduce((sum, layer) => sum + layer.variables.length, 0);
    model.setWeights(copy.getWeights().slice(0, count));
    const { x } = lab.sample;
    return await model.predict(x, { batchSize: file.batchSize ?? x.shape[0]! });
  } finally {
    model.dispose();
  }
}
