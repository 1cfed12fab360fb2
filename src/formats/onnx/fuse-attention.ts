import type { OnnxNode, OnnxTensor } from "./read-graph.js";
import { instead, type Wiring } from "./wiring.js";

/** Operators that hand their input on while predicting. */
const passing = ["Identity", "Dropout", "Cast"];

function through(name: string, wiring: Wiring): string {
  const node = wiring.producers.get(name);
  return node !== undefined && passing.includes(node.op) ? through(node.inputs[0]!, wiring) : name;
}

/** A value, and the number it was multiplied or divided by. */
function unscaled(given: string, wiring: Wiring): { name: string; factor: number } {
  const name = through(given, wiring);
  const product = wiring.made(name, "Mul") ?? wiring.made(name, "Div");
  if (product === undefined) return { name, factor: 1 };
  for (const [x, by] of [product.inputs, product.inputs.toReversed()]) {
    const number = wiring.extent(by);
    if (number === undefined || (product.op === "Div" && by !== product.inputs[1])) continue;
    const rest = unscaled(x!, wiring);
    return { name: rest.name, factor: rest.factor * (product.op === "Div" ? 1 / number : number) };
  }
  return { name, factor: 1 };
}

const isPerm = (node: OnnxNode | undefined, perm: readonly number[]): boolean =>
  ((node?.attributes.get("perm") ?? []) as readonly number[]).join() === perm.join();

/** What a square holds on and below its diagonal, and above. */
interface Halves {
  readonly below: number;
  readonly above: number;
}

const calculations: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Equal: (x, y) => Number(x === y),
};

function halvesOf(tensor: OnnxTensor): Halves | undefined {
  const [rows, columns] = tensor.shape.slice(-2) as [number?, number?];
  const isSquare = rows !== undefined && rows === columns && rows > 1;
  if (!isSquare || tensor.shape.slice(0, -2).some((extent) => extent !== 1)) return undefined;
  const data = tensor.read();
  const [below, above] = [data[0]!, data[1]!];
  const isSo = (value: number, i: number): boolean =>
    value === (i % columns! > Math.floor(i / columns!) ? above : below);
  return Array.from(data).every(isSo) ? { below, above } : undefined;
}

/** The halves of a mask that depends on no input but for how many steps there are. */
function halves(name: string | undefined, wiring: Wiring, left = 12): Halves | undefined {
  const tensor = wiring.tensor(name);
  if (tensor !== undefined) return halvesOf(tensor);
  const node = name === undefined ? undefined : wiring.producers.get(name);
  if (node === undefined || left === 0) return undefined;
  const { op, inputs } = node;
  const inner = (i: number): Halves | undefined => halves(inputs[i], wiring, left - 1);
  if (["Cast", "Identity", "Unsqueeze"].includes(op)) return inner(0);
  // The first steps of a mask that is made for many.
  if (op === "Slice") {
    const starts = wiring.tensor(inputs[1])?.read() ?? [wiring.extent(inputs[1])];
    const steps = wiring.tensor(inputs[4])?.read() ?? [1];
    const isFront =
      Array.from(starts).every((start) => start === 0) && [...steps].every((step) => step === 1);
    return isFront ? inner(0) : undefined;
  }
  if (op === "Trilu") {
    const one = wiring.scalar(wiring.made(inputs[0], "Expand")?.inputs[0]);
    const isLower = node.attributes.get("upper") === 0 && inputs[1] === undefined;
    return isLower && one !== undefined ? { below: one, above: 0 } : undefined;
  }
  const calculate = calculations[op];
  if (calculate === undefined) return undefined;
  const [first, second] = [wiring.scalar(inputs[0]), wiring.scalar(inputs[1])];
  const own = inner(first === undefined ? 0 : 1);
  if (own === undefined) return undefined;
  if (first !== undefined) return { below: calculate(first, own.below), above: calculate(first, own.above) };
  if (second === undefined) return undefined;
  return { below: calculate(own.below, second), above: calculate(own.above, second) };
}

const isFar = (value: number | undefined): boolean => value !== undefined && value <= -1e4;

