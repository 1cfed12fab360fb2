import type { LayerSnapshot } from "../../description/snapshot.js";
import { type Cell, type Config, hasOperator, writeOperator } from "./cells.js";
import type { GraphWriter } from "./graph-writer.js";
import { anySoFar, asFactor, compact } from "./masks.js";
import { writeScan } from "./scan-cells.js";
import { type Made, refuse, type Value } from "./value.js";

/** `[B, T, H]` and `[T, B, H]` into each other. */
const turned = (graph: GraphWriter, x: string): string => graph.op("Transpose", [x], { perm: [1, 0, 2] });

/** The steps of `[B, T, …]` from the last to the first. */
const reversed = (graph: GraphWriter, x: string): string =>
  graph.op("Slice", [
    x,
    graph.ints("starts", -1),
    graph.ints("ends", -(2 ** 31)),
    graph.ints("axes", 1),
    graph.ints("steps", -1),
  ]);

/** `[1, B, H]` as `[B, H]`. */
const only = (graph: GraphWriter, state: string): string =>
  graph.op("Squeeze", [state, graph.ints("axes", 0)]);

/** `[directions, B, H]` as a state a direction. */
function unstacked(graph: GraphWriter, states: string, directions: number): string[] {
  if (directions === 1) return [only(graph, states)];
  return [0, 1].map((d) => graph.op("Gather", [states, graph.constant("direction", [], [d])], { axis: 0 }));
}

/** What one direction has read: its output, and the states it ended in. */
interface Read {
  readonly y: string;
  readonly states: readonly string[];
}

/** What is asked of a direction. */
interface Reading {
  readonly isSequence: boolean;
  readonly wantsStates: boolean;
  readonly initial: readonly string[];
  /** Masked steps put out zero, not the output before them. */
  readonly zeroOutputForMask: boolean;
}

/** One direction over steps that all count. Of a sequence: in the order of reading. */
function readAll(graph: GraphWriter, layer: LayerSnapshot, cell: Cell, x: string, reading: Reading): Read {
  const { isSequence, wantsStates, initial } = reading;
  const turns = cell.config.goBackwards === true;
  if (!hasOperator(cell)) {
    const read = turns ? reversed(graph, x) : x;
    const [sequence, ...states] = writeScan(graph, layer, cell, turned(graph, read), initial);
    return { y: isSequence ? turned(graph, sequence!) : states[0]!, states };
  }
  const count = cell.kind === "lstm" ? 3 : 2;
  const made = writeOperator(graph, layer, [cell], turned(graph, x), {
    direction: turns ? "reverse" : "forward",
    initial,
    outputs: wantsStates ? count : [isSequence ? 0 : 1],
  });
  const y = made[wantsStates && !isSequence ? 1 : 0]!;
  const states = wantsStates ? made.slice(1).map((state) => only(graph, state)) : [];
  if (!isSequence) return { y: only(graph, y), states };
  const own = turned(graph, graph.op("Squeeze", [y, graph.ints("axes", 1)]));
  // Keras hands on a sequence in the order it was read, ONNX in that of time.
  return { y: turns ? reversed(graph, own) : own, states };
}

/** One direction over the steps that count; the others repeat the state and the output before them (Keras). */
function readMasked(
  graph: GraphWriter,
  layer: LayerSnapshot,
  cell: Cell,
  { name, mask }: Value,
  { isSequence, wantsStates, initial, zeroOutputForMask }: Reading,
): Read {
  const turns = cell.config.goBackwards === true;
  const own = turns ? reversed(graph, mask!) : mask!;
  const read = turns ? reversed(graph, name) : name;
  if (!hasOperator(cell)) {
    const asSteps = turned(graph, asFactor(graph, own));
    const [made, ...states] = writeScan(graph, layer, cell, turned(graph, read), initial, asSteps);
    const sequence = turned(graph, made!);
    const seen = zeroOutputForMask ? own : anySoFar(graph, own);
    const y = isSequence
      ? graph.op("Mul", [sequence, asFactor(graph, seen)])
      : graph.op("Mul", [states[0]!, graph.op("ReduceMax", [own], { axes: [1], keepdims: 1 })]);
    return { y, states };
  }
  const { x, lengths, any, spread } = compact(graph, read, own);
  const [y, ...ends] = writeOperator(graph, layer, [cell], turned(graph, x), {
    direction: "forward",
    initial,
    lengths,
    outputs: cell.kind === "lstm" ? 3 : 2,
  }).map((made, i) =>
    i === 0 ? turned(graph, graph.op("Squeeze", [made, graph.ints("axes", 1)])) : only(graph, made),
  );
  const states = wantsStates
    ? ends.map((end, i) => {
        const kept = graph.op("Mul", [end, any]);
        const begin = initial[i];
        if (begin === undefined) return kept;
        const none = graph.op("Sub", [graph.floats("one", 1), any]);
        return graph.op("Add", [kept, graph.op("Mul", [begin, none])]);
      })
    : [];
  if (!isSequence) return { y: graph.op("Mul", [ends[0]!, any]), states };
  const spreadOut = spread(y!);
  return { y: zeroOutputForMask ? graph.op("Mul", [spreadOut, asFactor(graph, own)]) : spreadOut, states };
}

/** Both directions' outputs, as the layer merges them. */
function merged(
  graph: GraphWriter,
  mode: string,
  [forward, backward]: readonly [string, string],
  isSequence: boolean,
): string {
  if (mode === "concat") return graph.op("Concat", [forward, backward], { axis: isSequence ? 2 : 1 });
  if (mode === "mul") return graph.op("Mul", [forward, backward]);
  const sum = graph.op("Add", [forward, backward]);
  return mode === "ave" ? graph.op("Mul", [sum, graph.floats("half", 0.5)]) : sum;
}

