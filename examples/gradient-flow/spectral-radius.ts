/**
 * Vanishing against exploding: Pascanu, Mikolov & Bengio 2013.
 *
 * A simple recurrent layer whose recurrent matrix is ρ times an orthogonal one: every singular value is ρ. With a linear
 * activation the gradient shrinks or grows by exactly ρ a step back; tanh, whose slope is at most 1, can only lower that.
 *
 *     npx tsx examples/gradient-flow/spectral-radius.ts
 */
import {
  createRandom,
  dense,
  gradientNormChart,
  growthRate,
  isRecurrentFlow,
  memoryHorizon,
  sequential,
  simpleRNN,
  tensor,
} from "gateflow";
import { draw } from "./draw.js";

const [samples, timesteps, units] = [32, 60, 32];
const random = createRandom(1);
const x = tensor(
  Float32Array.from({ length: samples * timesteps }, () => 0.1 * random.normal()),
  [samples, timesteps, 1],
);
const y = tensor(
  Float32Array.from({ length: samples }, () => random.normal()),
  [samples, 1],
);

/** ‖dL/dh_t‖ with the recurrent matrix scaled. */
async function gradientNorms(radius: number, activation: "linear" | "tanh"): Promise<Float32Array> {
  const model = sequential(
    [simpleRNN({ units, activation, inputShape: [timesteps, 1] }), dense({ units: 1 })],
    { seed: 2 },
  );
  model.compile({ loss: "mse" });
  model.setWeights(
    model
      .getWeights()
      .map((weight) =>
        weight.name.endsWith("recurrent_kernel")
          ? { ...weight, data: Float32Array.from(weight.data, (r) => radius * r) }
          : weight,
      ),
  );
  const { layers } = await model.gradientFlow(x, y);
  model.dispose();
  return layers.filter(isRecurrentFlow)[0]!.hiddenGradient;
}

const radii = [0.5, 0.9, 1, 1.1, 1.5];
const curves = { linear: [], tanh: [] } as Record<
  "linear" | "tanh",
  { name: string; values: Float32Array }[]
>;
console.log("spectral radius   growth a step back (linear)   (tanh)   memory horizon (linear)");
for (const radius of radii) {
  const [linear, tanh] = [await gradientNorms(radius, "linear"), await gradientNorms(radius, "tanh")];
  curves.linear.push({ name: `ρ = ${radius}`, values: linear });
  curves.tanh.push({ name: `ρ = ${radius}`, values: tanh });
  const rates = [linear, tanh].map((norms) => growthRate(norms)!.factor.toFixed(3).padStart(9));
  const horizon = memoryHorizon(linear);
  console.log(
    `${String(radius).padStart(15)}${rates[0]!.padStart(30)}${rates[1]}${(Number.isFinite(horizon) ? `${horizon} steps` : `more than ${timesteps}`).padStart(26)}`,
  );
}
for (const [activation, lines] of Object.entries(curves)) {
  await draw(
    `spectral-radius-${activation}`,
    gradientNormChart(lines, { title: `‖dL/dh_t‖, R = ρ · orthogonal, ${activation}` }),
  );
}
