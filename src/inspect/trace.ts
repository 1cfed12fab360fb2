import { ConfigError, ShapeError, told } from "../errors.js";
import { RecurrentStage } from "../layers/recurrent/recurrent-stage.js";
import { onlyBatch } from "../model/data/examples.js";
import type { Plan } from "../model/execution/plan.js";
import type { Sequential } from "../model/sequential.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import { describeShape, type Tensor, type TensorLike, toTensor } from "../tensor.js";
import { cellOf } from "./float64/cell-of.js";
import { followSequence } from "./float64/follow-sequence.js";
import { type JacobianNorms, jacobianNorms } from "./float64/jacobian.js";

/** Options of `trace`. */
export interface TraceOptions {
  /** Name of a recurrent layer, or of a direction: `"bidirectional/forward_lstm"`. Default: the first there is. */
  readonly layer?: string;
  /** The label of the sequence: gradients are then those of the compiled loss. Default: none. */
  readonly y?: TensorLike;
  /**
   * Only this unit's numbers are returned; without `y` its last hidden value is what is differentiated. A projected hidden
   * state belongs to no unit: it is returned whole, and `y` is needed. Default: all.
   */
  readonly unit?: number;
  /** Whether ‖∂h_T/∂h_t‖ is computed, which costs H times a step back for every step. Default true. */
  readonly jacobian?: boolean;
}

/** One gate of a trace: `[timesteps][units]`, row-major. */
export interface GateTrace {
  readonly activation: Float64Array;
  readonly gradient: Float64Array;
}

/** One sequence through one recurrent layer. Arrays are row-major, one row a time step in the order of processing. */
export interface Trace {
  readonly layer: string;
  readonly kind: string;
  readonly timesteps: number;
  /** Columns of the arrays of units: 1 where one unit was asked for. */
  readonly units: number;
  /** Columns of `hidden` and `hiddenGradient`: those of `units`, or the width of a projection. */
  readonly hiddenUnits: number;
  readonly features: number;
  /** What is differentiated. */
  readonly loss: "compiled loss" | "last hidden state";
  /** x_t, `[timesteps][features]`. */
  readonly input: Float64Array;
  readonly hidden: Float64Array;
  /** Empty for cells without c. */
  readonly cell: Float64Array;
  /** dL/dh_t and dL/dc_t, total derivatives. */
  readonly hiddenGradient: Float64Array;
  readonly cellGradient: Float64Array;
  /** dL/dx_t, `[timesteps][features]`. */
  readonly inputGradient: Float64Array;
  readonly gates: Readonly<Record<string, GateTrace>>;
  /** ‖∂h_T/∂h_t‖ over all units; null where it was not wanted. */
  readonly jacobian: JacobianNorms | null;
}