/** What an operator of two directions puts out, merged. */
function mergedAxis(graph: GraphWriter, mode: string, y: string, isSequence: boolean, units: number): string {
  const side = graph.op("Transpose", [y], { perm: isSequence ? [2, 0, 1, 3] : [1, 0, 2] });
  const axis = isSequence ? 2 : 1;
  if (mode === "concat") {
    return graph.op("Reshape", [side, graph.ints("shape", ...(isSequence ? [0, 0] : [0]), 2 * units)]);
  }
  if (mode === "sum") return graph.op("ReduceSum", [side, graph.ints("axes", axis)], { keepdims: 0 });
  return graph.op(mode === "mul" ? "ReduceProd" : "ReduceMean", [side], { axes: [axis], keepdims: 0 });
}

/** The cells of a layer, forward first. */
function cellsOf(layer: LayerSnapshot): Cell[] {
  const { kind, config, weights } = layer;
  if (kind !== "bidirectional") return [{ kind, config, weights }];
  const forward = config.layer as { kind: string; config: Config };
  const own = config.backwardLayer as typeof forward | null | undefined;
  const turns = forward.config.goBackwards !== true;
  const backward = own ?? { kind: forward.kind, config: { ...forward.config, goBackwards: turns } };
  // Directions of different kinds have as many weights, or not: the names say whose they are.
  const first = weights[0]!.name.split("/")[0]!;
  const count = weights.filter(({ name }) => name.startsWith(`${first}/`)).length;
  return [
    { ...forward, weights: weights.slice(0, count) },
    { ...backward, weights: weights.slice(count) },
  ];
}

/** Stateful layers begin where the run before ended: their states are further inputs and outputs of the model. */
function carried(
  graph: GraphWriter,
  layer: LayerSnapshot,
  cells: readonly Cell[],
): ReturnType<GraphWriter["state"]>[] {
  if (graph.carries(layer.name)) refuse(layer, "is stateful and applied twice, which is not written");
  return cells.flatMap(({ kind, config }, d) => {
    const units = config.units as number;
    const prefix = cells.length === 1 ? "" : d === 0 ? "forward_" : "backward_";
    const h = graph.state(layer.name, `${prefix}h`, (config.projectionUnits as number | undefined) ?? units);
    return kind === "lstm" ? [h, graph.state(layer.name, `${prefix}c`, units)] : [h];
  });
}

/**
 * A recurrent layer, one direction or two, from `[B, T, F]` to `[B, T, H]` or `[B, H]`.
 * @param given states `[B, H]` it begins in, forward then backward, each h and, of an LSTM, c; none: zeros.
 * @returns the output (two where a bidirectional layer does not merge them) and, with `returnState`, the last states in the
 *   same order.
 */
export function writeRecurrent(
  graph: GraphWriter,
  layer: LayerSnapshot,
  x: Value,
  given: readonly string[] = [],
): Made[] {
  const cells = cellsOf(layer);
  const [first] = cells;
  const isSequence = first!.config.returnSequences === true;
  const isStateful = first!.config.stateful === true;
  const returns = first!.config.returnState === true;
  const mask = isSequence ? x.mask : undefined;
  const mode = (layer.config.mergeMode === undefined ? "concat" : layer.config.mergeMode) as string | null;
  const states = isStateful && given.length === 0 ? carried(graph, layer, cells) : [];
  if (isStateful && given.length > 0) refuse(layer, "is stateful and given states, which is not written");
  const initial = isStateful ? states.map(({ name }) => name) : given;
  const wantsStates = returns || isStateful;
  const end = (y: readonly string[], ends: readonly string[]): Made[] => {
    states.forEach(({ carryOn }, i) => {
      carryOn(ends[i]!);
    });
    return [...y.map((name) => ({ name, mask })), ...(returns ? ends : []).map((name) => ({ name }))];
  };
  const reading = (d: number): Reading => ({
    isSequence,
    wantsStates,
    initial: initial.slice((d * initial.length) / cells.length, ((d + 1) * initial.length) / cells.length),
    zeroOutputForMask: cells.length === 2 && isSequence,
  });
  const isOneOperator =
    cells.length === 2 &&
    x.mask === undefined &&
    mode !== null &&
    first!.config.goBackwards !== true &&
    layer.config.backwardLayer == null &&
    hasOperator(first!);
  if (isOneOperator) {
    const count = first!.kind === "lstm" ? 3 : 2;
    const made = writeOperator(graph, layer, cells, turned(graph, x.name), {
      direction: "bidirectional",
      initial,
      outputs: wantsStates ? count : [isSequence ? 0 : 1],
    });
    const y = made[wantsStates && !isSequence ? 1 : 0]!;
    const parts = wantsStates ? made.slice(1).map((state) => unstacked(graph, state, 2)) : [];
    const ends = [0, 1].flatMap((d) => parts.map((part) => part[d]!));
    return end([mergedAxis(graph, mode, y, isSequence, first!.config.units as number)], ends);
  }
  const read = cells.map((cell, d) =>
    x.mask === undefined
      ? readAll(graph, layer, cell, x.name, reading(d))
      : readMasked(graph, layer, cell, x, reading(d)),
  );
  const ends = read.flatMap((one) => one.states);
  if (cells.length === 1) return end([read[0]!.y], ends);
  const sides = [read[0]!.y, isSequence ? reversed(graph, read[1]!.y) : read[1]!.y] as const;
  return end(mode === null ? sides : [merged(graph, mode, sides, isSequence)], ends);
}
