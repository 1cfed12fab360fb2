import { sizeOf } from "../bytes/elements.js";
import { flatten, pick, reshape, without } from "./axes.js";
import { type Axis, type Flow, type Known, known, vector, weightOf } from "./flow.js";
import { attentionOperators } from "./read-attention.js";
import { refuse } from "./read-cells.js";
import type { OnnxNode, OnnxTensor } from "./read-graph.js";
import { reduced } from "./reductions.js";
import { ofShapes, shapeOperators } from "./shape-operators.js";
import type { Operators, Walk } from "./walk.js";
import { windowOperators } from "./window-operators.js";

const elementwise: Readonly<Record<string, string>> = {
  Relu: "relu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Selu: "selu",
  Softplus: "softplus",
  Softsign: "softsign",
  Exp: "exponential",
  Silu: "silu",
  Gelu: "gelu",
};

/** Two values, or a value and a constant: a layer that merges, or an offset or factor. */
const combined =
  (
    kind: string,
    withConstant: (walk: Walk, node: OnnxNode, flow: Flow, constant: OnnxTensor, isFirst: boolean) => Flow,
  ) =>
  (walk: Walk, node: OnnxNode): Flow | Known => {
    const [a, b] = [walk.value(node, 0), walk.value(node, 1)];
    if (a.flow && b.flow) return walk.merge(node, kind, [a, b]);
    if (!a.flow && !b.flow) return ofShapes(node, a, b);
    return a.flow
      ? withConstant(walk, node, a, walk.tensor(node, 1), true)
      : withConstant(walk, node, b as Flow, walk.tensor(node, 0), false);
  };

const negated = (tensor: OnnxTensor): OnnxTensor => ({
  ...tensor,
  read: () => Float32Array.from(tensor.read(), (value) => -value),
});
const inverse = (tensor: OnnxTensor): OnnxTensor => ({
  ...tensor,
  read: () => Float32Array.from(tensor.read(), (value) => 1 / value),
});

/** States laid on top of each other, each by itself. */
function statesOf(walk: Walk, flow: Flow): readonly Flow[] {
  if (flow.stack !== undefined) return flow.stack;
  const row: Flow = { ...flow, axes: ["B", "F"] };
  const both = [0, 1].map((direction): Flow => ({ ...row, direction }));
  return walk.layers[flow.layer]?.directions === 2 ? both : [row];
}

/** Several values at once; constants among them are refused. */
const several =
  (kind: string) =>
  (walk: Walk, node: OnnxNode): Flow =>
    node.inputs.length === 1
      ? walk.flow(node)
      : walk.merge(
          node,
          kind,
          node.inputs.map((_, i) => walk.flow(node, i)),
        );

