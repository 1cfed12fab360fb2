import type { Sequential } from "gateflow";

/** Columns of the bias, gate by gate. */
const gateColumns: Readonly<Record<string, readonly string[]>> = {
  lstm: ["input", "forget", "cell", "output"],
  gru: ["update", "reset", "candidate"],
};

/** Puts the biases of gates to where they are to start. A GRU has a second row of biases, the state's, which stays. */
export function setGateBiases(model: Sequential, biases: Readonly<Record<string, number>>): void {
  for (const layer of model.layers) {
    const gates = gateColumns[layer.kind] ?? [];
    const weights = layer.getWeights();
    const bias = weights.find(({ name }) => name.endsWith("/bias"));
    if (gates.length === 0 || bias === undefined) continue;
    const units = bias.shape.at(-1)! / gates.length;
    const data = Float32Array.from(bias.data);
    for (const [gate, value] of Object.entries(biases)) {
      const place = gates.indexOf(gate);
      if (place >= 0) data.fill(value, place * units, (place + 1) * units);
    }
    layer.setWeights(weights.map((weight) => (weight === bias ? { ...bias, data } : weight)));
  }
}
