import type { ModelSnapshot } from "../../description/snapshot.js";
import { writeModel } from "./apply.js";
import { GraphWriter } from "./graph-writer.js";
import { asFloats } from "./merges.js";
import type { Value } from "./value.js";

/** A model as an ONNX file; see `toOnnx` in formats/index.ts. */
export function writeOnnx(model: ModelSnapshot): Uint8Array {
  const named = (shape: readonly (number | null)[], time: string): (number | string)[] => [
    "batch",
    ...shape.map((extent) => extent ?? time),
  ];
  const { graph: connections } = model;
  const inputs =
    connections === undefined
      ? [{ name: "x", shape: named(model.inputShape, "time"), isIndex: model.takesIndices }]
      : connections.inputs.map(({ name, shape, dtype }, i) => ({
          name,
          // Lengths of several inputs are independent of each other.
          shape: named(shape, connections.inputs.length === 1 ? "time" : `time_${i}`),
          isIndex: dtype === "int32",
        }));
  const last = model.layers.at(-1)!;
  const isParted = last.kind === "bidirectional" && last.config.mergeMode === null;
  const taken = new Set(inputs.map(({ name }) => name));
  const outputs =
    connections === undefined
      ? isParted
        ? ["y_forward", "y_backward"].map((name) => ({
            name,
            shape: named([...last.outputShape.slice(0, -1), last.outputShape.at(-1)! / 2], "time"),
          }))
        : [{ name: "y", shape: named(last.outputShape, "time") }]
      : connections.outputs.map(([from, output], o) => {
          const own = connections.outputNames[o]!;
          // A model may put out what it is given, under the same name.
          const name = taken.has(own) ? `${own}_out` : own;
          const port = connections.inputs[from];
          const shape =
            port === undefined
              ? connections.nodes[from - connections.inputs.length]!.outputShapes[output]!.slice(1)
              : port.shape;
          return { name, shape: named(shape, `time_of_${name}`) };
        });
  const graph = new GraphWriter([...inputs, ...outputs].map(({ name }) => name));
  const given = inputs.map(
    ({ name, isIndex }, i): Value => ({
      name,
      shape: [null, ...(connections === undefined ? model.inputShape : connections.inputs[i]!.shape)],
      isIndex,
    }),
  );
  const made = writeModel(graph, model, given);
  // What leaves the graph is as its port says: floats.
  const values = made.map((value) => asFloats(graph, value).name);
  return graph.finish(model.name, inputs, values, outputs);
}
