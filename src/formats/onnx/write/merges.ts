import type { LayerSnapshot } from "../../description/snapshot.js";
import { attention, multiHeadAttention } from "./attention.js";
import { BOOL, FLOAT, type GraphWriter } from "./graph-writer.js";
import { anyOf, asFactor } from "./masks.js";
import { type CallOptions, type Made, refuse, type Value, type WriteMerge } from "./value.js";

/** The largest number of float32. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** Values of the same number of axes: Keras puts the axes a row lacks behind the batch. */
function aligned(graph: GraphWriter, given: readonly Value[]): string[] {
  const axes = Math.max(...given.map(({ shape }) => shape.length));
  return given.map(({ name, shape }) => {
    const lacking = Array.from({ length: axes - shape.length }, (_, i) => i + 1);
    return lacking.length === 0 ? name : graph.op("Unsqueeze", [name, graph.ints("axes", ...lacking)]);
  });
}

/** A step of the output counts where it counts in any input; without a mask in each there is none (Keras). */
function maskOfAny(graph: GraphWriter, given: readonly Value[]): string | undefined {
  const masks = given.flatMap(({ mask }) => mask ?? []);
  return masks.length === given.length ? anyOf(graph, masks) : undefined;
}

const folded =
  (op: string): WriteMerge =>
  (graph, _, given) => ({
    name: aligned(graph, given).reduce((left, right) => graph.op(op, [left, right])),
    mask: maskOfAny(graph, given),
  });

/** A masked step of a factor is 1 (Keras). */
const multiply: WriteMerge = (graph, layer, given) => {
  const one = graph.floats("one", 1);
  const factors = given.map((value) => {
    if (value.mask === undefined) return value;
    const counts = asFactor(graph, value.mask);
    const kept = graph.op("Mul", [value.name, counts]);
    return { ...value, name: graph.op("Add", [kept, graph.op("Sub", [one, counts])]) };
  });
  return folded("Mul")(graph, layer, factors, {});
};

/** Masked steps are passed over, unless nobody's count: then the first is taken. */
const extreme =
  (op: "Max" | "Min"): WriteMerge =>
  (graph, _, given) => {
    const names = aligned(graph, given);
    const mask = maskOfAny(graph, given);
    if (given.every((value) => value.mask === undefined)) return { name: graph.op(op, names) };
    const far = graph.floats("far", op === "Max" ? -LARGEST : LARGEST);
    const most = graph.op(
      op,
      given.map((value, i) => {
        if (value.mask === undefined) return names[i]!;
        const counts = graph.op("Cast", [asFactor(graph, value.mask)], { to: BOOL });
        return graph.op("Where", [counts, names[i]!, far]);
      }),
    );
    if (mask === undefined) return { name: most };
    const counts = graph.op("Cast", [asFactor(graph, mask)], { to: BOOL });
    return { name: graph.op("Where", [counts, most, names[0]!]), mask };
  };

const concatenate: WriteMerge = (graph, { config }, given) => {
  const { axis = -1 } = config as { axis?: number };
  const axes = given[0]!.shape.length;
  const name = graph.op(
    "Concat",
    given.map((value) => value.name),
    { axis },
  );
  const isOverTime = axes > 2 && (axis === 1 || axis === 1 - axes);
  if (!isOverTime) return { name, mask: maskOfAny(graph, given) };
  if (given.every(({ mask }) => mask === undefined)) return { name };
  const masks = given.map((value) => {
    if (value.mask !== undefined) return value.mask;
    const steps = graph.op("Slice", [
      graph.op("Shape", [value.name]),
      graph.ints("starts", 0),
      graph.ints("ends", 2),
    ]);
    return graph.op("Expand", [graph.floats("one", 1), steps]);
  });
  return { name, mask: graph.op("Concat", masks, { axis: 1 }) };
};

/** x over its length along an axis. */
function normalized(graph: GraphWriter, x: string, axis: number): string {
  const squares = graph.op("ReduceSum", [graph.op("Mul", [x, x]), graph.ints("axes", axis)], { keepdims: 1 });
  const length = graph.op("Sqrt", [graph.op("Max", [squares, graph.floats("least", 1e-12)])]);
  return graph.op("Div", [x, length]);
}

const dot: WriteMerge = (graph, layer, given) => {
  const { axes, normalize = false } = layer.config as {
    axes: number | [number, number];
    normalize?: boolean;
  };
  const places = given.map(({ shape }, i) => {
    const own = Array.isArray(axes) ? axes[i]! : axes;
    return own < 0 ? own + shape.length : own;
  });
  const [a, b] = given.map(({ name, shape }, i) => {
    const own = normalize ? normalized(graph, name, places[i]!) : name;
    // A row is one step of a sequence whose features are summed over.
    return shape.length === 2 ? graph.op("Unsqueeze", [own, graph.ints("axes", 1)]) : own;
  });
  const isRow = given.map(({ shape }) => shape.length === 2);
  const isLast = given.map((_, i) => isRow[i]! || places[i] === 2);
  const turn = (x: string): string => graph.op("Transpose", [x], { perm: [0, 2, 1] });
  const product = graph.op("MatMul", [isLast[0]! ? a! : turn(a!), isLast[1]! ? turn(b!) : b!]);
  const gone = isRow[0]! ? [1] : isRow[1]! ? [2] : [];
  return {
    name: gone.length === 0 ? product : graph.op("Squeeze", [product, graph.ints("axes", ...gone)]),
  };
};

/** Layers that take several inputs. */
export const merges: Readonly<Record<string, WriteMerge>> = {
  add: folded("Add"),
  subtract: folded("Sub"),
  multiply,
  average: (graph, layer, given, call) => {
    const sum = folded("Add")(graph, layer, given, call) as Made;
    return { ...sum, name: graph.op("Mul", [sum.name, graph.floats("share", 1 / given.length)]) };
  },
  maximum: extreme("Max"),
  minimum: extreme("Min"),
  concatenate,
  dot,
  attention,
  additiveAttention: attention,
  multiHeadAttention,
};

/** Numbers in place of indices, for layers that compute with them. */
export const asFloats = (graph: GraphWriter, value: Value): Value =>
  value.isIndex ? { ...value, name: graph.op("Cast", [value.name], { to: FLOAT }), isIndex: false } : value;

/** Whether a layer draws numbers, or counts what it is given, while training. */
function actsInTraining({ kind, config, inside }: LayerSnapshot): boolean {
  if (/dropout|noise|batchNormalization/i.test(kind)) return true;
  const inner = config.layer as { kind: string; config: Record<string, unknown> } | undefined;
  const rates = [config, inner?.config ?? {}].flatMap((own) => [own.dropout, own.recurrentDropout]);
  const isInside = inside?.layers.some(actsInTraining) ?? false;
  return isInside || rates.some((rate) => Number(rate ?? 0) > 0);
}

/** @throws FormatError for a layer that is applied as in training, where it draws or counts what it is given. */
export function refuseTraining(layer: LayerSnapshot, { training }: CallOptions): void {
  if (training === true && actsInTraining(layer)) {
    refuse(layer, "is applied with training: true, which ONNX has not");
  }
}
