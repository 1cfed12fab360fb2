import { activations } from "../activations.js";
import { Variable } from "../autodiff.js";
import {
  add,
  div,
  maximum as larger,
  mul,
  negate,
  scale,
  select,
  sqrt,
  square,
  sub,
  tanh,
} from "../elementwise.js";
import {
  concatColumns,
  gather,
  matmul,
  reshape,
  stackTime,
  sumLast,
  timeSlice,
  transpose,
} from "../structure.js";

/** Layers of several inputs in float64, on variables `[B, …]`. A mask is `[B, T]`, 1 or 0; null: every step counts. */

/** Sample n of `[B, T, F]` as `[T, F]`; of `[B, F]` as `[1, F]`. */
function sample(x: Variable, n: number): Variable {
  const [rows, columns] = x.shape.length === 2 ? [1, x.extent(1)] : [x.extent(1), x.extent(2)];
  const size = rows * columns;
  return gather(
    x,
    [rows, columns],
    Int32Array.from({ length: size }, (_, i) => n * size + i),
  );
}

/** Matrices `[T, F]` of samples as `[B, T, F]`. */
function stack(samples: readonly Variable[], shape: readonly number[]): Variable {
  const flat = samples.map((one) => reshape(one, [1, one.data.length]));
  return reshape(concatColumns(flat), [samples.length, ...shape]);
}

/** For each sample what `one` makes of its matrices. */
function bySample(inputs: readonly Variable[], one: (parts: Variable[], n: number) => Variable): Variable {
  const samples = Array.from({ length: inputs[0]!.extent(0) }, (_, n) =>
    one(
      inputs.map((x) => sample(x, n)),
      n,
    ),
  );
  return stack(samples, samples[0]!.shape);
}

const raised = (x: Variable, axes: number): Variable =>
  x.shape.length === axes ? x : reshape(x, [x.extent(0), 1, x.extent(1)]);

export function combine(
  kind: "add" | "subtract" | "multiply" | "average" | "maximum" | "minimum",
  inputs: readonly Variable[],
): Variable {
  const axes = Math.max(...inputs.map(({ shape }) => shape.length));
  const whole = inputs.map((x) => raised(x, axes));
  const pairs = {
    add,
    average: add,
    subtract: sub,
    multiply: mul,
    maximum: larger,
    minimum: (a: Variable, b: Variable) => negate(larger(negate(a), negate(b))),
  };
  const all = whole.reduce(pairs[kind]);
  return kind === "average" ? scale(all, 1 / inputs.length) : all;
}

export function concatenate(inputs: readonly Variable[], axis: number): Variable {
  if (inputs[0]!.shape.length === 2 || axis === -1 || axis === 2) return concatColumns(inputs);
  return stackTime(inputs.flatMap((x) => Array.from({ length: x.extent(1) }, (_, t) => timeSlice(x, t))));
}

/** Each row divided by its norm. */
const unit = (x: Variable): Variable => div(x, sqrt(sumLast(square(x))));

/** Axes counted with the batch. */
export function dot(a: Variable, b: Variable, axes: readonly [number, number], normalize: boolean): Variable {
  const product = bySample([a, b], ([x, y]) => {
    const left = a.shape.length === 3 && axes[0] === 1 ? transpose(x!) : x!;
    const right = b.shape.length === 3 && axes[1] === 1 ? transpose(y!) : y!;
    const [p, q] = normalize ? [unit(left), unit(right)] : [left, right];
    return matmul(p, transpose(q));
  });
  const extents = product.shape.slice(1);
  const shape = a.shape.length === 3 && b.shape.length === 3 ? extents : [Math.max(...extents)];
  return reshape(product, [a.extent(0), ...shape]);
}

export interface AttentionMasks {
  readonly query?: ArrayLike<number> | null;
  readonly value?: ArrayLike<number> | null;
  readonly key?: ArrayLike<number> | null;
  readonly causal?: boolean;
}

