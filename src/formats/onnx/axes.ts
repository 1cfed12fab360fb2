import { type Axis, type Flow, type Known, unfolded } from "./flow.js";
import { refuse } from "./read-cells.js";
import type { OnnxNode } from "./read-graph.js";
import type { Walk } from "./walk.js";

/** A layer that changes the steps at the ends, whichever place their axis has. */
export function atEnds(
  walk: Walk,
  node: OnnxNode,
  flow: Flow,
  kind: string,
  config: Record<string, unknown>,
): Flow {
  const isTurned = flow.axes.join("") === "BFT";
  const rows: Flow = isTurned ? { ...flow, axes: ["B", "T", "F"] } : walk.rows(node, flow);
  return { ...walk.push({ kind, config }, [rows]), axes: isTurned ? flow.axes : rows.axes };
}

/** One time step of a value: what a recurrent layer ended with, or cut out where the number of steps is known. */
function step(walk: Walk, node: OnnxNode, flow: Flow, index: number): Flow {
  const axes = flow.axes.filter((own) => own !== "T");
  const layer = walk.layers[flow.layer];
  const { steps } = walk.extents(flow);
  const place = index < 0 && steps !== undefined ? index + steps : index;
  const isBackward = layer?.directions === 2 ? flow.direction === 1 : layer?.isReverse === true;
  const isOneWay = layer?.directions === 1 || (layer?.directions === 2 && flow.direction !== undefined);
  const isEnd = isBackward ? place === 0 : index === -1 || (steps !== undefined && place === steps - 1);
  if (flow.part === "sequence" && isOneWay && isEnd) return { ...flow, axes, part: "state" };
  if (steps === 1 && place === 0) {
    const one = walk.push({ kind: "flatten", config: {} }, [walk.rows(node, flow)]);
    return { ...one, axes: ["B", "F"] };
  }
  if (steps === undefined || place < 0 || place >= steps) {
    return refuse(
      node,
      `takes place ${index} of an axis whose length is not said, which is not computed here`,
    );
  }
  const one = atEnds(walk, node, flow, "cropping1D", { cropping: [place, steps - 1 - place] });
  return {
    ...walk.push({ kind: "flatten", config: {} }, [{ ...one, axes: ["B", "T", "F"] }]),
    axes: ["B", "F"],
  };
}

/** One place of an axis: a direction, a time step, a feature. */
export function pick(walk: Walk, node: OnnxNode, flow: Flow, axis: Axis, index: number): Flow {
  const axes = flow.axes.filter((own) => own !== axis);
  const directions = walk.layers[flow.layer]?.directions ?? 1;
  if (axis === "D" && flow.stack !== undefined) {
    return flow.stack.at(index) ?? refuse(node, `takes place ${index} of ${flow.stack.length} states`);
  }
  if (axis === "L" && (index === 0 || index === -1)) return { ...flow, axes };
  if (axis === "D" && directions === 1 && (index === 0 || index === -1)) return { ...flow, axes };
  if (axis === "D" && directions === 2 && index >= -2 && index < 2) {
    return { ...flow, axes, direction: index < 0 ? index + directions : index };
  }
  if (axis === "T") return step(walk, node, flow, index);
  const { width } = walk.extents(flow);
  const place = index < 0 && width !== undefined ? index + width : index;
  if (axis !== "F" || width === undefined || place < 0 || place >= width) {
    return refuse(node, `takes place ${index} of an axis, which is not computed here`);
  }
  const rows = walk.rows(node, flow);
  const one = width === 1 ? rows : walk.features(rows, place, place + 1, width);
  return { ...one, axes: rows.axes.slice(0, -1), isBare: true };
}

/** Without axes that are one long. */
export function without(walk: Walk, node: OnnxNode, flow: Flow, places: readonly number[]): Flow {
  const gone = places.map((place) => (place < 0 ? place + flow.axes.length : place));
  for (const place of gone) {
    const axis = flow.axes[place];
    const extents = walk.extents(flow);
    if (axis === "T" && extents.steps === 1 && gone.length === 1) return pick(walk, node, flow, "T", 0);
    if (axis === "F" && extents.width === 1 && gone.length === 1) return pick(walk, node, flow, "F", 0);
    if (axis === "D" && flow.stack !== undefined) {
      const [only, ...more] = flow.stack;
      return more.length === 0 && gone.length === 1
        ? only!
        : refuse(node, "drops an axis that is not one long");
    }
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
  const whole = unfolded(value);
  if (whole !== undefined && target.length === 3) {
    const [first, second, last] = target as [number | Axis, number | Axis, number | Axis];
    const { steps, width } = walk.extents(value);
    const isTime = (extent: number | Axis): boolean =>
      extent === "T" || (extent === steps && steps !== undefined);
    const isBatch = (extent: number | Axis): boolean => extent === "B";
    const isWidth = last === -1 || last === "F" || last === width;
    // One of the two may be what is left.
    const fits =
      whole[0] === "B"
        ? isTime(second) || (second === -1 && isBatch(first))
        : isTime(first) || (first === -1 && isBatch(second));
    if (isWidth && fits) return { ...value, axes: whole };
    return refuse(node, `to [${target.join(", ")}] parts time steps otherwise than they were`);
  }
  // Of a single sequence, time and batch change places without any number moving.
  const { steps: count, width: features } = walk.extents(value);
  const key = axes.join("");
  if (walk.isSingle && (key === "BTF" || key === "TBF")) {
    if (target.join() === [count, 1, features].join()) return { ...value, axes: ["T", "B", "F"] };
    if (target.join() === [1, count, features].join()) return { ...value, axes: ["B", "T", "F"] };
  }
  const rows = walk.rows(node, value);
  const [first, ...rest] = target;
  const isBatch = first === 0 || first === "B" || first === -1;
  if (!isBatch) return refuse(node, `to [${target.join(", ")}] is not computed here`);
  if (rest.length === 1) {
    if (rows.axes.length === 2) return rows;
    const [extent] = rest;
    const { steps = 0, width } = walk.extents(rows);
    // Each step of each sample by itself.
    if (first === -1 && (extent === "F" || (extent === width && steps !== 1)) && width !== undefined)
      return { ...rows, axes: [rows.axes[0] === "B" ? "N" : "M", "F"] };
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
