import type { Owner } from "../owner.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Variable } from "../variable.js";
import type { Pass, Workspace } from "../workspace.js";

/** What a batch normalization's stage asks of its layer. */
export interface BatchNormalizationOwner extends Owner {
  readonly trainable: boolean;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma: Variable | undefined;
  readonly beta: Variable | undefined;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
}

/** A batch normalization laid out in a workspace: by the batch's statistics, or by the moving ones. */
export class BatchNormalizationStage implements Stage {
  readonly output: Signal;
  /** Rows of one stride of floats: what the kernels read and write column by column. */
  readonly #columns: Record<
    "mean" | "variance" | "scale" | "gammaScale" | "offset" | "sumDy" | "sumDyX",
    number
  >;
  #byBatch = false;

  constructor(
    readonly layer: BatchNormalizationOwner,
    readonly input: Signal,
    readonly workspace: Workspace,
  ) {
    const { features, isSequence, maxTimesteps, stride } = input;
    this.output = ownSignal(workspace, layer, input, { features, isSequence, maxTimesteps });
    const column = (label: string): number => workspace.region(layer, label, stride);
    this.#columns = {
      mean: column("mean"),
      variance: column("variance"),
      scale: column("scale"),
      gammaScale: column("gamma scale"),
      offset: column("offset"),
      sumDy: column("sum of dy"),
      sumDyX: column("sum of dy x"),
    };
  }

  forward(pass: Pass): void {
    const { layer, input, output, workspace } = this;
    const { kernels, memory } = workspace;
    const { stride, features, mask } = input;
    const rows = input.rows(pass.batch);
    const at = this.#columns;
    output.timesteps = input.timesteps;
    const learned = [layer.gamma, layer.beta].some((one) => one !== undefined);
    // Trainable as compiled, where a weight tells.
    this.#byBatch = pass.training && (learned ? workspace.learns(layer) : layer.trainable);
    const [movingMean, movingVariance] = [layer.movingMean, layer.movingVariance].map((one) =>
      workspace.weights(one),
    );
    if (this.#byBatch) {
      kernels.columnMoments(input.address, mask, at.mean, at.variance, rows, stride);
      kernels.lerpInPlace(movingMean!, at.mean, features, layer.momentum);
      kernels.lerpInPlace(movingVariance!, at.variance, features, layer.momentum);
    } else {
      kernels.copyFloats(movingMean!, at.mean, features);
      kernels.copyFloats(movingVariance!, at.variance, features);
    }
    const read = (address: number): Float32Array => memory.floats(address, features);
    const weightsOf = (variable: Variable | undefined): Float32Array | null =>
      variable === undefined ? null : read(workspace.weights(variable));
    const [gamma, beta] = [weightsOf(layer.gamma), weightsOf(layer.beta)];
    const [variance, scale, gammaScale, offset] = [
      read(at.variance),
      read(at.scale),
      read(at.gammaScale),
      read(at.offset),
    ];
    for (let k = 0; k < features; k++) {
      scale[k] = 1 / Math.sqrt(variance[k]! + layer.epsilon);
      gammaScale[k] = scale[k]! * (gamma?.[k] ?? 1);
      offset[k] = beta?.[k] ?? 0;
    }
    kernels.affineRows(input.address, output.address, at.mean, at.gammaScale, at.offset, rows, stride);
  }

  backward(pass: Pass): void {
    const { layer, input, output, workspace } = this;
    const { kernels } = workspace;
    const dy = output.gradient;
    if (dy === 0) return;
    const { stride, features, mask } = input;
    const rows = input.rows(pass.batch);
    const at = this.#columns;
    const { address } = input;
    kernels.batchNormalizationSums(address, dy, at.mean, at.scale, at.sumDy, at.sumDyX, rows, stride);
    if (workspace.learns(layer)) {
      for (const [variable, sum] of [
        [layer.gamma, at.sumDyX],
        [layer.beta, at.sumDy],
      ] as const) {
        if (variable !== undefined) kernels.addInPlace(workspace.gradients(variable), sum, features);
      }
    }
    if (input.gradient === 0) return;
    if (!this.#byBatch) {
      kernels.scaleColumns(dy, input.gradient, at.gammaScale, rows, stride);
      return;
    }
    kernels.batchNormalizationBackward(
      address,
      dy,
      input.gradient,
      mask,
      at.mean,
      at.scale,
      at.gammaScale,
      at.sumDy,
      at.sumDyX,
      rows,
      stride,
    );
  }
}
