import { drawRegular } from "./draw.js";
import { byPart, changed, type Fault, rowsPlan, shapeOf, shuffled, withCell } from "./fault.js";
import { type Plan, protocol } from "./patient.js";
import { between, mulberry32, normalOf, pick, whole } from "./series.js";
import { binaryPlan, statefulPlan } from "./tasks.js";

type Rows = number[][][];

/** Faults of how windows, targets and parts were cut, and of what is carried from one to the next. */
export const windowFaults: Readonly<Record<string, Fault>> = {
  window_length_one: (uniform, part, isTrained) => {
    const values = drawRegular(uniform, part);
    const shape = shapeOf(uniform, isTrained);
    const cell = whole(uniform, 1, 1e6);
    const plan = (window: number): Plan =>
      withCell(protocol(values, { ...shape, window }), mulberry32(cell), shape.units);
    return { sick: plan(1), twin: plan(shape.window) };
  },
  window_shorter_than_period: (uniform, part, isTrained) => {
    const normal = normalOf(uniform);
    // Between two pulses nothing tells how long ago the last one was, except a window that reaches it.
    const [period, width] = byPart(
      part,
      () => [whole(uniform, 9, 24), 1] as const,
      () => [whole(uniform, 14, 28), whole(uniform, 1, 2)] as const,
    );
    const noise = pick(uniform, part === "develop" ? [0, 0.03] : [0.02, 0.05]);
    const height = between(uniform, 1, 4);
    const values = Array.from(
      { length: 500 },
      (_, t) => height * ((t % period < width ? 1 : 0) + noise * normal()),
    );
    const shape = shapeOf(uniform, isTrained, { epochs: 40 });
    const cell = whole(uniform, 1, 1e6);
    const rows = values.map((value) => [part === "develop" ? value / height : value]);
    const plan = (window: number): Plan => rowsPlan(rows, { ...shape, window }, mulberry32(cell));
    return { sick: plan(whole(uniform, 3, Math.floor(period / 2))), twin: plan(period + 2) };
  },
  target_leaks_from_input: changed(
    (plan, uniform, part) => {
      const back = whole(uniform, 0, 2);
      const [scale, offset] =
        part === "develop" ? [1, 0] : [between(uniform, 0.5, 5), between(uniform, -2, 2)];
      const leak = ([x]: readonly [Plan["x"], Plan["y"]]): number[] =>
        (x as Rows).map((row) => scale * row.at(-1 - back)![0]! + offset);
      if (part === "report" && uniform() < 0.5) {
        // A column that is known only together with the target.
        const beside = (x: Plan["x"], y: Plan["y"]): Rows =>
          (x as Rows).map((row, n) =>
            row.map(([value], t) => [value!, t + 1 < row.length ? row[t + 1]![0]! : (y as number[])[n]!]),
          );
        const [vx, vy] = plan.validation!;
        const x = beside(plan.x, plan.y);
        const wide = withCell({ ...plan, x }, mulberry32(plan.seed), 16);
        return { ...wide, validation: [beside(vx, vy), vy] };
      }
      return { y: leak([plan.x, plan.y]), validation: [plan.validation![0], leak(plan.validation!)] };
    },
    { regular: true },
  ),
  targets_not_matching_inputs: (uniform, part, isTrained) => {
    if (uniform() < 0.25) {
      const twin = binaryPlan(uniform, part, isTrained);
      return { sick: { ...twin, y: shuffled(twin.y as number[], uniform) }, twin };
    }
    return changed((plan) => {
      const y = plan.y as number[];
      if (part === "develop") return { y: shuffled(y, uniform) };
      return pick(uniform, [
        () => ({ y: [...y].sort((a, b) => a - b) }),
        () => ({ x: shuffled(plan.x as Rows, uniform) }),
        () => ({ y: shuffled(y, uniform) }),
      ])();
    })(uniform, part, isTrained);
  },
  stateful_with_shuffle: (uniform, part) => {
    const base = {
      stateful: true,
      streams: byPart(
        part,
        () => pick(uniform, [4, 5]),
        () => pick(uniform, [3, 6]),
      ),
      epochs: 25,
      isTrained: true,
      cell: pick(uniform, ["lstm", "gru"] as const),
      ...(part === "develop" ? {} : { steps: whole(uniform, 4, 7), isAmount: uniform() < 0.5 }),
    };
    const seed = whole(uniform, 1, 1e6);
    return {
      sick: statefulPlan(seed, { ...base, shuffle: true }),
      twin: statefulPlan(seed, { ...base, shuffle: false }),
    };
  },
  state_never_carried: (uniform, part, isTrained) => {
    const base = {
      streams: byPart(
        part,
        () => pick(uniform, [4, 5]),
        () => pick(uniform, [3, 6]),
      ),
      epochs: 20,
      isTrained,
      cell: pick(uniform, ["lstm", "gru"] as const),
      ...(part === "develop" ? {} : { steps: whole(uniform, 4, 7), isAmount: uniform() < 0.5 }),
    };
    const seed = whole(uniform, 1, 1e6);
    return {
      sick: statefulPlan(seed, { ...base, stateful: false, shuffle: true }),
      twin: statefulPlan(seed, { ...base, stateful: true, shuffle: false }),
    };
  },
  duplicate_windows_across_split: (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    const values = drawRegular(uniform, part);
    const twin = withCell(protocol(values, shape), uniform, shape.units);
    const [vx, vy] = twin.validation! as unknown as [Rows, number[]];
    const x = [...(twin.x as Rows), ...vx];
    const y = [...(twin.y as number[]), ...vy];
    const places = x.map((_, i) => i);
    const cut = Math.floor(0.8 * x.length);
    const every = whole(uniform, 4, 6);
    const isHeld = (i: number): boolean => i % every === 2;
    const [train, held] = byPart(
      part,
      () => {
        const order = shuffled(places, uniform);
        return [order.slice(0, cut), order.slice(cut)];
      },
      () =>
        uniform() < 0.5
          ? // Every fifth window is held back.
            [places.filter((i) => !isHeld(i)), places.filter(isHeld)]
          : // The end is held back, and trained on as well.
            [places, places.slice(cut)],
    );
    return {
      sick: {
        ...twin,
        x: train!.map((i) => x[i]!),
        y: train!.map((i) => y[i]!),
        validation: [held!.map((i) => x[i]!), held!.map((i) => y[i]!)],
      },
      twin,
    };
  },
};
