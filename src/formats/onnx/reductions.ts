import type { FileWeight } from "../weights.js";
import type { Axis, Flow } from "./flow.js";
import { refuse } from "./read-cells.js";
import type { OnnxNode } from "./read-graph.js";
import type { Walk } from "./walk.js";

/** A value folded over one axis: directions merged, steps pooled. */
export const reduced =
  (mode: "sum" | "mul" | "ave" | undefined, pooling: string | undefined) =>
  (walk: Walk, node: OnnxNode): Flow => {
    const flow = walk.flow(node);
    const places = (walk.ints(node, "axes", 1) ?? []).map((place) =>
      place < 0 ? place + flow.axes.length : place,
    );
    const keeps = (node.attributes.get("keepdims") ?? 1) === 1;
    const [place] = places;
    const axis = place === undefined ? undefined : flow.axes[place];
    if (places.length !== 1 || axis === undefined) return refuse(node, "folds other axes than one");
    const axes: readonly Axis[] = keeps
      ? flow.axes.with(place!, "L")
      : flow.axes.filter((_, i) => i !== place);
    const layer = walk.layers[flow.layer];
    if (axis === "D" && mode !== undefined && layer?.kind === "bidirectional" && flow.part !== "cell") {
      if ((layer.config.mergeMode ?? mode) !== mode)
        return refuse(node, "merges directions that are merged otherwise too");
      layer.config.mergeMode = mode;
      return { ...flow, axes };
    }
    if (axis === "F") return overFeatures(walk, node, flow, mode, keeps);
    if (axis !== "T") return refuse(node, "folds an axis that is not computed here");
    const rows = walk.rows(node, flow);
    const left = axes.filter((own) => own !== "D");
    if (pooling !== undefined) return { ...walk.push({ kind: pooling, config: {} }, [rows]), axes: left };
    if (mode !== "sum") return refuse(node, "folds an axis that is not computed here");
    return { ...summed(walk, node, rows), axes: left };
  };

/** The sum over all steps; of values weighed step by step it is one product. */
function summed(walk: Walk, node: OnnxNode, rows: Flow): Flow {
  const weighed = walk.open(rows, ({ kind, inputs }) => kind === "multiply" && inputs.length === 2);
  if (weighed !== undefined) {
    Object.assign(weighed, { kind: "dot", config: { axes: 1 }, steps: undefined, width: undefined });
    return walk.push({ kind: "flatten", config: {} }, [{ ...rows, axes: ["B", "T", "F"] }]);
  }
  const { steps } = walk.extents(rows);
  if (steps === undefined)
    return refuse(node, "sums up steps whose number is not said, which is not computed here");
  const mean = walk.push({ kind: "globalAveragePooling1D", config: {} }, [rows]);
  return walk.push({ kind: "rescaling", config: { scale: steps } }, [{ ...mean, axes: ["B", "F"] }]);
}

/** Sum or mean over the features, as a product with equal weights. */
function overFeatures(
  walk: Walk,
  node: OnnxNode,
  flow: Flow,
  mode: string | undefined,
  keeps: boolean,
): Flow {
  const rows = walk.rows(node, flow);
  const { width } = walk.extents(rows);
  if (width === undefined || (mode !== "sum" && mode !== "ave"))
    return refuse(node, "folds an axis that is not computed here");
  const weight: FileWeight = {
    name: `${node.name}.weights`,
    shape: [width, 1],
    read: () => new Float32Array(width).fill(mode === "sum" ? 1 : 1 / width),
  };
  const made = walk.push({ kind: "dense", config: { units: 1, useBias: false } }, [rows], [weight]);
  return keeps ? { ...made, axes: rows.axes } : { ...made, axes: rows.axes.slice(0, -1), isBare: true };
}
