import type { Reference } from "../description/description.js";
import type { GraphSnapshot, LayerSnapshot, ModelSnapshot, NodeSnapshot } from "../description/snapshot.js";

/** `[layer, application, output]`, as Keras names a tensor. */
export type Triple = readonly [layer: string, node: number, output: number];

/** Names of a graph's inputs as layers, each free of the names of its layers. */
export function inputLayerNames({ layers, graph }: ModelSnapshot): string[] {
  const taken = new Set(layers.map(({ name }) => name));
  return graph!.inputs.map(({ name }) => {
    let own = name;
    for (let i = 1; taken.has(own); i++) own = `${name}_${i}`;
    taken.add(own);
    return own;
  });
}

/** How tensors of a graph are called in a file, and which applications each layer has. */
export class NodeNames {
  readonly inputs: readonly string[];
  readonly #graph: GraphSnapshot;
  readonly #layers: readonly LayerSnapshot[];
  /** Of each node, which application of its layer it is. */
  readonly #applications: readonly number[];

  constructor(model: ModelSnapshot) {
    this.inputs = inputLayerNames(model);
    this.#graph = model.graph!;
    this.#layers = model.layers;
    const counts = new Map<number, number>();
    this.#applications = this.#graph.nodes.map(({ layer }) => {
      const count = counts.get(layer) ?? 0;
      counts.set(layer, count + 1);
      return count;
    });
  }

  triple([node, output]: Reference): Triple {
    const { inputs, nodes } = this.#graph;
    if (node < inputs.length) return [this.inputs[node]!, 0, output];
    const place = node - inputs.length;
    return [this.#layers[nodes[place]!.layer]!.name, this.#applications[place]!, output];
  }

  /** Shape with the batch. */
  shape([node, output]: Reference): readonly (number | null)[] {
    const { inputs, nodes } = this.#graph;
    const input = inputs[node];
    if (input !== undefined) return [input.batchSize ?? null, ...input.shape];
    return nodes[node - inputs.length]!.outputShapes[output]!;
  }

  dtype([node]: Reference): string {
    return this.#graph.inputs[node]?.dtype ?? "float32";
  }

  nodesOf(layer: number): readonly NodeSnapshot[] {
    return this.#graph.nodes.filter((node) => node.layer === layer);
  }
}