/** Scores without what hides the steps behind each query; undefined where something else is hidden. */
function unmasked(given: string, wiring: Wiring): { name: string; causal: boolean } | undefined {
  const name = through(given, wiring);
  const sum = wiring.made(name, "Add");
  if (sum !== undefined) {
    for (const [scores, mask] of [sum.inputs, sum.inputs.toReversed()]) {
      const own = halves(mask, wiring);
      if (own?.below === 0 && isFar(own.above)) return { name: scores!, causal: true };
    }
    return undefined;
  }
  const choice = wiring.made(name, "Where");
  if (choice === undefined) return { name, causal: false };
  const [condition, yes, no] = choice.inputs as [string, string, string];
  const own = halves(condition, wiring);
  if (own === undefined) return undefined;
  const isLower = own.below !== 0 && own.above === 0;
  if (isLower && isFar(wiring.scalar(no))) return { name: yes, causal: true };
  const isUpper = own.below === 0 && own.above !== 0;
  return isUpper && isFar(wiring.scalar(yes)) ? { name: no, causal: true } : undefined;
}

/** The extents a Reshape is told, as far as they are numbers. */
function target(node: OnnxNode | undefined, wiring: Wiring): readonly (number | undefined)[] {
  const whole = wiring.tensor(node?.inputs[1]);
  if (whole !== undefined) return [...whole.read()];
  return (wiring.made(node?.inputs[1], "Concat")?.inputs ?? []).map((part) => wiring.extent(part));
}

/** A dense layer, or columns of one that makes several values at once. */
interface Projection {
  readonly x: string;
  readonly kernel: string;
  readonly bias: string;
  /** Which of as many equal parts of its columns. */
  readonly part: number;
  readonly parts: number;
}

function projection(name: string, wiring: Wiring): Projection | undefined {
  const slice = wiring.made(name, "Slice");
  if (slice !== undefined) {
    const [from, to, axis] = [1, 2, 3].map((i) => wiring.extent(slice.inputs[i]));
    const made = projection(slice.inputs[0]!, wiring);
    const columns = wiring.tensor(made?.kernel)?.shape[1];
    if (made?.parts !== 1 || columns === undefined || (axis !== -1 && axis !== 2)) return undefined;
    const own = from === undefined || to === undefined ? 0 : Math.min(to, columns) - from;
    return own > 0 && from! % own === 0 && columns % own === 0
      ? { ...made, part: from! / own, parts: columns / own }
      : undefined;
  }
  const cut = wiring.made(name, "Split");
  const whole = cut === undefined ? name : cut.inputs[0]!;
  const sizes = (cut?.attributes.get("split") ?? wiring.tensor(cut?.inputs[1])?.read()) as
    | number[]
    | undefined;
  if (cut !== undefined && sizes !== undefined && new Set(sizes).size !== 1) return undefined;
  const add = wiring.made(whole, "Add");
  const [bias] = add?.inputs.filter((one) => wiring.tensor(one) !== undefined) ?? [];
  const product = add === undefined ? whole : add.inputs.find((one) => one !== bias)!;
  const dense = wiring.made(product, "MatMul");
  if (dense === undefined || (add !== undefined && bias === undefined)) return undefined;
  if (wiring.tensor(dense.inputs[1])?.shape.length !== 2) return undefined;
  return {
    x: dense.inputs[0]!,
    kernel: dense.inputs[1]!,
    bias: bias ?? "",
    part: cut?.outputs.indexOf(name) ?? 0,
    parts: cut?.outputs.length ?? 1,
  };
}

/** How axes are moved: each head an axis, `[B, heads, T, width]`, or a sample of its own, `[B · heads, T, width]`. */
const moves = {
  apart: { rows: [0, 2, 1, 3], columns: [0, 2, 3, 1], turned: [0, 1, 3, 2] },
  folded: { rows: [1, 0, 2], columns: [1, 2, 0], turned: [0, 2, 1] },
} as const;
type Move = keyof typeof moves;

/** A projection in heads. */
function inHeads(given: string, wiring: Wiring, move: Move, isKey = false) {
  const { rows, columns, turned } = moves[move];
  const { name, factor } = unscaled(given, wiring);
  let turn = wiring.made(name, "Transpose");
  let inner = 1;
  // A key may be turned twice.
  if (isKey && !isPerm(turn, columns)) {
    if (!isPerm(turn, turned)) return undefined;
    const { name: once, factor: own } = unscaled(turn!.inputs[0]!, wiring);
    inner = own;
    turn = wiring.made(once, "Transpose");
    if (!isPerm(turn, rows)) return undefined;
  } else if (!isKey && !isPerm(turn, rows)) return undefined;
  const split = wiring.made(turn!.inputs[0], "Reshape");
  const extents = target(split, wiring);
  if (split === undefined || extents.length !== rows.length) return undefined;
  const { name: whole, factor: before } = unscaled(split.inputs[0]!, wiring);
  const made = projection(whole, wiring);
  if (made === undefined) return undefined;
  const width = wiring.tensor(made.kernel)!.shape[1]! / made.parts;
  const [count, own] = [move === "apart" ? extents[2] : undefined, extents.at(-1)];
  const heads = count !== undefined && count > 0 ? count : width / (own ?? Number.NaN);
  const fits = Number.isInteger(heads) && heads > 0 && (own === width / heads || own === -1);
  return fits ? { made, heads, factor: factor * inner * before } : undefined;
}

