import { Layer, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import type { Call, Stage } from "./stage.js";
import type { Workspace } from "./workspace.js";

/** A layer that takes several inputs: what one of a single input does is said in terms of what this one does. */
export abstract class SeveralInputsLayer extends Layer {
  protected abstract override connectAll(
    inputShapes: readonly SampleShape[],
    previous: readonly (Layer | undefined)[],
  ): SampleShape;

  abstract override stageAll(inputs: readonly Signal[], workspace: Workspace, call: Call): Stage;

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    return this.connectAll([inputShape], [previous]);
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return this.stageAll([input], workspace, {});
  }
}
