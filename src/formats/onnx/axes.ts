import { refuse } from "./read-cells.js";
import type { OnnxNode } from "./read-graph.js";
import type { Axis, Flow, Known, Walk } from "./walk.js";

/** One place of an axis: a direction, or the last time step a recurrent layer came to. */
export function pick(walk: Walk, node: OnnxNode, flow: Flow, axis: Axis, index: number): Flow {
  const axes = flow.axes.filter((own) => own !== axis);
  const layer = walk.layers[flow.layer];
  const directions = layer?.directions ?? 1;
  if (axis === "L" && (index === 0 || index === -1)) return { ...flow, axes };
  if (axis === "D" && directions === 1 && (index === 0 || index === -1)) return { ...flow, axes };
  if (axis === "D" && flow.part !== "sequence") {
    return { ...flow, axes, direction: index < 0 ? index + directions : index };
  }
  const isOfCell = flow.part === "sequence" && directions === 1;
  const isEnd = layer?.isReverse === true ? index === 0 : index === -1;
  if (axis !== "T" || !isOfCell || !isEnd) {
    return refuse(node, `takes place ${index} of an axis, which is not computed here`);
  }
  return { ...flow, axes, part: "state" };
}

/** Without axes that are one long. */
export function without(walk: Walk, node: OnnxNode, flow: Flow, places: readonly number[]): Flow {
  const gone = places.map((place) => (place < 0 ? place + flow.axes.length : place));
  for (const place of gone) {
    const axis = flow.axes[place];
    const isSingle = axis === "L" || (axis === "D" && (walk.layers[flow.layer]?.directions ?? 1) === 1);
    if (!isSingle) refuse(node, "drops an axis that is not one long");
  }
  return { ...flow, axes: flow.axes.filter((_, place) => !gone.includes(place)) };
}

export function flatten(walk: Walk, node: OnnxNode, flow: Flow): Flow {
  const rows = walk.rows(node, flow);
  if (rows.axes.join("") === "BF") return rows;
  if (rows.axes.join("") !== "BTF") refuse(node, "works on other axes than [batch, time, features]");
  return { ...walk.push({ kind: "flatten", config: {} }, [rows]), axes: ["B", "F"] };
}

export function reshape(walk: Walk, node: OnnxNode): Flow | Known {
  const value = walk.value(node, 0);
  if (!value.flow) return value;
  const target = walk.known(node, 1).read() as (number | Axis)[];
  const { axes } = value;
  // Both directions beside each other: [B, T, D, F] to [B, T, DF], [B, D, F] to [B, DF].
  if (axes.at(-2) === "D" && target.length === axes.length - 1)
    return { ...value, axes: [...axes.slice(0, -2), "F"] };
  if (axes.join("") === "BTCF" && target.length === 3) {
    return {
      ...walk.push({ kind: "upSampling1D", config: { size: value.copies! } }, [
        { ...value, axes: ["B", "T", "F"] },
      ]),
      axes: ["B", "T", "F"],
    };
  }
  const rows = walk.rows(node, value);
  const [first, ...rest] = target;
  const isBatch = first === 0 || first === "B" || first === -1;
  if (!isBatch) return refuse(node, `to [${target.join(", ")}] is not computed here`);
  if (rest.length === 1) {
    if (rows.axes.length === 2) return rows;
    if (first !== -1 || rest[0] === -1) return flatten(walk, node, rows);
    return refuse(
      node,
      `to [${target.join(", ")}] may join samples and time steps, which is not computed here`,
    );
  }
  if (rest.length !== 2) return refuse(node, `to [${target.join(", ")}] is not computed here`);
  const [steps, width] = rest as [number | Axis, number | Axis];
  // As long as it is: only the width is said.
  const extent = steps === 0 || steps === "T" ? -1 : steps;
  if (typeof extent !== "number" || typeof width !== "number" || width === 0) {
    return rows.axes.length === 3 && (width === 0 || width === "F")
      ? rows
      : refuse(node, `to [${target.join(", ")}] is not computed here`);
  }
  return {
    ...walk.push({ kind: "reshape", config: { targetShape: [extent, width] } }, [rows]),
    axes: ["B", "T", "F"],
  };
}
