import type { Flow, MutableLayer } from "./flow.js";

/** How many steps and features a value has, where the graph says so. */
export interface Extents {
  readonly steps?: number | undefined;
  readonly width?: number | undefined;
}

const pair = (value: unknown): readonly [number, number] =>
  Array.isArray(value) ? (value as [number, number]) : [value as number, value as number];

/** Extents of what a layer puts out, by those of what it is applied to. */
export function extentsAfter(
  { kind, config }: Pick<MutableLayer, "kind" | "config">,
  given: readonly Extents[],
): Extents {
  const { steps, width } = given[0] ?? {};
  const shifted = (by: number): number | undefined => (steps === undefined ? undefined : steps + by);
  switch (kind) {
    case "dense":
    case "lstm":
    case "gru":
    case "simpleRNN":
      return { steps, width: config.units as number };
    case "multiHeadAttention":
      return { steps, width: config.outputShape as number };
    case "attention":
      return { steps, width: given[1]?.width };
    case "bidirectional": {
      const { units } = (config.layer as { config: { units: number } }).config;
      return { steps, width: 2 * units };
    }
    case "embedding":
      return { steps, width: config.outputDim as number };
    case "repeatVector":
      return { steps: config.n as number, width };
    case "cropping1D": {
      const [before, after] = pair(config.cropping);
      return { steps: shifted(-before - after), width };
    }
    case "zeroPadding1D": {
      const [before, after] = pair(config.padding);
      return { steps: shifted(before + after), width };
    }
    case "permute":
      return { steps: width, width: steps };
    case "conv1d":
      return { width: config.filters as number };
    case "reshape": {
      const [first, last] = config.targetShape as [number, number];
      const all = steps === undefined || width === undefined ? undefined : steps * width;
      const known = (own: number, other: number): number | undefined =>
        own > 0 ? own : all === undefined || other <= 0 ? undefined : all / other;
      return { steps: known(first, last), width: known(last, first) };
    }
    case "flatten":
      return { width: steps === undefined || width === undefined ? undefined : steps * width };
    case "upSampling1D":
      return { steps: steps === undefined ? undefined : steps * (config.size as number), width };
    case "concatenate": {
      const sum = (key: "steps" | "width"): number | undefined =>
        given.reduce<number | undefined>(
          (total, own) => (total === undefined || own[key] === undefined ? undefined : total + own[key]),
          0,
        );
      return config.axis === 1 ? { steps: sum("steps"), width } : { steps, width: sum("width") };
    }
    case "add":
    case "subtract":
    case "multiply":
    case "average":
    case "maximum":
    case "minimum": {
      const largest = (key: "steps" | "width"): number | undefined =>
        given.some((own) => own[key] === undefined) ? undefined : Math.max(...given.map((own) => own[key]!));
      return { steps: largest("steps"), width: largest("width") };
    }
    case "maxPooling1D":
    case "averagePooling1D":
      return { width };
    case "dot":
      return {};
    default:
      return { steps, width };
  }
}

/** Extents of a value: one direction of a recurrent layer has half the features of both. */
export function extentsOf(layer: MutableLayer, { direction, axes }: Flow): Extents {
  const isOne = layer.directions === 2 && (direction !== undefined || axes.includes("D"));
  const { steps, width } = layer;
  if (layer.kind !== "bidirectional") return { steps, width };
  const isMerged = layer.config.mergeMode !== undefined && layer.config.mergeMode !== "concat";
  return { steps, width: width !== undefined && (isOne || isMerged) ? width / 2 : width };
}
