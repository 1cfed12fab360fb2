/**
 * The first moments of a program: prints, as JSON, milliseconds from import to engine to first prediction. Plain
 * JavaScript on the built package, in a process of its own, so that nothing is warm.
 */
const dist = JSON.parse(process.argv[2]).dist;
const lap = (from) => performance.now() - from;

let began = performance.now();
const { createEngine, sequential, lstm, dense } = await import(`${dist}index.js`);
const importing = lap(began);

// The wasm module alone: decode, compile, instantiate, with a memory of its own; no threads.
const { instantiate, hasRelaxedSimd } = await import(`${dist}engine/load.js`);
const { currentBuilds } = await import(`${dist}engine/builds.js`);
const builds = currentBuilds();
const build = hasRelaxedSimd() ? await builds.relaxed() : builds.simd128;
began = performance.now();
instantiate(false, build);
const instantiation = lap(began);

began = performance.now();
const engine = await createEngine();
const threads = lap(began);

began = performance.now();
const model = sequential([lstm({ units: 64, inputShape: [50, 8] }), dense({ units: 1 })], {
  seed: 1,
  engine,
});
await model.predict({ shape: [1, 50, 8], data: new Float32Array(400) });
const prediction = lap(began);
process.stdout.write(`${JSON.stringify({ importing, instantiation, threads, prediction })}\n`);
engine.dispose();
