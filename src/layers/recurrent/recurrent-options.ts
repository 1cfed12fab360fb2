import { type ElementwiseActivation, elementwiseActivations } from "../../engine/activation-codes.js";
import { ConfigError, ShapeError } from "../../errors.js";
import { oneOf } from "../../options.js";
import { describeShape, sameShape } from "../../tensor.js";
import type { Layer, SampleShape } from "../layer.js";

/** An activation of a gate or a state: any but softmax, which mixes units; null is none, as in Keras. */
export function gateActivation(
  where: string,
  option: string,
  value: unknown,
  usual: ElementwiseActivation,
): ElementwiseActivation {
  if (value === "softmax") {
    throw new ConfigError(
      `${where}: \`${option}\` cannot be "softmax", which mixes the units of a gate. Put dense({ activation: "softmax" }) behind the layer.`,
      { received: value, expected: elementwiseActivations },
    );
  }
  return oneOf(where, option, value === undefined ? usual : (value ?? "linear"), elementwiseActivations);
}

/** `[timesteps, features]` of the sequences a recurrent layer is given. @throws ShapeError when they are none. */
export function sequenceShape(
  layer: Layer,
  inputShape: SampleShape,
  previous: Layer | undefined,
): { timesteps: number | null; features: number } {
  const [timesteps, features] = inputShape;
  if (inputShape.length === 2 && timesteps !== undefined && typeof features === "number") {
    return { timesteps, features };
  }
  const came = `\`${layer.name}\` (${layer.kind}) expected sequences [batch, timesteps, features], got ${describeShape([null, ...inputShape])}`;
  const stacked = previous?.isRecurrent === true;
  if (stacked) {
    throw new ShapeError(
      `${came} from \`${previous.name}\`, which hands on its last output only. Give ${previous.kind === "bidirectional" ? "the layer inside " : ""}\`${previous.name}\` the option returnSequences: true.`,
      {
        code: "stacked_lstm_needs_return_sequences",
        received: inputShape,
        expected: "[timesteps, features]",
      },
    );
  }
  throw new ShapeError(
    `${came}${previous === undefined ? "" : ` from \`${previous.name}\``}. ` +
      (inputShape.length === 1
        ? "Give the layer inputShape: [timesteps, features]; a single series of values has features = 1."
        : "The features of a sequence must be a known number."),
    { received: inputShape, expected: "[timesteps, features]" },
  );
}

/** @throws ShapeError unless there is one `[batch, width]` for each part of the state. */
export function checkStates(
  name: string,
  widths: Readonly<Record<string, number>>,
  shapes: readonly SampleShape[],
): void {
  const expected = Object.values(widths).map((width) => [width]);
  if (shapes.length === expected.length && shapes.every((shape, i) => sameShape(shape, expected[i]!))) return;
  const listed = (list: readonly SampleShape[]): string =>
    list.map((shape) => describeShape([null, ...shape])).join(", ");
  throw new ShapeError(
    `\`${name}\`: initialState is ${listed(shapes)}, expected [${Object.keys(widths).join(", ")}] of ${listed(expected)}.`,
    { received: shapes, expected },
  );
}
