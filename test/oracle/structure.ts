import { Variable } from "./autodiff.js";
import { scale } from "./elementwise.js";
import { shapeMismatch, sizeOf } from "./tensor64.js";

/** `a [..., n, k]` times `b [k, m]` is `[..., n, m]`: every leading axis of `a` counts as rows. */
export function matmul(a: Variable, b: Variable): Variable {
  const [inner, columns] = [b.extent(0), b.extent(1)];
  if (b.shape.length !== 2 || a.extent(-1) !== inner) throw shapeMismatch("matmul", a.shape, b.shape);
  const rows = a.data.length / inner;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a.data[i * inner + k]! * b.data[k * columns + j]!;
      data[i * columns + j] = sum;
    }
  }
  return new Variable([...a.shape.slice(0, -1), columns], data, [a, b], (gradient) => {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const g = gradient[i * columns + j]!;
        for (let k = 0; k < inner; k++) {
          a.gradient[i * inner + k]! += g * b.data[k * columns + j]!;
          b.gradient[k * columns + j]! += g * a.data[i * inner + k]!;
        }
      }
    }
  });
}

/** A variable whose element i is element `source[i]` of `x`: the root of every slice, transpose and repeat. */
export function gather(x: Variable, shape: readonly number[], source: Int32Array): Variable {
  const data = Float64Array.from(source, (from) => x.data[from]!);
  return new Variable(shape, data, [x], (gradient) => {
    for (let i = 0; i < source.length; i++) x.gradient[source[i]!]! += gradient[i]!;
  });
}

/** As `gather`, but a source of -1 is a zero. */
export function gatherOrZero(x: Variable, shape: readonly number[], source: Int32Array): Variable {
  const data = Float64Array.from(source, (from) => (from < 0 ? 0 : x.data[from]!));
  return new Variable(shape, data, [x], (gradient) => {
    source.forEach((from, i) => {
      if (from >= 0) x.gradient[from]! += gradient[i]!;
    });
  });
}

const indices = (length: number, source: (i: number) => number): Int32Array =>
  Int32Array.from({ length }, (_, i) => source(i));

export function reshape(x: Variable, shape: readonly number[]): Variable {
  if (sizeOf(shape) !== x.data.length) throw shapeMismatch("reshape", x.shape, shape);
  return gather(
    x,
    shape,
    indices(x.data.length, (i) => i),
  );
}

export function transpose(x: Variable): Variable {
  const [rows, columns] = [x.extent(0), x.extent(1)];
  if (x.shape.length !== 2) throw shapeMismatch("transpose", x.shape);
  return gather(
    x,
    [columns, rows],
    indices(x.data.length, (i) => (i % rows) * columns + Math.floor(i / rows)),
  );
}

/** Columns `start ..< end` of the last axis. */
export function sliceColumns(x: Variable, start: number, end: number): Variable {
  const [columns, width] = [x.extent(-1), end - start];
  if (start < 0 || end > columns) throw shapeMismatch(`columns ${start}..${end}`, x.shape);
  const rows = x.data.length / columns;
  return gather(
    x,
    [...x.shape.slice(0, -1), width],
    indices(rows * width, (i) => Math.floor(i / width) * columns + start + (i % width)),
  );
}

/** Row `i` of the first axis, that axis dropped. */
export function row(x: Variable, i: number): Variable {
  const size = x.data.length / x.extent(0);
  return gather(
    x,
    x.shape.slice(1),
    indices(size, (j) => i * size + j),
  );
}

/** Rows `ids` of a table `[n, m]`: `[...ids.shape, m]`. */
export function lookUp(table: Variable, ids: Variable): Variable {
  const width = table.extent(1);
  for (const id of ids.data) {
    if (!Number.isInteger(id) || id < 0 || id >= table.extent(0)) {
      throw new RangeError(`oracle: index ${id} in a table of ${table.extent(0)} rows.`);
    }
  }
  return gather(
    table,
    [...ids.shape, width],
    indices(ids.data.length * width, (i) => ids.data[Math.floor(i / width)]! * width + (i % width)),
  );
}

