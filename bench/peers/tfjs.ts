import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { contend } from "./contender.js";
import { weightsOf } from "./problem.js";

await contend(async ({ shape, backend = "wasm" }, problem) => {
  if (backend === "wasm") {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${join(dirname(entry))}/`);
  } else await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend(backend);
  await tf.ready();
  const { batch, timesteps, features, units } = shape;
  const model = layers.sequential();
  units.forEach((width, i) => {
    model.add(
      layers.layers.lstm({
        units: width,
        activation: "tanh",
        // TensorFlow.js's default is the older hardSigmoid.
        recurrentActivation: "sigmoid",
        useBias: true,
        unitForgetBias: true,
        // Its default of 2; one product for all gates.
        implementation: 2,
        dropout: 0,
        recurrentDropout: 0,
        returnSequences: i < units.length - 1,
        goBackwards: false,
        stateful: false,
        kernelInitializer: "zeros",
        // Orthogonal costs seconds here, and is overwritten at once.
        recurrentInitializer: "zeros",
        ...(i === 0 ? { inputShape: [timesteps, features] } : {}),
      }),
    );
  });
  model.add(layers.layers.dense({ units: 1, kernelInitializer: "zeros" }));
  model.setWeights(weightsOf(problem).map(({ shape: form, data }) => tf.tensor(data, form)));
  model.compile({ optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-7), loss: "meanSquaredError" });
  const x = tf.tensor3d(problem.x, [batch, timesteps, features]);
  const y = tf.tensor2d(problem.y, [batch, 1]);
  return {
    engine: `TensorFlow.js ${tf.version_core} ${backend}, 1 thread`,
    predict: async () => {
      const output = model.predictOnBatch(x) as tf.Tensor;
      const data = await output.data();
      output.dispose();
      return data;
    },
    train: async () => (await model.trainOnBatch(x, y)) as number,
  };
});
