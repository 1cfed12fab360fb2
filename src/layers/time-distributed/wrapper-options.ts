import { ConfigError, told } from "../../errors.js";
import { Layer } from "../layer.js";

/**
 * The options of a layer around another, however they were given: all in one record, or as Keras's call, the layer first.
 * @throws ConfigError where what stands behind the layer is no record, or no layer stands before it.
 */
export function wrapperOptions<Options extends { readonly layer: unknown }>(
  where: string,
  options: Options | Layer,
  further: Omit<Options, "layer"> | undefined,
): Options {
  if (options === undefined || options === null) {
    throw new ConfigError(
      `${where}: got ${told(options)}, expected a layer, such as lstm({ units: 8 }), and its wrapper's options.`,
      { received: options },
    );
  }
  if (further === undefined) return (options instanceof Layer ? { layer: options } : options) as Options;
  const isRecord = typeof further === "object" && further !== null && !Array.isArray(further);
  if (isRecord && options instanceof Layer && !("layer" in further)) {
    return { ...further, layer: options } as unknown as Options;
  }
  throw new ConfigError(
    `${where}: got ${options instanceof Layer ? `\`${options.name}\`` : told(options)} and ${told(further)}, expected a layer and its wrapper's options, such as (lstm({ units: 8 }), { name: "both" }), or all in one record.`,
    { received: further },
  );
}
