import { Variable } from "./autodiff.js";
import { erf, erfDerivative, logistic, logOnePlusExp } from "./special-functions.js";
import { shapeMismatch, sizeOf } from "./tensor64.js";

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw shapeMismatch("an element-wise operation", a, b);
    return left === 1 ? right : left;
  });
}

/** For each element of `out`, the element of an array of shape `shape` it is computed from (NumPy's broadcasting). */
function broadcastIndex(shape: readonly number[], out: readonly number[]): Int32Array {
  const index = new Int32Array(sizeOf(out));
  for (let flat = 0; flat < index.length; flat++) {
    let rest = flat;
    let stride = 1;
    let source = 0;
    for (let axis = 1; axis <= shape.length; axis++) {
      const extent = shape.at(-axis)!;
      const coordinate = rest % out.at(-axis)!;
      rest = (rest - coordinate) / out.at(-axis)!;
      source += (extent === 1 ? 0 : coordinate) * stride;
      stride *= extent;
    }
    index[flat] = source;
  }
  return index;
}

/** An element-wise function and its derivative, which may use the value x or the result y. */
export function unary(
  x: Variable,
  f: (x: number) => number,
  derivative: (x: number, y: number) => number,
): Variable {
  const data = x.data.map(f);
  return new Variable(x.shape, data, [x], (gradient) => {
    for (let i = 0; i < data.length; i++) x.gradient[i]! += gradient[i]! * derivative(x.data[i]!, data[i]!);
  });
}

type Partial2 = (a: number, b: number) => number;

/** An element-wise function of two variables with its partial derivatives; shapes broadcast as in NumPy. */
export function binary(a: Variable, b: Variable, f: Partial2, byA: Partial2, byB: Partial2): Variable {
  const shape = broadcastShape(a.shape, b.shape);
  const fromA = broadcastIndex(a.shape, shape);
  const fromB = broadcastIndex(b.shape, shape);
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = f(a.data[fromA[i]!]!, b.data[fromB[i]!]!);
  return new Variable(shape, data, [a, b], (gradient) => {
    for (let i = 0; i < data.length; i++) {
      const [p, q] = [fromA[i]!, fromB[i]!];
      a.gradient[p]! += gradient[i]! * byA(a.data[p]!, b.data[q]!);
      b.gradient[q]! += gradient[i]! * byB(a.data[p]!, b.data[q]!);
    }
  });
}

const one = (): number => 1;
const minusOne = (): number => -1;

export const add = (a: Variable, b: Variable): Variable => binary(a, b, (p, q) => p + q, one, one);
export const sub = (a: Variable, b: Variable): Variable => binary(a, b, (p, q) => p - q, one, minusOne);
export const mul = (a: Variable, b: Variable): Variable =>
  binary(
    a,
    b,
    (p, q) => p * q,
    (_, q) => q,
    (p) => p,
  );
export const div = (a: Variable, b: Variable): Variable =>
  binary(
    a,
    b,
    (p, q) => p / q,
    (_, q) => 1 / q,
    (p, q) => -p / (q * q),
  );
/** The larger of two; on a tie the gradient goes to the first. */
export const maximum = (a: Variable, b: Variable): Variable =>
  binary(
    a,
    b,
    Math.max,
    (p, q) => (p >= q ? 1 : 0),
    (p, q) => (p >= q ? 0 : 1),
  );

/**
 * `a` where the condition is not zero, else `b`. The condition is data, not differentiated. Its shape, and those of
 * `a` and `b`, broadcast; a branch not taken passes no gradient, not even NaN.
 */
export function select(condition: Variable, a: Variable, b: Variable): Variable {
  const shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape));
  const taken = broadcastIndex(condition.shape, shape).map((i) => (condition.data[i] !== 0 ? 1 : 0));
  const fromA = broadcastIndex(a.shape, shape);
  const fromB = broadcastIndex(b.shape, shape);
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = taken[i] ? a.data[fromA[i]!]! : b.data[fromB[i]!]!;
  return new Variable(shape, data, [a, b], (gradient) => {
    for (let i = 0; i < data.length; i++) {
      if (taken[i]) a.gradient[fromA[i]!]! += gradient[i]!;
      else b.gradient[fromB[i]!]! += gradient[i]!;
    }
  });
}

export const addScalar = (x: Variable, s: number): Variable => unary(x, (v) => v + s, one);
export const scale = (x: Variable, s: number): Variable =>
  unary(
    x,
    (v) => v * s,
    () => s,
  );
export const negate = (x: Variable): Variable => scale(x, -1);
export const square = (x: Variable): Variable =>
  unary(
    x,
    (v) => v * v,
    (v) => 2 * v,
  );
export const sqrt = (x: Variable): Variable => unary(x, Math.sqrt, (_, y) => 0.5 / y);
export const exp = (x: Variable): Variable => unary(x, Math.exp, (_, y) => y);
export const log = (x: Variable): Variable => unary(x, Math.log, (v) => 1 / v);
/** |x|; its derivative at 0 is 0. */
export const abs = (x: Variable): Variable => unary(x, Math.abs, Math.sign);
export const tanh = (x: Variable): Variable => unary(x, Math.tanh, (_, y) => 1 - y * y);
export const sigmoid = (x: Variable): Variable => unary(x, logistic, (_, y) => y * (1 - y));
export const errorFunction = (x: Variable): Variable => unary(x, erf, erfDerivative);
export const softplus = (x: Variable): Variable => unary(x, logOnePlusExp, logistic);
/** x limited to [low, high]; the gradient is 0 outside and 1 inside, bounds included. */
export const clip = (x: Variable, low: number, high: number): Variable =>
  unary(
    x,
    (v) => Math.min(Math.max(v, low), high),
    (v) => (v < low || v > high ? 0 : 1),
  );
