import { RecurrentLayer } from "../layers/recurrent-layer.js";
import type { Tensor } from "../tensor.js";
import { outputOfLayer } from "./activations.js";
import type { Lab } from "./lab.js";

/** Where a value that is no number arises first, in the order of computation. */
export interface NonFinitePlace {
  readonly layer: string;
  /** A recurrent layer's gate; empty elsewhere. */
  readonly gate: string;
  readonly timeStep: number;
  readonly sample: number;
  readonly unit: number;
  readonly value: number;
  /** Of each layer up to this one the largest |output| at each time step, over samples and units. */
  readonly sizes: readonly { readonly name: string; readonly values: Float64Array }[];
}

/** Gates of a recurrent layer, in the order of its kernel's columns. */
export const gateNames: Readonly<Record<string, readonly string[]>> = {
  lstm: ["input", "forget", "cell", "output"],
  gru: ["update", "reset", "candidate"],
  simpleRNN: ["cell"],
};

/** The first gate whose weights are no numbers, or that computes none from finite inputs. */
function gateOf(layer: RecurrentLayer, input: ArrayLike<number>): { gate: string; unit: number } {
  const names = gateNames[layer.kind] ?? [""];
  const [kernel, recurrent, bias] = layer.variables.map((variable) => variable.read());
  const columns = names.length * layer.units;
  for (let column = 0; column < columns; column++) {
    const place = { gate: names[Math.floor(column / layer.units)]!, unit: column % layer.units };
    let z = bias?.[column] ?? 0;
    for (let f = 0; f < layer.features; f++) z += Math.fround(kernel![f * columns + column]! * input[f]!);
    if (!Number.isFinite(Math.fround(z))) return place;
    for (let h = 0; h < layer.units; h++)
      if (!Number.isFinite(recurrent![h * columns + column]!)) return place;
  }
  return { gate: "state", unit: 0 };
}

/** Largest |value| at each step of `[samples, steps, width]`, or of `[samples, width]` as one; NaN where one is not finite. */
function sizesOf({ shape, data }: Tensor): Float64Array {
  const width = shape.at(-1)!;
  const sizes = new Float64Array(shape.length === 3 ? shape[1]! : 1);
  for (let i = 0; i < data.length; i++) {
    const step = Math.floor(i / width) % sizes.length;
    const size = Number.isFinite(data[i]!) ? Math.abs(data[i]!) : Number.NaN;
    if (!(size <= sizes[step]!)) sizes[step] = Number.isNaN(sizes[step]!) ? Number.NaN : size;
  }
  return sizes;
}

/** Runs the model layer by layer over the lab's sample. null where everything is finite. */
export async function findNonFinite(lab: Lab): Promise<NonFinitePlace | null> {
  const { copy, file, sample } = lab;
  let input = sample.x;
  const sizes: { name: string; values: Float64Array }[] = [];
  for (const [index, layer] of copy.layers.entries()) {
    // The whole sequence of states tells the step; the last one would only tell that there was one.
    const isRecurrent = layer instanceof RecurrentLayer;
    const output = await outputOfLayer(lab, index, isRecurrent);
    sizes.push({ name: layer.name, values: sizesOf(output) });
    const at = output.data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const width = output.shape.at(-1)!;
      const steps = output.shape.length === 3 ? output.shape[1]! : 1;
      // In the order of time, not of samples: what is first in time made the others.
      let [timeStep, sampleAt] = [steps, 0];
      for (let i = 0; i < output.data.length; i++) {
        const t = Math.floor(i / width) % steps;
        if (!Number.isFinite(output.data[i]!) && t < timeStep)
          [timeStep, sampleAt] = [t, Math.floor(i / width / steps)];
      }
      const row = (sampleAt * steps + timeStep) * width;
      const unit = output.data.subarray(row, row + width).findIndex((value) => !Number.isFinite(value));
      const features = input.shape.at(-1)!;
      const from =
        input.shape.length === 3 ? (sampleAt * input.shape[1]! + timeStep) * features : sampleAt * features;
      const gate = isRecurrent
        ? gateOf(layer, input.data.subarray(from, from + features))
        : { gate: "", unit };
      return {
        layer: layer.name,
        gate: gate.gate,
        unit: gate.gate === "state" || gate.gate === "" ? unit : gate.unit,
        timeStep,
        sample: sampleAt,
        value: output.data[row + unit]!,
        sizes,
      };
    }
    input =
      isRecurrent && file.layers[index]!.config.returnSequences !== true
        ? await outputOfLayer(lab, index)
        : output;
  }
  return null;
}
