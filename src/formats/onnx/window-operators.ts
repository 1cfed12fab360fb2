import { atEnds, pick } from "./axes.js";
import { type Axis, type Flow, type Known, vector, WrongAxes, weightOf } from "./flow.js";
import { refuse } from "./read-cells.js";
import type { OnnxNode } from "./read-graph.js";
import type { Operators, Walk } from "./walk.js";

/** Whole numbers from here on stand for «to the end». */
const END = 0x7fffffff;

const numbers = (node: OnnxNode, key: string): readonly number[] => {
  const value = node.attributes.get(key);
  return Array.isArray(value) ? (value as readonly number[]) : typeof value === "number" ? [value] : [];
};

/** A value as convolutions and pools take it, `[batch, features, time]`, as the sequence it is. */
function channelsFirst(node: OnnxNode, flow: Flow): Flow {
  const axes = flow.axes.filter((axis) => axis !== "L");
  if (axes.join("") !== "BFT")
    throw new WrongAxes(
      `fromOnnx(): the operator ${node.op} (\`${node.name}\`) works on the axes ${axes.join(", ")}; [batch, features, time] is computed here.`,
    );
  return { ...flow, axes: ["B", "T", "F"] };
}

/** Steps added before and after, and the padding that means the same where there is one. */
function paddingOf(
  node: OnnxNode,
  size: number,
  dilation: number,
): { padding: string; margins?: [number, number] } {
  const automatic = node.attributes.get("auto_pad") ?? "NOTSET";
  if (automatic === "SAME_UPPER") return { padding: "same" };
  if (automatic === "VALID") return { padding: "valid" };
  if (automatic !== "NOTSET") return refuse(node, `pads by ${String(automatic)}, which is not computed here`);
  const [before = 0, after = 0] = numbers(node, "pads");
  if (before === 0 && after === 0) return { padding: "valid" };
  if (after === 0 && before === dilation * (size - 1)) return { padding: "causal" };
  return { padding: "valid", margins: [before, after] };
}

function conv(walk: Walk, node: OnnxNode): Flow {
  let flow = channelsFirst(node, walk.flow(node));
  const kernel = walk.tensor(node, 1);
  if (kernel.shape.length !== 3) return refuse(node, "works on more than one axis of time");
  const [filters, channels, size] = kernel.shape as [number, number, number];
  const [strides = 1] = numbers(node, "strides");
  const [dilationRate = 1] = numbers(node, "dilations");
  const { padding, margins } = paddingOf(node, size, dilationRate);
  if (margins !== undefined) {
    flow = { ...walk.push({ kind: "zeroPadding1D", config: { padding: margins } }, [flow]), axes: flow.axes };
  }
  const turned = weightOf(`${node.name}.kernel`, kernel, [size, channels, filters], (data) => {
    const output = new Float32Array(data.length);
    for (let f = 0; f < filters; f++)
      for (let c = 0; c < channels; c++)
        for (let k = 0; k < size; k++)
          output[(k * channels + c) * filters + f] = data[(f * channels + c) * size + k]!;
    return output;
  });
  const bias = walk.has(node, 2) ? [weightOf(`${node.name}.bias`, walk.tensor(node, 2))] : [];
  const config = {
    filters,
    kernelSize: size,
    strides,
    dilationRate,
    padding,
    groups: node.attributes.get("group") ?? 1,
    useBias: bias.length > 0,
  };
  return { ...walk.push({ kind: "conv1d", config }, [flow], [turned, ...bias]), axes: ["B", "F", "T"] };
}

const pool =
  (kind: string) =>
  (walk: Walk, node: OnnxNode): Flow => {
    const flow = channelsFirst(node, walk.flow(node));
    const [poolSize, ...more] = numbers(node, "kernel_shape");
    if (poolSize === undefined || more.length > 0) return refuse(node, "works on more than one axis of time");
    const [strides = 1] = numbers(node, "strides");
    const { padding, margins } = paddingOf(node, poolSize, 1);
    const isPlain =
      margins === undefined &&
      padding !== "causal" &&
      (node.attributes.get("ceil_mode") ?? 0) === 0 &&
      numbers(node, "dilations").every((one) => one === 1);
    if (!isPlain) return refuse(node, "pads or dilates its windows in a way that is not computed here");
    return { ...walk.push({ kind, config: { poolSize, strides, padding } }, [flow]), axes: ["B", "F", "T"] };
  };

const globalPool =
  (kind: string) =>
  (walk: Walk, node: OnnxNode): Flow => {
    const flow = channelsFirst(node, walk.flow(node));
    return { ...walk.push({ kind, config: {} }, [flow]), axes: ["B", "F", "L"] };
  };

function batchNormalization(walk: Walk, node: OnnxNode): Flow {
  const flow = walk.flow(node);
  const isTurned = flow.axes.join("") === "BFT";
  const rows = isTurned ? { ...flow, axes: ["B", "T", "F"] as const } : walk.rows(node, flow);
  if (!isTurned && rows.axes.length === 3)
    refuse(node, "normalizes the axis behind the batch, which is time here");
  const weights = [1, 2, 3, 4].map((i) => weightOf(`${node.name}.${i}`, walk.tensor(node, i)));
  const config = { epsilon: node.attributes.get("epsilon") ?? 1e-5 };
  return { ...walk.push({ kind: "batchNormalization", config }, [rows], weights), axes: flow.axes };
}

