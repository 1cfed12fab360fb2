import Benchmark from "benchmark";
import { hasRelaxedSimd } from "../../src/engine/load.js";
import { instantiateKernels } from "../../test/support/kernels.js";
import type { KernelCase } from "../kernels/case.js";
import { ceilingOf, embeddedBytes, loadKernels } from "../kernels/ceiling.js";
import { elementwiseCases } from "../kernels/elementwise.js";
import { layerCases } from "../kernels/layers.js";
import { productCases } from "../kernels/products.js";
import { recurrenceOf, validateRecurrence } from "../kernels/recurrence.js";
import type { Section, Settings } from "../support/section.js";
import { median } from "../support/statistics.js";
import type { Cell, Report } from "../support/table.js";

interface Timing {
  readonly name: string;
  readonly size: string;
  readonly microseconds: number;
  readonly flops?: number | undefined;
  readonly bytes?: number | undefined;
  readonly floats?: number | undefined;
}

/** Median seconds of a call. The package chooses how many calls make a sample, and how many samples. */
function seconds(name: string, call: () => void, maxTime: number): number {
  const timed = new Benchmark(name, call, { maxTime, minSamples: 10, initCount: 1 });
  timed.run();
  if (timed.error !== undefined) throw timed.error;
  return median(timed.stats.sample);
}

async function timeCase(
  item: KernelCase,
  bytes: Uint8Array<ArrayBuffer>,
  variant: string,
  maxTime: number,
): Promise<Timing> {
  // A memory of its own for each: what one leaves in it does not reach the next.
  const { kernels, arena } = await instantiateKernels(variant, bytes);
  const { name, size, flops, bytes: moved, floats } = item;
  // Kernels are called past the proxy that makes their names safe, which costs more than a small one.
  const direct = { ...kernels };
  const call = item.prepare(direct, arena());
  return { name, size, flops, bytes: moved, floats, microseconds: seconds(name, call, maxTime) * 1e6 };
}

async function timeRecurrence(settings: Settings, variant: string, maxTime: number): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const shape of settings.shapes.filter(({ name }) =>
    ["seed-a", "seed-b", "seed-c", "large"].includes(name),
  )) {
    settings.log(`kernels ${variant}: LSTM, ${shape.name}`);
    const { run, flops, dispose } = await recurrenceOf(settings.dist, shape, variant === "simd128");
    const size = `${shape.name}: B ${shape.batch}, T ${shape.timesteps}, F ${shape.features}, H ${shape.units[0]}`;
    const forward = seconds("forward", run.lstmForward, maxTime);
    const both = seconds(
      "forward and backward",
      () => {
        run.lstmForward();
        run.lstmBackward();
      },
      maxTime,
    );
    const weights = seconds("weight gradients", run.lstmWeightGradients, maxTime);
    dispose();
    timings.push(
      { name: "lstmForward", size, flops: flops.lstmForward, microseconds: forward * 1e6 },
      { name: "lstmBackward", size, flops: flops.lstmBackward, microseconds: (both - forward) * 1e6 },
      { name: "lstmWeightGradients", size, flops: flops.lstmWeightGradients, microseconds: weights * 1e6 },
    );
  }
  return timings;
}

function reportOf(variant: string, ceiling: number, timings: readonly Timing[]): Report {
  const row = ({ name, size, microseconds, flops, bytes, floats }: Timing): Cell[] => {
    const rate = flops === undefined ? null : flops / microseconds / 1e3;
    return [
      name,
      size,
      microseconds,
      rate,
      rate === null ? null : `${Math.round((100 * rate) / ceiling)} %`,
      bytes === undefined ? null : bytes / microseconds / 1e3,
      floats === undefined ? null : (1e3 * microseconds) / floats,
    ];
  };
  return {
    title: `Kernels, ${variant}, one thread; ceiling ${ceiling.toFixed(1)} GF/s`,
    columns: ["kernel", "size", "µs a call", "GF/s", "of ceiling", "GB/s", "ns a float"],
    rows: timings.map(row),
    notes: [
      "Ceiling: panelRows, 8 x 256 x 16, both operands in L1, the best of 60 tries. Each kernel was compared with float64 before it was timed.",
      "lstmBackward is the time of a forward and a backward pass less that of a forward pass; no gradient of the input.",
    ],
  };
}

/** Kernels alone, each held to float64 first, timed by the package `benchmark`. */
export const kernels: Section = async (settings) => {
  const { quick, dist, log } = settings;
  const maxTime = quick ? 0.1 : 1;
  const reports: Report[] = [];
  const data: Record<string, unknown> = {};
  for (const variant of hasRelaxedSimd() ? ["simd128", "relaxed"] : ["simd128"]) {
    const bytes = await embeddedBytes(dist, variant);
    const timings: Timing[] = [];
    for (const item of [...productCases, ...layerCases, ...elementwiseCases]) {
      log(`kernels ${variant}: ${item.name} ${item.size}`);
      timings.push(await timeCase(item, bytes, variant, maxTime));
    }
    await validateRecurrence(dist, variant);
    timings.push(...(await timeRecurrence(settings, variant, maxTime)));
    const ceiling = ceilingOf(await loadKernels(dist, variant));
    reports.push(reportOf(variant, ceiling, timings));
    data[variant] = { ceiling, timings };
  }
  return { reports, data };
};
