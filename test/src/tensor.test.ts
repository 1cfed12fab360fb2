import { describe, expect, it } from "vitest";
import {
  DataError,
  dense,
  type NestedArray,
  ShapeError,
  sequential,
  tensor,
  toArray,
} from "../../src/index.js";

describe("a tensor", () => {
  it("is not made of an array that holds itself", () => {
    const endless: unknown[] = [];
    endless.push(endless);
    expect(() => tensor(endless as NestedArray)).toThrow(ShapeError);
    const behind: unknown[] = [[1, 2]];
    behind.push(behind);
    expect(() => tensor(behind as NestedArray)).toThrow(DataError);
  });

  it("is not made in a shape that is none, and nothing else is turned into arrays", () => {
    for (const shape of [3, "3", null]) expect(() => tensor([1, 2, 3], shape as never)).toThrow(ShapeError);
    for (const value of [null, undefined, 3, {}]) expect(() => toArray(value as never)).toThrow(ShapeError);
  });

  it("is what setWeights takes, in an array", () => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    for (const value of [null, undefined, 3, {}]) {
      expect(() => model.setWeights(value as never)).toThrow(ShapeError);
    }
  });
});
