import { refuse } from "./read-cells.js";
import type { OnnxNode, OnnxTensor } from "./read-graph.js";
import { type Axis, type Flow, type Known, known, type Operators, vector, type Walk } from "./walk.js";

const elementwise: Readonly<Record<string, string>> = {
  Relu: "relu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Selu: "selu",
  Softplus: "softplus",
  Softsign: "softsign",
  Exp: "exponential",
};

/** Every operator that is read. Source: the operators of ONNX, sets 6 to 17. */
export const operators: Operators = {
  LSTM: (walk, node) => walk.recurrent(node),
  GRU: (walk, node) => walk.recurrent(node),
  RNN: (walk, node) => walk.recurrent(node),
  Identity: (walk, node) => walk.value(node, 0),
  Dropout: (walk, node) => walk.value(node, 0),
  Cast: (walk, node) => walk.value(node, 0),
  Constant: (_walk, node) => {
    const value =
      node.attributes.get("value") ??
      node.attributes.get("value_int") ??
      node.attributes.get("value_float") ??
      node.attributes.get("value_ints");
    if (typeof value === "object" && "read" in value) return known(value as OnnxTensor);
    if (typeof value === "number") return vector([value], []);
    if (Array.isArray(value)) return vector(value as number[]);
    return refuse(node, "holds nothing that is read");
  },
  Transpose: (walk, node) => {
    const flow = walk.flow(node);
    const perm =
      (node.attributes.get("perm") as readonly number[] | undefined) ??
      flow.axes.map((_, i) => flow.axes.length - 1 - i);
    if ([...perm].sort().join() !== flow.axes.map((_, i) => i).join())
      refuse(node, "has a perm that is none");
    return { ...flow, axes: perm.map((place) => flow.axes[place]!) };
  },
  Squeeze: (walk, node) => {
    const value = walk.value(node, 0);
    const axes = walk.ints(node, "axes", 1);
    if (!value.flow) return vector(value.read() as (number | Axis)[], []);
    return walk.without(node, value, axes ?? [value.axes.indexOf("D")]);
  },
  Unsqueeze: (walk, node) => {
    const value = walk.value(node, 0);
    return value.flow
      ? refuse(node, "adds an axis, which is not computed here")
      : vector(value.read() as (number | Axis)[]);
  },
  Shape: (walk, node) => vector([...walk.flow(node).axes]),
  Concat: (walk, node) => {
    const parts = node.inputs.map((_, i) => walk.value(node, i));
    if (parts.some(({ flow }) => flow)) {
      // Both last states side by side are what a bidirectional layer puts out.
      return refuse(node, "joins values, which is not computed here");
    }
    return vector(parts.flatMap((part) => (part as Known).read() as (number | Axis)[]));
  },
  ConstantOfShape: (_walk, node) => {
    const value = node.attributes.get("value") as OnnxTensor | undefined;
    return vector([value === undefined ? 0 : Number(value.read()[0])], []);
  },
  Expand: (walk, node) => walk.known(node, 0),
  Gather: (walk, node) => {
    const axis = (node.attributes.get("axis") as number | undefined) ?? 0;
    const [table, index] = [walk.value(node, 0), walk.value(node, 1)];
    if (!table.flow && index.flow) {
      const own = walk.tensor(node, 0);
      if (own.shape.length !== 2 || axis !== 0) refuse(node, "looks up in what is no table");
      const [inputDim, outputDim] = own.shape as [number, number];
      const weight = {
        name: `${node.name}.table`,
        shape: [inputDim, outputDim],
        read: () => Float32Array.from(own.read()),
      };
      return {
        ...walk.add(node, index, { kind: "embedding", config: { inputDim, outputDim } }, [weight]),
        axes: [...index.axes, "F"],
      };
    }
    if (index.flow) return refuse(node, "takes places that depend on the input");
    const places = index.read() as number[];
    if (!table.flow)
      return vector(
        places.map((place) => (table.read() as (number | Axis)[]).at(Number(place)) ?? 0),
        index.shape,
      );
    const at = axis < 0 ? axis + table.axes.length : axis;
    if (places.length !== 1 || index.shape.length > 0) refuse(node, "takes several places of an axis");
    return walk.pick(node, table, table.axes[at]!, Number(places[0]));
  },
  Slice: (walk, node) => {
    const value = walk.value(node, 0);
    const [starts, ends] = [walk.ints(node, "starts", 1)!, walk.ints(node, "ends", 2)!];
    if (!value.flow) {
      const own = value.read() as (number | Axis)[];
      return vector(own.slice(starts[0], ends[0]));
    }
    const at = (walk.ints(node, "axes", 3) ?? [0])[0]!;
    const axis = value.axes[at < 0 ? at + value.axes.length : at];
    const turns =
      starts[0] === -1 && ends[0]! <= -0x7fffffff && (walk.ints(node, "steps", 4) ?? [1])[0] === -1;
    if (axis === "T" && starts[0] === -1 && ends[0] === 0x7fffffff) {
      return {
        ...walk.pick(node, value, "T", -1),
        axes: value.axes.map((own) => (own === "T" ? "L" : own)),
      };
    }
    if (starts.every((start) => start === 0) && ends.every((end) => end === 0x7fffffff)) return value;
    // What was read backwards is turned to the order it was read in.
    if (
      axis === "T" &&
      turns &&
      walk.layers.at(-1)?.isReverse === true &&
      value.step === walk.layers.length
    ) {
      walk.layers.at(-1)!.isReverse = false;
      return value;
    }
    return refuse(node, "takes part of an axis, which is not computed here");
  },
  Reshape: (walk, node) => walk.reshape(node),
  Flatten: (walk, node) => walk.flatten(node, walk.flow(node)),
  MatMul: (walk, node) => walk.dense(node, walk.tensor(node, 1), false),
  Gemm: (walk, node) => {
    const { attributes } = node;
    const isPlain =
      (attributes.get("alpha") ?? 1) === 1 &&
      (attributes.get("beta") ?? 1) === 1 &&
      (attributes.get("transA") ?? 0) === 0;
    if (!isPlain) refuse(node, "scales or turns its input");
    const flow = walk.dense(node, walk.tensor(node, 1), (attributes.get("transB") ?? 0) === 1);
    return walk.has(node, 2) ? walk.bias(node, flow, walk.tensor(node, 2)) : flow;
  },
  Add: (walk, node) => {
    const [a, b] = [walk.value(node, 0), walk.value(node, 1)];
    if (a.flow === b.flow) return refuse(node, "adds two values, which is not computed here");
    return a.flow
      ? walk.bias(node, a, walk.tensor(node, 1))
      : walk.bias(node, b as Flow, walk.tensor(node, 0));
  },
  ...Object.fromEntries(
    Object.entries(elementwise).map(([op, name]) => [
      op,
      (walk: Walk, node: OnnxNode) => walk.activation(node, name),
    ]),
  ),
  LeakyRelu: (walk, node) =>
    walk.add(node, walk.flow(node), {
      kind: "leakyReLU",
      config: { negativeSlope: node.attributes.get("alpha") ?? 0.01 },
    }),
  Elu: (walk, node) =>
    walk.add(node, walk.flow(node), {
      kind: "elu",
      config: { alpha: node.attributes.get("alpha") ?? 1 },
    }),
  HardSigmoid: (walk, node) => {
    const [alpha, beta] = [
      (node.attributes.get("alpha") ?? 0.2) as number,
      (node.attributes.get("beta") ?? 0.5) as number,
    ];
    if (Math.abs(beta - 0.5) < 1e-6 && Math.abs(alpha - 0.2) < 1e-6)
      return walk.activation(node, "hardSigmoidLegacy");
    if (Math.abs(beta - 0.5) < 1e-6 && Math.abs(alpha - 1 / 6) < 1e-6)
      return walk.activation(node, "hardSigmoid");
    return refuse(node, `with alpha ${alpha} and beta ${beta} is not computed here`);
  },
  Softmax: (walk, node) => {
    const flow = walk.flow(node);
    const axis = (node.attributes.get("axis") as number | undefined) ?? -1;
    if (axis !== -1 && axis !== flow.axes.length - 1) refuse(node, "runs over another axis than the last");
    return walk.activation(node, "softmax");
  },
  LayerNormalization: (walk, node) => {
    const flow = walk.flow(node);
    const axis = (node.attributes.get("axis") as number | undefined) ?? -1;
    if (axis !== -1 && axis !== flow.axes.length - 1) refuse(node, "runs over other axes than the last");
    const [scale, shift] = [walk.tensor(node, 1), walk.has(node, 2) ? walk.tensor(node, 2) : undefined];
    const weights = [scale, ...(shift === undefined ? [] : [shift])].map((tensor, i) => ({
      name: `${node.name}.${i}`,
      shape: tensor.shape,
      read: () => Float32Array.from(tensor.read()),
    }));
    return walk.add(
      node,
      flow,
      {
        kind: "layerNormalization",
        config: { epsilon: node.attributes.get("epsilon") ?? 1e-5, center: shift !== undefined },
      },
      weights,
    );
  },
};
