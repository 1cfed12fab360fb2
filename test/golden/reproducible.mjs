/**
 * One training run, the same on every host: a Node of any version, Bun, Deno, a browser. Plain JavaScript without
 * imports, so that each of them can load it. test/golden/reproducible.json holds what it has to give;
 * bench/engines.ts runs it everywhere.
 */

/** Numbers in [-1, 1) by integer arithmetic alone: sines differ between engines. A 32-bit xorshift (Marsaglia 2003). */
function numbers(length, seed) {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
}

/** SHA-256 over the bytes of all weights in order, in hexadecimal. */
async function hashOf(weights) {
  const floats = weights.reduce((sum, { data }) => sum + data.length, 0);
  const bytes = new DataView(new ArrayBuffer(4 * floats));
  let at = 0;
  for (const { data } of weights) {
    for (const value of data) {
      bytes.setFloat32(at, value, true);
      at += 4;
    }
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.buffer));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Trains two stacked LSTMs for three epochs, with everything that draws random numbers or takes roots: initializers,
 * shuffling, both dropouts, clipping, Adam. Sizes are no multiples of a vector, and the last batch is short.
 *
 * @param gateflow the public door.
 * @param {{ threads?: number | "auto", reproducible?: boolean }} options of the engine.
 * @returns what ran, and the hash of the trained weights.
 */
export async function trainGolden(gateflow, options) {
  const { createEngine, sequential, lstm, dense, adam } = gateflow;
  const engine = await createEngine(options);
  try {
    const model = sequential(
      [
        lstm({ units: 39, returnSequences: true, dropout: 0.2, recurrentDropout: 0.1, inputShape: [23, 5] }),
        lstm({ units: 22, activation: "softsign" }),
        dense({ units: 3, activation: "tanh" }),
      ],
      { seed: 20, engine },
    );
    model.compile({ optimizer: adam({ learningRate: 0.01, globalClipnorm: 0.5 }), loss: "huber" });
    const samples = 150;
    const x = { shape: [samples, 23, 5], data: numbers(samples * 23 * 5, 1) };
    const y = { shape: [samples, 3], data: numbers(samples * 3, 2) };
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 32 });
    const { simd, threads } = engine.info;
    return { simd, threads, loss: history.loss.at(-1), hash: await hashOf(model.getWeights()) };
  } finally {
    engine.dispose();
  }
}
