import { type GraphProto, type NodeProto, readInnerGraph } from "../../../src/formats/onnx/onnx-messages.js";
import { type Array64, look, sizeOf } from "./arrays.js";

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** An operator's options. */
export class Options {
  constructor(readonly node: NodeProto) {}
  #find(name: string) {
    return this.node.attribute.find((one) => one.name === name);
  }
  int(name: string, otherwise: number): number {
    return Number(this.#find(name)?.i ?? otherwise);
  }
  float(name: string, otherwise: number): number {
    return this.#find(name)?.f ?? otherwise;
  }
  ints(name: string): number[] {
    return this.#find(name)!.ints.map(Number);
  }
  text(name: string): string {
    return new TextDecoder().decode(this.#find(name)!.s);
  }
  body(name: string): GraphProto {
    return readInnerGraph(this.#find(name)!.g!);
  }
}

/** LSTM, GRU and RNN with their usual activations, forward and reverse, with lengths. */
export function recurrent(op: string, inputs: readonly (Array64 | undefined)[], options: Options): Array64[] {
  const [x, w, r, b, lengths, h0, c0, p] = inputs as [Array64, Array64, Array64, ...(Array64 | undefined)[]];
  const [steps, batch] = x.shape as [number, number];
  const units = options.int("hidden_size", 0);
  const gates = w.shape[1]! / units;
  const way = options.text("direction");
  const directions = way === "bidirectional" ? 2 : 1;
  const zeros = (...shape: number[]): { shape: number[]; data: number[] } => ({
    shape,
    data: new Array<number>(sizeOf(shape)).fill(0),
  });
  const [y, h, c] = [
    zeros(steps, directions, batch, units),
    zeros(directions, batch, units),
    zeros(directions, batch, units),
  ];
  for (let d = 0; d < directions; d++) {
    for (let n = 0; n < batch; n++) {
      const length = lengths?.data[n] ?? steps;
      let hidden = Array.from({ length: units }, (_, u) => (h0 === undefined ? 0 : look(h0, [d, n, u])));
      let cell = Array.from({ length: units }, (_, u) => (c0 === undefined ? 0 : look(c0, [d, n, u])));
      const isReverse = way === "reverse" || d === 1;
      for (let s = 0; s < length; s++) {
        const t = isReverse ? length - 1 - s : s;
        const input = (gate: number, u: number): number => {
          let sum = b === undefined ? 0 : look(b, [d, gate * units + u]);
          for (let k = 0; k < x.shape[2]!; k++) sum += look(x, [t, n, k]) * look(w, [d, gate * units + u, k]);
          return sum;
        };
        const state = (gate: number, u: number, from = hidden): number => {
          let sum = b === undefined ? 0 : look(b, [d, (gates + gate) * units + u]);
          for (let k = 0; k < units; k++) sum += from[k]! * look(r, [d, gate * units + u, k]);
          return sum;
        };
        const peep = (gate: number, u: number, from: number): number =>
          p === undefined ? 0 : from * look(p, [d, gate * units + u]);
        if (op === "LSTM") {
          const next = cell.map((old, u) => {
            const i = sigmoid(input(0, u) + state(0, u) + peep(0, u, old));
            const f = sigmoid(input(2, u) + state(2, u) + peep(2, u, old));
            return f * old + i * Math.tanh(input(3, u) + state(3, u));
          });
          const before = hidden;
          hidden = next.map(
            (now, u) => sigmoid(input(1, u) + state(1, u, before) + peep(1, u, now)) * Math.tanh(now),
          );
          cell = next;
        } else if (op === "GRU") {
          const before = hidden;
          const reset = before.map((_, u) => sigmoid(input(1, u) + state(1, u, before)));
          const seen = before.map((value, u) => value * reset[u]!);
          const isAfter = options.int("linear_before_reset", 0) === 1;
          hidden = before.map((value, u) => {
            const z = sigmoid(input(0, u) + state(0, u, before));
            const inner = isAfter ? reset[u]! * state(2, u, before) : state(2, u, seen);
            return (1 - z) * Math.tanh(input(2, u) + inner) + z * value;
          });
        } else {
          const before = hidden;
          hidden = before.map((_, u) => Math.tanh(input(0, u) + state(0, u, before)));
        }
        hidden.forEach((value, u) => {
          y.data[((t * directions + d) * batch + n) * units + u] = value;
        });
      }
      hidden.forEach((value, u) => {
        h.data[(d * batch + n) * units + u] = value;
        c.data[(d * batch + n) * units + u] = cell[u]!;
      });
    }
  }
  return [y, h, c];
}
