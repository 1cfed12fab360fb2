import type { Sequential } from "../model/sequential.js";
import { type Chain, featuresOf } from "./chain/chain.js";
import { type Head, pointOf, quantileOf } from "./chain/head.js";
import type { SeriesCursor } from "./chain/series-cursor.js";

/** Windows that go through the network at a time: enough to fill it, few enough not to fill the memory. */
const CHUNK = 1024;

/** The network's rows for where each cursor stands. */
export async function networkRows(
  network: Sequential,
  chain: Chain,
  cursors: readonly SeriesCursor[],
): Promise<Float32Array[]> {
  const size = chain.window * featuresOf(chain);
  const rows: Float32Array[] = [];
  for (let from = 0; from < cursors.length; from += CHUNK) {
    const part = cursors.slice(from, from + CHUNK);
    const data = new Float32Array(part.length * size);
    part.forEach((cursor, n) => {
      cursor.writeWindow(data, n * size);
    });
    const shape = [part.length, chain.window, featuresOf(chain)];
    const output = await network.predict({ shape, data }, { batchSize: 256 });
    const width = output.data.length / part.length;
    for (let n = 0; n < part.length; n++) {
      rows.push((output.data as Float32Array).subarray(n * width, (n + 1) * width));
    }
  }
  return rows;
}

/** Forecasts in chain space. */
export interface ChainForecast {
  readonly mean: Float64Array;
  /** What the network itself says of a level at each step, as far as its head knows; what conformal intervals correct. */
  readonly quantiles: ReadonlyMap<number, Float64Array>;
}

/**
 * Forecasts `horizon` steps from where each cursor stands. Beyond the network's outputs its own forecasts go in as if they
 * had been seen; cursors are forked for that and stay as they are.
 * @param levels those for which the network is asked, where it has a head for them.
 */
export async function predictCursors(
  network: Sequential,
  head: Head,
  chain: Chain,
  cursors: readonly SeriesCursor[],
  horizon: number,
  levels: readonly number[] = [],
): Promise<ChainForecast[]> {
  const { outputs, weights, baseWeights, targetScale } = chain;
  const known = head.kind === "point" ? [] : levels;
  const results = cursors.map(() => ({
    mean: new Float64Array(horizon),
    quantiles: new Map(known.map((level) => [level, new Float64Array(horizon)])),
  }));
  const silent = known.length === 0 && weights.every((weight) => weight === 0);
  let current = cursors;
  for (let done = 0; done < horizon; done += outputs) {
    const count = Math.min(outputs, horizon - done);
    const rows = silent ? null : await networkRows(network, chain, current);
    current = current.map((cursor, n) => {
      const row = rows?.[n];
      const path = cursor.path(outputs)!;
      const base = row === undefined || chain.base === chain.carrier ? path : cursor.basePath(outputs)!;
      const { mean, quantiles } = results[n]!;
      const next = done + count < horizon ? cursor.fork(count) : cursor;
      for (let o = 0; o < count; o++) {
        const correction =
          row === undefined
            ? 0
            : base[o]! - path[o]! + baseWeights[o]! * targetScale[o]! * pointOf(head, row, o);
        mean[done + o] = path[o]! + weights[o]! * correction;
        for (const [level, values] of quantiles) {
          const own = quantileOf(head, row!, o, outputs, level);
          values[done + o] = own === undefined ? mean[done + o]! : base[o]! + targetScale[o]! * own;
        }
        if (next !== cursor) next.pushForecast(mean[done + o]!);
      }
      return next;
    });
  }
  return results;
}
