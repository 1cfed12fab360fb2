import { expect, it } from "vitest";
import { Unaffordable } from "../../../../src/doctor/trials/experiments.js";
import { unlessDear } from "../../../../src/doctor/trials/unless-dear.js";

it("makes null of a trial that is too dear, and of nothing else", async () => {
  expect(await unlessDear(Promise.resolve(3))).toBe(3);
  expect(await unlessDear(Promise.reject(new Unaffordable()))).toBeNull();
  await expect(unlessDear(Promise.reject(new RangeError("no")))).rejects.toThrow(RangeError);
});
