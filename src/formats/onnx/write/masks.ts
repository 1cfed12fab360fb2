import type { LayerSnapshot } from "../../description/snapshot.js";
import { FLOAT, type GraphWriter, INT32, INT64 } from "./graph-writer.js";
import type { Value } from "./value.js";

/** A mask `[B, T]` as a factor of rows, `[B, T, 1]`. */
export const asFactor = (graph: GraphWriter, mask: string): string =>
  graph.op("Unsqueeze", [mask, graph.ints("axes", -1)]);

const differs = (graph: GraphWriter, x: string, from: string): string =>
  graph.op("Cast", [graph.op("Not", [graph.op("Equal", [x, from])])], { to: FLOAT });

/** Steps of which any feature is another number than `value`. */
export const maskOfRows = (graph: GraphWriter, x: string, value: number): string =>
  graph.op("ReduceMax", [differs(graph, x, graph.floats("mask_value", value))], { axes: [-1], keepdims: 0 });

/** Steps whose index is not 0; of floats too, for a mask may come as an input. */
export const maskOfNumbers = (graph: GraphWriter, { name, shape }: Value): string => {
  const numbers = graph.op("Cast", [name], { to: FLOAT });
  const rows =
    shape.length === 3
      ? graph.op("Gather", [numbers, graph.constant("first", [], [0])], { axis: 2 })
      : numbers;
  return differs(graph, rows, graph.floats("nothing", 0));
};

/** A step counts where it counts in any. */
export const anyOf = (graph: GraphWriter, masks: readonly string[]): string =>
  new Set(masks).size === 1 ? masks[0]! : graph.op("Max", [...new Set(masks)]);

interface StepConfig {
  readonly kernelSize?: number;
  readonly poolSize?: number;
  readonly strides?: number;
  readonly dilationRate?: number;
  readonly padding?: unknown;
  readonly size?: number;
  readonly cropping?: unknown;
  readonly dims?: readonly number[];
}

const isNone = (margin: unknown): boolean =>
  [margin].flat().every((steps) => steps === 0) && margin !== undefined;

/** Whether a layer's steps are its input's, so that the mask still fits. */
export function keepsMask({ kind, config, inputShape, outputShape }: LayerSnapshot): boolean {
  const own = config as StepConfig;
  switch (kind) {
    case "flatten":
    case "repeatVector":
    case "globalMaxPooling1D":
    case "globalAveragePooling1D":
      return false;
    case "permute":
      return own.dims![0] === 1;
    case "reshape": {
      const width = (shape: LayerSnapshot["inputShape"]): number =>
        shape.slice(1).reduce<number>((product, extent) => product * (extent ?? 0), 1);
      return outputShape.length > 1 && width(inputShape) === width(outputShape);
    }
    case "conv1d":
    case "maxPooling1D":
    case "averagePooling1D": {
      const size = own.kernelSize ?? own.poolSize ?? 2;
      const { padding = "valid", strides = kind === "conv1d" ? 1 : size, dilationRate = 1 } = own;
      return strides === 1 && (padding !== "valid" || (size - 1) * dilationRate + 1 === 1);
    }
    case "upSampling1D":
      return own.size === 1;
    case "zeroPadding1D":
      return isNone(own.padding);
    case "cropping1D":
      return isNone(own.cropping);
    default:
      return true;
  }
}

/** 1 from the first step that counts on, `[B, T]`. */
export const anySoFar = (graph: GraphWriter, mask: string): string =>
  graph.op("Min", [graph.op("CumSum", [mask, graph.constant("axis", [], [1])]), graph.floats("one", 1)]);

/** Steps that count put before all others, and the way back. */
export interface Compacted {
  /** `[B, T, F]`, the steps that count first, in their order. */
  readonly x: string;
  /** How many count, `[B]` of int32; 1 at least, for a run of no step is not defined. */
  readonly lengths: string;
  /** 1 where any counts, `[B, 1]`. */
  readonly any: string;
  /** From what was made of each of those steps `[B, T, H]` to the last one made at each step, 0 before the first. */
  readonly spread: (sequence: string) => string;
}

/**
 * The steps that count, so that a recurrent operator which only knows lengths leaves out what a mask leaves out: a masked
 * step repeats the state and the output of the step before.
 * @param x `[B, T, F]` and its mask, both in the order of reading.
 */
export function compact(graph: GraphWriter, x: string, mask: string): Compacted {
  const axis = graph.constant("axis", [], [1]);
  const counts = graph.op("Cast", [mask], { to: INT64 });
  const upTo = graph.op("CumSum", [counts, axis]);
  const extents = graph.op("Shape", [counts]);
  const steps = graph.op("Slice", [extents, graph.ints("starts", 1), graph.ints("ends", 2)]);
  // 1, 2, …, T in each row: steps that count are ranked before all others, and earlier ones before later ones.
  const places = graph.op("CumSum", [graph.op("Expand", [graph.ints("one", 1), extents]), axis]);
  const rank = graph.op("Sub", [graph.op("Mul", [counts, steps]), places]);
  const order = graph.ops("TopK", [rank, steps], { axis: 1, largest: 1, sorted: 1 }, 2)[1]!;
  const rows = (sequence: string, indices: string): string =>
    graph.op("GatherND", [sequence, graph.op("Unsqueeze", [indices, graph.ints("axes", -1)])], {
      batch_dims: 1,
    });
  const total = graph.op("ReduceSum", [counts, graph.ints("axes", 1)], { keepdims: 1 });
  const one = graph.ints("one", 1);
  const least = graph.op("Max", [total, one]);
  const isAny = (count: string): string => graph.op("Cast", [graph.op("Min", [count, one])], { to: FLOAT });
  return {
    x: rows(x, order),
    lengths: graph.op("Cast", [graph.op("Squeeze", [least, graph.ints("axes", 1)])], { to: INT32 }),
    any: isAny(total),
    spread: (sequence) => {
      const last = graph.op("Sub", [graph.op("Max", [upTo, one]), one]);
      return graph.op("Mul", [rows(sequence, last), asFactor(graph, isAny(upTo))]);
    },
  };
}
