import { choice, type Distribution, int, logUniform, type Params, uniform } from "../../src/search/space.js";

/** A function to minimize, with its least value. `regret_of_optuna.py` has the same ones. */
export interface Problem {
  readonly name: string;
  readonly space: Readonly<Record<string, Distribution>>;
  readonly least: number;
  /** Standard deviation of what is added to the value that a search sees. */
  readonly noise: number;
  value(params: Params): number;
}

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];
const ALPHA = [1, 1.2, 3, 3.2];

const hartmann6: Problem = {
  name: "Hartmann-6",
  space: Object.fromEntries(Array.from({ length: 6 }, (_, d) => [`x${d}`, uniform(0, 1)])),
  least: -3.322368011391339,
  noise: 0,
  value: (params) =>
    -ALPHA.reduce(
      (sum, alpha, i) =>
        sum +
        alpha *
          Math.exp(
            -A[i]!.reduce(
              (inner, a, d) => inner + a * ((params[`x${d}`] as number) - P[i]![d]! / 10_000) ** 2,
              0,
            ),
          ),
      0,
    ),
};

/** Ten things as a training has them: rates by their logarithm, units, dropout in steps, names; two that matter little. */
const mixed: Problem = {
  name: "noisy mixed space of ten",
  space: {
    rate: logUniform(1e-5, 1),
    decay: logUniform(1e-8, 1e-2),
    units: int(4, 256, { log: true }),
    layers: int(1, 4),
    window: int(5, 100),
    dropout: uniform(0, 0.8, { step: 0.1 }),
    momentum: uniform(0, 1),
    clip: uniform(0, 10),
    cell: choice(["lstm", "gru", "rnn"]),
    scale: choice(["standard", "minMax", "robust", "none"]),
  },
  least: 0,
  noise: 0.1,
  value(params) {
    const p = params as Record<string, number>;
    const cells: Record<string, number> = { lstm: 0, gru: 0.1, rnn: 0.6 };
    const scales: Record<string, number> = { standard: 0, minMax: 0.15, robust: 0.05, none: 1 };
    return (
      0.3 * (Math.log10(p.rate!) + 2.5) ** 2 +
      0.02 * (Math.log10(p.decay!) + 5) ** 2 +
      0.15 * (Math.log2(p.units!) - 6) ** 2 +
      0.1 * (p.layers! - 2) ** 2 +
      ((p.window! - 48) / 40) ** 2 +
      (p.dropout! - 0.2) ** 2 +
      0.5 * (p.momentum! - 0.9) ** 2 +
      0.01 * (p.clip! - 1) ** 2 +
      cells[params.cell as string]! +
      scales[params.scale as string]!
    );
  },
};

export const problems: readonly Problem[] = [hartmann6, mixed];
