import { describe, expect, it } from "vitest";
import { orderOf } from "../../../../src/doctor/evidence/axis-order.js";
import { openWindows } from "../../../../src/doctor/evidence/window-source.js";
import { examine } from "../../../../src/doctor/examine.js";
import { createRandom } from "../../../../src/random.js";

const random = createRandom(5);
const labels = Array.from({ length: 240 }, (_, n) => n % 3);
/** Seven sensors over 18 steps: a walk each, the faster the class. */
const x = labels.map((label) => {
  const level = new Array<number>(7).fill(0);
  return Array.from({ length: 18 }, () =>
    level.map((value, f) => (level[f] = 0.9 * value + random.normal() + 0.2 * label)),
  );
});
const turned = x.map((rows) => rows[0]!.map((_, f) => rows.map((row) => row[f]!)));

describe("the order of an axis", () => {
  it("stands out where values go on from place to place, whichever axis that is", () => {
    const [right, wrong] = [openWindows(x, labels), openWindows(turned, labels)];
    expect(orderOf(right, "steps")).toBeGreaterThan(4);
    expect(orderOf(right, "features")).toBeLessThan(2);
    expect(orderOf(wrong, "features")).toBeGreaterThan(4);
    expect(orderOf(wrong, "steps")).toBeLessThan(2);
  });

  it("cannot be told of four places", () => {
    expect(
      orderOf(
        openWindows(
          x.map((rows) => rows.slice(0, 4)),
          labels,
        ),
        "steps",
      ),
    ).toBeNull();
  });
});

describe("time_and_features_swapped of samples that are no windows", () => {
  const codesOf = (own: number[][][]): string[] => examine({ x: own, y: labels }).map(({ code }) => code);

  it("is seen where features go on from one another and steps do not", () => {
    expect(codesOf(turned)).toContain("time_and_features_swapped");
    expect(codesOf(turned.map((rows) => rows.slice(0, 2)))).toContain("time_and_features_swapped");
    expect(codesOf(x)).not.toContain("time_and_features_swapped");
  });

  it("is none where both go on: bands of a spectrum over time", () => {
    const bands = labels.map((label) => {
      const [phase, drift] = [3 * random.normal(), random.normal()];
      return Array.from({ length: 14 }, (_, t) =>
        Array.from(
          { length: 12 },
          (_, f) => Math.sin(phase + 0.3 * t * (1 + label) + 0.5 * f) + drift * 0.1 * (t + f),
        ),
      );
    });
    expect(codesOf(bands)).not.toContain("time_and_features_swapped");
  });
});