/** Softmax of scores `[T, S]` over the steps that count; of a row where none does every step weighs the same. */
function weigh(scores: Variable, n: number, masks: AttentionMasks, blocks: boolean): Variable {
  const [rows, columns] = [scores.extent(0), scores.extent(1)];
  const open = Float64Array.from({ length: rows * columns }, (_, i) => {
    const [t, s] = [Math.floor(i / columns), i % columns];
    if (masks.causal && s > t) return 0;
    if (masks.query && blocks && masks.query[n * rows + t] === 0) return 0;
    return (masks.value?.[n * columns + s] ?? 1) * (masks.key?.[n * columns + s] ?? 1);
  });
  const none = Float64Array.from({ length: rows }, (_, t) =>
    Number(!open.slice(t * columns, (t + 1) * columns).some((one) => one !== 0)),
  );
  const closed = new Variable(
    scores.shape,
    open.map((one, i) => (one === 0 && none[Math.floor(i / columns)] === 0 ? -1e9 : 0)),
  );
  // Keras's number swallows the scores of such a row: they count as equal. Where it is put in their place they have no
  // gradient, where it is added to them they have.
  const flat = new Variable([rows, 1], none);
  const level = new Variable(
    scores.shape,
    scores.data.map((one, i) => -one * none[Math.floor(i / columns)]!),
  );
  const equal = blocks ? select(flat, new Variable([], Float64Array.of(0)), scores) : add(scores, level);
  return activations.softmax(add(equal, closed));
}

/** Scores by product with a factor, and zero rows where the query is masked. */
export function attention(
  inputs: readonly Variable[],
  masks: AttentionMasks,
  score: (query: Variable, key: Variable) => Variable,
): Variable {
  const [query, value, key = value] = inputs as [Variable, Variable, Variable?];
  const output = bySample([query, value, key!], ([q, v, k], n) =>
    matmul(weigh(score(q!, k!), n, masks, false), v!),
  );
  if (!masks.query) return output;
  return mul(output, new Variable([query.extent(0), query.extent(1), 1], Float64Array.from(masks.query)));
}

export const dotScore =
  (factor: Variable | null) =>
  (q: Variable, k: Variable): Variable => {
    const scores = matmul(q, transpose(k));
    return factor === null ? scores : mul(scores, factor);
  };

/** Σ_d w_d tanh(s (q + k)_d), `[T, S]`. */
export const additiveScore =
  (weights: Variable | null, inside: Variable | null) =>
  (q: Variable, k: Variable): Variable => {
    const [rows, columns, depth] = [q.extent(0), k.extent(0), q.extent(1)];
    const sum = add(reshape(q, [rows, 1, depth]), reshape(k, [1, columns, depth]));
    const curved = tanh(inside === null ? sum : mul(sum, inside));
    return reshape(sumLast(weights === null ? curved : mul(curved, weights)), [rows, columns]);
  };

/** Weights as Keras lists them, biases where there are eight. */
export function multiHeadAttention(
  inputs: readonly Variable[],
  weights: readonly Variable[],
  masks: AttentionMasks,
): Variable {
  const [query, value, key = value] = inputs as [Variable, Variable, Variable?];
  const useBias = weights.length === 8;
  const part = (i: number) => ({
    kernel: weights[useBias ? 2 * i : i]!,
    bias: useBias ? weights[2 * i + 1]! : null,
  });
  const [forQuery, forKey, forValue, forOutput] = [part(0), part(1), part(2), part(3)];
  const heads = forQuery.kernel.extent(1);
  /** Head h of a kernel `[F, heads, width]` with its bias, applied. */
  const project = (x: Variable, { kernel, bias }: ReturnType<typeof part>, h: number): Variable => {
    const [features, , width] = kernel.shape as [number, number, number];
    const at = (i: number): number => (Math.floor(i / width) * heads + h) * width + (i % width);
    const z = matmul(
      x,
      gather(
        kernel,
        [features, width],
        Int32Array.from({ length: features * width }, (_, i) => at(i)),
      ),
    );
    if (bias === null) return z;
    return add(
      z,
      gather(
        bias,
        [width],
        Int32Array.from({ length: width }, (_, i) => h * width + i),
      ),
    );
  };
  return bySample([query, value, key!], ([q, v, k], n) => {
    const contexts = Array.from({ length: heads }, (_, h) => {
      const keys = project(k!, forKey, h);
      const scores = scale(matmul(project(q!, forQuery, h), transpose(keys)), 1 / Math.sqrt(keys.extent(1)));
      return matmul(weigh(scores, n, masks, true), project(v!, forValue, h));
    });
    const [, width, units] = forOutput.kernel.shape as [number, number, number];
    const z = matmul(concatColumns(contexts), reshape(forOutput.kernel, [heads * width, units]));
    return forOutput.bias === null ? z : add(z, forOutput.bias);
  });
}
