import { expect, test } from "vitest";
import { examine } from "../../../../src/doctor/examine.js";
import { createRandom } from "../../../../src/random.js";

/** Whether inputs of this root mean square, about zero, are called unscaled. */
async function isCalledUnscaled(size: number): Promise<boolean> {
  const random = createRandom(4);
  const samples = 200;
  const x = Array.from({ length: samples }, () =>
    Array.from({ length: 10 }, () => [random.normal() * size, random.normal() * size]),
  );
  const y = x.map((window) => [(window[9]![0]! + window[8]![1]!) / size]);
  return (await examine({ x, y })).some(({ code }) => code === "unscaled_inputs");
}

test("inputs are too large from 25 on, where gates of a usual layer saturate", async () => {
  expect(await isCalledUnscaled(20)).toBe(false);
  expect(await isCalledUnscaled(30)).toBe(true);
});

test("inputs below a thousandth are not heard at all; a hundredth is", async () => {
  expect(await isCalledUnscaled(0.01)).toBe(false);
  expect(await isCalledUnscaled(0.0005)).toBe(true);
});
