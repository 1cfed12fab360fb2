import { ConfigError, told } from "../../errors.js";
import { sourceOf } from "../../layers/graph/application.js";
import type { SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import { describeShape } from "../../tensor.js";
import { LayerSet } from "../layer-set.js";
import { LayerStack } from "../layer-stack.js";
import type { Model } from "../model.js";
import { Graph } from "./graph.js";
import { traceChain } from "./trace-chain.js";

const BOX = { width: 190, height: 52, across: 24, down: 40, margin: 16 };

interface Box {
  readonly name: string;
  readonly kind: string;
  readonly shape: string;
  readonly from: readonly number[];
  readonly depth: number;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** One box for each input and each application of a layer, with the boxes it is given tensors by. */
function boxesOf(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): Box[] {
  const boxes: Box[] = [];
  const places = new Map<object, number>();
  const visit = (tensor: SymbolicTensor): number => {
    const isInput = inputs.includes(tensor);
    const source = sourceOf("plotModel()", tensor);
    const key = isInput ? tensor : source;
    const known = places.get(key);
    if (known !== undefined) return known;
    const from = isInput ? [] : source.parents.map(visit);
    const shapes = isInput ? [tensor] : source.outputs;
    boxes.push({
      name: tensor.name,
      kind: isInput ? "input" : source.layer.kind,
      shape: shapes.map(({ shape }) => describeShape(shape)).join(" "),
      from,
      depth: Math.max(-1, ...from.map((i) => boxes[i]!.depth)) + 1,
    });
    places.set(key, boxes.length - 1);
    return boxes.length - 1;
  };
  inputs.forEach(visit);
  outputs.forEach(visit);
  return boxes;
}

/**
 * A model's layers and what flows between them, as an SVG: a box for each input and each application of a layer, inputs
 * above; shapes with the batch first, null where any length will do.
 * @throws StateError for a chain that does not know its input's shape yet.
 *
 * @example
 * const svg = plotModel(sequential([lstm({ units: 8, inputShape: [20, 1] }), dense({ units: 1 })]));
 */
export function plotModel(model: Model): string {
  if (!(model?.topology instanceof LayerSet)) {
    throw new ConfigError(`plotModel(): got ${told(model)}, expected a model.`, { received: model });
  }
  const { topology } = model;
  const ends =
    topology instanceof Graph
      ? { inputs: topology.inputTensors, outputs: topology.outputTensors }
      : topology instanceof LayerStack
        ? { inputs: [traceChain(topology).input], outputs: traceChain(topology).outputs }
        : { inputs: [], outputs: [] };
  const boxes = boxesOf(ends.inputs, ends.outputs);
  const rows = new Map<number, number>();
  const { width, height, across, down, margin } = BOX;
  const placed = boxes.map((box) => {
    const column = rows.get(box.depth) ?? 0;
    rows.set(box.depth, column + 1);
    return { ...box, column };
  });
  const most = Math.max(1, ...rows.values());
  const total = most * (width + across) - across + 2 * margin;
  const tall = rows.size * (height + down) - down + 2 * margin;
  const at = ({ depth, column }: { depth: number; column: number }) => {
    const inRow = rows.get(depth)!;
    const indent = ((most - inRow) * (width + across)) / 2;
    return { x: margin + indent + column * (width + across), y: margin + depth * (height + down) };
  };
  const lines = placed.flatMap((box) => {
    const end = at(box);
    return box.from.map((i) => {
      const start = at(placed[i]!);
      const [x1, y1, x2, y2] = [start.x + width / 2, start.y + height, end.x + width / 2, end.y];
      const middle = (y1 + y2) / 2;
      return `<path d="M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}" fill="none" stroke="currentColor" marker-end="url(#arrow)"/>`;
    });
  });
  const drawn = placed.map((box) => {
    const { x, y } = at(box);
    const text = (line: number, value: string, weight: string): string =>
      `<text x="${x + width / 2}" y="${y + 20 + 20 * line}" text-anchor="middle" font-weight="${weight}">${escaped(value)}</text>`;
    return (
      `<g><title>${escaped(`${box.name} (${box.kind}) ${box.shape}`)}</title>` +
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="none" stroke="currentColor"/>` +
      `${text(0, `${box.name} (${box.kind})`, "bold")}${text(1, box.shape, "normal")}</g>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${tall}" width="${total}" height="${tall}" font-family="sans-serif" font-size="12" role="img" aria-label="${escaped(model.name)}">` +
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>' +
    `${lines.join("")}${drawn.join("")}</svg>`
  );
}
