import { expect } from "vitest";
import type { Tensor } from "../../../src/index.js";
import type { Layer } from "../../../src/layers/layer.js";
import { backward, type Variable, variable } from "../../oracle/autodiff.js";
import { mul } from "../../oracle/elementwise.js";
import { sum } from "../../oracle/structure.js";
import { expectNear, values } from "../model/support.js";
import { type Application, type Applied, applyStage } from "./apply-stage.js";

/** Float32 against float64 on some dozen terms. */
const RELATIVE = 1e-5;
const ABSOLUTE = 2e-6;

/** Holds a layer of several inputs to its oracle: output, and the gradients of every input and weight. */
export async function expectTwin(
  make: () => Layer,
  application: Application,
  oracle: (inputs: readonly Variable[], weights: readonly Variable[]) => Variable,
): Promise<Applied> {
  const slopes = (shape: readonly number[]): Tensor => values(shape, 77);
  const got = await applyStage(make(), application, slopes);
  const inputs = application.inputs.map(variable);
  const weights = got.weights.map(variable);
  const output = oracle(inputs, weights);
  expect(got.output.shape).toEqual(output.shape);
  expectNear("output", got.output.data, output.data, RELATIVE, ABSOLUTE);
  backward(sum(mul(output, variable(slopes(output.shape)))));
  got.inputGradients.forEach((gradient, i) => {
    if (gradient !== null) expectNear(`input ${i}`, gradient.data, inputs[i]!.gradient, RELATIVE, ABSOLUTE);
  });
  got.weightGradients.forEach(({ data }, i) => {
    expectNear(`weight ${i}`, data, weights[i]!.gradient, RELATIVE, ABSOLUTE);
  });
  return got;
}
