/**
 * Trains a small model with what both entries of gateflow have, in plain JavaScript so that bundles and child processes
 * can run it too. Everything it returns is text or plain numbers, to the bit.
 */
const bits = ({ data }) => Array.from(new Uint32Array(data.buffer, data.byteOffset, data.length));

/** The variants by name: losses, optimizers and layers of gateflow/core in all the ways that take other code. */
export const variants = {
  "names and defaults": ({ dense, lstm }) => ({
    layers: [lstm({ units: 6, inputShape: [10, 2] }), dense({ units: 1 })],
    compile: { optimizer: "adam", loss: "mse", metrics: ["mae", "rmse"] },
  }),
  "objects, two layers, dropout, a clipped norm": ({ adamw, dense, heNormal, huber, lstm }) => ({
    layers: [
      lstm({ units: 5, returnSequences: true, dropout: 0.2, recurrentDropout: 0.3, inputShape: [10, 2] }),
      lstm({ units: 4, kernelInitializer: heNormal(), goBackwards: true }),
      dense({ units: 3, activation: "gelu" }),
      dense({ units: 1, activation: "softplus" }),
    ],
    compile: {
      optimizer: adamw({ amsgrad: true, globalClipnorm: 0.5, useEma: true }),
      loss: huber({ delta: 0.5 }),
    },
  }),
  "truncated, in chunks": ({ dense, lstm, meanAbsoluteError, sgd }) => ({
    layers: [lstm({ units: 4, returnSequences: true, inputShape: [600, 2] }), dense({ units: 1 })],
    compile: {
      optimizer: sgd({ momentum: 0.9, nesterov: true, clipvalue: 0.1 }),
      loss: meanAbsoluteError(),
      truncate: 20,
    },
  }),
  "functions as loss, metric, initializer and schedule": ({ adam, dense, lstm }) => ({
    layers: [
      lstm({
        units: 4,
        recurrentInitializer: (shape, random) =>
          Array.from({ length: shape[0] * shape[1] }, () => random.uniform() / 4),
        inputShape: [10, 2],
      }),
      dense({ units: 1 }),
    ],
    compile: {
      optimizer: adam({ learningRate: (step) => 0.01 / (1 + step), gradientAccumulationSteps: 2 }),
      loss(yTrue, yPred) {
        const difference = yPred.data.map((p, i) => p - yTrue.data[i]);
        const count = difference.length;
        return {
          loss: difference.reduce((sum, d) => sum + d * d, 0) / count,
          gradient: { shape: yPred.shape, data: difference.map((d) => (2 * d) / count) },
        };
      },
      metrics: [
        function largest(yTrue, yPred) {
          return yPred.data.reduce((most, p, i) => Math.max(most, Math.abs(p - yTrue.data[i])), 0);
        },
      ],
    },
  }),
};

/** @param gateflow an entry; `name` of a variant; `reproducible` as for createEngine. */
export async function trainSmall(gateflow, name, reproducible) {
  const { createEngine, sequential } = gateflow;
  const engine = await createEngine({ reproducible, threads: 2 });
  const { layers, compile } = variants[name](gateflow);
  const model = sequential(layers, { seed: 11, engine });
  model.compile(compile);
  const [timesteps, features] = model.inputShape;
  const samples = 24;
  // A triangle wave: no function whose bits a host may choose.
  const wave = (n) => Math.abs((n % 17) - 8) / 8 - 0.5;
  const x = {
    shape: [samples, timesteps, features],
    data: Float32Array.from({ length: samples * timesteps * features }, (_, n) => wave(n)),
  };
  const outputs = model.outputShape.reduce((size, extent) => size * extent, samples);
  const y = {
    shape: [samples, ...model.outputShape],
    data: Float32Array.from({ length: outputs }, (_, n) => wave(3 * n + 1)),
  };
  const { history } = await model.fit(x, y, { epochs: 3, batchSize: 8, validationSplit: 0.25, verbose: 0 });
  const flow = await model.gradientFlow(x, y);
  const told = {
    history,
    weights: model.getWeights().map(bits),
    prediction: bits(await model.predict(x)),
    evaluated: await model.evaluate(x, y),
    gradients: (await model.gradients(x, y)).weights.map(bits),
    flow: flow.layers.map(({ kind, hiddenGradient }) => [
      kind,
      hiddenGradient === undefined ? [] : bits({ data: hiddenGradient }),
    ]),
  };
  engine.dispose();
  return told;
}
