import { ConfigError } from "../../errors.js";
import { Layer } from "../layer.js";

/** How layers of one's own are made again, by what their kind is called. */
// biome-ignore lint/suspicious/noExplicitAny: each takes a configuration of its own
export type CustomMakers = Readonly<Record<string, (config: any) => unknown>>;

let makers: CustomMakers = {};

/** Runs `read`, while which custom layers are made by `given`. */
export function withMakers<Result>(given: CustomMakers, read: () => Result): Result {
  const before = makers;
  makers = given;
  try {
    return read();
  } finally {
    makers = before;
  }
}

/** What `getConfig()` says of a custom layer. */
interface Saved {
  readonly name?: string;
  readonly trainable?: boolean;
  readonly custom: string;
  readonly config: unknown;
}

/** @throws ConfigError where nobody has said how the layer is made, or what was made is no layer. */
export function customFromConfig({ name, trainable, custom, config }: Saved): Layer {
  const make = Object.hasOwn(makers, custom) ? makers[custom] : undefined;
  const expected = `customObjects: { ${custom}: (config) => customLayer({ name: "${custom}", … }) }`;
  if (make === undefined) {
    throw new ConfigError(
      `The layer \`${custom}\` is somebody's own, whose code no file holds. Say how it is made: ${expected}.`,
      { received: custom, expected },
    );
  }
  const layer = make(config);
  if (!(layer instanceof Layer)) {
    throw new ConfigError(
      `The function of \`customObjects\` for \`${custom}\` gave no layer. Expected ${expected}.`,
      {
        received: layer,
        expected,
      },
    );
  }
  if (name !== undefined && name !== layer.name) layer.rename(name);
  if (trainable === false) layer.trainable = false;
  return layer;
}
