import { type Activation64, activations64 } from "./activations64.js";
import {
  addProduct,
  addTransposed,
  type Cell64,
  type CellWeights,
  mapped,
  preActivations,
} from "./cells64.js";

/** What an LSTM may have besides: peepholes [3 H] (i, f, o) and a projection [H, P]. */
export interface LstmExtras {
  readonly peepholes: Float64Array | null;
  readonly projection: Float64Array | null;
}

/** MATH.md (1)-(11), with peepholes and a projection (30)-(33). */
export function lstm64(w: CellWeights & LstmExtras): Cell64 {
  const { units: n, features, peepholes, projection } = w;
  const width = projection === null ? n : projection.length / n;
  const phi = activations64[w.activation];
  const sigma = activations64[w.recurrentActivation];
  const acts: readonly Activation64[] = [sigma, sigma, phi, sigma];
  const activated = (z: Float64Array, gate: number): Float64Array =>
    mapped(n, (j) => acts[gate]!.value(z[j]!));
  /** The peephole weight of a unit: 0 input, 1 forget, 2 output. */
  const peek = (which: number, j: number): number => (peepholes === null ? 0 : peepholes[which * n + j]!);
  return {
    gateNames: ["input", "forget", "cell", "output"],
    hasCell: true,
    width,
    isProjected: projection !== null,
    step(x, hidden, cell) {
      const z = preActivations(w, 4, x, hidden) as [Float64Array, Float64Array, Float64Array, Float64Array];
      for (let j = 0; j < n; j++) {
        z[0][j]! += peek(0, j) * cell[j]!;
        z[1][j]! += peek(1, j) * cell[j]!;
      }
      const [i, f, g] = [activated(z[0], 0), activated(z[1], 1), activated(z[2], 2)];
      const c = mapped(n, (j) => f[j]! * cell[j]! + i[j]! * g[j]!);
      for (let j = 0; j < n; j++) z[3][j]! += peek(2, j) * c[j]!;
      const o = activated(z[3], 3);
      const m = mapped(n, (j) => o[j]! * phi.value(c[j]!));
      const h = projection === null ? m : new Float64Array(width);
      if (projection !== null) addProduct(m, projection, width, 0, h);
      return { hidden: h, cell: c, gates: [i, f, g, o], preActivations: z, previous: { hidden, cell } };
    },
    back(step, dh, dcLater) {
      const [i, f, g, o] = step.gates as [Float64Array, Float64Array, Float64Array, Float64Array];
      const c = step.cell;
      const dm = projection === null ? dh : new Float64Array(n);
      if (projection !== null) addTransposed(dh, projection, width, 0, dm);
      const slope = (gate: number, j: number): number =>
        acts[gate]!.slope(step.preActivations[gate]![j]!, step.gates[gate]![j]!);
      const a = mapped(n, (j) => phi.value(c[j]!));
      const dO = mapped(n, (j) => dm[j]! * a[j]! * slope(3, j));
      const dc = mapped(
        n,
        (j) => dcLater[j]! + dm[j]! * o[j]! * phi.slope(c[j]!, a[j]!) + dO[j]! * peek(2, j),
      );
      const di = mapped(n, (j) => dc[j]! * g[j]! * slope(0, j));
      const df = mapped(n, (j) => dc[j]! * step.previous.cell[j]! * slope(1, j));
      const gates = [di, df, mapped(n, (j) => dc[j]! * i[j]! * slope(2, j)), dO];
      const [hidden, input] = [new Float64Array(width), new Float64Array(features)];
      gates.forEach((dz, gate) => {
        addTransposed(dz, w.recurrent, 4 * n, gate * n, hidden);
        addTransposed(dz, w.kernel, 4 * n, gate * n, input);
      });
      const cell = mapped(n, (j) => dc[j]! * f[j]! + di[j]! * peek(0, j) + df[j]! * peek(1, j));
      return { hidden, cell, cellTotal: dc, gates, input };
    },
  };
}
