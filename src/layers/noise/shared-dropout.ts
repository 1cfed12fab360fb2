/** Dropout whose draws serve several elements: Keras's `noise_shape`. */
import { ShapeError } from "../../errors.js";
import { describeShape, sizeOf } from "../../tensor.js";
import type { Layer, SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Pass, Workspace } from "../workspace.js";

/** Extents of the mask, the batch's first: 1 where one draw serves all, null as the input's. */
export type NoiseShape = readonly (number | null)[];

/** @throws ShapeError unless each extent is 1, null, or the input's own. */
export function resolveNoise(name: string, noise: NoiseShape, inputShape: SampleShape): void {
  const own = [null, ...inputShape];
  const fits =
    noise.length === own.length &&
    noise.every((extent, axis) => extent === null || extent === 1 || (axis > 0 && extent === own[axis]));
  if (fits) return;
  throw new ShapeError(
    `\`${name}\` (dropout): \`noiseShape\` is ${describeShape(noise)}, and what comes in is ${describeShape(own)}. Give 1 where a draw serves all, and null (or the same number) elsewhere.`,
    { received: noise, expected: own },
  );
}

/** Which of the draws each of a row's features takes: row-major, as the features lie. */
function draws(extents: readonly number[], shared: readonly boolean[]): { of: Int32Array; count: number } {
  const kept = extents.map((extent, axis) => (shared[axis] === true ? 1 : extent));
  const of = Int32Array.from({ length: sizeOf(extents) }, (_, feature) => {
    let [rest, at, step] = [feature, 0, 1];
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      const index = rest % extents[axis]!;
      rest = Math.floor(rest / extents[axis]!);
      if (shared[axis] !== true) at += index * step;
      step *= kept[axis]!;
    }
    return at;
  });
  return { of, count: sizeOf(kept) };
}

/** The stage of a dropout some of whose draws are shared. */
export function sharedDropout(
  layer: Layer & { readonly rate: number },
  noise: NoiseShape,
  input: Signal,
  workspace: Workspace,
): Stage {
  const { kernels, memory, batch: capacity, taped } = workspace;
  const { isSequence, stride, features, maxTimesteps } = input;
  const output = ownSignal(workspace, layer, input, input);
  const shared = noise.map((extent) => extent === 1);
  // Rows of a sequence are its time steps; all other axes lie side by side in a row.
  const [perSample, perStep] = [shared[0] !== true, isSequence && shared[1] !== true];
  const own = input.inner.length > 0 ? input.inner : [features];
  const { of, count } = draws(own, shared.slice(isSequence ? 2 : 1));
  const rowsOf = (batch: number, steps: number): number => (perSample ? batch : 1) * (perStep ? steps : 1);
  const padded = (floats: number): number => Math.ceil(floats / 4) * 4;
  const factors = taped
    ? workspace.region(layer, "factors", padded(rowsOf(capacity, maxTimesteps) * count))
    : 0;
  const multiply = ({ batch, training }: Pass, source: number, target: number): void => {
    const rows = input.rows(batch);
    kernels.copyFloats(source, target, rows * stride);
    if (!training) return;
    const values = memory.floats(target, rows * stride);
    const drawn = memory.floats(factors, rowsOf(batch, input.timesteps) * count);
    for (let row = 0; row < rows; row++) {
      const [step, sample] = [Math.floor(row / batch), row % batch];
      const from = ((perStep ? step : 0) * (perSample ? batch : 1) + (perSample ? sample : 0)) * count;
      for (let k = 0; k < features; k++) values[row * stride + k]! *= drawn[from + of[k]!]!;
    }
  };
  return {
    layer,
    output,
    forward: (pass) => {
      output.timesteps = input.timesteps;
      if (pass.training) {
        const floats = padded(rowsOf(pass.batch, input.timesteps) * count);
        memory.floats(factors, floats).fill(1);
        kernels.dropout(factors, factors, floats, layer.rate, ...pass.seeds(layer));
      }
      multiply(pass, input.address, output.address);
    },
    backward(pass) {
      if (input.gradient !== 0) multiply(pass, output.gradient, input.gradient);
    },
  };
}
