import { describe, expect, it } from "vitest";
import { ACTIVATION_NAMES, activations, logSoftmax } from "./activations.js";
import { backward, detach, Variable, variable } from "./autodiff.js";
import { assertAgreement } from "./compare.js";
import * as op from "./elementwise.js";
import { centralDifferences } from "./finite-differences.js";
import * as structure from "./structure.js";
import { DIFFERENCE_TOLERANCE, numbers } from "./test-support.js";

/** Weights every element of the result differently, so that a gradient put in the wrong place shows. */
const weighted = (x: Variable): Variable => structure.sum(op.mul(x, numbers(x.shape, 99)));

/** Checks f's gradient with respect to each of its inputs. */
function checkGradient(what: string, f: (...inputs: Variable[]) => Variable, ...inputs: Variable[]): void {
  backward(weighted(f(...inputs)));
  inputs.forEach((input, i) => {
    const expected = centralDifferences((data) => {
      const moved = inputs.map((other, j) => (i === j ? new Variable(input.shape, data) : other));
      return weighted(f(...moved)).data[0]!;
    }, input.data.slice());
    assertAgreement(`${what}, input ${i}`, input.gradient, expected, DIFFERENCE_TOLERANCE);
  });
}

const positive = (shape: number[], seed: number): Variable => {
  const x = numbers(shape, seed);
  return new Variable(
    x.shape,
    x.data.map((v) => Math.abs(v) + 0.5),
  );
};

const binaries = { add: op.add, sub: op.sub, mul: op.mul, div: op.div, maximum: op.maximum };
const unaries = {
  negate: op.negate,
  square: op.square,
  exp: op.exp,
  abs: op.abs,
  tanh: op.tanh,
  sigmoid: op.sigmoid,
  errorFunction: op.errorFunction,
  softplus: op.softplus,
  logSoftmax,
  addScalar: (x: Variable) => op.addScalar(x, 3),
  scale: (x: Variable) => op.scale(x, -2),
  clip: (x: Variable) => op.clip(x, -0.4, 0.6),
  reshape: (x: Variable) => structure.reshape(x, [2, 6]),
  transpose: structure.transpose,
  sliceColumns: (x: Variable) => structure.sliceColumns(x, 1, 3),
  row: (x: Variable) => structure.row(x, 1),
  lookUp: (x: Variable) => structure.lookUp(x, new Variable([4], Float64Array.of(2, 0, 2, 1))),
  sum: structure.sum,
  mean: structure.mean,
  sumLast: structure.sumLast,
  meanLast: structure.meanLast,
  maxLast: structure.maxLast,
};

describe("reverse-mode differentiation agrees with central differences", () => {
  for (const [name, f] of Object.entries(binaries)) {
    it(`${name}, shapes equal`, () => checkGradient(name, f, numbers([3, 4], 1), positive([3, 4], 2)));
    it(`${name}, a row broadcast`, () => checkGradient(name, f, numbers([3, 4], 1), positive([4], 2)));
    it(`${name}, a column broadcast`, () => checkGradient(name, f, numbers([3, 4], 1), positive([3, 1], 2)));
    it(`${name}, a scalar on the left`, () => checkGradient(name, f, numbers([], 1), positive([3, 4], 2)));
  }
  for (const [name, f] of Object.entries(unaries)) {
    it(name, () => checkGradient(name, f, numbers([3, 4], 3)));
  }
  for (const name of ACTIVATION_NAMES) {
    it(`activation ${name}`, () => checkGradient(name, activations[name], numbers([3, 4], 4)));
  }
  it("sqrt and log", () => {
    checkGradient("sqrt", op.sqrt, positive([3, 4], 5));
    checkGradient("log", op.log, positive([3, 4], 5));
  });
  it("select", () => {
    const condition = new Variable([3, 1], Float64Array.of(1, 0, 1));
    checkGradient("select", (a, b) => op.select(condition, a, b), numbers([3, 4], 1), numbers([4], 2));
  });
  it("matmul of a matrix, and of a batch of matrices", () => {
    checkGradient("matmul", structure.matmul, numbers([3, 4], 1), numbers([4, 2], 2));
    checkGradient("matmul", structure.matmul, numbers([2, 3, 4], 1), numbers([4, 2], 2));
  });
  it("concatColumns and stackTime", () => {
    checkGradient(
      "concat",
      (a, b) => structure.concatColumns([a, b]),
      numbers([3, 4], 1),
      numbers([3, 2], 2),
    );
    checkGradient("stack", (a, b) => structure.stackTime([a, b]), numbers([3, 4], 1), numbers([3, 4], 2));
  });
  it("timeSlice and reverseTime", () => {
    checkGradient("timeSlice", (x) => structure.timeSlice(x, 1), numbers([2, 3, 4], 1));
    checkGradient("reverseTime", structure.reverseTime, numbers([2, 3, 4], 1));
  });
  it("a variable used twice receives both gradients", () => {
    checkGradient("x · tanh x + x", (x) => op.add(op.mul(x, op.tanh(x)), x), numbers([3, 4], 6));
  });
});

describe("the graph", () => {
  it("moves the values where the names say", () => {
    const x = variable({ shape: [2, 3], data: [1, 2, 3, 4, 5, 6] });
    expect([...structure.transpose(x).data]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...structure.sliceColumns(x, 1, 3).data]).toEqual([2, 3, 5, 6]);
    expect([...structure.reverseTime(structure.reshape(x, [1, 3, 2])).data]).toEqual([5, 6, 3, 4, 1, 2]);
    expect([...structure.timeSlice(structure.reshape(x, [2, 3, 1]), 2).data]).toEqual([3, 6]);
    expect([...structure.stackTime([x, op.negate(x)]).data]).toEqual([
      1, 2, 3, -1, -2, -3, 4, 5, 6, -4, -5, -6,
    ]);
  });
  it("passes no gradient through detach", () => {
    const x = variable({ shape: [], data: [3] });
    backward(op.mul(x, detach(op.mul(x, x))));
    expect(x.gradient[0]).toBe(9);
  });
  it("passes not even NaN through a branch select did not take", () => {
    const x = variable({ shape: [1], data: [0] });
    const safe = op.select(variable({ shape: [1], data: [0] }), op.log(op.negate(op.exp(x))), x);
    backward(structure.sum(safe));
    expect(x.gradient[0]).toBe(1);
  });
  it("survives a chain too long for recursion", () => {
    const x = variable({ shape: [], data: [1] });
    let y = x;
    for (let i = 0; i < 50_000; i++) y = op.scale(y, 1);
    backward(y);
    expect(x.gradient[0]).toBe(1);
  });
  it("refuses shapes that do not fit", () => {
    expect(() => op.add(numbers([3], 1), numbers([4], 1))).toThrow(/\[3\] and \[4\]/);
    expect(() => structure.matmul(numbers([2, 3], 1), numbers([2, 3], 1))).toThrow(/matmul/);
    expect(() => backward(numbers([2], 1))).toThrow(/scalar/);
  });
});
