import { type GraphProto, readModel, type TensorProto } from "../../../src/formats/onnx/onnx-messages.js";
import {
  type Array64,
  build,
  elementwise,
  look,
  matMul,
  reduce,
  sizeOf,
  together,
  transpose,
  whole,
} from "./arrays.js";
import { Options, recurrent, sigmoid } from "./recurrent.js";

type Values = Map<string, Array64>;

/** Abramowitz & Stegun 7.1.26 is not good enough: the series, for arguments as small as here. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const activations: Readonly<Record<string, (x: number) => number>> = {
  Tanh: Math.tanh,
  Sigmoid: sigmoid,
  Relu: (x) => Math.max(0, x),
  Identity: (x) => x,
  Erf: erf,
  Exp: Math.exp,
  Not: (x) => Number(x === 0),
};

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Equal: (a, b) => Number(a === b),
};

function slice(x: Array64, starts: Array64, ends: Array64, axes?: Array64, steps?: Array64): Array64 {
  const taken = x.shape.map((extent) => Array.from({ length: extent }, (_, place) => place));
  starts.data.forEach((start, i) => {
    const axis = whole(axes?.data[i] ?? i, x);
    const [extent, step, end] = [x.shape[axis]!, steps?.data[i] ?? 1, ends.data[i]!];
    const within = (at: number): number => (at < 0 ? at + extent : at);
    taken[axis] =
      step > 0
        ? taken[axis]!.slice(within(start), end < 0 ? end + extent : Math.min(end, extent))
        : taken[axis]!.slice(Math.max(0, within(end) + 1), within(start) + 1).reverse();
  });
  return build(
    taken.map(({ length }) => length),
    (at) =>
      look(
        x,
        at.map((place, axis) => taken[axis]![place]!),
      ),
  );
}

function reshape(x: Array64, target: Array64): Array64 {
  const shape = target.data.map((extent, axis) => (extent === 0 ? x.shape[axis]! : extent));
  const rest = x.data.length / sizeOf(shape.filter((extent) => extent !== -1));
  return { shape: shape.map((extent) => (extent === -1 ? rest : extent)), data: x.data };
}

function concat(parts: readonly Array64[], axis: number): Array64 {
  const at = whole(axis, parts[0]!);
  const owners = parts.flatMap((part) =>
    Array.from({ length: part.shape[at]! }, (_, place) => ({ part, place })),
  );
  const shape = parts[0]!.shape.map((extent, own) => (own === at ? owners.length : extent));
  return build(shape, (place) => {
    const owner = owners[place[at]!]!;
    return look(
      owner.part,
      place.map((one, own) => (own === at ? owner.place : one)),
    );
  });
}

/** Windows over the last axis, `visit` told the places of each; -1 lies in the padding. */
function pads(options: Options, extent: number, size: number, dilation: number, stride: number) {
  const reach = (size - 1) * dilation + 1;
  const mode = options.node.attribute.some(({ name }) => name === "auto_pad") ? options.text("auto_pad") : "";
  const given = options.node.attribute.some(({ name }) => name === "pads") ? options.ints("pads") : [0, 0];
  const missing = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent);
  const [before, after] =
    mode === "SAME_UPPER" ? [missing >> 1, missing - (missing >> 1)] : (given as [number, number]);
  return { before, count: Math.floor((extent + before + after - reach) / stride) + 1 };
}

type Run = (values: readonly (Array64 | undefined)[], options: Options, scope: Values) => Array64[];

const one =
  (compute: (values: readonly Array64[], options: Options) => Array64): Run =>
  (values, options) => [compute(values as readonly Array64[], options)];

