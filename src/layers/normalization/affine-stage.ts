import { elementWiseStage } from "../element-wise.js";
import type { Layer } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";

/** (x - shift) · scale + offset of one feature. */
export interface Affine {
  readonly shift: number;
  readonly scale: number;
  readonly offset: number;
}

/** Rescales each feature by numbers that training does not change; asked for them whenever weights were written. */
export function affineStage(
  layer: Layer,
  input: Signal,
  workspace: Workspace,
  affineOf: (feature: number) => Affine,
): Stage {
  const { stride, features } = input;
  const { memory } = workspace;
  const [shift, scale, offset] = (["shift", "scale", "offset"] as const).map((label) =>
    workspace.shared(layer, label, stride),
  );
  const packed = workspace.packed(layer, "shift, scale and offset");
  return elementWiseStage(layer, input, workspace, {
    forward(kernels, x, y, { rows }, { weightsVersion }) {
      packed.refresh(weightsVersion, () => {
        for (let k = 0; k < features; k++) {
          const affine = affineOf(k);
          memory.floats(shift!, stride)[k] = affine.shift;
          memory.floats(scale!, stride)[k] = affine.scale;
          memory.floats(offset!, stride)[k] = affine.offset;
        }
      });
      kernels.affineRows(x, y, shift!, scale!, offset!, rows, stride);
    },
    backward: (kernels, { dy, dx }, { rows }) => kernels.scaleColumns(dy, dx, scale!, rows, stride),
  });
}