function pad(walk: Walk, node: OnnxNode): Flow {
  const flow = walk.flow(node);
  if ((node.attributes.get("mode") ?? "constant") !== "constant") refuse(node, "repeats what it pads");
  if (walk.has(node, 2) && Number(walk.known(node, 2).read()[0]) !== 0)
    refuse(node, "pads with another number than 0");
  const pads = walk.ints(node, "pads", 1) ?? [];
  const rank = flow.axes.length;
  const place = flow.axes.indexOf("T");
  const isTime = pads.length === 2 * rank && pads.every((count, i) => count === 0 || i % rank === place);
  if (!isTime || place < 0 || pads.some((count) => count < 0)) refuse(node, "pads another axis than time");
  return atEnds(walk, node, flow, "zeroPadding1D", { padding: [pads[place]!, pads[place + rank]!] });
}

/** Part of one axis. */
function part(walk: Walk, node: OnnxNode, value: Flow, place: number, start: number, end: number): Flow {
  const axis = value.axes[place]!;
  const { steps, width } = walk.extents(value);
  const extent =
    axis === "T"
      ? steps
      : axis === "F"
        ? width
        : axis === "L"
          ? 1
          : axis === "D"
            ? (value.stack?.length ?? walk.layers[value.layer]?.directions)
            : undefined;
  const at = (bound: number): number =>
    extent === undefined || bound >= 0 ? bound : Math.max(bound + extent, 0);
  const [from, to] = [at(start), Math.min(at(end), extent ?? END)];
  if (from === 0 && (to === END || to === extent)) return value;
  const isSingle = to - from === 1 || (start === -1 && end === END);
  if (isSingle && axis !== "B" && axis !== "F") {
    const one = pick(walk, node, value, axis, start === -1 ? -1 : from);
    // A step that was cut out has lost the places of its axes.
    const isWhole = one.axes.length === value.axes.length - 1;
    if (axis === "D" && value.stack !== undefined) return { ...one, axes: ["D", "B", "F"], stack: [one] };
    return { ...one, axes: isWhole ? value.axes.with(place, "L") : ["L", ...one.axes] };
  }
  if (axis === "F" && extent !== undefined && to > from) {
    const rows = walk.rows(node, value);
    return walk.features(rows, from, to, extent);
  }
  if (axis !== "T") return refuse(node, "takes part of an axis, which is not computed here");
  if (extent !== undefined && to > from)
    return atEnds(walk, node, value, "cropping1D", { cropping: [from, extent - to] });
  const isFromEnds = start >= 0 && (end < 0 || end === END);
  if (!isFromEnds) return refuse(node, "takes steps counted otherwise than from both ends");
  return atEnds(walk, node, value, "cropping1D", { cropping: [start, end === END ? 0 : -end] });
}

function slice(walk: Walk, node: OnnxNode): Flow | Known {
  const value = walk.value(node, 0);
  const [starts, ends] = [walk.ints(node, "starts", 1)!, walk.ints(node, "ends", 2)!];
  if (!value.flow) {
    const own = value.read() as (number | Axis)[];
    return { ...vector(own.slice(starts[0], ends[0])), of: value.of };
  }
  const places = (walk.ints(node, "axes", 3) ?? starts.map((_, i) => i)).map((place) =>
    place < 0 ? place + value.axes.length : place,
  );
  const steps = walk.ints(node, "steps", 4) ?? starts.map(() => 1);
  if (places.some((place) => value.axes[place] === undefined))
    refuse(node, "takes part of an axis there is not");
  const layer = walk.layers[value.layer];
  const [start, end, step] = [starts[0]!, ends[0]!, steps[0]!];
  const isTurned =
    starts.length === 1 && value.axes[places[0]!] === "T" && start === -1 && end <= -END && step === -1;
  // What was read backwards is turned to the order it was read in.
  if (isTurned && layer?.isReverse === true && value.part === "sequence") {
    layer.isReverse = false;
    return value;
  }
  if (steps.some((one) => one !== 1)) return refuse(node, "leaves steps out, which is not computed here");
  return places.reduce((flow, place, i) => part(walk, node, flow, place, starts[i]!, ends[i]!), value);
}

/** Copies along an axis that is one long. */
function repeated(walk: Walk, node: OnnxNode, value: Flow, target: readonly (number | Axis)[]): Flow {
  const place = value.axes.indexOf("L");
  const copies = target[place];
  const isPlain = target.every((extent, i) => i === place || extent === 1 || extent === value.axes[i]);
  if (
    place < 0 ||
    target.length !== value.axes.length ||
    typeof copies !== "number" ||
    copies < 1 ||
    !isPlain
  ) {
    return refuse(node, `to [${target.join(", ")}] is not computed here`);
  }
  const axes = value.axes.filter((axis) => axis !== "L").join("");
  if (axes === "BF" && place === 1) {
    const made = walk.push({ kind: "repeatVector", config: { n: copies } }, [{ ...value, axes: ["B", "F"] }]);
    return { ...made, axes: ["B", "T", "F"] };
  }
  if (axes === "BTF" && place === 2) return { ...value, axes: ["B", "T", "C", "F"], copies };
  return refuse(node, "repeats an axis that is not computed here");
}

function expand(walk: Walk, node: OnnxNode): Flow | Known {
  const value = walk.value(node, 0);
  return value.flow ? repeated(walk, node, value, walk.known(node, 1).read() as (number | Axis)[]) : value;
}

/** Operators that look through windows of steps, or change how many there are. */
export const windowOperators: Operators = {
  Tile: (walk, node) => {
    const value = walk.value(node, 0);
    const repeats = walk.known(node, 1).read() as number[];
    if (!value.flow || repeats.every((count) => count === 1)) return value;
    return repeated(walk, node, value, repeats);
  },
  Conv: conv,
  MaxPool: pool("maxPooling1D"),
  AveragePool: pool("averagePooling1D"),
  GlobalMaxPool: globalPool("globalMaxPooling1D"),
  GlobalAveragePool: globalPool("globalAveragePooling1D"),
  BatchNormalization: batchNormalization,
  Pad: pad,
  Slice: slice,
  Expand: expand,
};
