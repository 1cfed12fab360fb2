import { describe, it } from "vitest";
import {
  type GraphModel,
  input,
  type Layer,
  model,
  type SymbolicTensor,
  type Tensor,
} from "../../../../src/index.js";
import { type OracleGraph, type OracleNode, type OracleReference, runGraph } from "../../../oracle/graph.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { fc } from "../../../support/property.js";
import { expectNear, layerOf, values } from "../support.js";

const RELATIVE = 1e-5;
const ABSOLUTE = 2e-6;

/** A tensor of a graph that is being made up. */
interface At {
  readonly reference: OracleReference;
  readonly timesteps: number | null;
  readonly features: number;
}

/** Draws numbers in [0, 1) one after the other. */
type Draw = () => number;

const pick = <T>(draw: Draw, list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
const whole = (draw: Draw, low: number, high: number): number => low + Math.floor(draw() * (high - low + 1));
const smooth = ["tanh", "sigmoid", "linear", "softsign", "swish"] as const;
const stateCount = { lstm: 2, gru: 1, simpleRNN: 1 } as const;

interface Drawn {
  readonly graph: OracleGraph;
  readonly inputs: readonly (At & { readonly isIndices: boolean })[];
  readonly batch: number;
  readonly truncate: number | undefined;
}

const VOCABULARY = 6;

/** A graph with fan-out, layers applied twice, and states that go from layer to layer. */
function drawGraph(draw: Draw): Drawn {
  const batch = whole(draw, 1, 4);
  const layers: OracleLayerSpec[] = [];
  const nodes: OracleNode[] = [];
  const inputs = Array.from({ length: whole(draw, 1, 3) }, (_, i) => {
    const timesteps = whole(draw, 1, 5);
    const isIndices = draw() < 0.3;
    return { reference: [i, 0] as const, timesteps, features: isIndices ? 1 : whole(draw, 1, 6), isIndices };
  });
  const tensors: At[] = [];
  const used = new Set<string>();
  /** Inputs of every layer at its first application, for those that are applied again. */
  const first = new Map<number, At>();
  const apply = (layer: number, from: At, states: readonly At[] = []): void => {
    const node = inputs.length + nodes.length;
    const spec = layers[layer]!;
    nodes.push({
      layer,
      input: from.reference,
      ...(states.length === 0 ? {} : { states: states.map(({ reference }) => reference) }),
    });
    for (const { reference } of [from, ...states]) used.add(reference.join());
    const out = after(spec, from);
    tensors.push({ ...out, reference: [node, 0] });
    for (let i = 0; i < statesOf(spec); i++) {
      tensors.push({ reference: [node, i + 1], timesteps: null, features: unitsOf(spec) });
    }
    if (!first.has(layer)) first.set(layer, from);
  };
  const addLayer = (spec: OracleLayerSpec, from: At, states: readonly At[] = []): void => {
    layers.push(spec);
    apply(layers.length - 1, from, states);
  };
  for (const at of inputs) {
    if (!at.isIndices) tensors.push(at);
    else addLayer({ kind: "embedding", inputDim: VOCABULARY, outputDim: 3, maskZero: draw() < 0.7 }, at);
  }
  const count = whole(draw, 3, 8);
  for (let i = 0; i < count; i++) {
    const from = pick(draw, tensors);
    const again = [...first].filter(
      ([layer, at]) =>
        layers[layer]!.kind !== "embedding" &&
        at.features === from.features &&
        (at.timesteps === null) === (from.timesteps === null),
    );
    if (again.length > 0 && draw() < 0.25) apply(pick(draw, again)[0], from);
    else if (from.timesteps === null) addLayer(rowLayer(draw), from);
    else if (draw() < 0.6) {
      const rows = tensors.filter(({ timesteps }) => timesteps === null);
      const given = rows.length > 0 && draw() < 0.5 ? pick(draw, rows) : undefined;
      const spec = cell(draw, given?.features);
      const needed =
        (spec.kind === "bidirectional" ? 2 : 1) * stateCount[inner(spec).kind as keyof typeof stateCount];
      const fitting = rows.filter(({ features }) => features === unitsOf(spec));
      const states = given === undefined ? [] : Array.from({ length: needed }, () => pick(draw, fitting));
      addLayer(spec, from, states);
    } else addLayer(draw() < 0.3 ? { kind: "masking" } : rowLayer(draw), from);
  }
  const open = tensors.filter(({ reference }) => !used.has(reference.join()));
  const outputs = [...open.slice(0, 4), pick(draw, tensors)].map(({ reference }) => reference);
  // An input may be put out as well, but one that is looked up only has no numbers to compare.
  const kept = outputs.filter(([node]) => node >= inputs.length);
  return {
    graph: { layers, nodes, outputs: kept.length > 0 ? kept : [[inputs.length, 0]] },
    inputs,
    batch,
    truncate: draw() < 0.3 ? whole(draw, 1, 3) : undefined,
  };
}

function rowLayer(draw: Draw): OracleLayerSpec {
  const roll = draw();
  if (roll < 0.2) return { kind: "activation", activation: pick(draw, smooth) };
  if (roll < 0.3) return { kind: "layerNormalization", epsilon: 0.3 };
  return { kind: "dense", units: whole(draw, 1, 6), activation: pick(draw, smooth) };
}

function cell(draw: Draw, width: number | undefined): OracleLayerSpec {
  const units: number = width ?? whole(draw, 1, 6);
  const kind = pick(draw, ["lstm", "gru", "simpleRNN"] as const);
  const layer = {
    kind,
    units,
    returnSequences: draw() < 0.6,
    goBackwards: draw() < 0.3,
    returnState: draw() < 0.6,
  } as unknown as OracleLayerSpec;
  return draw() < 0.2 ? ({ kind: "bidirectional", layer, mergeMode: "concat" } as OracleLayerSpec) : layer;
}

const inner = (spec: OracleLayerSpec): OracleLayerSpec => (spec.kind === "bidirectional" ? spec.layer : spec);
const unitsOf = (spec: OracleLayerSpec): number => (inner(spec) as { units: number }).units;

function statesOf(spec: OracleLayerSpec): number {
  const { kind, returnState } = inner(spec) as { kind: string; returnState?: boolean };
  if (returnState !== true) return 0;
  return (spec.kind === "bidirectional" ? 2 : 1) * stateCount[kind as keyof typeof stateCount];
}

function after(spec: OracleLayerSpec, { timesteps, features }: At): Omit<At, "reference"> {
  switch (spec.kind) {
    case "dense":
      return { timesteps, features: spec.units };
    case "embedding":
      return { timesteps, features: spec.outputDim! };
    case "lstm":
    case "gru":
    case "simpleRNN":
      return { timesteps: spec.returnSequences ? timesteps : null, features: spec.units };
    case "bidirectional": {
      const one = after(spec.layer, { timesteps, features, reference: [0, 0] });
      return { ...one, features: 2 * one.features };
    }
    default:
      return { timesteps, features };
  }
}

/** The same graph out of layers of the library. */
function build({ graph, inputs, batch }: Drawn): { built: GraphModel; layers: readonly Layer[] } {
  const layers = graph.layers.map(layerOf);
  const ends = inputs.map(({ timesteps, features, isIndices }) =>
    isIndices ? input({ shape: [timesteps], dtype: "int32" }) : input({ shape: [timesteps, features] }),
  );
  const made: (readonly SymbolicTensor[])[] = ends.map((tensor) => [tensor]);
  const at = ([node, output]: OracleReference): SymbolicTensor => made[node]![output]!;
  for (const { layer, input: from, states } of graph.nodes) {
    const options = states === undefined ? {} : { initialState: states.map(at) };
    const results = layers[layer]!.apply<SymbolicTensor | SymbolicTensor[]>(at(from), options);
    made.push(Array.isArray(results) ? results : [results]);
  }
  const built = model({ inputs: ends, outputs: graph.outputs.map(at), seed: batch });
  return { built, layers };
}

function inputOf(
  { timesteps, features, isIndices }: Drawn["inputs"][number],
  batch: number,
  seed: number,
): Tensor {
  if (!isIndices) {
    const tensor = values([batch, timesteps!, features], seed);
    const empty = values([batch, timesteps!], seed + 7).data;
    const data = tensor.data.map((v, i) => (empty[Math.floor(i / features)]! < -0.4 ? 0 : v)) as Float32Array;
    return { shape: tensor.shape, data };
  }
  const drawn = values([batch, timesteps!], seed).data;
  const data = Int32Array.from(drawn, (v) => Math.floor(((v + 1) / 2) * (VOCABULARY - 1e-3)));
  return { shape: [batch, timesteps!], data };
}

async function compare(drawn: Drawn, seed: number): Promise<void> {
  const { graph, inputs, batch, truncate } = drawn;
  const { built, layers } = build(drawn);
  const lossWeights = graph.outputs.map((_, o) => 0.5 + 0.25 * o);
  const shared = graph.outputs.length === 1 ? {} : { lossWeights };
  built.compile({
    optimizer: "sgd",
    loss: "mse",
    ...shared,
    ...(truncate === undefined ? {} : { truncate }),
  });
  layers.forEach((layer, l) => {
    if (layer.variables.length === 0) return;
    const spread = (shape: readonly number[]): number => Math.min(1, 1.5 / Math.sqrt(shape[0]!));
    layer.setWeights(
      layer.getWeights().map(({ shape }, i) => values(shape, seed + 31 * l + i, spread(shape))),
    );
  });
  const x = inputs.map((port, i) => inputOf(port, batch, seed + i));
  const weights = layers.map((layer) => layer.getWeights());
  const { outputs } = runGraph(graph, weights, x);
  const predicted = await built.predict<Tensor | Tensor[]>(x);
  [predicted].flat().forEach(({ data }, o) => {
    expectNear(`output ${o}`, data, outputs[o]!.data, RELATIVE, ABSOLUTE);
  });
  const labels = outputs.map(({ shape }, o) => values(shape, seed + 90 + o));
  const expected = runGraph(graph, weights, x, {
    labels,
    lossWeights: graph.outputs.length === 1 ? [1] : lossWeights,
    ...(truncate === undefined ? {} : { truncate }),
  });
  const got = await built.gradients(x, labels);
  expectNear("loss", [got.loss], [expected.loss], RELATIVE, ABSOLUTE);
  const byName = new Map(got.weights.map(({ name, data }) => [name, data]));
  layers.forEach((layer, l) => {
    // A layer that no output needs is no part of the model.
    if (!built.layers.includes(layer)) return;
    layer.getWeights().forEach(({ name }, i) => {
      expectNear(name, byName.get(name)!, expected.weights[l]![i]!.data, RELATIVE, ABSOLUTE);
    });
  });
  const given = [got.input].flat() as (Tensor | null)[];
  given.forEach((tensor, i) => {
    if (inputs[i]!.isIndices) {
      if (tensor !== null) throw new Error("indices have no gradient");
    } else expectNear(`input ${i}`, tensor!.data, expected.inputs[i]!.data, RELATIVE, ABSOLUTE);
  });
  built.dispose();
}

describe("any graph of layers", () => {
  it("predicts, loses and derives as in float64, with fan-out, shared layers, states and masks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
          minLength: 160,
          maxLength: 160,
        }),
        fc.integer({ min: 1, max: 10_000 }),
        async (numbers, seed) => {
          let next = 0;
          const drawn = drawGraph(() => numbers[next++ % numbers.length]!);
          await compare(drawn, seed).catch((error) => {
            throw new Error(`${error.message} ${JSON.stringify(drawn)}`);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
