import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ActivationName, activations } from "./activations.js";
import { backward, variable } from "./autodiff.js";
import { assertAgreement } from "./compare.js";
import { mul } from "./elementwise.js";
import type { OracleLayerSpec } from "./layers/apply.js";
import { type LossName, type LossOptions, lossValues, reduceLoss } from "./losses.js";
import { oracleModel } from "./model.js";
import { type OptimizerName, type OptimizerOptions, oracleOptimizer } from "./optimizers.js";
import { sum } from "./structure.js";
import type { AnyTensor } from "./tensor64.js";

interface Golden {
  models: {
    name: string;
    layers: OracleLayerSpec[];
    x: AnyTensor;
    y: AnyTensor;
    weights: AnyTensor[];
    states?: AnyTensor[][];
    prediction: AnyTensor;
    loss: number;
    gradients: AnyTensor[];
    inputGradient: AnyTensor;
  }[];
  activations: { name: ActivationName; x: AnyTensor; value: AnyTensor; gradient: AnyTensor }[];
  losses: {
    name: LossName;
    options: LossOptions;
    y: AnyTensor;
    p: AnyTensor;
    loss: number;
    gradient: AnyTensor;
  }[];
  optimizers: {
    initial: number[];
    gradients: number[][];
    cases: { name: OptimizerName; options: OptimizerOptions; trace: number[][] }[];
  };
}

const golden = JSON.parse(readFileSync(new URL("../golden/torch.json", import.meta.url), "utf8")) as Golden;

/** Both sides compute in float64; they may differ by the rounding of sums of some ten terms of order 1. */
const ROUNDING = { relative: 1e-13, absolute: 1e-14 } as const;

describe("PyTorch's models, forward and backward", () => {
  for (const expected of golden.models) {
    it(expected.name, () => {
      const { layers, x, y, weights, states } = expected;
      const got = oracleModel(layers, weights).lossAndGradients(x, y, {
        loss: "meanSquaredError",
        ...(states && { initialStates: states }),
      });
      assertAgreement("prediction", got.outputs[0]!.data, expected.prediction.data, ROUNDING);
      assertAgreement("loss", [got.loss], [expected.loss], ROUNDING);
      expect(got.weights.map((w) => w.shape)).toEqual(expected.gradients.map((w) => w.shape));
      got.weights.forEach((w, i) => {
        assertAgreement(`gradient ${i}`, w.data, expected.gradients[i]!.data, ROUNDING);
      });
      assertAgreement("input gradient", got.input.data, expected.inputGradient.data, ROUNDING);
    });
  }
});

describe("PyTorch's activations, values and derivatives", () => {
  for (const { name, x: at, value, gradient } of golden.activations) {
    it(name, () => {
      const x = variable(at);
      const y = activations[name](x);
      assertAgreement("value", y.data, value.data, ROUNDING);
      // The golden softmax is weighted 1, 2, … before it is summed; its plain sum is constant.
      const weight = variable({ shape: at.shape, data: Array.from(at.data, (_, i) => i + 1) });
      backward(sum(name === "softmax" ? mul(y, weight) : y));
      assertAgreement("gradient", x.gradient, gradient.data, ROUNDING);
    });
  }
});

describe("PyTorch's losses and their gradients", () => {
  for (const { name, options, y, p: prediction, loss, gradient } of golden.losses) {
    it(`${name} ${JSON.stringify(options)}`, () => {
      const p = variable(prediction);
      const got = reduceLoss(lossValues(name, y, p, options));
      backward(got);
      assertAgreement("loss", [got.data[0]!], [loss], ROUNDING);
      assertAgreement("gradient", p.gradient, gradient.data, ROUNDING);
    });
  }
});

describe("PyTorch's optimizers, where their formulas are Keras's", () => {
  const { initial, gradients, cases } = golden.optimizers;
  for (const { name, options, trace } of cases) {
    it(`${name} ${JSON.stringify(options)}`, () => {
      const w = Float64Array.from(initial);
      const optimizer = oracleOptimizer(name, [w], options);
      gradients.forEach((gradient, step) => {
        optimizer.step([gradient]);
        assertAgreement(`weights after step ${step + 1}`, w, trace[step]!, ROUNDING);
      });
    });
  }
});
