import type { NamedTensor } from "../../../tensor.js";
import type { LayerSnapshot } from "../../description/snapshot.js";
import { type Cell, findWeight } from "./cells.js";
import { BOOL, type GraphWriter } from "./graph-writer.js";
import { activate } from "./layers.js";

/** One step: from the input's share of the gates and the states to the next states. */
type Step = (graph: GraphWriter, x: string, states: readonly string[]) => string[];

/** Splits `[B, n · units]` into its gates. */
const gatesOf = (graph: GraphWriter, z: string, count: number, units: number): string[] =>
  graph.ops("Split", [z, graph.ints("gates", ...new Array<number>(count).fill(units))], { axis: -1 }, count);

/**
 * A cell that ONNX's operators do not know, one that projects its state or has another activation, step by step in a Scan.
 * @param x `[T, B, F]`.
 * @param initial states `[B, H]`; none: zeros.
 * @param mask `[T, B, 1]`, 0 where a step keeps the states it finds; none: all count.
 * @returns the sequence `[T, B, H]`, then the last states.
 */
export function writeScan(
  graph: GraphWriter,
  { name }: Pick<LayerSnapshot, "name">,
  cell: Cell,
  x: string,
  initial: readonly string[],
  mask?: string,
): string[] {
  const { kind, config } = cell;
  const units = config.units as number;
  const width = (config.projectionUnits as number | null | undefined) ?? units;
  const constant = (stem: string, { shape, data }: Pick<NamedTensor, "shape" | "data">): string =>
    graph.constant(`${name}_${stem}`, shape, Float32Array.from(data));
  const own = (key: string): string | undefined => {
    const weight = findWeight(cell, key);
    return weight === undefined ? undefined : constant(key, weight);
  };
  const plus = (inside: GraphWriter, y: string, bias: string | undefined): string =>
    bias === undefined ? y : inside.op("Add", [y, bias]);
  const word = (key: "activation" | "recurrentActivation", otherwise: string): string => {
    const given = config[key] as string | null | undefined;
    return given === null ? "linear" : (given ?? otherwise);
  };
  const [outer, gate] = [word("activation", "tanh"), word("recurrentActivation", "sigmoid")];
  const bias = findWeight(cell, "bias");
  const rows = bias?.shape.length === 2 ? 2 : 1;
  const biases = Array.from({ length: rows }, (_, row) => {
    if (bias === undefined) return undefined;
    const size = bias.data.length / rows;
    return constant("bias", { shape: [size], data: bias.data.slice(row * size, (row + 1) * size) });
  });
  const recurrent = own("recurrent_kernel")!;
  const steps: Readonly<Record<string, Step>> = {
    simpleRNN: (inside, z, [h]) => [
      activate(inside, outer, inside.op("Add", [z, inside.op("MatMul", [h!, recurrent])])),
    ],
    gru: (inside, z, [h]) => {
      const isAfter = config.resetAfter !== false;
      const [xz, xr, xh] = gatesOf(inside, z, 3, units);
      const state = isAfter ? plus(inside, inside.op("MatMul", [h!, recurrent]), biases[1]) : "";
      const columns = (from: number, to: number): string =>
        inside.op("Slice", [
          recurrent,
          inside.ints("from", from * units),
          inside.ints("to", to * units),
          inside.ints("axes", 1),
        ]);
      const [hz, hr, hh] = isAfter
        ? gatesOf(inside, state, 3, units)
        : gatesOf(inside, inside.op("MatMul", [h!, columns(0, 2)]), 2, units);
      const update = activate(inside, gate, inside.op("Add", [xz!, hz!]));
      const reset = activate(inside, gate, inside.op("Add", [xr!, hr!]));
      const seen = isAfter
        ? inside.op("Mul", [reset, hh!])
        : inside.op("MatMul", [inside.op("Mul", [reset, h!]), columns(2, 3)]);
      const candidate = activate(inside, outer, inside.op("Add", [xh!, seen]));
      const change = inside.op("Mul", [update, inside.op("Sub", [h!, candidate])]);
      return [inside.op("Add", [candidate, change])];
    },
    lstm: (inside, z, [h, c]) => {
      const peephole = findWeight(cell, "peephole_kernel");
      const peep = (place: number): string =>
        constant("peephole", {
          shape: [units],
          data: peephole!.data.slice(place * units, (place + 1) * units),
        });
      const sum = inside.op("Add", [z, inside.op("MatMul", [h!, recurrent])]);
      const looking = (of: string, state: string, place: number): string =>
        peephole === undefined ? of : inside.op("Add", [of, inside.op("Mul", [state, peep(place)])]);
      const [i, f, g, o] = gatesOf(inside, sum, 4, units);
      const kept = inside.op("Mul", [activate(inside, gate, looking(f!, c!, 1)), c!]);
      const added = inside.op("Mul", [
        activate(inside, gate, looking(i!, c!, 0)),
        activate(inside, outer, g!),
      ]);
      const next = inside.op("Add", [kept, added]);
      const shown = inside.op("Mul", [
        activate(inside, gate, looking(o!, next, 2)),
        activate(inside, outer, next),
      ]);
      const projection = own("projection_kernel");
      return [projection === undefined ? shown : inside.op("MatMul", [shown, projection]), next];
    },
  };
  const shares = plus(graph, graph.op("MatMul", [x, own("kernel")!]), biases[0]);
  const widths = kind === "lstm" ? [width, units] : [width];
  const batch = graph.op("Slice", [graph.op("Shape", [x]), graph.ints("starts", 1), graph.ints("ends", 2)]);
  const begin = widths.map((extent, i) => {
    if (initial[i] !== undefined) return initial[i];
    const shape = graph.op("Concat", [batch, graph.ints("width", extent)], { axis: 0 });
    return graph.op("Expand", [graph.floats("zero", 0), shape]);
  });
  const inside = graph.inside();
  const states = begin.map(() => inside.name("state"));
  const step = inside.name("step");
  const counts = mask === undefined ? [] : [inside.name("counts")];
  const made = steps[kind]!(inside, step, states);
  const next =
    counts.length === 0 ? made : made.map((own, i) => inside.op("Where", [counts[0]!, own, states[i]!]));
  // What the Scan gathers needs a name of its own.
  const shown = inside.op("Identity", [next[0]!]);
  const inputs = [...states, step, ...counts];
  const live = mask === undefined ? [] : [graph.op("Cast", [mask], { to: BOOL })];
  const [...all] = graph.ops(
    "Scan",
    [...begin, shares, ...live],
    {
      body: { body: inside, inputs, outputs: [...next, shown], bools: counts },
      num_scan_inputs: 1 + live.length,
    },
    next.length + 1,
  );
  return [all.at(-1)!, ...all.slice(0, -1)];
}
