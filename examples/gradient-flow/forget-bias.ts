/**
 * What the forget gate's bias does to memory: Gers, Schmidhuber & Cummins 2000, Jozefowicz, Zaremba & Sutskever 2015.
 *
 * At the start of training the forget gate is about σ(bias), and the cell's gradient shrinks by about that a step back.
 *
 *     npx tsx examples/gradient-flow/forget-bias.ts
 */
import {
  createRandom,
  dense,
  gradientNormChart,
  lstm,
  memoryHorizon,
  sequential,
  summarizeFlow,
  tensor,
} from "gateflow";
import { draw } from "./draw.js";

const [samples, timesteps, units] = [32, 120, 16];
const random = createRandom(1);
const x = tensor(
  Float32Array.from({ length: samples * timesteps }, () => random.normal()),
  [samples, timesteps, 1],
);
const y = tensor(
  Float32Array.from({ length: samples }, () => random.normal()),
  [samples, 1],
);

const curves: { name: string; values: Float32Array }[] = [];
console.log("forget bias   time constant   memory horizon of c   growth a step back (95% interval)");
for (const bias of [-1, 0, 1, 2, 4]) {
  const model = sequential([lstm({ units, inputShape: [timesteps, 1] }), dense({ units: 1 })], { seed: 2 });
  model.compile({ loss: "mse" });
  model.setWeights(
    model.getWeights().map((weight) => {
      if (weight.name !== "lstm/bias") return weight;
      return { ...weight, data: Float32Array.from(weight.data).fill(bias, units, 2 * units) };
    }),
  );
  const flow = await model.gradientFlow(x, y);
  const [summary] = summarizeFlow(flow);
  const cellGradient = flow.layers[0]!.cellGradient!;
  const horizon = memoryHorizon(cellGradient);
  const { factor, interval } = summary!.growthRate!;
  curves.push({ name: `bias ${bias}`, values: cellGradient });
  console.log(
    `${String(bias).padStart(11)}${`${summary!.timeConstant!.toFixed(1)} steps`.padStart(16)}` +
      `${(Number.isFinite(horizon) ? `${horizon} steps` : `more than ${timesteps}`).padStart(22)}` +
      `${`${factor.toFixed(3)} (${interval.map((end) => end.toFixed(3)).join(" to ")})`.padStart(35)}`,
  );
  model.dispose();
}
await draw(
  "forget-bias",
  gradientNormChart(curves, { title: "‖dL/dc_t‖ by the forget gate's bias", yLabel: "‖dL/dc‖ (log scale)" }),
);
