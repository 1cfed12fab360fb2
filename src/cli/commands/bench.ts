import { availableParallelism, cpus } from "node:os";
import CliTable from "cli-table3";
import { createEngine, dense, type Engine, lstm, sequential, type Tensor } from "../../index.js";
import { checkInterrupt, type Io } from "../files/io.js";
import { packageVersion } from "../files/version.js";
import { LINES } from "../print/text-table.js";

export interface BenchOptions {
  /** Each measurement takes so many. */
  readonly seconds: number;
  /** Threads at most; undefined: as many as help. */
  readonly threads?: number;
  readonly json?: boolean;
}

/** A batch of sequences through stacked LSTMs into dense(1). */
interface Size {
  readonly name: string;
  readonly batch: number;
  readonly timesteps: number;
  readonly features: number;
  readonly units: readonly number[];
}

/** From the smallest tutorial model to many series at once, as the published benchmarks have them. */
const SIZES: readonly Size[] = [
  { name: "small", batch: 32, timesteps: 10, features: 1, units: [50] },
  { name: "stacked", batch: 64, timesteps: 20, features: 5, units: [128, 64] },
  { name: "long window", batch: 32, timesteps: 100, features: 8, units: [64, 32] },
  { name: "wide", batch: 64, timesteps: 50, features: 64, units: [256] },
];

/** The first calls compile, tune and fill caches. */
const WARM_UP = 3;

/** Milliseconds a call takes: the median, which one interruption does not move. */
async function medianTime(call: () => Promise<unknown>, seconds: number, io: Io): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await call();
  const times: number[] = [];
  const end = performance.now() + 1000 * seconds;
  do {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
    checkInterrupt(io);
  } while (performance.now() < end);
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

interface Measured extends Size {
  readonly trainMilliseconds: number;
  readonly trainSamplesPerSecond: number;
  readonly predictMilliseconds: number;
  readonly predictSamplesPerSecond: number;
}

async function measure(size: Size, engine: Engine, seconds: number, io: Io): Promise<Measured> {
  const { batch, timesteps, features, units } = size;
  const filled = (shape: number[]): Tensor => ({
    shape,
    // No two neighbours alike, all between -1 and 1: what the numbers are takes no time.
    data: Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => ((i * 7919) % 2001) / 1000 - 1,
    ),
  });
  const [x, y] = [filled([batch, timesteps, features]), filled([batch, 1])];
  const model = sequential(
    [
      ...units.map((width, i) =>
        lstm({
          units: width,
          returnSequences: i < units.length - 1,
          ...(i === 0 ? { inputShape: [timesteps, features] } : {}),
        }),
      ),
      dense({ units: 1 }),
    ],
    { engine, seed: 1 },
  );
  model.compile({ optimizer: "adam", loss: "mse" });
  try {
    const train = await medianTime(() => model.trainOnBatch(x, y), seconds, io);
    const predict = await medianTime(() => model.predict(x, { batchSize: batch }), seconds, io);
    return {
      ...size,
      trainMilliseconds: train,
      trainSamplesPerSecond: (1000 * batch) / train,
      predictMilliseconds: predict,
      predictSamplesPerSecond: (1000 * batch) / predict,
    };
  } finally {
    model.dispose();
  }
}

const short = (value: number): string => (value < 100 ? value.toPrecision(3) : value.toFixed(0));

function tableOf(results: readonly Measured[]): string {
  const table = new CliTable({
    head: [
      "",
      "batch × steps\n× features",
      "units",
      "training\nms a batch",
      "samples\na second",
      "prediction\nms a batch",
    ],
    colAligns: ["left", "left", "left", "right", "right", "right"],
    chars: LINES,
    style: { head: [], border: [], "padding-left": 1, "padding-right": 1 },
  });
  for (const { name, batch, timesteps, features, units, ...own } of results) {
    table.push([
      name,
      `${batch} × ${timesteps} × ${features}`,
      units.join(", "),
      short(own.trainMilliseconds),
      Math.round(own.trainSamplesPerSecond).toLocaleString("en"),
      short(own.predictMilliseconds),
    ]);
  }
  return `${table.toString()}\n`;
}

/** `gateflow bench`: how quickly models of four sizes train and predict on this machine. */
export async function bench({ seconds, threads, json }: BenchOptions, io: Io): Promise<void> {
  const engine = await createEngine({ ...(threads === undefined ? {} : { threads }) });
  const host = {
    node: process.versions.node,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    processors: availableParallelism(),
  };
  const version = await packageVersion();
  try {
    const results: Measured[] = [];
    for (const size of SIZES) {
      io.err(`  ${size.name}\n`);
      results.push(await measure(size, engine, seconds, io));
    }
    const { simd, threads: running } = engine.info;
    if (json === true) {
      io.out(`${JSON.stringify({ version, ...host, simd, threads: running, results }, null, 2)}\n`);
      return;
    }
    io.out(
      `gateflow ${version} on Node ${host.node}, ${host.cpu} (${host.processors} processors); kernels ${simd}, ${running === 1 ? "1 thread" : `${running} threads`}\n\n${tableOf(results)}`,
    );
  } finally {
    engine.dispose();
  }
}