/** Joins variables that agree in all but their last axis, along it. */
export function concatColumns(parts: readonly Variable[]): Variable {
  const lead = parts[0]!.shape.slice(0, -1);
  const rows = sizeOf(lead);
  const columns = parts.reduce((sum, part) => sum + part.extent(-1), 0);
  const data = new Float64Array(rows * columns);
  const visit = (move: (part: Variable, from: number, to: number) => void): void => {
    let offset = 0;
    for (const part of parts) {
      const width = part.extent(-1);
      if (part.data.length !== rows * width)
        throw shapeMismatch("concatColumns", parts[0]!.shape, part.shape);
      for (let i = 0; i < part.data.length; i++) {
        move(part, i, Math.floor(i / width) * columns + offset + (i % width));
      }
      offset += width;
    }
  };
  visit((part, from, to) => {
    data[to] = part.data[from]!;
  });
  return new Variable([...lead, columns], data, parts, (gradient) => {
    visit((part, from, to) => {
      part.gradient[from]! += gradient[to]!;
    });
  });
}

/** Step `t` of `[B, T, ...]`: `[B, ...]`. */
export function timeSlice(x: Variable, t: number): Variable {
  const [batch, steps] = [x.extent(0), x.extent(1)];
  const size = x.data.length / (batch * steps);
  if (x.shape.length < 2 || t < 0 || t >= steps) throw shapeMismatch(`time step ${t}`, x.shape);
  return gather(
    x,
    [batch, ...x.shape.slice(2)],
    indices(batch * size, (i) => (Math.floor(i / size) * steps + t) * size + (i % size)),
  );
}

/** Steps `[B, F]` side by side: `[B, T, F]`. */
export function stackTime(steps: readonly Variable[]): Variable {
  const [batch, width] = [steps[0]!.extent(0), steps[0]!.extent(-1)];
  return reshape(concatColumns(steps), [batch, steps.length, width]);
}

export const reverseTime = (x: Variable): Variable => {
  const [steps, size] = [x.extent(1), sizeOf(x.shape.slice(2))];
  return gather(
    x,
    x.shape,
    indices(x.data.length, (i) => {
      const t = Math.floor(i / size) % steps;
      return i + (steps - 1 - 2 * t) * size;
    }),
  );
};

/** The sum of all elements, of shape `[]`. */
export function sum(x: Variable): Variable {
  const data = Float64Array.of(x.data.reduce((total, value) => total + value, 0));
  return new Variable([], data, [x], (gradient) => {
    for (let i = 0; i < x.data.length; i++) x.gradient[i]! += gradient[0]!;
  });
}

export const mean = (x: Variable): Variable => scale(sum(x), 1 / x.data.length);

/** The sum over the last axis, which is kept with extent 1. */
export function sumLast(x: Variable): Variable {
  const width = x.extent(-1);
  const data = new Float64Array(x.data.length / width);
  for (let i = 0; i < x.data.length; i++) data[Math.floor(i / width)]! += x.data[i]!;
  return new Variable([...x.shape.slice(0, -1), 1], data, [x], (gradient) => {
    for (let i = 0; i < x.data.length; i++) x.gradient[i]! += gradient[Math.floor(i / width)]!;
  });
}

export const meanLast = (x: Variable): Variable => scale(sumLast(x), 1 / x.extent(-1));

/** The largest of the last axis, which is kept with extent 1; the gradient goes to the first of equals. */
export function maxLast(x: Variable): Variable {
  const width = x.extent(-1);
  const best = indices(x.data.length / width, (i) => {
    let at = i * width;
    for (let j = at; j < (i + 1) * width; j++) if (x.data[j]! > x.data[at]!) at = j;
    return at;
  });
  return gather(x, [...x.shape.slice(0, -1), 1], best);
}
