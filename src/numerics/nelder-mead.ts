import { complete, type Steps } from "./steps.js";

/** Each coordinate's lowest and highest value. */
export type Box = readonly (readonly [low: number, high: number])[];

export interface Minimum {
  readonly x: number[];
  readonly value: number;
}

export interface NelderMeadOptions {
  readonly evaluations?: number;
  readonly tolerance?: number;
}

interface Vertex {
  readonly x: number[];
  readonly value: number;
}

/**
 * Where a function of a few variables has its (local) minimum inside a box: Nelder & Mead 1965 with the usual factors,
 * points outside the box moved to its wall. Needs no derivatives and copes with minima on the wall.
 *
 * @param f infinite where it is not defined; NaN counts as infinite.
 * @param options evaluations: most calls of f, default 100 a variable; tolerance: stops when the vertices' values agree
 *   to this share, default 1e-10.
 */
export const nelderMead = (
  f: (x: readonly number[]) => number,
  start: readonly number[],
  box: Box,
  options: NelderMeadOptions = {},
): Minimum => complete(nelderMeadSteps(f, start, box, options));

/** {@link nelderMead}, one call of f a piece. */
export function* nelderMeadSteps(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  box: Box,
  options: NelderMeadOptions = {},
): Steps<Minimum> {
  const size = start.length;
  const { evaluations = 100 * size, tolerance = 1e-10 } = options;
  let calls = 0;
  function* at(raw: readonly number[]): Steps<Vertex> {
    const x = raw.map((value, i) => Math.min(box[i]![1], Math.max(box[i]![0], value)));
    calls += 1;
    const value = f(x);
    yield;
    return { x, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  }
  const first = yield* at(start);
  if (size === 0) return first;
  const simplex = [first];
  for (let i = 0; i < size; i++) {
    const [low, high] = box[i]!;
    const step = 0.15 * (high - low);
    const x = [...first.x];
    x[i]! += x[i]! + step <= high ? step : -step;
    simplex.push(yield* at(x));
  }
  while (calls < evaluations) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex[size]!];
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + Number.MIN_VALUE)) break;
    const center = first.x.map(
      (_, i) => simplex.slice(0, size).reduce((sum, { x }) => sum + x[i]!, 0) / size,
    );
    const along = (factor: number): Steps<Vertex> =>
      at(center.map((middle, i) => middle + factor * (worst.x[i]! - middle)));
    const reflected = yield* along(-1);
    if (reflected.value < best.value) {
      const expanded = yield* along(-2);
      simplex[size] = expanded.value < reflected.value ? expanded : reflected;
      continue;
    }
    if (reflected.value < simplex[size - 1]!.value) {
      simplex[size] = reflected;
      continue;
    }
    const contracted = yield* along(reflected.value < worst.value ? -0.5 : 0.5);
    if (contracted.value < Math.min(reflected.value, worst.value)) {
      simplex[size] = contracted;
      continue;
    }
    for (let i = 1; i <= size; i++)
      simplex[i] = yield* at(simplex[i]!.x.map((value, k) => (value + best.x[k]!) / 2));
  }
  return simplex.reduce((a, b) => (b.value < a.value ? b : a));
}
