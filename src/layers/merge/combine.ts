import { ConfigError } from "../../errors.js";
import type { Layer, LayerOptions, SampleShape } from "../layer.js";
import { SeveralInputsLayer } from "../several-inputs-layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";
import { anyMask, Broadcast, broadcastShape, commonSteps } from "./broadcast.js";

/** Options of `add`, `subtract`, `multiply`, `average`, `maximum` and `minimum`: those of every layer. */
export type CombineOptions = LayerOptions;

/** How several inputs are combined, element by element. */
export type CombineKind = "add" | "subtract" | "multiply" | "average" | "maximum" | "minimum";

/** Codes of assembly/layers/combine.ts. */
const operations: Record<CombineKind, number> = {
  add: 0,
  average: 0,
  subtract: 1,
  multiply: 2,
  maximum: 3,
  minimum: 4,
};

/** Several inputs of one shape (or of extents 1, which are repeated) combined element by element. */
export class CombineLayer extends SeveralInputsLayer {
  readonly defaultName: string;

  constructor(
    readonly kind: CombineKind,
    options: CombineOptions,
  ) {
    super(`${kind}()`, options, []);
    this.defaultName = kind;
  }

  protected connectAll(inputShapes: readonly SampleShape[]): SampleShape {
    const exactly = this.kind === "subtract" ? 2 : null;
    if (exactly === null ? inputShapes.length < 1 : inputShapes.length !== exactly) {
      throw new ConfigError(
        `\`${this.name}\` (${this.kind}) takes ${exactly ?? "one or more"} inputs, got ${inputShapes.length}: ${this.kind}().apply([a, b]).`,
        { received: inputShapes.length, expected: exactly ?? "one or more" },
      );
    }
    return broadcastShape(this, inputShapes);
  }

