/**
 * How long a model of 1,024 units takes to load in each format, and for how long a page that loads a `.keras` of 2 MB would
 * not answer: `npx tsx bench/formats/load.ts`. The first load of a format, which fetches its reader, is told by itself.
 */
import * as gateflow from "../../src/index.js";

const RUNS = 5;

interface Timed {
  readonly first: number;
  readonly median: number;
  /** Time of the processor alone, which other programs do not lengthen. */
  readonly cpu: number;
  /** The longest the event loop stood still, after the first load. */
  readonly blocked: number;
}

async function timed(load: () => Promise<gateflow.Sequential>): Promise<Timed> {
  const milliseconds: number[] = [];
  const cpu: number[] = [];
  let blocked = 0;
  for (let run = 0; run < RUNS; run++) {
    let last = performance.now();
    let worst = 0;
    let isLoading = true;
    const tick = (): void => {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
      if (isLoading) setImmediate(tick);
    };
    setImmediate(tick);
    const begin = performance.now();
    const before = process.cpuUsage();
    const model = await load();
    const { user, system } = process.cpuUsage(before);
    milliseconds.push(performance.now() - begin);
    cpu.push((user + system) / 1000);
    await new Promise((settle) => setImmediate(settle));
    isLoading = false;
    if (run > 0) blocked = Math.max(blocked, worst);
    model.dispose();
  }
  const middle = (all: readonly number[]): number =>
    all.slice(1).sort((a, b) => a - b)[Math.floor((all.length - 1) / 2)]!;
  return { first: milliseconds[0]!, median: middle(milliseconds), cpu: middle(cpu), blocked };
}

const modelOf = (units: number): gateflow.Sequential =>
  gateflow.sequential([gateflow.lstm({ units, inputShape: [10, 64] }), gateflow.dense({ units: 1 })], {
    seed: 1,
  });

const large = modelOf(1024);
const small = modelOf(320);
const [keras, torch, onnx, native, tfjs, twoMegabytes] = await Promise.all([
  gateflow.toKeras(large),
  gateflow.toTorch(large),
  gateflow.toOnnx(large),
  gateflow.toSafetensors(large),
  gateflow.toLayersModel(large),
  gateflow.toKeras(small),
]);
const loads: Readonly<Record<string, () => Promise<gateflow.Sequential>>> = {
  "safetensors, 1,024 units": async () => gateflow.fromSafetensors(native),
  ".keras, 1,024 units": () => gateflow.fromKeras(keras),
  ".pt, 1,024 units": () => gateflow.fromTorch(torch),
  "ONNX, 1,024 units": () => gateflow.fromOnnx(onnx),
  "TensorFlow.js, 1,024 units": () => gateflow.fromLayersModel({ ...tfjs }),
  [`.keras of ${(twoMegabytes.length / 1e6).toFixed(1)} MB`]: () => gateflow.fromKeras(twoMegabytes),
};
for (const [name, load] of Object.entries(loads)) {
  const { first, median, cpu, blocked } = await timed(load);
  console.log(
    `${name}: ${median.toFixed(0)} ms (processor ${cpu.toFixed(0)}, first ${first.toFixed(0)}), longest block ${blocked.toFixed(0)} ms`,
  );
}
