/**
 * Where truncated BPTT cuts: compile({ truncate: k }) stops the gradient before steps k, 2k, …
 *
 * With the loss at the end, everything before the last cut has a gradient of exactly zero: what happened there cannot be
 * learnt, however long one trains.
 *
 *     npx tsx examples/gradient-flow/truncation.ts
 */
import {
  createRandom,
  dense,
  type GradientFlow,
  gradientFlowHeatmap,
  gradientFlowText,
  lstm,
  sequential,
  tensor,
} from "gateflow";
import { draw } from "./draw.js";

const [samples, timesteps] = [32, 48];
const random = createRandom(1);
const x = tensor(
  Float32Array.from({ length: samples * timesteps }, () => random.normal()),
  [samples, timesteps, 1],
);
const y = tensor(
  Float32Array.from({ length: samples }, () => random.normal()),
  [samples, 1],
);

const flows: { name: string; flow: GradientFlow }[] = [];
for (const truncate of [5, 10, 20, null]) {
  const model = sequential([lstm({ units: 16, inputShape: [timesteps, 1] }), dense({ units: 1 })], {
    seed: 2,
  });
  model.compile({ loss: "mse", truncate });
  const flow = await model.gradientFlow(x, y);
  const reached = flow.layers[0]!.hiddenGradient!.filter((norm) => norm > 0).length;
  flows.push({ name: truncate === null ? "whole sequence" : `truncate: ${truncate}`, flow });
  console.log(
    `truncate ${String(truncate ?? "never").padStart(5)}: a gradient reaches ${reached} of ${timesteps} steps`,
  );
  model.dispose();
}
/** One row a run, as if they were layers of one model. */
const together: GradientFlow = {
  ...flows[0]!.flow,
  layers: flows.map(({ name, flow }) => ({ ...flow.layers[0]!, name })),
};
console.log(gradientFlowText(together));
await draw("truncation", gradientFlowHeatmap(together, { title: "‖dL/dh_t‖ under truncated BPTT" }));
