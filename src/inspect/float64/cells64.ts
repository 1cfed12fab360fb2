import type { ElementwiseActivation } from "../../engine/activation-codes.js";
import { activations64 } from "./activations64.js";

/** What one step of a cell leaves for the way back. Vectors of H floats (h: of the cell's width), by gate where several. */
export interface Step64 {
  readonly hidden: Float64Array;
  /** Empty where the cell has no c. */
  readonly cell: Float64Array;
  readonly gates: readonly Float64Array[];
  readonly preActivations: readonly Float64Array[];
  readonly previous: { readonly hidden: Float64Array; readonly cell: Float64Array };
  /** GRU with resetAfter: h R_h + b. */
  readonly recurrentCandidate?: Float64Array;
}

export interface StepGradient64 {
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
  /** Total derivative dL/dc_t; `hidden` and `cell` are those of the step before. */
  readonly cellTotal: Float64Array;
  readonly gates: readonly Float64Array[];
  readonly input: Float64Array;
}

/** One recurrent cell in float64, a sample at a time: MATH.md's equations as they stand. */
export interface Cell64 {
  readonly gateNames: readonly string[];
  readonly hasCell: boolean;
  /** Length of h; a projection makes it shorter than c and the gates. */
  readonly width: number;
  /** Whether h is m times a projection, so that its columns are not those of the units. */
  readonly isProjected: boolean;
  step(x: Float64Array, hidden: Float64Array, cell: Float64Array): Step64;
  /** From dL/dh_t and what came to c_t from the step after. */
  back(step: Step64, hidden: Float64Array, cell: Float64Array): StepGradient64;
}

export interface CellWeights {
  readonly units: number;
  readonly features: number;
  /** Row-major [F, G H], [width, G H]; bias [G H], of a GRU with resetAfter [2, 3 H]; null without one. */
  readonly kernel: Float64Array;
  readonly recurrent: Float64Array;
  readonly bias: Float64Array | null;
  readonly activation: ElementwiseActivation;
  readonly recurrentActivation: ElementwiseActivation;
}

/** y += v M[:, first …], columns of a matrix with `width` of them. */
export function addProduct(
  v: Float64Array,
  matrix: Float64Array,
  width: number,
  first: number,
  y: Float64Array,
): void {
  for (let k = 0; k < v.length; k++) {
    const factor = v[k]!;
    if (factor === 0) continue;
    const row = k * width + first;
    for (let j = 0; j < y.length; j++) y[j]! += factor * matrix[row + j]!;
  }
}

/** y += d M[:, first …]ᵀ */
export function addTransposed(
  d: Float64Array,
  matrix: Float64Array,
  width: number,
  first: number,
  y: Float64Array,
): void {
  for (let k = 0; k < y.length; k++) {
    const row = k * width + first;
    let sum = 0;
    for (let j = 0; j < d.length; j++) sum += d[j]! * matrix[row + j]!;
    y[k]! += sum;
  }
}

export const mapped = (n: number, f: (j: number) => number): Float64Array => {
  const values = new Float64Array(n);
  for (let j = 0; j < n; j++) values[j] = f(j);
  return values;
};

const nothing = new Float64Array(0);

/** Pre-activations of all gates: x W + h R + b. */
export function preActivations(
  w: CellWeights,
  gates: number,
  x: Float64Array,
  h: Float64Array,
): Float64Array[] {
  const { units, kernel, recurrent, bias } = w;
  return Array.from({ length: gates }, (_, gate) => {
    const z = mapped(units, (j) => (bias === null ? 0 : bias[gate * units + j]!));
    addProduct(x, kernel, gates * units, gate * units, z);
    addProduct(h, recurrent, gates * units, gate * units, z);
    return z;
  });
}

