import { describe, expect, it } from "vitest";
import { autoregressive, mulberry32, normalOf, sineMix } from "../../../../bench/faults/series.js";
import { diagnose } from "../../../../src/doctor/diagnose.js";
import { examine } from "../../../../src/doctor/examine.js";
import { dense } from "../../../../src/layers/dense.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { sequential } from "../../../../src/model/sequential.js";
import { adam } from "../../../../src/optimizers/adam.js";
import { slidingWindows } from "../../../../src/series/windows/sliding-windows.js";

const WINDOW = 12;
const N = 320;
const sine = sineMix(N, 3);
const codes = (rows: number[][]): string[] =>
  examine(slidingWindows(rows, { window: WINDOW })).map(({ code }) => code);

/** The series beside columns of noise. */
function noisy(count: number, seed: number): number[][] {
  const normal = normalOf(mulberry32(seed));
  return sine.map((value) => [value, ...Array.from({ length: count }, normal)]);
}

describe("unused_features", () => {
  it("names columns of noise where they are the most, and not one beside a series", () => {
    for (const seed of [1, 2, 3]) expect(codes(noisy(8, seed))).toEqual(["unused_features"]);
    expect(codes(noisy(1, 4))).toEqual([]);
  });

  it("is silent where columns tell something, go on, or belong together", () => {
    const normal = normalOf(mulberry32(5));
    const drivers = Array.from({ length: N }, () => [normal(), normal(), normal(), normal()]);
    const driven = drivers.map((row, t) => [
      0.5 * sine[t]! + (t === 0 ? 0 : drivers[t - 1]!.reduce((sum, value) => sum + 0.4 * value, 0)),
      ...row,
    ]);
    expect(codes(driven)).toEqual([]);
    const others = [6, 7, 8].map((seed) => autoregressive(N, seed, 0.7));
    expect(codes(sine.map((value, t) => [value, ...others.map((column) => column[t]!)]))).toEqual([]);
    const week = sine.map((value, t) => [
      value,
      ...Array.from({ length: 7 }, (_, k) => (t % 7 === k ? 1 : 0)),
    ]);
    expect(codes(week)).toEqual([]);
  });

  it("is said of a trained model that learnt the noise", async () => {
    const rows = noisy(12, 9);
    const [{ x, y }, held] = [rows.slice(0, 250), rows.slice(250 - WINDOW)].map((part) =>
      slidingWindows(part, { window: WINDOW }),
    ) as [ReturnType<typeof slidingWindows>, ReturnType<typeof slidingWindows>];
    const model = sequential([lstm({ units: 24, inputShape: [WINDOW, 13] }), dense({ units: 1 })], {
      seed: 3,
    });
    model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
    const history = await model.fit(x, y, { epochs: 25 });
    const found = await diagnose(model, { x, y, history, validationData: [held.x, held.y] });
    expect(found[0]!.code).toBe("unused_features");
    expect(found[0]!.evidence).toMatchObject({ of: 13 });
  });

  it("is said of a feature whose weights are zero", async () => {
    const other = autoregressive(N, 2, 0.6);
    const { x, y } = slidingWindows(
      sine.map((value, t) => [value, other[t]!]),
      { window: WINDOW },
    );
    const model = sequential([lstm({ units: 8, inputShape: [WINDOW, 2] }), dense({ units: 1 })], { seed: 3 });
    model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
    expect(await diagnose(model, { x, y })).toEqual([]);
    const weights = model.getWeights();
    (weights[0]!.data as Float32Array).fill(0, 32);
    model.setWeights(weights);
    const found = await diagnose(model, { x, y });
    expect(found.map(({ code }) => code)).toEqual(["unused_features"]);
    expect(found[0]!.evidence).toMatchObject({ features: "1", weightNorm: 0 });
  });
});
