/** Arrays of float64 of any number of axes, for an oracle: one number at a time. */
export interface Array64 {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, extent) => product * extent, 1);

/** Every place of a shape, in row-major order. */
export function* places(shape: readonly number[]): Generator<number[]> {
  const at = shape.map(() => 0);
  for (let count = sizeOf(shape); count > 0; count--) {
    yield at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]! += 1;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
}

export const build = (shape: readonly number[], value: (at: readonly number[]) => number): Array64 => ({
  shape,
  data: Array.from(places(shape), value),
});

/** The number at a place; an extent of 1 is repeated, axes too many in front are passed over. */
export function look({ shape, data }: Array64, at: readonly number[]): number {
  const own = at.slice(at.length - shape.length);
  let index = 0;
  shape.forEach((extent, axis) => {
    index = index * extent + (extent === 1 ? 0 : own[axis]!);
  });
  return data[index]!;
}

export function together(...values: readonly Array64[]): number[] {
  const axes = Math.max(...values.map(({ shape }) => shape.length));
  return Array.from({ length: axes }, (_, axis) =>
    Math.max(...values.map(({ shape }) => shape[axis - axes + shape.length] ?? 1)),
  );
}

export const elementwise = (
  compute: (...numbers: number[]) => number,
  ...values: readonly Array64[]
): Array64 => build(together(...values), (at) => compute(...values.map((value) => look(value, at))));

export const whole = (axis: number, { shape }: Array64): number => (axis < 0 ? axis + shape.length : axis);

export function reduce(
  x: Array64,
  axes: readonly number[],
  keepdims: boolean,
  compute: (all: number[]) => number,
) {
  const gone = axes.map((axis) => whole(axis, x));
  const kept = x.shape.map((extent, axis) => (gone.includes(axis) ? 1 : extent));
  const gathered = new Map<string, number[]>();
  let index = 0;
  for (const at of places(x.shape)) {
    const key = at.filter((_, axis) => !gone.includes(axis)).join();
    gathered.set(key, [...(gathered.get(key) ?? []), x.data[index++]!]);
  }
  const shape = keepdims ? kept : kept.filter((_, axis) => !gone.includes(axis));
  return { shape, data: [...gathered.values()].map(compute) };
}

export function matMul(a: Array64, b: Array64): Array64 {
  const lead = together({ shape: a.shape.slice(0, -2), data: [] }, { shape: b.shape.slice(0, -2), data: [] });
  const [inner, columns] = [a.shape.at(-1)!, b.shape.at(-1)!];
  return build([...lead, a.shape.at(-2)!, columns], (at) => {
    const front = at.slice(0, -2);
    const [row, column] = at.slice(-2) as [number, number];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += look(a, [...front, row, k]) * look(b, [...front, k, column]);
    return sum;
  });
}

export const transpose = (x: Array64, perm: readonly number[]): Array64 =>
  build(
    perm.map((axis) => x.shape[axis]!),
    (at) => {
      const from = new Array<number>(perm.length);
      perm.forEach((axis, place) => {
        from[axis] = at[place]!;
      });
      return look(x, from);
    },
  );
