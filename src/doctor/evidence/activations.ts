import { layersFromConfig } from "../../layers/from-config.js";
import { sequential } from "../../model/sequential.js";
import type { Tensor } from "../../tensor.js";
import type { Experiments } from "../trials/experiments.js";

/** Largest |value| at each step of `[samples, steps, width]`, or of `[samples, width]` as one; NaN where one is not finite. */
export function largestByStep({ shape, data }: Tensor): Float64Array {
  const width = shape.at(-1)!;
  const sizes = new Float64Array(shape.length === 3 ? shape[1]! : 1);
  for (let i = 0; i < data.length; i++) {
    const step = Math.floor(i / width) % sizes.length;
    const size = Number.isFinite(data[i]!) ? Math.abs(data[i]!) : Number.NaN;
    if (!(size <= sizes[step]!)) sizes[step] = Number.isNaN(sizes[step]!) ? Number.NaN : size;
  }
  return sizes;
}

/**
 * What layer `index` puts out for the experiments' sample: the layers up to it, as a model of their own.
 * @param isWhole whether a recurrent layer gives its state at every step instead of the last.
 * @param x other examples than the experiments' sample.
 */
export async function outputOfLayer(
  experiments: Experiments,
  index: number,
  isWhole = false,
  x: Tensor = experiments.sample.x,
): Promise<Tensor> {
  const { file, copy } = experiments;
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
    model.setWeights(copy.getWeights().slice(0, count), { allowNonFinite: true });
    return await model.predict(x, { batchSize: file.batchSize ?? x.shape[0]! });
  } finally {
    model.dispose();
  }
}
