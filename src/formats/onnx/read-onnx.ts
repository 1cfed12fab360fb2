import { FormatError } from "../../errors.js";
import type { ModelDescription } from "../description/description.js";
import { operators } from "./operators.js";
import { readGraph } from "./read-graph.js";
import { type Axis, type Flow, Walk, WrongAxes } from "./walk.js";

/** What an ONNX file's graph is made of, as layers; see `fromOnnx` in formats/index.ts. */
export async function readOnnx(bytes: Uint8Array): Promise<ModelDescription> {
  const graph = await readGraph(bytes);
  const [input, ...more] = graph.inputs;
  if (input === undefined || more.length > 0 || graph.outputs.length < 1) {
    throw new FormatError(
      `fromOnnx(): the graph has ${graph.inputs.length} inputs (${graph.inputs.map(({ name }) => name).join(", ")}) and ${graph.outputs.length} outputs; models with one input are read.`,
    );
  }
  const rank = input.shape.length;
  const isLookup =
    graph.nodes.some(({ op, inputs }) => op === "Gather" && inputs[1] === input.name) ||
    graph.nodes.some(({ op }) => op === "Gather" && rank === 2);
  const choices: readonly (readonly Axis[])[] =
    rank === 3
      ? [
          ["B", "T", "F"],
          ["T", "B", "F"],
        ]
      : isLookup
        ? [
            ["B", "T"],
            ["T", "B"],
          ]
        : [["B", "F"]];
  for (const axes of choices) {
    const walk = new Walk(graph, axes, input.name);
    let out: Flow;
    try {
      out = walk.run(operators);
    } catch (error) {
      if (!(error instanceof WrongAxes)) throw error;
      continue;
    }
    // Time first comes in and goes out alike; the model has batch first in both.
    const sequence = out.axes.includes("T");
    const expected = sequence ? axes.filter((axis) => axis !== "F") : ["B"];
    if (out.axes.join("") !== [...expected, "F"].join("")) {
      throw new FormatError(
        `fromOnnx(): the output has the axes ${out.axes.join(", ")}, which gateflow's models do not have.`,
      );
    }
    const extent = (axis: Axis): number | null =>
      axes.includes(axis) ? (input.shape[axes.indexOf(axis)] ?? null) : null;
    const unturned = walk.layers.find(
      (layer) => layer.isReverse === true && (layer.config.returnSequences ?? false) === true,
    );
    if (unturned !== undefined)
      throw new FormatError(
        "fromOnnx(): the sequence of an operator that reads backwards goes on in the order of time, which gateflow's goBackwards does not.",
      );
    return {
      layers: walk.layers.map(({ kind, config }) => ({ kind, config })),
      inputShape: axes.filter((axis) => axis !== "B").map(extent),
      weights: walk.layers.flatMap(({ weights }) => weights),
    };
  }
  throw new FormatError("fromOnnx(): a recurrent operator's input has neither batch nor time first.");
}