const operators: Readonly<Record<string, Run>> = {
  Cast: one(([x], options) => (options.int("to", 1) === 1 ? x! : elementwise(Math.trunc, x!))),
  Max: one((all) => elementwise(Math.max, ...all)),
  Min: one((all) => elementwise(Math.min, ...all)),
  Where: one(([c, a, b]) => elementwise((own, left, right) => (own !== 0 ? left : right), c!, a!, b!)),
  MatMul: one(([a, b]) => matMul(a!, b!)),
  Transpose: one(([x], options) => transpose(x!, options.ints("perm"))),
  Shape: one(([x]) => ({ shape: [x!.shape.length], data: x!.shape })),
  Expand: one(([x, shape]) => build(together(x!, { shape: shape!.data, data: [] }), (at) => look(x!, at))),
  Reshape: one(([x, shape]) => reshape(x!, shape!)),
  Flatten: one(([x]) => ({ shape: [x!.shape[0]!, sizeOf(x!.shape.slice(1))], data: x!.data })),
  Unsqueeze: one(([x, axes]) => {
    const axesOf = axes!.data.map((axis) => (axis < 0 ? axis + x!.shape.length + axes!.data.length : axis));
    const shape = [...x!.shape];
    for (const axis of [...axesOf].sort((a, b) => a - b)) shape.splice(axis, 0, 1);
    return { shape, data: x!.data };
  }),
  Squeeze: one(([x, axes]) => ({
    shape: x!.shape.filter((_, axis) => !axes!.data.includes(axis)),
    data: x!.data,
  })),
  Slice: one(([x, ...rest]) => slice(x!, ...(rest as [Array64, Array64]))),
  Concat: one((parts, options) => concat(parts, options.int("axis", 0))),
  Split: ([x, sizes], options) => {
    const axis = whole(options.int("axis", 0), x!);
    let from = 0;
    return sizes!.data.map((size) => {
      const part = (...data: number[]): Array64 => ({ shape: [data.length], data });
      from += size;
      return slice(x!, part(from - size), part(from), part(axis));
    });
  },
  ReduceSum: one(([x, axes], options) =>
    reduce(x!, axes!.data, options.int("keepdims", 1) === 1, (all) => all.reduce((a, b) => a + b)),
  ),
  ReduceMax: one(([x], options) =>
    reduce(x!, options.ints("axes"), options.int("keepdims", 1) === 1, (all) => Math.max(...all)),
  ),
  ReduceMean: one(([x], options) =>
    reduce(
      x!,
      options.ints("axes"),
      options.int("keepdims", 1) === 1,
      (all) => all.reduce((a, b) => a + b) / all.length,
    ),
  ),
  CumSum: one(([x, axis]) => {
    const own = whole(axis!.data[0]!, x!);
    return build(x!.shape, (at) => {
      let sum = 0;
      for (let k = 0; k <= at[own]!; k++)
        sum += look(
          x!,
          at.map((place, i) => (i === own ? k : place)),
        );
      return sum;
    });
  }),
  TopK: ([x, count]) => {
    const rows = sizeOf(x!.shape.slice(0, -1));
    const width = x!.shape.at(-1)!;
    const shape = [...x!.shape.slice(0, -1), count!.data[0]!];
    const order = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: width }, (_, k) => k)
        .sort((a, b) => x!.data[row * width + b]! - x!.data[row * width + a]! || a - b)
        .slice(0, count!.data[0]),
    );
    return [
      { shape, data: order.flatMap((own, row) => own.map((k) => x!.data[row * width + k]!)) },
      { shape, data: order.flat() },
    ];
  },
  Gather: one(([x, indices], options) => {
    const axis = whole(options.int("axis", 0), x!);
    const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
    return build(shape, (at) => {
      const index = look(indices!, at.slice(axis, axis + indices!.shape.length));
      return look(x!, [...at.slice(0, axis), index, ...at.slice(axis + indices!.shape.length)]);
    });
  }),
  GatherND: one(([x, indices]) =>
    build([...indices!.shape.slice(0, 2), ...x!.shape.slice(2)], (at) =>
      look(x!, [at[0]!, look(indices!, [at[0]!, at[1]!, 0]), ...at.slice(2)]),
    ),
  ),
  Softmax: one(([x]) => {
    const top = reduce(x!, [-1], true, (all) => Math.max(...all));
    const powers = elementwise((a, b) => Math.exp(a - b), x!, top);
    return elementwise(
      (a, b) => a / b,
      powers,
      reduce(powers, [-1], true, (all) => all.reduce((a, b) => a + b)),
    );
  }),
  Trilu: one(([x]) => build(x!.shape, (at) => (at.at(-1)! <= at.at(-2)! ? look(x!, at) : 0))),
  LayerNormalization: one(([x, scale, shift], options) => {
    const mean = (y: Array64): Array64 =>
      reduce(y, [-1], true, (all) => all.reduce((a, b) => a + b) / all.length);
    const centred = elementwise((a, b) => a - b, x!, mean(x!));
    const variance = mean(elementwise((a) => a * a, centred));
    const epsilon = options.float("epsilon", 1e-5);
    return elementwise(
      (a, v, s, b) => (a / Math.sqrt(v + epsilon)) * s + b,
      centred,
      variance,
      scale!,
      shift!,
    );
  }),
  Conv: one(([x, w, b], options) => {
    const [size, stride, dilation] = [
      w!.shape[2]!,
      options.ints("strides")[0]!,
      options.ints("dilations")[0]!,
    ];
    const { before, count } = pads(options, x!.shape[2]!, size, dilation, stride);
    return build([x!.shape[0]!, w!.shape[0]!, count], ([n, f, t]) => {
      let sum = b!.data[f!]!;
      for (let c = 0; c < w!.shape[1]!; c++)
        for (let k = 0; k < size; k++) {
          const at = t! * stride + k * dilation - before;
          if (at >= 0 && at < x!.shape[2]!) sum += look(x!, [n!, c, at]) * look(w!, [f!, c, k]);
        }
      return sum;
    });
  }),
  MaxPool: one(([x], options) => {
    const [size, stride] = [options.ints("kernel_shape")[0]!, options.ints("strides")[0]!];
    const { before, count } = pads(options, x!.shape[2]!, size, 1, stride);
    return build([x!.shape[0]!, x!.shape[1]!, count], ([n, c, t]) => {
      const seen = Array.from({ length: size }, (_, k) => t! * stride + k - before);
      return Math.max(
        ...seen.filter((at) => at >= 0 && at < x!.shape[2]!).map((at) => look(x!, [n!, c!, at])),
      );
    });
  }),
  Scan: (values, options, scope) => {
    const body = options.body("body");
    const count = options.int("num_scan_inputs", 1);
    const given = values as readonly Array64[];
    let states = given.slice(0, given.length - count);
    const sequences = given.slice(given.length - count);
    const shown: Array64[] = [];
    for (let t = 0; t < sequences[0]!.shape[0]!; t++) {
      const steps = sequences.map((all) => {
        const size = sizeOf(all.shape.slice(1));
        return { shape: all.shape.slice(1), data: all.data.slice(t * size, (t + 1) * size) };
      });
      const made = runGraph(body, [...states, ...steps], scope);
      states = made.slice(0, states.length);
      shown.push(made.at(-1)!);
    }
    const all = { shape: [shown.length, ...shown[0]!.shape], data: shown.flatMap(({ data }) => data) };
    return [...states, all];
  },
};

