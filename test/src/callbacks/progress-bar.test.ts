import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ProgressBarOptions, progressBar } from "../../../src/callbacks/progress-bar.js";
import { bar, clock, duration, readable } from "../../../src/callbacks/progress-text.js";
import { ConfigError } from "../../../src/errors.js";

const CLEAR = "\r\u001b[2K";

/** One epoch of `batches` batches of 200 ms each, then half a second of validation. */
async function epoch(options: ProgressBarOptions, steps: number | null, batches = 4): Promise<string[]> {
  const written: string[] = [];
  const callback = progressBar({ ...options, write: (text) => void written.push(text) });
  callback.params = { epochs: 3, steps, samples: null, verbose: 0, metrics: [] };
  await callback.onTrainBegin?.({});
  await callback.onEpochBegin?.(1, {});
  for (let batch = 0; batch < batches; batch++) {
    vi.advanceTimersByTime(200);
    await callback.onTrainBatchEnd?.(batch, { loss: 0.5 });
  }
  vi.advanceTimersByTime(500);
  await callback.onEpochEnd?.(1, { loss: 0.5, val_loss: 0.25 });
  await callback.onTrainEnd?.({});
  return written;
}

describe("progressBar", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("elsewhere than on a terminal an epoch is a line, without control characters", async () => {
    expect(await epoch({}, 4)).toEqual([
      "Epoch 2/3  4/4  ━━━━━━━━━━━━━━━━━━━━  1.3 s  200 ms/step  loss 0.5000  val_loss 0.2500\n",
    ]);
  });

  test("on a terminal one line is redrawn, with the time left", async () => {
    const written = await epoch({ inPlace: true, columns: 200 }, 4);
    expect(written).toEqual([
      `${CLEAR}Epoch 2/3  1/4  ━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  0.6 s left  200 ms/step  loss 0.5000`,
      `${CLEAR}Epoch 2/3  2/4  ━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌  0.4 s left  200 ms/step  loss 0.5000`,
      `${CLEAR}Epoch 2/3  3/4  ━━━━━━━━━━━━━━━╌╌╌╌╌  0.2 s left  200 ms/step  loss 0.5000`,
      `${CLEAR}Epoch 2/3  4/4  ━━━━━━━━━━━━━━━━━━━━  0.0 s left  200 ms/step  loss 0.5000`,
      `${CLEAR}Epoch 2/3  4/4  ━━━━━━━━━━━━━━━━━━━━  1.3 s  200 ms/step  loss 0.5000  val_loss 0.2500\n`,
    ]);
  });

  test("an unknown number of batches has no bar and no time left, until the epoch is over", async () => {
    const written = await epoch({ inPlace: true, columns: 200 }, null, 2);
    expect(written[0]).toBe(`${CLEAR}Epoch 2/3  1/?  0.2 s  200 ms/step  loss 0.5000`);
    expect(written.at(-1)).toContain("2/2  ━━━━━━━━━━━━━━━━━━━━");
  });

  test("a redrawn line never wraps", async () => {
    const written = await epoch({ inPlace: true, columns: 30 }, 4);
    for (const text of written.slice(0, -1)) expect(text.length - CLEAR.length).toBeLessThan(30);
  });

  test("fast batches are drawn at most ten times a second", async () => {
    const written: string[] = [];
    const callback = progressBar({ inPlace: true, write: (text) => void written.push(text) });
    callback.params = { epochs: 1, steps: 1000, samples: null, verbose: 0, metrics: [] };
    await callback.onEpochBegin?.(0, {});
    for (let batch = 0; batch < 999; batch++) {
      vi.advanceTimersByTime(1);
      await callback.onTrainBatchEnd?.(batch, {});
    }
    expect(written.length).toBeLessThanOrEqual(10);
    expect(written.length).toBeGreaterThan(5);
    vi.advanceTimersByTime(1);
    await callback.onTrainBatchEnd?.(999, {});
    expect(written.at(-1)).toContain("1000/1000");
  });

  test("training that stops amid an epoch leaves the cursor on a new line", async () => {
    const written: string[] = [];
    const callback = progressBar({ inPlace: true, write: (text) => void written.push(text) });
    await callback.onTrainBegin?.({});
    await callback.onEpochBegin?.(0, {});
    vi.advanceTimersByTime(200);
    await callback.onTrainBatchEnd?.(0, { loss: NaN });
    await callback.onTrainEnd?.({});
    expect(written.at(-2)).toContain("loss NaN");
    expect(written.at(-1)).toBe("\n");
  });

  test("writes to standard error by default", async () => {
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const callback = progressBar({ inPlace: false });
    await callback.onEpochBegin?.(0, {});
    await callback.onEpochEnd?.(0, { loss: 1 });
    expect(stderr.mock.calls.map(([text]) => text)).toEqual([
      "Epoch 1  0/0  0.0 s  0 µs/step  loss 1.0000\n",
    ]);
    stderr.mockRestore();
  });

  test("bad options are refused", () => {
    expect(() => progressBar({ colums: 80 } as ProgressBarOptions)).toThrow(/Did you mean `columns`/);
    expect(() => progressBar({ write: 1 as unknown as () => void })).toThrow(ConfigError);
    expect(() => progressBar({ columns: 3 })).toThrow(ConfigError);
  });
});

describe("progress text", () => {
  test("bars", () => {
    expect([bar(0), bar(0.5), bar(1), bar(2)].map((text) => text.indexOf("╌"))).toEqual([0, 10, -1, -1]);
  });

  test("times", () => {
    expect([0.35, 9.6, 12.34, 123.4, 1250].map(duration)).toEqual([
      "350 µs",
      "9.60 ms",
      "12.3 ms",
      "123 ms",
      "1.25 s",
    ]);
    expect([840, 42_000, 185_000, 7_385_000, 59_900].map(clock)).toEqual([
      "0.8 s",
      "42 s",
      "3:05",
      "2:03:05",
      "1:00",
    ]);
  });

  test("numbers", () => {
    expect([0, 0.5, -0.00012, 1234567, NaN, -Infinity].map(readable)).toEqual([
      "0",
      "0.5000",
      "-1.2000e-4",
      "1.2346e+6",
      "NaN",
      "-Infinity",
    ]);
  });
});
