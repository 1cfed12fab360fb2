import { describe, expect, it } from "vitest";
import { classesOf } from "../../../../src/doctor/evidence/classes.js";
import { openWindows } from "../../../../src/doctor/evidence/window-source.js";

/** Sentences of 3 to 6 tokens in ten places, tags by turns; what fills up is tagged 0. */
const lengths = Array.from({ length: 40 }, (_, n) => 3 + (n % 4));
const fill = (own: number[]): number[] => [...own, ...new Array<number>(10 - own.length).fill(0)];
const x = lengths.map((length, n) => fill(Array.from({ length }, (_, t) => 1 + ((n + t) % 9))));
const y = lengths.map((length) => fill(Array.from({ length }, (_, t) => t % 2)));

describe("classes of labels at every step", () => {
  it("are counted without the steps that only fill up", () => {
    const classes = classesOf(openWindows(x, y))!;
    const steps = lengths.reduce((sum, length) => sum + length, 0);
    expect(classes.labels).toHaveLength(400);
    expect(classes.total).toBe(steps);
    expect(classes.counts.get(1)).toBe(lengths.reduce((sum, length) => sum + Math.floor(length / 2), 0));
    expect(classes.labels.filter(Number.isNaN)).toHaveLength(400 - steps);
  });

  it("are all of them where nothing fills up", () => {
    const full = x.map((row, n) => row.map((_, t) => 1 + ((n + t) % 9)));
    expect(classesOf(openWindows(full, y))?.total).toBe(400);
  });
});
