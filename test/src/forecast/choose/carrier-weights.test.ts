import { expect, it } from "vitest";
import { differenceCarrier } from "../../../../src/forecast/chain/carriers.js";
import { validationTail } from "../../../../src/forecast/choose/candidate.js";
import { carrierOf, type FittedPart, type Part } from "../../../../src/forecast/choose/carrier-choice.js";
import { chooseShares } from "../../../../src/forecast/choose/carrier-weights.js";

const prepared = { target: Float64Array.from({ length: 40 }, (_, t) => 5 + (t % 2)), others: [] };
const tail = validationTail(prepared, { stop: 20, head: 30 }, 1);
const constant = (value: number): FittedPart => ({
  carrier: differenceCarrier({ order: 0, lag: 1 }, value),
  words: `always ${value}`,
});
const pause = (): undefined => undefined;

it("shares fall with the squared error, tiny ones are left out, by hand", async () => {
  // Values are 5 and 6 in turn: always 5.5 errs by 0.5, always 5 by √½, always 20 by about 14.5.
  const parts = new Map<Part, FittedPart>([
    ["theta", constant(5.5)],
    ["ridge", constant(5)],
    ["naive", constant(20)],
  ]);
  const { shares, errors } = await chooseShares(tail, parts, false, pause);
  expect(errors.get("theta")!).toBeCloseTo(0.5, 12);
  expect(errors.get("ridge")!).toBeCloseTo(Math.SQRT1_2, 12);
  expect(shares.map(({ part }) => part)).toEqual(["theta", "ridge"]);
  expect(shares[0]!.share).toBeCloseTo(2 / 3, 12);
  const carrier = carrierOf(shares, parts);
  expect(carrier.path(carrier.start(), prepared.target, 40, 40, 1)![0]!).toBeCloseTo((2 * 5.5 + 5) / 3, 12);
});

it("a part that never errs takes all", async () => {
  const parts = new Map<Part, FittedPart>([
    ["seasonal naive", { carrier: differenceCarrier({ order: 1, lag: 2 }, 0), words: "the last season" }],
    ["theta", constant(5.5)],
  ]);
  const { shares } = await chooseShares(tail, parts, false, pause);
  expect(shares).toEqual([{ part: "seasonal naive", share: 1 }]);
});
