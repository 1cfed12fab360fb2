import { describe, expect, it } from "vitest";
import { maxNorm } from "../../../src/constraints/norms.js";
import { dense } from "../../../src/layers/dense.js";
import { lstm } from "../../../src/layers/recurrent/lstm.js";
import { l2 } from "../../../src/regularizers/l1l2.js";

describe("a weight that options declare", () => {
  it("has the regularizer and the constraint of its own options", () => {
    const layer = lstm({
      units: 2,
      kernelRegularizer: l2({ l2: 0.5 }),
      recurrentConstraint: maxNorm({ maxValue: 3 }),
      biasRegularizer: "l1",
    });
    layer.build([[4, 3]]);
    expect(
      layer.variables.map(({ key, regularizer, constraint }) => [key, regularizer?.name, constraint?.name]),
    ).toEqual([
      ["kernel", "l2", undefined],
      ["recurrent_kernel", undefined, "maxNorm"],
      ["bias", "l1", undefined],
    ]);
  });

  it.each([
    [
      () => dense({ units: 1, kernelRegularizer: "l3" as "l2" }),
      /^dense\(\) `dense`: `kernelRegularizer` is "l3"/,
    ],
    [
      () => dense({ units: 1, biasConstraint: 3 as never }),
      /`biasConstraint` is 3, expected a name \(maxNorm, /,
    ],
    [
      () => lstm({ units: 1, recurrentRegularizer: {} as never }),
      /^lstm\(\) `lstm`: `recurrentRegularizer` is/,
    ],
  ])("is refused under the option's name: %o", (make, message) => {
    expect(() => make().build([[4, 3]])).toThrow(message);
  });
});
