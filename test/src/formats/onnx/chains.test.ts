import { expect, it } from "vitest";
import { fromOnnx, toOnnx } from "../../../../src/index.js";
import { expectNear } from "../../model/support.js";
import { onnxChains } from "./chains.js";

it.each(onnxChains)("$name goes to ONNX and comes back", async ({ build }) => {
  const { model, x } = build();
  const [got, expected] = [await (await fromOnnx(await toOnnx(model))).predict(x), await model.predict(x)];
  expect(got.shape).toEqual(expected.shape);
  expectNear("prediction", got.data, expected.data, 1e-6, 1e-6);
});
