import { publicSeries } from "./public-series.js";
import {
  autoregressive,
  between,
  mackeyGlass,
  modulated,
  type Part,
  pick,
  repeated,
  sawtooth,
  sineMix,
  threeSines,
  threshold,
  type Uniform,
  wanderingCycle,
  whole,
} from "./series.js";

type Source = (uniform: Uniform, n: number) => readonly number[];

const seed = (uniform: Uniform): number => whole(uniform, 1, 1e6);

/** Series that can be forecast well, for faults whose sign is that they are not. No generator is in both parts. */
const regular: Readonly<Record<Part, readonly Source[]>> = {
  develop: [
    (uniform, n) =>
      sineMix(
        n,
        seed(uniform),
        between(uniform, 0.05, 0.12),
        pick(uniform, [
          [25, 10],
          [21, 9],
          [30, 8],
        ] as const),
      ),
    (uniform, n) => modulated(n, seed(uniform), whole(uniform, 10, 22), 0.08),
    (uniform, n) => threeSines(n, seed(uniform), [17, 6, 33]),
  ],
  report: [
    (uniform, n) => repeated(n, seed(uniform), whole(uniform, 6, 12), between(uniform, 0.1, 0.25)),
    (uniform, n) => mackeyGlass(n, seed(uniform)),
    (uniform, n) =>
      threeSines(n, seed(uniform), [
        between(uniform, 13, 19),
        between(uniform, 5, 8),
        between(uniform, 27, 40),
      ]),
  ],
};

const stationary: Readonly<Record<Part, readonly Source[]>> = {
  develop: [
    ...regular.develop,
    (uniform, n) => autoregressive(n, seed(uniform), between(uniform, 0.6, 0.85)),
    (uniform, n) => autoregressive(n, seed(uniform), 1.5, -0.75),
    (uniform, n) => sawtooth(n, seed(uniform), whole(uniform, 8, 16), between(uniform, 0.05, 0.2)),
    (uniform) => pick(uniform, publicSeries("develop")).values,
    (uniform) => pick(uniform, publicSeries("develop")).values,
  ],
  report: [
    ...regular.report,
    (uniform, n) => wanderingCycle(n, seed(uniform), between(uniform, 9, 20), between(uniform, 0.9, 0.97)),
    (uniform, n) => threshold(n, seed(uniform)),
    (uniform, n) => autoregressive(n, seed(uniform), 0.5, 0.3),
    (uniform) => pick(uniform, publicSeries("report")).values,
    (uniform) => pick(uniform, publicSeries("report")).values,
  ],
};

/** A stationary series for a case. */
export const drawSeries = (uniform: Uniform, part: Part, n = 500): number[] => [
  ...pick(uniform, stationary[part])(uniform, n),
];

/** One that can be forecast well. */
export const drawRegular = (uniform: Uniform, part: Part, n = 500): number[] => [
  ...pick(uniform, regular[part])(uniform, n),
];
