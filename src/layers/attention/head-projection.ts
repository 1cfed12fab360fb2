import { Taps, tapPanelFloats, tapStartFloats } from "../convolution/taps.js";
import type { Owner } from "../owner.js";
import { type Signal, strideOf } from "../signal.js";
import type { Variable } from "../variable.js";
import { type Packed, type Pass, pairsFloats, type Workspace } from "../workspace.js";

/** Rows of a projection: values, and dL/dvalues or 0. */
export interface ProjectedRows {
  readonly address: number;
  readonly gradient: number;
  readonly stride: number;
}

/**
 * A dense layer to heads side by side, or from them: each head is padded to whole vectors, so that it begins on one. To
 * heads: kernel `[features, heads, width]`, one group of columns a head. From heads: kernel `[heads, width, features]`, one
 * tap a head, summed.
 */
export class HeadProjection {
  readonly #forward: Taps;
  readonly #weightGradients: Taps | null;
  readonly #inputGradient: Taps | null;
  readonly #packed: { panels: Packed; transposed: Packed };

  constructor(
    readonly layer: Owner,
    readonly label: string,
    readonly form: { direction: "to" | "from"; heads: number; width: number; features: number },
    readonly kernel: Variable,
    readonly bias: Variable | undefined,
    /** Strides of what comes in and what goes out, and which gradients are wanted. */
    readonly rows: { x: number; y: number; learns: boolean; sendsBack: boolean },
    readonly workspace: Workspace,
  ) {
    const { direction, heads, width, features } = form;
    const padded = strideOf(width);
    const to = direction === "to";
    // A head is a group of columns on one side of the product, and a tap on the other.
    const groups = to
      ? { taps: 1, groups: heads, depth: features, columns: width }
      : { taps: heads, groups: 1, depth: width, columns: features };
    const turned = to
      ? { taps: heads, groups: 1, depth: width, columns: features }
      : { taps: 1, groups: heads, depth: features, columns: width };
    const region = (name: string, floats: number): number =>
      workspace.shared(layer, `${label} ${name}`, floats);
    const strides = (form: { taps: number }, x: number, y: number) =>
      form.taps > 1 || heads === 1
        ? { xStride: x, xTapStride: padded, yStride: y }
        : { xStride: x, yStride: y, yGroupStride: padded };
    this.#forward = new Taps(
      layer,
      `${label} forward`,
      {
        ...groups,
        ...strides(groups, rows.x, rows.y),
        panels: region("panels", tapPanelFloats(groups)),
        start: bias === undefined ? 0 : region("bias", tapStartFloats(groups)),
      },
      workspace,
    );
    this.#weightGradients = rows.learns
      ? new Taps(
          layer,
          `${label} weight gradients`,
          {
            ...this.#forward.fields,
            pairs: workspace.region(
              layer,
              `${label} pairs`,
              workspace.maximumThreads * pairsFloats(groups.depth),
            ),
            dKernel: workspace.gradients(kernel),
            dKernelTapStride: width * features,
            dKernelGroupStride: width,
            dKernelStride: to ? heads * width : features,
            dBias: bias === undefined ? 0 : workspace.gradients(bias),
          },
          workspace,
        )
      : null;
    this.#inputGradient = rows.sendsBack
      ? new Taps(
          layer,
          `${label} input gradient`,
          {
            ...turned,
            ...strides(turned, rows.y, rows.x),
            panels: region("transposed panels", tapPanelFloats(turned)),
          },
          workspace,
        )
      : null;
    this.#packed = {
      panels: workspace.packed(layer, `${label} panels`),
      transposed: workspace.packed(layer, `${label} transposed panels`),
    };
  }

  forward(pass: Pass, steps: number, x: number, y: number): void {
    this.#packed.panels.refresh(pass.weightsVersion, () => this.#pack());
    this.#forward.multiply({ batch: pass.batch, steps, xSteps: steps, x, y });
  }

  /** @param accumulate adds to dx instead of writing it. */
  backward(pass: Pass, steps: number, at: { x: number; dy: number; dx: number }, accumulate = false): void {
    const { batch } = pass;
    this.#weightGradients?.addWeightGradients({ batch, steps, xSteps: steps, x: at.x, y: at.dy });
    if (this.#inputGradient === null) return;
    this.#packed.transposed.refresh(pass.weightsVersion, () => this.#packTransposed());
    this.#inputGradient.multiply({
      batch,
      steps,
      xSteps: steps,
      x: at.dy,
      y: at.dx,
      accumulate: Number(accumulate),
    });
  }

  /** Each head's block of the kernel: its address and from row to row. */
  #eachHead(visit: (block: number, head: number) => void): void {
    const { direction, heads, width, features } = this.form;
    const kernel = this.workspace.weights(this.kernel);
    const between = direction === "to" ? width : width * features;
    for (let head = 0; head < heads; head++) visit(kernel + head * between * 4, head);
  }

  get #rowStride(): number {
    const { direction, heads, width, features } = this.form;
    return direction === "to" ? heads * width : features;
  }

  #pack(): void {
    const { kernels } = this.workspace;
    const { panels, start, depth, columns, groups } = this.#forward.fields;
    const block = Math.ceil(columns / 16) * depth * 64;
    this.#eachHead((weights, head) => {
      kernels.packColumns(weights, this.#rowStride, panels + head * block, depth, columns);
    });
    if (this.bias === undefined) return;
    for (let group = 0; group < groups; group++) {
      const source = this.workspace.weights(this.bias) + group * columns * 4;
      kernels.copyFloats(source, start + group * Math.ceil(columns / 16) * 64, columns);
    }
  }

  #packTransposed(): void {
    const { kernels } = this.workspace;
    const { panels, depth, columns } = this.#inputGradient!.fields;
    const block = Math.ceil(columns / 16) * depth * 64;
    this.#eachHead((weights, head) => {
      kernels.packTransposed(weights, this.#rowStride, panels + head * block, depth, columns);
    });
  }
}

/** Room for the projected rows of a signal, and for their gradient where one is wanted. */
export function projectedRows(
  workspace: Workspace,
  layer: Owner,
  label: string,
  { maxTimesteps }: Signal,
  stride: number,
  wanted: boolean,
): ProjectedRows {
  const floats = workspace.batch * maxTimesteps * stride;
  return {
    address: workspace.region(layer, label, floats),
    // Weight gradients read sixteen columns of a row at a time, up to fifteen floats behind the last row.
    gradient: wanted ? workspace.region(layer, `${label}' gradient`, floats + 16) : 0,
    stride,
  };
}