  stageAll(inputs: readonly Signal[], workspace: Workspace): Stage {
    const { kernels } = workspace;
    const largest = inputs.reduce((a, b) => (b.features > a.features ? b : a));
    const isSequence = inputs.some((input) => input.isSequence);
    const output = ownSignal(workspace, this, inputs, {
      features: largest.features,
      inner: largest.inner,
      isSequence,
      maxTimesteps: Math.max(...inputs.map(({ maxTimesteps }) => maxTimesteps)),
    });
    const spread = inputs.map((input) => new Broadcast(this, input, output, workspace));
    const mask = anyMask(this, inputs, output, workspace);
    const { kind } = this;
    const operation = operations[kind];
    const extreme = kind === "maximum" || kind === "minimum";
    // A masked row of a factor is 1, and of an extreme it is passed over (Keras); sums take it as it is.
    const taking = new RowsThatTakePart(this, inputs, output, workspace, kind === "multiply" || extreme);
    const claimed =
      extreme && output.gradient !== 0
        ? workspace.region(this, "claimed", workspace.batch * output.maxTimesteps * output.stride)
        : 0;
    let values: number[] = [];
    return {
      layer: this,
      output,
      forward: ({ batch }) => {
        output.timesteps = commonSteps(this, inputs);
        mask.refresh(batch);
        taking.refresh(batch, extreme);
        values = spread.map((one) => one.values(batch));
        const rows = output.rows(batch);
        values.forEach((x, i) => {
          const first = Number(i === 0);
          kernels.combineRows(operation, first, x, taking.mask(i), output.address, rows, output.stride);
        });
        if (kind === "average") {
          kernels.scaleInPlace(output.address, rows * output.stride, 1 / inputs.length);
        }
      },
      backward: ({ batch }) => {
        const dy = output.gradient;
        if (dy === 0) return;
        const rows = output.rows(batch);
        const count = rows * output.stride;
        if (claimed !== 0) kernels.fillZero(claimed, count);
        spread.forEach((one, i) => {
          const dx = one.gradient;
          const own = taking.mask(i);
          if (extreme) {
            // Whoever comes later must not claim what this one has, wanted or not.
            const target = dx === 0 ? taking.unwanted() : dx;
            const { address } = output;
            kernels.claimGradient(values[i]!, own, address, dy, target, claimed, rows, output.stride);
          } else if (dx !== 0) {
            kernels.copyFloats(dy, dx, count);
            if (kind === "average") kernels.scaleInPlace(dx, count, 1 / inputs.length);
            if (kind === "subtract" && i === 1) kernels.scaleInPlace(dx, count, -1);
            if (kind === "multiply") {
              values.forEach((x, j) => {
                if (j !== i) kernels.combineRows(operation, 0, x, taking.mask(j), dx, rows, output.stride);
              });
              if (own !== 0) kernels.maskRows(dx, own, dx, rows, output.stride);
            }
          }
          if (dx !== 0) one.deliver(batch);
        });
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return {};
  }
}

/** For each input the rows of the output in which it takes part. */
class RowsThatTakePart {
  readonly #masks: readonly number[];
  readonly #floats: number;
  #unwanted = 0;

  constructor(
    readonly layer: Layer,
    readonly inputs: readonly Signal[],
    readonly output: Signal,
    readonly workspace: Workspace,
    asks: boolean,
  ) {
    this.#floats = workspace.batch * output.maxTimesteps;
    const some = asks && inputs.some(({ mask }) => mask !== 0);
    this.#masks = inputs.map(() => (some ? workspace.region(layer, "rows that take part", this.#floats) : 0));
    if (output.gradient !== 0 && inputs.some(({ gradient }) => gradient === 0)) {
      this.#unwanted = workspace.region(layer, "gradient of nobody", this.#floats * output.stride);
    }
  }

  /** Address for an input; 0: every row. */
  mask(index: number): number {
    return this.#masks[index]!;
  }

  unwanted(): number {
    return this.#unwanted;
  }

  /** @param oneAtLeast of a row in which nobody would take part the first does. */
  refresh(batch: number, oneAtLeast: boolean): void {
    if (this.#masks[0] === 0) return;
    const { memory } = this.workspace;
    const rows = this.output.rows(batch);
    const targets = this.#masks.map((mask) => memory.floats(mask, rows));
    for (let row = 0; row < rows; row++) {
      let any = false;
      this.inputs.forEach(({ mask, timesteps }, i) => {
        const at = timesteps === 1 ? row % batch : row;
        const counts = mask === 0 || memory.floats(mask, batch * timesteps)[at] !== 0;
        targets[i]![row] = Number(counts);
        any ||= counts;
      });
      if (!any && oneAtLeast) targets[0]![row] = 1;
    }
  }
}

/**
 * The sum of its inputs. `apply([a, b, …])`: rows or sequences of one shape; extents of 1 are repeated, and a row meets every
 * time step of a sequence. A step counts where it counts in any input; without a mask in each input there is none.
 * @throws ConfigError for an unknown option; ShapeError for shapes that do not fit.
 *
 * @example
 * const x = input({ shape: [20, 8] });
 * const y = add().apply([x, lstm({ units: 8, returnSequences: true }).apply(x)]);
 */
export const add = (options: CombineOptions = {}): CombineLayer => new CombineLayer("add", options);

/**
 * The first input minus the second; shapes and masks as `add`.
 * @throws ConfigError for another number of inputs.
 *
 * @example
 * const x = input({ shape: [24, 2] });
 * const y = subtract().apply([x, lstm({ units: 2, returnSequences: true }).apply(x)]);
 */
export const subtract = (options: CombineOptions = {}): CombineLayer => new CombineLayer("subtract", options);

/**
 * The product of its inputs, element by element; a masked step of an input is 1 (Keras). Shapes and masks as `add`.
 * @throws ConfigError for an unknown option or no input; ShapeError for shapes that do not fit.
 *
 * @example
 * const x = input({ shape: [24, 2] });
 * const y = multiply().apply([x, lstm({ units: 2, returnSequences: true }).apply(x)]);
 */
export const multiply = (options: CombineOptions = {}): CombineLayer => new CombineLayer("multiply", options);

/**
 * The mean of its inputs, element by element. Shapes and masks as `add`.
 * @throws ConfigError for an unknown option or no input; ShapeError for shapes that do not fit.
 *
 * @example
 * const x = input({ shape: [24, 2] });
 * const y = average().apply([x, lstm({ units: 2, returnSequences: true }).apply(x)]);
 */
export const average = (options: CombineOptions = {}): CombineLayer => new CombineLayer("average", options);

/**
 * The largest of its inputs, element by element; masked steps are passed over. Of equals the first gets the gradient.
 * @throws ConfigError for an unknown option or no input; ShapeError for shapes that do not fit.
 *
 * @example
 * const x = input({ shape: [24, 2] });
 * const y = maximum().apply([x, lstm({ units: 2, returnSequences: true }).apply(x)]);
 */
export const maximum = (options: CombineOptions = {}): CombineLayer => new CombineLayer("maximum", options);

/**
 * The smallest of its inputs, element by element; masked steps are passed over. Of equals the first gets the gradient.
 * @throws ConfigError for an unknown option or no input; ShapeError for shapes that do not fit.
 *
 * @example
 * const x = input({ shape: [24, 2] });
 * const y = minimum().apply([x, lstm({ units: 2, returnSequences: true }).apply(x)]);
 */
export const minimum = (options: CombineOptions = {}): CombineLayer => new CombineLayer("minimum", options);