function runGraph(graph: GraphProto, inputs: readonly Array64[], outer: Values = new Map()): Array64[] {
  const scope: Values = new Map(outer);
  for (const constant of graph.initializer) scope.set(constant.name!, readConstant(constant));
  graph.input.forEach(({ name }, i) => {
    scope.set(name!, inputs[i]!);
  });
  for (const node of graph.node) {
    const given = node.input.map((name) => (name === "" ? undefined : scope.get(name)!));
    const op = node.opType!;
    const options = new Options(node);
    const compute = activations[op] ?? binary[op];
    let made: Array64[];
    if (compute !== undefined) made = [elementwise(compute, ...(given as Array64[]))];
    else if (["LSTM", "GRU", "RNN"].includes(op)) made = recurrent(op, given, options);
    else if (operators[op] !== undefined) made = operators[op](given, options, scope);
    else throw new Error(`the oracle does not know ${op}`);
    node.output.forEach((name, i) => {
      if (name !== "") scope.set(name, made[i]!);
    });
  }
  return graph.output.map(({ name }) => scope.get(name!)!);
}

function readConstant({ dims, dataType, rawData }: TensorProto): Array64 {
  const bytes = rawData!.slice().buffer;
  const data = dataType === 1 ? [...new Float32Array(bytes)] : [...new BigInt64Array(bytes)].map(Number);
  return { shape: dims.map(Number), data };
}

/**
 * What a model of ONNX makes of its inputs, in their order: its operators as the specification words them, in float64. Types
 * are not looked at: all are numbers.
 */
export const runOnnx = (bytes: Uint8Array, inputs: readonly Array64[]): Array64[] =>
  runGraph(readModel(bytes).graph!, inputs);
