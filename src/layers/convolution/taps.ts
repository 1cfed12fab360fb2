import { type TapsDescriptor, tapsFields, writeDescriptor } from "../../engine/descriptors.js";
import type { Owner } from "../owner.js";
import type { Workspace } from "../workspace.js";

/** Rows of an output that a thread takes at least. */
const ROW_GRAIN = 16;

const panelsOf = (columns: number): number => Math.ceil(columns / 16);

/** Floats of packed weights: `[groups][taps][⌈columns/16⌉][depth][16]`. */
export const tapPanelFloats = (form: {
  groups: number;
  taps: number;
  depth: number;
  columns: number;
}): number => form.groups * form.taps * panelsOf(form.columns) * form.depth * 16;

/** Floats of a packed bias: `[groups][16 ⌈columns/16⌉]`. */
export const tapStartFloats = ({ groups, columns }: { groups: number; columns: number }): number =>
  groups * panelsOf(columns) * 16;

/** What does not change from pass to pass. */
export type TapForm = Pick<TapsDescriptor, "taps" | "groups" | "depth" | "columns"> & Partial<TapsDescriptor>;

/** A product over taps with its descriptor: a convolution, its way back, or its weights' gradients. */
export class Taps {
  readonly fields: TapsDescriptor;
  readonly #descriptor: number;

  constructor(
    layer: Owner,
    label: string,
    form: TapForm,
    readonly workspace: Workspace,
  ) {
    this.#descriptor = workspace.region(layer, `${label} descriptor`, tapsFields.length);
    this.fields = {
      batch: 0,
      steps: 0,
      xSteps: 0,
      positionStride: 1,
      tapStep: 0,
      shift: 0,
      divisor: 1,
      x: 0,
      xStride: 0,
      xGroupStride: 0,
      xTapStride: 0,
      panels: 0,
      start: 0,
      y: 0,
      yStride: 0,
      yGroupStride: 0,
      accumulate: 0,
      pairs: 0,
      dKernel: 0,
      dKernelTapStride: 0,
      dKernelGroupStride: 0,
      dKernelStride: 0,
      dBias: 0,
      ...form,
    };
  }

  /** y = start + Σ taps. */
  multiply(changes: Partial<TapsDescriptor>): void {
    this.#write(changes);
    const { steps, batch } = this.fields;
    this.workspace.split("tapProduct", this.#descriptor, steps * batch, ROW_GRAIN, this);
  }

  /** dKernel, dBias += */
  addWeightGradients(changes: Partial<TapsDescriptor>): void {
    this.#write(changes);
    const { groups, taps, columns } = this.fields;
    this.workspace.split("tapWeightGradients", this.#descriptor, groups * taps * panelsOf(columns), 1, this);
  }

  #write(changes: Partial<TapsDescriptor>): void {
    Object.assign(this.fields, changes);
    writeDescriptor(this.workspace.memory, this.#descriptor, tapsFields, this.fields);
  }
}
