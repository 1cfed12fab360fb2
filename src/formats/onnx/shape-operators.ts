import { type Axis, type Known, known, vector } from "./flow.js";
import { refuse } from "./read-cells.js";
import type { OnnxNode } from "./read-graph.js";
import type { Operators, Walk } from "./walk.js";

const arithmetic: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Div: (x, y) => Math.trunc(x / y),
};

/** What is computed of extents: an extent that is not known may stay as it is; -1: it is another one. */
export function ofShapes(node: OnnxNode, a: Known, b: Known): Known {
  const calculate = arithmetic[node.op];
  if (calculate === undefined) return refuse(node, "works on constants, which is not computed here");
  const [x, y] = [a.read(), b.read()] as [(number | Axis)[], (number | Axis)[]];
  const length = Math.max(x.length, y.length);
  const values = Array.from({ length }, (_, i): number | Axis => {
    const [left, right] = [x[x.length === 1 ? 0 : i] ?? 0, y[y.length === 1 ? 0 : i] ?? 0];
    if (typeof left === "number" && typeof right === "number") return calculate(left, right);
    const neutral = node.op === "Mul" || node.op === "Div" ? 1 : 0;
    if (right === neutral) return left;
    return left === neutral && node.op !== "Sub" && node.op !== "Div" ? right : -1;
  });
  return vector(values, a.shape.length >= b.shape.length ? a.shape : b.shape);
}

/** An extent as a number; the batch, which may be any, is -1. */
function extentIn(walk: Walk, { of }: Known, extent: number | Axis): number | undefined {
  if (typeof extent === "number") return extent;
  if (extent === "L") return 1;
  if (extent === "D") return of === undefined ? undefined : walk.layers[of.layer]?.directions;
  if (extent === "B") return -1;
  const { steps, width } = of === undefined ? {} : walk.extents(of);
  return extent === "T" ? steps : extent === "F" ? width : undefined;
}

/** Operators on extents, and what is chosen by them. */
export const shapeOperators: Operators = {
  Shape: (walk, node) => {
    const value = walk.value(node, 0);
    if (!value.flow) return refuse(node, "asks for the shape of a constant");
    const [start, end] = ["start", "end"].map((key) => node.attributes.get(key) as number | undefined);
    return { ...vector(value.axes.slice(start ?? 0, end)), of: value };
  },
  Equal: (walk, node) => {
    const [a, b] = [walk.known(node, 0), walk.known(node, 1)];
    const [x, y] = [a, b].map((side) =>
      [...(side.read() as (number | Axis)[])].map((extent) => extentIn(walk, side, extent)),
    );
    const isOpen = [...x!, ...y!].includes(undefined);
    if (isOpen || x!.length !== y!.length) return refuse(node, "compares extents that are not known");
    return vector(
      x!.map((extent, i) => (extent === y![i] ? 1 : 0)),
      a.shape,
    );
  },
  If: (walk, node) => {
    const [condition] = walk.known(node, 0).read() as number[];
    const branch = node.attributes.get(condition === 0 ? "else_branch" : "then_branch");
    if (branch === undefined || typeof branch !== "object" || !("nodes" in branch))
      return refuse(node, "has no branch to take");
    for (const [name, tensor] of branch.constants) walk.values.set(name, known(tensor));
    for (const inner of branch.nodes) walk.visit(inner);
    branch.outputs.forEach((name, i) => {
      const made = walk.values.get(name);
      if (made !== undefined) walk.values.set(node.outputs[i] ?? "", made);
    });
    return undefined;
  },
};