/** Every operator that is read. Source: the operators of ONNX, sets 6 to 20. */
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
    if (typeof value === "number") {
      const tensor = { shape: [], isFloat: true, read: () => Float32Array.of(value) };
      return { ...vector([value], []), ...(node.attributes.has("value_float") ? { tensor } : {}) };
    }
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
    if (!value.flow) return { ...vector(value.read() as (number | Axis)[], []), of: value.of };
    const single = value.axes.findIndex((axis) => axis === "D" || axis === "L");
    return without(walk, node, value, axes ?? [single]);
  },
  Unsqueeze: (walk, node) => {
    const value = walk.value(node, 0);
    const places = walk.ints(node, "axes", 1);
    if (!value.flow) return { ...vector(value.read() as (number | Axis)[]), of: value.of };
    if (places?.length !== 1) return refuse(node, "adds several axes, which is not computed here");
    const rank = value.axes.length + 1;
    const place = places[0]! < 0 ? places[0]! + rank : places[0]!;
    // The axis of its one feature, dropped before.
    if (value.isBare === true && place === rank - 1)
      return { ...value, axes: [...value.axes, "F"], isBare: false };
    // A state with an axis of directions before it.
    if (place === 0 && value.axes.join("") === "BF") {
      return { ...value, axes: ["D", "B", "F"], stack: [value] };
    }
    return { ...value, axes: value.axes.toSpliced(place, 0, "L") };
  },
  Concat: (walk, node) => {
    const parts = node.inputs.map((_, i) => walk.value(node, i));
    if (parts.every(({ flow }) => !flow)) {
      return vector(parts.flatMap((part) => (part as Known).read() as (number | Axis)[]));
    }
    const flows = node.inputs.map((_, i) => walk.flow(node, i));
    const given = (node.attributes.get("axis") as number | undefined) ?? 0;
    const [first] = flows as [Flow];
    const place = given < 0 ? given + first.axes.length : given;
    // States of several layers on top of each other, a direction each.
    if (place === 0 && flows.every(({ axes, part }) => axes.join("") === "DBF" && part !== "sequence")) {
      return { ...first, stack: flows.flatMap((flow) => [...statesOf(walk, flow)]) };
    }
    // Both last states side by side are what a bidirectional layer puts out.
    const isBoth =
      flows.length === 2 &&
      flows.every(
        ({ layer, part, direction }, d) =>
          layer === first.layer && part === first.part && part !== "cell" && direction === d,
      );
    if (isBoth && first.axes[place] === "F") {
      const { direction: _one, ...both } = first;
      return both;
    }
    const axis = first.axes[place];
    if (axis === "F") return walk.merge(node, "concatenate", flows);
    if (axis === "T") return walk.merge(node, "concatenate", flows, { axis: 1 });
    return refuse(node, "joins values along an axis that is not computed here");
  },
  ConstantOfShape: (_walk, node) => {
    const value = node.attributes.get("value") as OnnxTensor | undefined;
    return vector([value === undefined ? 0 : Number(value.read()[0])], []);
  },
  Gather: (walk, node) => {
    const axis = (node.attributes.get("axis") as number | undefined) ?? 0;
    const [table, index] = [walk.value(node, 0), walk.value(node, 1)];
    if (!table.flow && index.flow) {
      const own = walk.tensor(node, 0);
      if (own.shape.length !== 2 || axis !== 0) refuse(node, "looks up in what is no table");
      const [inputDim, outputDim] = own.shape as [number, number];
      const weight = weightOf(`${node.name}.table`, own);
      const made = walk.push({ kind: "embedding", config: { inputDim, outputDim } }, [index], [weight]);
      return { ...made, axes: [...index.axes, "F"] };
    }
    if (index.flow) return refuse(node, "takes places that depend on the input");
    const places = index.read() as number[];
    if (!table.flow)
      return vector(
        places.map((place) => (table.read() as (number | Axis)[]).at(Number(place)) ?? 0),
        index.shape,
        table.of,
      );
    const at = axis < 0 ? axis + table.axes.length : axis;
    if (places.length !== 1 || index.shape.length > 0) refuse(node, "takes several places of an axis");
    return pick(walk, node, table, table.axes[at]!, Number(places[0]));
  },
  Reshape: reshape,
  Flatten: (walk, node) => flatten(walk, node, walk.flow(node)),
  MatMul: (walk, node) => {
    const second = walk.value(node, 1);
    if (!second.flow) return walk.dense(node, walk.tensor(node, 1), false);
    const first = walk.flow(node);
    const [a, b] = [first.axes.join(""), second.axes.join("")];
    // Weights of the steps in a row, [B, 1, T] · [B, T, F].
    if (first.isBare === true && a === "BLT" && b === "BTF") {
      const made = walk.push({ kind: "dot", config: { axes: 1 } }, [
        walk.rows(node, first),
        walk.rows(node, second),
      ]);
      const row = walk.push({ kind: "flatten", config: {} }, [{ ...made, axes: ["B", "T", "F"] }]);
      return { ...row, axes: ["B", "L", "F"] };
    }
    // Scores of a query's steps, [B, T, F] · [B, F, S], and values weighed by scores, [B, T, S] · [B, S, F].
    if (a !== "BTF" || (b !== "BFT" && b !== "BTF"))
      return refuse(node, "multiplies values whose axes are not computed here");
    const rows: Flow = { ...second, axes: ["B", "T", "F"] };
    const made = walk.push({ kind: "dot", config: { axes: b === "BFT" ? [2, 2] : [2, 1] } }, [first, rows]);
    return { ...made, axes: ["B", "T", "F"] };
  },
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
  Add: combined("add", (walk, node, flow, constant) => walk.bias(node, flow, constant)),
  Sub: combined("subtract", (walk, node, flow, constant, isFirst) =>
    isFirst
      ? walk.rescaled(node, flow, undefined, negated(constant))
      : walk.rescaled(node, walk.rescaled(node, flow, -1, undefined), undefined, constant),
  ),
  Mul: combined("multiply", (walk, node, flow, constant) => walk.rescaled(node, flow, constant, undefined)),
  Div: (walk, node) =>
    !walk.value(node, 0).flow && !walk.value(node, 1).flow
      ? ofShapes(node, walk.known(node, 0), walk.known(node, 1))
      : walk.value(node, 1).flow
        ? refuse(node, "divides by a value, which is not computed here")
        : walk.rescaled(node, walk.flow(node), inverse(walk.tensor(node, 1)), undefined),
  Neg: (walk, node) => walk.rescaled(node, walk.flow(node), -1, undefined),
  Sum: several("add"),
  Mean: several("average"),
  Max: several("maximum"),
  Min: several("minimum"),
  ReduceSum: reduced("sum", undefined),
  ReduceProd: reduced("mul", undefined),
  ReduceMean: reduced("ave", "globalAveragePooling1D"),
  ReduceMax: reduced(undefined, "globalMaxPooling1D"),
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
    walk.add(node, walk.flow(node), { kind: "elu", config: { alpha: node.attributes.get("alpha") ?? 1 } }),
  PRelu: (walk, node) => {
    const flow = walk.rows(node, walk.flow(node));
    const slope = walk.tensor(node, 1);
    const width = slope.shape.at(-1) ?? 1;
    if (flow.axes.length === 2) {
      const weight = weightOf(`${node.name}.slope`, slope, [width]);
      return { ...walk.push({ kind: "prelu", config: {} }, [flow], [weight]), axes: flow.axes };
    }
    const steps = slope.shape.at(-2) ?? 1;
    const isShared = steps === 1;
    const weight = weightOf(`${node.name}.slope`, slope, [steps, width]);
    const config = isShared ? { sharedAxes: [1] } : {};
    return { ...walk.push({ kind: "prelu", config }, [flow], [weight]), axes: flow.axes };
  },
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
    const place = axis < 0 ? axis + flow.axes.length : axis;
    if (flow.axes[place] === "T") {
      // Before set 13 all axes behind that one were one.
      const isWhole = place === flow.axes.length - 1 || walk.extents(flow).width === 1;
      if (walk.graph.set < 13 && !isWhole) return refuse(node, "runs over several axes at once");
      const made = walk.push({ kind: "softmax", config: { axis: 1 } }, [walk.rows(node, flow)]);
      return { ...flow, ...made, axes: flow.axes };
    }
    if (place !== flow.axes.length - 1) refuse(node, "runs over another axis than the last");
    return walk.activation(node, "softmax");
  },
  LayerNormalization: (walk, node) => {
    const flow = walk.flow(node);
    const axis = (node.attributes.get("axis") as number | undefined) ?? -1;
    if (axis !== -1 && axis !== flow.axes.length - 1) refuse(node, "runs over other axes than the last");
    const weights = [1, 2].flatMap((i) =>
      walk.has(node, i)
        ? [weightOf(`${node.name}.${i}`, walk.tensor(node, i), [sizeOf(walk.tensor(node, i).shape)])]
        : [],
    );
    const config = {
      epsilon: node.attributes.get("epsilon") ?? 1e-5,
      scale: walk.has(node, 1),
      center: walk.has(node, 2),
    };
    return walk.add(node, flow, { kind: "layerNormalization", config }, weights);
  },
  ...attentionOperators,
  ...shapeOperators,
  ...windowOperators,
};
