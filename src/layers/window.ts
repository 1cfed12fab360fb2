import { ConfigError, ShapeError, told } from "../errors.js";
import { numberIn } from "../options.js";
import { describeShape } from "../tensor.js";
import type { Layer, SampleShape } from "./layer.js";
import type { Owner } from "./owner.js";

/** A number of time steps, alone or, as Keras allows, as the only element of an array. */
export type Steps = number | readonly [number];

/** The whole number of at least `min` that an option of this kind holds. @throws ConfigError */
export function stepsIn(where: string, option: string, value: unknown, min = 1): number {
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return numberIn(where, option, single as number, { min, integer: true });
}

/** Windows of time steps: where each begins, and how many there are. */
export interface Windows {
  /** Steps from the first to the last of a window, both counted. */
  readonly extent: number;
  readonly strides: number;
  readonly padding: "valid" | "same" | "causal";
}

/** How many windows fit `steps` time steps; none or fewer where the sequence is shorter than a window. */
export const windowCount = ({ extent, strides, padding }: Windows, steps: number): number =>
  padding === "valid" ? Math.floor((steps - extent) / strides) + 1 : Math.ceil(steps / strides);

/** Steps that are added before the first one: TensorFlow's, the odd one of `same` comes behind the last. */
export function windowShift(windows: Windows, steps: number): number {
  const { extent, strides, padding } = windows;
  if (padding === "valid") return 0;
  if (padding === "causal") return extent - 1;
  return Math.floor(Math.max(0, (windowCount(windows, steps) - 1) * strides + extent - steps) / 2);
}

/** Whether each step of the output belongs to one of the input, so that a mask still fits. */
export const keepsSteps = ({ extent, strides, padding }: Windows): boolean =>
  strides === 1 && (padding !== "valid" || extent === 1);

/** @throws ShapeError for a sequence that is shorter than a window. */
export function checkWindows(layer: Owner, windows: Windows, steps: number): number {
  const count = windowCount(windows, steps);
  if (count >= 1) return count;
  throw new ShapeError(
    `\`${layer.name}\` (${layer.kind}) needs at least ${windows.extent} time steps with padding: "${windows.padding}", got ${steps}. Pad the sequences, or use padding: "same".`,
    { received: steps, expected: windows.extent },
  );
}

/** The extents of a sample that is a sequence of known features. @throws ShapeError */
export function sequenceShape(
  layer: Layer,
  inputShape: SampleShape,
  previous: Layer | undefined,
): { steps: number | null; features: number } {
  const [steps, features] = inputShape;
  if (inputShape.length === 2 && steps !== undefined && typeof features === "number") {
    return { steps, features };
  }
  const hint =
    inputShape.length === 1 && previous !== undefined && "returnSequences" in previous
      ? ` Give \`${previous.name}\` returnSequences: true.`
      : "";
  throw new ShapeError(
    `\`${layer.name}\` (${layer.kind}) expected sequences [batch, timesteps, features], got ${describeShape([null, ...inputShape])}.${hint}`,
    { received: inputShape, expected: "[timesteps, features]" },
  );
}

/** @throws ConfigError for the channels first, an order no layer here has. */
export function refuseChannelsFirst(where: string, dataFormat: unknown): void {
  if (dataFormat == null || dataFormat === "channelsLast") return;
  throw new ConfigError(
    `${where}: \`dataFormat\` is ${told(dataFormat)}; sequences are [batch, timesteps, features], "channelsLast". Transpose the data, or put permute({ dims: [2, 1] }) before the layer.`,
    { received: dataFormat, expected: "channelsLast" },
  );
}