export function simpleRnn64(w: CellWeights): Cell64 {
  const { units: n, features } = w;
  const phi = activations64[w.activation];
  return {
    gateNames: ["cell"],
    hasCell: false,
    width: n,
    isProjected: false,
    step(x, hidden, cell) {
      const [z] = preActivations(w, 1, x, hidden) as [Float64Array];
      const h = mapped(n, (j) => phi.value(z[j]!));
      return { hidden: h, cell: nothing, gates: [h], preActivations: [z], previous: { hidden, cell } };
    },
    back(step, dh) {
      const dz = mapped(n, (j) => dh[j]! * phi.slope(step.preActivations[0]![j]!, step.gates[0]![j]!));
      const [hidden, input] = [new Float64Array(n), new Float64Array(features)];
      addTransposed(dz, w.recurrent, n, 0, hidden);
      addTransposed(dz, w.kernel, n, 0, input);
      return { hidden, cell: nothing, cellTotal: nothing, gates: [dz], input };
    },
  };
}

export function gru64(w: CellWeights & { readonly resetAfter: boolean }): Cell64 {
  const { units: n, features, kernel, recurrent, bias, resetAfter } = w;
  const width = 3 * n;
  const phi = activations64[w.activation];
  const sigma = activations64[w.recurrentActivation];
  const biasOf = (row: number, gate: number, j: number): number =>
    bias === null || (row === 1 && !resetAfter) ? 0 : bias[row * width + gate * n + j]!;
  return {
    gateNames: ["update", "reset", "candidate"],
    hasCell: false,
    width: n,
    isProjected: false,
    step(x, hidden, cell) {
      const z = [0, 1, 2].map((gate) => {
        const values = mapped(n, (j) => biasOf(0, gate, j) + (gate < 2 ? biasOf(1, gate, j) : 0));
        addProduct(x, kernel, width, gate * n, values);
        if (gate < 2) addProduct(hidden, recurrent, width, gate * n, values);
        return values;
      }) as [Float64Array, Float64Array, Float64Array];
      const [update, reset] = [0, 1].map((gate) => mapped(n, (j) => sigma.value(z[gate]![j]!))) as [
        Float64Array,
        Float64Array,
      ];
      const through = mapped(n, (j) => biasOf(1, 2, j));
      addProduct(
        resetAfter ? hidden : mapped(n, (j) => reset[j]! * hidden[j]!),
        recurrent,
        width,
        2 * n,
        through,
      );
      for (let j = 0; j < n; j++) z[2][j]! += (resetAfter ? reset[j]! : 1) * through[j]!;
      const candidate = mapped(n, (j) => phi.value(z[2][j]!));
      return {
        hidden: mapped(n, (j) => update[j]! * hidden[j]! + (1 - update[j]!) * candidate[j]!),
        cell: nothing,
        gates: [update, reset, candidate],
        preActivations: z,
        previous: { hidden, cell },
        recurrentCandidate: through,
      };
    },
    back(step, dh) {
      const [update, reset, candidate] = step.gates as [Float64Array, Float64Array, Float64Array];
      const [zu, zr, zc] = step.preActivations as [Float64Array, Float64Array, Float64Array];
      const h = step.previous.hidden;
      const du = mapped(n, (j) => dh[j]! * (h[j]! - candidate[j]!) * sigma.slope(zu[j]!, update[j]!));
      const dg = mapped(n, (j) => dh[j]! * (1 - update[j]!) * phi.slope(zc[j]!, candidate[j]!));
      const hidden = mapped(n, (j) => dh[j]! * update[j]!);
      const dThrough = resetAfter ? mapped(n, (j) => dg[j]! * reset[j]!) : dg;
      const back = new Float64Array(n);
      addTransposed(dThrough, recurrent, width, 2 * n, back);
      const dReset = mapped(n, (j) =>
        resetAfter ? dg[j]! * step.recurrentCandidate![j]! : back[j]! * h[j]!,
      );
      const dr = mapped(n, (j) => dReset[j]! * sigma.slope(zr[j]!, reset[j]!));
      for (let j = 0; j < n; j++) hidden[j]! += resetAfter ? back[j]! : back[j]! * reset[j]!;
      addTransposed(du, recurrent, width, 0, hidden);
      addTransposed(dr, recurrent, width, n, hidden);
      const input = new Float64Array(features);
      [du, dr, dg].forEach((dz, gate) => {
        addTransposed(dz, kernel, width, gate * n, input);
      });
      return { hidden, cell: nothing, cellTotal: nothing, gates: [du, dr, dg], input };
    },
  };
}
