import type { Kernels } from "../engine/kernels.js";
import type { Layer } from "./layer.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Pass, Workspace } from "./workspace.js";

/** What a pass over an activation's floats is told: their number, padding included, and rows and floats of a row. */
export interface Extent {
  readonly count: number;
  readonly rows: number;
  readonly stride: number;
}

/** The stage of a layer whose output has the input's shape and mask, and whose passes go over all floats alike. */
export function elementWiseStage(
  layer: Layer,
  input: Signal,
  workspace: Workspace,
  passes: {
    forward(kernels: Kernels, x: number, y: number, extent: Extent, pass: Pass): void;
    /** dx from dy; `x` and `y` are the forward pass's. Called where somebody wants dx. */
    backward(
      kernels: Kernels,
      at: { x: number; y: number; dy: number; dx: number },
      extent: Extent,
      pass: Pass,
    ): void;
  },
): Stage {
  const { features, isSequence, maxTimesteps, stride, inner } = input;
  const { kernels } = workspace;
  const output = ownSignal(workspace, layer, input, { features, isSequence, maxTimesteps, inner });
  const extentOf = ({ batch }: Pass): Extent => {
    const rows = input.rows(batch);
    return { count: rows * stride, rows, stride };
  };
  return {
    layer,
    output,
    forward(pass) {
      output.timesteps = input.timesteps;
      passes.forward(kernels, input.address, output.address, extentOf(pass), pass);
    },
    backward(pass) {
      if (input.gradient === 0) return;
      const at = { x: input.address, y: output.address, dy: output.gradient, dx: input.gradient };
      passes.backward(kernels, at, extentOf(pass), pass);
    },
  };
}
