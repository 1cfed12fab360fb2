import { readable } from "../draw/numbers.ts";
import type { ProbeTrace } from "../protocol.ts";

/** One equation of docs/MATH.md with the numbers of a unit at a time step. */
export interface Formula {
  readonly text: string;
  readonly numbers: string;
  readonly result: number;
  readonly equation: string;
  readonly about: string;
}

/** A gate, the memory or the output, and what computes it. */
export interface CellPart {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  readonly about: string;
  readonly formulas: readonly Formula[];
}

const times = (...factors: readonly number[]): string =>
  factors.map((factor) => readable(factor)).join(" × ");

/** The parts of a cell at step t, of unit j. */
export function formulasOf(trace: ProbeTrace, t: number, j: number, activation: string): CellPart[] {
  const at = (values: Float64Array | undefined, step: number): number =>
    step < 0 || step >= trace.timesteps ? 0 : (values?.[step * trace.units + j] ?? 0);
  const gate = (name: string, step = t): number => at(trace.gates[name]?.activation, step);
  const back = (name: string): number => at(trace.gates[name]?.gradient, t);
  if (trace.kind === "gru") return gruParts(trace, t, at, gate, back);
  if (trace.kind === "simpleRNN") return [rnnPart(trace, t, at, back)];

  const [i, f, g, o] = [gate("input"), gate("forget"), gate("cell"), gate("output")];
  const [c, before, h] = [at(trace.cell, t), at(trace.cell, t - 1), at(trace.hidden, t)];
  const [dh, dc] = [at(trace.hiddenGradient, t), at(trace.cellGradient, t)];
  const isTanh = activation === "tanh";
  const bounded = isTanh ? Math.tanh(c) : h / o;
  const later = { dc: at(trace.cellGradient, t + 1), f: gate("forget", t + 1) };
  const slope = (value: number): number => value * (1 - value);
  const squash = isTanh ? [slopeFormula(dh, o, bounded, later, dc)] : [];
  return [
    {
      name: "i",
      title: "input gate i",
      value: i,
      about: "Decides how much of the new goes into the memory.",
      formulas: [
        {
          text: "dzⁱ = dc · g · i(1 − i)",
          numbers: times(dc, g, slope(i)),
          result: back("input"),
          equation: "9",
          about: "what it learns from: nothing where i is near 0 or 1",
        },
      ],
    },
    {
      name: "f",
      title: "forget gate f",
      value: f,
      about: "Decides how much of the old memory stays: also how much of the gradient comes back a step.",
      formulas: [
        {
          text: "dzᶠ = dc · cₜ₋₁ · f(1 − f)",
          numbers: times(dc, before, slope(f)),
          result: back("forget"),
          equation: "11",
          about: "what it learns from",
        },
        {
          text: "f of this step, τ = −1 / ln f",
          numbers: `−1 / ln ${readable(f, 4)}`,
          result: -1 / Math.log(f),
          equation: "38",
          about: "steps until a memory has faded to a third",
        },
      ],
    },
    {
      name: "g",
      title: "candidate g",
      value: g,
      about: "What could be remembered of this step.",
      formulas: [
        ...(isTanh
          ? [
              {
                text: "dzᶜ = dc · i · (1 − g²)",
                numbers: times(dc, i, 1 - g * g),
                result: back("cell"),
                equation: "10",
                about: "what it learns from",
              },
            ]
          : []),
      ],
    },
    {
      name: "o",
      title: "output gate o",
      value: o,
      about: "Decides how much of the memory is shown.",
      formulas: [
        {
          text: "dzᵒ = dh · φ(c) · o(1 − o)",
          numbers: times(dh, bounded, slope(o)),
          result: back("output"),
          equation: "8",
          about: "what it learns from",
        },
      ],
    },
    {
      name: "c",
      title: "memory c",
      value: c,
      about:
        "The only thing that goes from step to step without a product with weights: the gradient comes back on the same road.",
      formulas: [
        {
          text: "cₜ = f · cₜ₋₁ + i · g",
          numbers: `${times(f, before)} + ${times(i, g)}`,
          result: c,
          equation: "4",
          about: "kept of the old, and taken from the new",
        },
        ...squash,
      ],
    },
    {
      name: "h",
      title: "output h",
      value: h,
      about: "What the next layer sees, and what the gates see at the next step.",
      formulas: [
        {
          text: "hₜ = o · φ(cₜ)",
          numbers: times(o, bounded),
          result: h,
          equation: "5",
          about: "the memory, bounded, as far as the gate is open",
        },
        {
          text: "dhₜ = from above, and from all gates of step t + 1",
          numbers: "dY + dzₜ₊₁ Rᵀ",
          result: dh,
          equation: "6",
          about: "all the ways on which this number reaches the loss",
        },
      ],
    },
  ];
}

const slopeFormula = (
  dh: number,
  o: number,
  bounded: number,
  later: { readonly dc: number; readonly f: number },
  dc: number,
): Formula => ({
  text: "dcₜ = dcₜ₊₁ · fₜ₊₁ + dh · o · (1 − tanh²c)",
  numbers: `${times(later.dc, later.f)} + ${times(dh, o, 1 - bounded * bounded)}`,
  result: dc,
  equation: "7",
  about: "what comes back from the future, and what this step's output adds",
});

type At = (values: Float64Array | undefined, step: number) => number;

function gruParts(
  trace: ProbeTrace,
  t: number,
  at: At,
  gate: (name: string, step?: number) => number,
  back: (name: string) => number,
): CellPart[] {
  const [z, r, g] = [gate("update"), gate("reset"), gate("candidate")];
  const [h, before, dh] = [at(trace.hidden, t), at(trace.hidden, t - 1), at(trace.hiddenGradient, t)];
  return [
    {
      name: "z",
      title: "update gate z",
      value: z,
      about: "Decides how much of the old state stays.",
      formulas: [
        {
          text: "dpᶻ = dh · (hₜ₋₁ − g) · z(1 − z)",
          numbers: times(dh, before - g, z * (1 - z)),
          result: back("update"),
          equation: "21",
          about: "what it learns from",
        },
      ],
    },
    {
      name: "r",
      title: "reset gate r",
      value: r,
      about: "Decides how much of the old state the candidate sees.",
      formulas: [],
    },
    {
      name: "g",
      title: "candidate g",
      value: g,
      about: "What the state could become.",
      formulas: [
        {
          text: "dpʰ = dh · (1 − z) · (1 − g²)",
          numbers: times(dh, 1 - z, 1 - g * g),
          result: back("candidate"),
          equation: "20",
          about: "what it learns from",
        },
      ],
    },
    {
      name: "h",
      title: "state h",
      value: h,
      about: "Memory and output in one.",
      formulas: [
        {
          text: "hₜ = z · hₜ₋₁ + (1 − z) · g",
          numbers: `${times(z, before)} + ${times(1 - z, g)}`,
          result: h,
          equation: "18",
          about: "kept of the old, and taken from the new",
        },
      ],
    },
  ];
}

function rnnPart(trace: ProbeTrace, t: number, at: At, back: (name: string) => number): CellPart {
  const [h, dh] = [at(trace.hidden, t), at(trace.hiddenGradient, t)];
  return {
    name: "h",
    title: "state h",
    value: h,
    about:
      "No gate: the whole state is made anew at every step, and the gradient goes through the weights each time.",
    formulas: [
      {
        text: "dzₜ = dh · (1 − h²)",
        numbers: times(dh, 1 - h * h),
        result: back("cell"),
        equation: "28",
        about: "what comes back through this step",
      },
    ],
  };
}
