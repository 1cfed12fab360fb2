import { describe, expect, it } from "vitest";
import {
  expectedError,
  fitErrorScale,
  type JudgedOrigin,
} from "../../../../src/forecast/panel/error-scale.js";
import { createRandom } from "../../../../src/random.js";

const random = createRandom(5);
const normal = (): number => random.normal();

/** Series whose errors go with the product of powers that is asked for, times chance. */
function panel(count: number, powers: { unit: number; past: number; own: number }, noise: number) {
  const judged: JudgedOrigin[] = [];
  const past = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const id = String(i);
    const usual = Math.exp(normal());
    const ratio = Math.exp(0.7 * normal());
    past.set(id, usual * ratio);
    const own = Math.exp(0.5 * normal());
    for (let k = 0; k < 4; k++) {
      const unit = usual * Math.exp(0.1 * normal());
      const size =
        0.8 * unit ** (1 + powers.unit) * (past.get(id)! / unit) ** powers.past * own ** powers.own;
      judged.push({ id, unit, size: size * Math.exp(noise * normal()) });
    }
  }
  return { judged, past };
}

const spreadOf = (logs: readonly number[]): number => {
  const mean = logs.reduce((sum, value) => sum + value / logs.length, 0);
  return Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2 / logs.length, 0));
};

describe("how large errors are expected to be", () => {
  it("finds the powers that errors were made with", () => {
    const { judged, past } = panel(400, { unit: -0.2, past: 0.5, own: 0 }, 0.1);
    const { scale } = fitErrorScale(judged, past);
    expect(scale.past).toBeCloseTo(0.5, 1);
    expect(scale.unit).toBeCloseTo(-0.2, 1);
  });

  it("tells series apart whose own errors lie off their unit, from the other origins of each", () => {
    const { judged, past } = panel(300, { unit: 0, past: 0, own: 1 }, 0.2);
    const { scale, expected, bySeries } = fitErrorScale(judged, past);
    expect(scale.own).toBeGreaterThan(0.7);
    const off = judged.map(({ size }, i) => Math.log(size / expected[i]!));
    const plain = judged.map(({ size, unit }) => Math.log(size / unit));
    expect(spreadOf(off)).toBeLessThan(0.6 * spreadOf(plain));
    // A series that erred most is expected to err more than one that erred least.
    const sorted = [...bySeries.values()].map(({ own }) => own!).sort((a, b) => a - b);
    expect(expectedError(scale, 1, { past: 1, own: sorted.at(-1)! })).toBeGreaterThan(
      2 * expectedError(scale, 1, { past: 1, own: sorted[0]! }),
    );
  });

  it("an origin is not told by its own error", () => {
    const { judged, past } = panel(40, { unit: 0, past: 0, own: 1 }, 0.2);
    const { scale, expected } = fitErrorScale(judged, past);
    const changed = judged.map((origin, i) => (i === 7 ? { ...origin, size: origin.size * 1.5 } : origin));
    const after = fitErrorScale(changed, past);
    const byScale =
      expectedError(after.scale, 1, { past: 1, own: 1 }) / expectedError(scale, 1, { past: 1, own: 1 });
    expect(after.expected[7]! / expected[7]!).toBeCloseTo(byScale, 1);
    expect(after.expected[6]! / expected[6]!).toBeGreaterThan(1.05 * byScale);
  });

  it("keeps near the unit where few origins were judged", () => {
    const judged = [1, 2].map((unit, i): JudgedOrigin => ({ id: String(i), unit, size: unit * (1 + i) }));
    const { scale } = fitErrorScale(
      judged,
      new Map([
        ["0", 3],
        ["1", null],
      ]),
    );
    expect(Math.abs(scale.unit) + Math.abs(scale.past) + Math.abs(scale.own)).toBeLessThan(0.4);
    const size = expectedError(scale, 1.5, { past: null, own: null });
    expect(size).toBeGreaterThan(1);
    expect(size).toBeLessThan(4);
  });

  it("gives numbers for forecasts without error, constant series and empty panels", () => {
    const still = ["a", "b"].map((id): JudgedOrigin => ({ id, unit: 1e-4, size: 0 }));
    for (const judged of [still, []]) {
      const { scale } = fitErrorScale(judged, new Map([["a", 0]]));
      expect(expectedError(scale, 1e-4, { past: 0, own: null })).toBeGreaterThan(0);
      expect(expectedError(scale, 0, { past: 0, own: 1 })).toBe(0);
    }
  });
});
