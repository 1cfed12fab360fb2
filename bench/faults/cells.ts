import { bidirectional, gru, type Layer, lstm, type Sequential } from "../../src/index.js";
import { pick, type Uniform } from "./series.js";

export interface Stack {
  readonly units: number;
  readonly inputShape: readonly [number, number];
  readonly returnSequences?: boolean;
}

export type Cell = "lstm" | "gru" | "bidirectional" | "bidirectional gru" | "stacked" | "stacked gru";
const cells: readonly Cell[] = [
  "lstm",
  "lstm",
  "gru",
  "gru",
  "bidirectional",
  "bidirectional gru",
  "stacked",
  "stacked gru",
];

export const drawCell = (uniform: Uniform): Cell => pick(uniform, cells);

/** The recurrent layers of a cell, about as many weights each. */
export function stackOf(cell: Cell, { units, inputShape, returnSequences = false }: Stack): Layer[] {
  const half = Math.ceil(units / 2);
  const shape = [...inputShape];
  switch (cell) {
    case "lstm":
      return [lstm({ units, returnSequences, inputShape: shape })];
    case "gru":
      return [gru({ units, returnSequences, inputShape: shape })];
    case "bidirectional":
      return [bidirectional({ layer: lstm({ units: half, returnSequences }), inputShape: shape })];
    case "bidirectional gru":
      return [bidirectional({ layer: gru({ units: half, returnSequences }), inputShape: shape })];
    case "stacked":
      return [
        lstm({ units: half, returnSequences: true, inputShape: shape }),
        lstm({ units: half, returnSequences }),
      ];
    case "stacked gru":
      return [
        gru({ units: half, returnSequences: true, inputShape: shape }),
        lstm({ units: half, returnSequences }),
      ];
  }
}

/** One weight of a recurrent layer, or of one direction of it. */
export interface RecurrentWeight {
  readonly role: "kernel" | "recurrent_kernel" | "bias";
  /** 4: LSTM (i, f, c, o), 3: GRU (z, r, h), 1: simple. */
  readonly gates: number;
  readonly units: number;
  /** Which recurrent layer, from the input; both directions count as one. */
  readonly layer: number;
}

/** Changes weights of recurrent layers, whatever cell they have. */
export function editRecurrent(
  model: Sequential,
  change: (data: Float32Array, weight: RecurrentWeight) => Float32Array,
): void {
  const all = model.getWeights();
  const layerOf = (name: string): string => name.split("/")[0]!;
  const prefixOf = (name: string): string => name.slice(0, name.lastIndexOf("/"));
  const own = new Map(
    all
      .filter(({ name }) => name.endsWith("/recurrent_kernel"))
      .map(({ name, shape }) => [prefixOf(name), { units: shape[0]!, gates: shape[1]! / shape[0]! }]),
  );
  const layers = [...new Set([...own.keys()].map(layerOf))];
  model.setWeights(
    all.map((weight) => {
      const prefix = prefixOf(weight.name);
      const found = own.get(prefix);
      if (found === undefined) return weight;
      const role = weight.name.slice(prefix.length + 1) as RecurrentWeight["role"];
      const data = change(Float32Array.from(weight.data), {
        role,
        ...found,
        layer: layers.indexOf(layerOf(prefix)),
      });
      return { ...weight, data };
    }),
  );
}

export type ClosedGate = "input" | "output" | "both";

/**
 * Gate biases so far from zero that nothing comes in, or nothing goes out. A GRU has one gate for both: at update near 1
 * the state stays what it was, at the start zero.
 */
export const closeGates =
  (bias: number, gate: ClosedGate) =>
  (model: Sequential): void =>
    editRecurrent(model, (data, { role, gates, units }) => {
      if (role !== "bias") return data;
      if (gates === 3) return data.fill(-bias, 0, units);
      if (gate !== "output") data.fill(bias, 0, units);
      if (gate !== "input") data.fill(bias, 3 * units, 4 * units);
      return data;
    });

/** Bias of the gate that keeps the state: forget of an LSTM, update of a GRU. */
export const setMemory =
  (bias: number) =>
  (model: Sequential): void =>
    editRecurrent(model, (data, { role, gates, units }) => {
      if (role !== "bias" || gates === 1) return data;
      return gates === 4 ? data.fill(bias, units, 2 * units) : data.fill(bias, 0, units);
    });