/**
 * Attention of many heads, from its four dense layers and what moves axes between them: softmax(q · k / √width) · v in each
 * head, as Keras, PyTorch and gateflow write it.
 * @param node the Reshape that lays the heads side by side again.
 */
export function multiHeadAttention(node: OnnxNode, wiring: Wiring): OnnxNode | undefined {
  const turn = wiring.made(node.inputs[0], "Transpose");
  const move = (["apart", "folded"] as const).find((own) => isPerm(turn, moves[own].rows));
  if (move === undefined) return undefined;
  const context = wiring.made(turn!.inputs[0], "MatMul");
  const weights =
    context === undefined ? undefined : wiring.made(through(context.inputs[0]!, wiring), "Softmax");
  const seen = weights === undefined ? undefined : unmasked(weights.inputs[0]!, wiring);
  if (seen === undefined) return undefined;
  const { name, factor } = unscaled(seen.name, wiring);
  const scores = wiring.made(name, "MatMul");
  if (scores === undefined) return undefined;
  const query = inHeads(scores.inputs[0]!, wiring, move);
  const key = inHeads(scores.inputs[1]!, wiring, move, true);
  const value = inHeads(context!.inputs[1]!, wiring, move);
  if (query === undefined || key === undefined || value === undefined) return undefined;
  const isAlike = [key, value].every((one) => one.heads === query.heads);
  if (!isAlike || value.factor !== 1) return undefined;
  const next = wiring.consumer(node.outputs[0]!);
  const isGemm =
    next?.op === "Gemm" && ["alpha", "beta"].every((one) => (next.attributes.get(one) ?? 1) === 1);
  if ((next?.op !== "MatMul" && !isGemm) || wiring.tensor(next!.inputs[1])?.shape.length !== 2)
    return undefined;
  const add = isGemm ? undefined : wiring.consumer(next!.outputs[0]!);
  const bias = isGemm
    ? next!.inputs[2]
    : add?.op === "Add"
      ? add.inputs.find((one) => wiring.tensor(one)?.shape.length === 1)
      : undefined;
  const last = isGemm || bias === undefined ? next! : add!;
  // Rows of all steps, one behind the other, or a sequence again.
  const isFolded = target(node, wiring).length === 2;
  const parts = [query, key, value].map(({ made }) => made);
  return instead(
    last,
    "MultiHeadAttention",
    [
      ...parts.map(({ x }) => x),
      ...parts.flatMap(({ kernel, bias: own }) => [kernel, own]),
      next!.inputs[1]!,
      bias ?? "",
    ],
    [
      ["heads", query.heads],
      ["factor", query.factor * key.factor * factor],
      ["causal", Number(seen.causal)],
      ["time first", Number(move === "folded")],
      ["folded", Number(isFolded)],
      ["turned", Number(isGemm && next!.attributes.get("transB") === 1)],
      ["parts", parts.map(({ parts: count }) => count)],
      ["part", parts.map(({ part }) => part)],
    ],
  );
}

/** Attention of one head that looks at no step behind: softmax over the steps before · value. */
export function attention(node: OnnxNode, wiring: Wiring): OnnxNode | undefined {
  const weights = wiring.made(through(node.inputs[0]!, wiring), "Softmax");
  const seen = weights === undefined ? undefined : unmasked(weights.inputs[0]!, wiring);
  if (seen?.causal !== true) return undefined;
  const { name, factor } = unscaled(seen.name, wiring);
  const scores = wiring.made(name, "MatMul");
  const key = wiring.made(scores?.inputs[1], "Transpose");
  if (scores === undefined || !isPerm(key, [0, 2, 1])) return undefined;
  return instead(
    node,
    "Attention",
    [scores.inputs[0]!, node.inputs[1]!, key!.inputs[0]!],
    [["factor", factor]],
  );
}
