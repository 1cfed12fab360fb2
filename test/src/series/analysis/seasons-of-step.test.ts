import { expect, it } from "vitest";
import { seasonsOfStep } from "../../../../src/series/analysis/seasons-of-step.js";

it.each([
  ["half hours", 1800, [48, 336]],
  ["hours", 3600, [24, 168]],
  ["days", 86_400, [7, 365]],
  ["weeks", 604_800, [52]],
  ["months", 2_629_746, [12]],
  ["quarters", 7_889_238, [4]],
  ["years", 31_556_952, []],
])("%s", (_, seconds, seasons) => {
  expect(seasonsOfStep(seconds)).toEqual(seasons);
});

it("refuses what is no time", () => {
  expect(() => seasonsOfStep(0)).toThrow(/seconds/);
});
