import type { Examples } from "../network.js";
import { type Chain, featuresOf, type Prepared } from "./chain.js";
import { SeriesCursor } from "./series-cursor.js";

/** Numbers in all windows together: beyond it, every second, third … window is taken. */
const MOST_NUMBERS = 1.5e7;

/** Rows walked between two chances for others to be heard. */
const STRIDE = 200;

/** Windows of a series and what the base leaves of the steps after them, in chain space. */
export interface Windows {
  /** Rows known to each window. */
  readonly origins: readonly number[];
  readonly x: Float32Array;
  /** `[origins][outputs]` */
  readonly deviations: readonly Float64Array[];
}

/**
 * Windows of rows `[0, rows)` that have all their targets in there: all of them, or evenly spaced ones.
 * @param most windows at the most.
 */
export async function windowsOf(
  chain: Chain,
  prepared: Prepared,
  rows: number,
  most: number,
  pause: () => Promise<void> | undefined,
): Promise<Windows> {
  const { outputs, window } = chain;
  const size = window * featuresOf(chain);
  const cursor = SeriesCursor.start(chain, rows);
  const stride = Math.max(1, Math.ceil((rows * size) / MOST_NUMBERS), Math.ceil(rows / most));
  const origins: number[] = [];
  const deviations: Float64Array[] = [];
  const x = new Float32Array(Math.ceil(rows / stride) * size);
  for (let t = 0; t + outputs <= rows; t++) {
    if (t % STRIDE === 0) await pause();
    if (cursor.isReady && (rows - outputs - t) % stride === 0) {
      cursor.writeWindow(x, origins.length * size);
      origins.push(t);
      const path = cursor.basePath(outputs)!;
      deviations.push(path.map((value, o) => prepared.target[t + o]! - value));
    }
    cursor.pushAll(prepared, t, t + 1);
  }
  return { origins, x: x.subarray(0, origins.length * size), deviations };
}

/** Root mean square of each output's deviations; 1 where there are none, so that nothing is divided by zero. */
export function scalesOf({ deviations }: Windows, count: number, outputs: number): number[] {
  return Array.from({ length: outputs }, (_, o) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += deviations[n]![o]! ** 2;
    const scale = Math.sqrt(sum / Math.max(1, count));
    return scale > 0 ? scale : 1;
  });
}

/** Windows `[from, to)` as tensors, targets in units of `scales`. */
export function toExamples(
  { x, deviations }: Windows,
  from: number,
  to: number,
  chain: Chain,
  scales: readonly number[],
): Examples {
  const features = featuresOf(chain);
  const size = chain.window * features;
  const y = new Float32Array((to - from) * chain.outputs);
  for (let n = from; n < to; n++) {
    deviations[n]!.forEach((value, o) => {
      y[(n - from) * chain.outputs + o] = value / scales[o]!;
    });
  }
  return {
    x: { shape: [to - from, chain.window, features], data: x.subarray(from * size, to * size) },
    y: { shape: [to - from, chain.outputs], data: y },
  };
}

/** Cursors forked where the first `origin` rows are known, for each of the ascending `origins`; `seen` as `rowsSeen` has it. */
export async function tracksAt(
  chain: Chain,
  prepared: Prepared,
  origins: readonly number[],
  pause: () => Promise<void> | undefined,
  seen = chain.window,
): Promise<SeriesCursor[]> {
  const cursor = SeriesCursor.start(chain, origins.at(-1) ?? 0);
  const cursors: SeriesCursor[] = [];
  for (const origin of origins) {
    while (cursor.index < origin) {
      cursor.walk(prepared, cursor.index, Math.min(origin, cursor.index + STRIDE), origin - seen);
      await pause();
    }
    cursors.push(cursor.fork(0));
  }
  return cursors;
}