/** The stage of the layer asked for, and the name it goes by. */
function findStage(plan: Plan, wanted: string | undefined): { name: string; stage: RecurrentStage } {
  const found = plan.stages.flatMap((outer) =>
    [outer, ...(outer.inner ?? [])].flatMap((stage) =>
      stage instanceof RecurrentStage
        ? [{ name: stage === outer ? stage.layer.name : `${outer.layer.name}/${stage.layer.name}`, stage }]
        : [],
    ),
  );
  const match = wanted === undefined ? found[0] : found.find(({ name }) => name === wanted);
  if (match !== undefined) return match;
  throw new ConfigError(
    `trace(): there is no recurrent layer ${wanted === undefined ? "in this model" : `\`${wanted}\``}. Recurrent layers: ${found.map(({ name }) => name).join(", ") || "none"}.`,
    { received: wanted, expected: found.map(({ name }) => name) },
  );
}

/** A sequence with a batch axis of one. */
function asBatch(what: string, value: TensorLike, rank: number): Tensor {
  const given = toTensor(value);
  const batch = given.shape.length === rank - 1 ? { ...given, shape: [1, ...given.shape] } : given;
  if (batch.shape.length === rank && batch.shape[0] === 1) return batch;
  throw new ShapeError(
    `trace(): ${what} has the shape ${describeShape(given.shape)}, expected one sequence, with or without a batch axis of 1.`,
    { received: given.shape },
  );
}

/** Rows of float32 in the kernels' memory as float64 vectors, without their padding. */
function rowsAt(plan: Plan, address: number, rows: number, width: number, stride: number): Float64Array[] {
  const floats = plan.memory.floats(address, rows * stride);
  return Array.from({ length: rows }, (_, t) =>
    Float64Array.from(floats.subarray(t * stride, t * stride + width)),
  );
}

function flat(rows: readonly Float64Array[], column: number | undefined): Float64Array {
  if (column !== undefined) return Float64Array.from(rows, (row) => row[column]!);
  const width = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, t) => {
    values.set(row, t * width);
  });
  return values;
}

/**
 * Follows one sequence through one recurrent layer: states, gates, their gradients, and how much of the last hidden state
 * every earlier one decides.
 *
 * The layer's input and the gradient that reaches its output are those of the model's own float32 passes, dropout off;
 * what happens inside the layer is computed again from them in float64 (MATH.md). Changes nothing.
 *
 * @param x one sequence, `[timesteps, features]` or `[1, timesteps, features]`.
 * @throws ShapeError, DataError for x and y that do not fit; ConfigError for an unknown layer or unit; StateError for `y`
 *   before `compile`.
 *
 * @example
 * const { cell, jacobian } = trace(model, x, { layer: "lstm", unit: 3 });
 */
export function trace(model: Sequential, x: TensorLike, options: TraceOptions = {}): Trace {
  const where = "trace()";
  refuseUnknown(where, options, ["layer", "y", "unit", "jacobian"]);
  const wantsJacobian = flag(where, "jacobian", options.jacobian ?? true);
  if (typeof model?.executor !== "function") {
    throw new ConfigError(`${where}: got ${told(model)}, expected a model.`, { received: model });
  }
  const given = toTensor(x);
  const inputs = asBatch("x", given, (model.inputShape?.length ?? 2) + 1);
  const executor = model.executor(where, inputs);
  const hadBatch = given.shape.length === inputs.shape.length;
  const label = options.y === undefined ? null : toTensor(options.y);
  const y = label === null || hadBatch ? label : { ...label, shape: [1, ...label.shape] };
  const examples = onlyBatch(where, inputs, y ?? { shape: [1, 1], data: new Float32Array(1) }, undefined);
  const plan = executor.load(where, "inspection", examples, 1);
  const { name, stage } = findStage(plan, options.layer);
  const { layer, input } = stage;
  const { unit } = options;
  if (unit !== undefined) numberIn(where, "unit", unit, { min: 0, max: layer.units - 1, integer: true });
  const cell = cellOf(layer);
  const { width, isProjected } = cell;
  if (isProjected && unit !== undefined && y === null) {
    throw new ConfigError(
      `${where}: \`${name}\` projects its ${layer.units} units to ${width} hidden values, so no last hidden value is unit ${unit}'s to be differentiated. Give \`y\`, or leave \`unit\` out.`,
      { received: unit },
    );
  }
  const truncate = y === null ? 0 : (model.compiled?.truncate ?? 0);
  const pass = executor.pass(1, { training: false, advanceState: false, truncate, step: 0 });
  plan.forward(pass);
  const timesteps = input.timesteps;
  let arriving: readonly Float64Array[];
  if (y === null) {
    const ones = new Float64Array(width);
    if (unit === undefined) ones.fill(1);
    else ones[unit] = 1;
    arriving = [ones];
  } else {
    const compiled = model.compiled!;
    executor.checkLabels(where, examples, compiled.losses);
    executor.loss(where, plan, examples, compiled, true);
    executor.backward(plan, pass);
    const { output } = stage;
    arriving = rowsAt(plan, output.gradient, output.timesteps, width, output.stride);
  }

  const inReadingOrder = <Row>(rows: Row[]): Row[] => (layer.goBackwards ? rows.reverse() : rows);
  const xs = inReadingOrder(rowsAt(plan, input.address, timesteps, input.features, input.stride));
  const counts =
    input.mask === 0 ? null : inReadingOrder(Array.from(plan.memory.floats(input.mask, timesteps)));
  const masked = (t: number): boolean => counts !== null && counts[t] === 0;
  const start = layer.state?.read().map(({ data }) => Float64Array.from(data)) ?? [];
  const { steps, back } = followSequence({ cell, units: layer.units, xs, start, arriving, masked, truncate });
  const ofUnits = (rows: readonly Float64Array[]): Float64Array => flat(rows, unit);
  const ofHidden = isProjected ? (rows: readonly Float64Array[]) => flat(rows, undefined) : ofUnits;
  const nothing = new Float64Array(0);
  return {
    layer: name,
    kind: layer.kind,
    timesteps,
    units: unit === undefined ? layer.units : 1,
    hiddenUnits: isProjected || unit === undefined ? width : 1,
    features: input.features,
    loss: y === null ? "last hidden state" : "compiled loss",
    input: flat(xs, undefined),
    hidden: ofHidden(steps.map((step) => step.hidden)),
    cell: cell.hasCell ? ofUnits(steps.map((step) => step.cell)) : nothing,
    hiddenGradient: ofHidden(back.map((step) => step.hidden)),
    cellGradient: cell.hasCell ? ofUnits(back.map((step) => step.cell)) : nothing,
    inputGradient: flat(
      back.map((step) => step.input),
      undefined,
    ),
    gates: Object.fromEntries(
      cell.gateNames.map((gate, k) => [
        gate,
        {
          activation: ofUnits(steps.map((step) => step.gates[k]!)),
          gradient: ofUnits(back.map((step) => step.gates[k]!)),
        },
      ]),
    ),
    jacobian: wantsJacobian ? jacobianNorms(cell, steps, masked, truncate) : null,
  };
}
