import { describe, expect, it } from "vitest";
import { autoregressive, mulberry32, normalOf, sawtooth, sineMix } from "../../../../bench/faults/series.js";
import { examine } from "../../../../src/doctor/examine.js";
import { createRandom } from "../../../../src/random.js";
import { slidingWindows } from "../../../../src/series/windows/sliding-windows.js";

const codes = (series: readonly number[], window: number): string[] =>
  examine(slidingWindows([...series], { window })).map(({ code }) => code);

describe("a window shorter than the period", () => {
  it("is none where its shape tells the place in the season", () => {
    // Thirteen of a sawtooth's fourteen steps show the fall in all places but one.
    for (const seed of [1, 2, 3]) expect(codes(sawtooth(500, seed, 14, 0.15), 13)).toEqual([]);
  });

  it("is one where the window sees nothing between two pulses", () => {
    const normal = normalOf(mulberry32(2));
    const pulses = Array.from({ length: 500 }, (_, t) => (t % 14 === 0 ? 1 : 0) + 0.03 * normal());
    expect(codes(pulses, 6)).toEqual(["window_shorter_than_period"]);
    expect(codes(pulses, 16)).toEqual([]);
  });
});

describe("targets that do not match", () => {
  it("are seen in a series of sixty values, and not where they do", () => {
    const { x, y } = slidingWindows(autoregressive(66, 4, 0.7), { window: 12 });
    expect(examine({ x, y })).toEqual([]);
    const uniform = mulberry32(9);
    const order = Array.from({ length: y.shape[0]! }, (_, i) => [uniform(), i] as const)
      .sort(([a], [b]) => a - b)
      .map(([, i]) => y.data[i]!);
    expect(examine({ x, y: order }).map(({ code }) => code)).toEqual(["targets_not_matching_inputs"]);
  });
});

describe("targets that do match", () => {
  it("are recognised where classes are frequencies, whatever their phase", () => {
    const uniform = mulberry32(3);
    const normal = normalOf(uniform);
    const labels = Array.from({ length: 500 }, () => Math.floor(7 * uniform()));
    const x = labels.map((label) => {
      const phase = 6 * uniform();
      return Array.from({ length: 14 }, (_, t) => {
        const angle = (2 * Math.PI * t * (label + 1)) / 17 + phase;
        return [Math.sin(angle) + 0.2 * normal(), Math.cos(angle) + 0.2 * normal()];
      });
    });
    expect(examine({ x, y: labels })).toEqual([]);
    const moved = labels.map((_, n) => labels[(n + 211) % labels.length]!);
    expect(examine({ x, y: moved }).map(({ code }) => code)).toEqual(["targets_not_matching_inputs"]);
  });

  it("are recognised where several series follow one another", () => {
    const parts = [1, 2, 3].map((seed) => slidingWindows(autoregressive(128, seed, 0.8), { window: 15 }));
    const x = {
      shape: [3 * parts[0]!.x.shape[0]!, 15, 1],
      data: Float32Array.from(parts.flatMap((part) => Array.from(part.x.data))),
    };
    expect(examine({ x, y: parts.flatMap((part) => Array.from(part.y.data)) })).toEqual([]);
  });

  it("are recognised where pairs were shuffled, and not where the windows were shuffled alone", () => {
    for (const values of [sineMix(260, 3), autoregressive(260, 5, 0.5)]) {
      const { x, y } = slidingWindows(values, { window: 18 });
      const order = [...createRandom(2).permutation(y.data.length)];
      const rows = order.map((n) => Array.from(x.data.subarray(18 * n, 18 * (n + 1)), (value) => [value]));
      const pairs = order.map((n) => y.data[n]!);
      expect(examine({ x: rows, y: pairs })).toEqual([]);
      expect(examine({ x: rows, y }).map(({ code }) => code)).toEqual(["targets_not_matching_inputs"]);
    }
  });

  it("are not recognised by chance where classes of a smooth series were permuted", () => {
    const order = (n: number, seed: number): number[] => [...createRandom(seed).permutation(n)];
    for (const seed of [1, 2, 3, 4]) {
      const values = sineMix(290, seed);
      const { x, y } = slidingWindows(values, { window: 40 });
      const labels = Array.from(y.data, (value) => (value < -0.4 ? 0 : value < 0.4 ? 1 : 2));
      const permuted = order(labels.length, seed).map((n) => labels[n]!);
      expect(examine({ x, y: labels })).toEqual([]);
      expect(examine({ x, y: permuted }).map(({ code }) => code)).toEqual(["targets_not_matching_inputs"]);
    }
  });
});

describe("a window of one step", () => {
  it("is enough where the last value tells all there is", () => {
    expect(codes(autoregressive(400, 3, 0.7), 1)).toEqual([]);
    let value = 0.3;
    expect(
      codes(
        Array.from({ length: 400 }, () => (value = 3.8 * value * (1 - value))),
        1,
      ),
    ).toEqual([]);
  });

  it("is too short where the steps before tell more", () => {
    expect(codes(sineMix(400, 2), 1)).toEqual(["window_length_one"]);
    expect(codes(autoregressive(400, 3, 1.6, -0.9), 1)).toEqual(["window_length_one"]);
  });
});

describe("a window shorter than the period, of a class", () => {
  it("is seen by the class that comes a season later", () => {
    const normal = normalOf(mulberry32(4));
    const square = Array.from({ length: 700 }, (_, t) => (t % 34 < 17 ? 1 : -1) + 0.05 * normal());
    const classes = (window: number): string[] => {
      const { x, y } = slidingWindows(square, { window });
      return examine({ x, y: Array.from(y.data, (value) => (value > 0 ? 1 : 0)) }).map(({ code }) => code);
    };
    expect(classes(8)).toEqual(["window_shorter_than_period"]);
    expect(classes(36)).toEqual([]);
  });
});
