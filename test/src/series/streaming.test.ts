import { expect, test } from "vitest";
import { seriesWindows } from "../../../src/series/windows/series-windows.js";
import { timeseriesDatasetFromArray } from "../../../src/series/windows/timeseries-dataset-from-array.js";
import { timeseriesGenerator } from "../../../src/series/windows/timeseries-generator.js";
import type { InputBatch } from "../../../src/series/windows/window-dataset.js";

const POINTS = 2_000_000;
const WINDOW = 1000;
const BATCH = 32;
const BATCHES = 8;

/**
 * Eight batches of 32 windows of 1000 float32 values are 1 MB, even if none is collected. One copy of the series, or a
 * place in memory for each window, would be 8 MB; all windows cut beforehand 8 GB.
 */
const MOST_BYTES = 4e6;

const float64 = Float64Array.from({ length: POINTS }, (_, t) => t % 1013);
const float32 = Float32Array.from(float64);

/** Nothing measured is let go, so that what one test leaves cannot be collected, and subtracted, in the next. */
const kept: unknown[] = [];

interface Streamed {
  readonly bytes: number;
  readonly batches: InputBatch[];
  readonly length: number;
}

/** Bytes of typed arrays that making the dataset and reading a few batches allocates. */
function stream(make: () => Iterable<InputBatch> & { readonly length: number }): Streamed {
  const before = process.memoryUsage().arrayBuffers;
  const dataset = make();
  const batches: InputBatch[] = [];
  for (const batch of dataset) {
    batches.push(batch);
    if (batches.length === BATCHES) break;
  }
  kept.push(dataset, batches);
  return { bytes: process.memoryUsage().arrayBuffers - before, batches, length: dataset.length };
}

const datasets = {
  seriesWindows: (data: Float64Array | Float32Array) =>
    seriesWindows([{ target: data }], { window: WINDOW, batchSize: BATCH }),
  timeseriesDatasetFromArray: (data: Float64Array | Float32Array) =>
    timeseriesDatasetFromArray(data, data, { sequenceLength: WINDOW, batchSize: BATCH }),
  timeseriesGenerator: (data: Float64Array | Float32Array) =>
    timeseriesGenerator(data, data, { length: WINDOW, batchSize: BATCH }),
};

for (const [name, make] of Object.entries(datasets)) {
  for (const data of [float64, float32]) {
    test(`${name} streams two million points of a ${data.constructor.name} without copying them`, () => {
      const { bytes, batches, length } = stream(() => make(data));
      expect(bytes).toBeLessThan(MOST_BYTES);
      expect(length).toBe(
        Math.ceil((POINTS - WINDOW + (name === "timeseriesDatasetFromArray" ? 1 : 0)) / BATCH),
      );
      const last = batches.at(-1)!.x;
      expect(last.shape).toEqual([BATCH, WINDOW, 1]);
      // The last window read is number 255; it begins at point 255.
      expect(last.data.at(-1)).toBe(float32[BATCH * BATCHES - 1 + WINDOW - 1]);
    });
  }
}

test("the bound notices one copy of the series", () => {
  const copying = () => {
    const copy = Float32Array.from(float32);
    return Object.assign(datasets.seriesWindows(copy), { copy });
  };
  expect(stream(copying).bytes).toBeGreaterThan(MOST_BYTES);
});
