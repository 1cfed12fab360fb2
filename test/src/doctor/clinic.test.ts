import { describe, expect, it } from "vitest";
import { ask } from "../../../bench/faults/run-case.js";
import { clinic } from "./clinic-rows.js";

/** Some rows train 25 epochs of 60 steps, and short trainings of copies beside them. */
const TIMEOUT = 60_000;

const titled = clinic.map((row) => [`${row.code}: ${row.name}`, row] as const);
const seenBefore = titled.filter(([, { needsTraining }]) => needsTraining !== true);
// fit() refuses NaN before a doctor could tell one column of it from a few gaps.
const seenAfter = titled.filter(([, { code }]) => code !== "constant_feature");

describe("the clinic's rows", () => {
  it.each(seenBefore)(
    "%s: named first before any training, with numbers",
    async (_title, { code, sick }) => {
      const { codes, diagnoses } = await ask({ ...sick, isTrained: false });
      expect(codes[0]).toBe(code);
      for (const { evidence, title, why, remedy } of diagnoses) {
        expect(Object.values(evidence).some((value) => typeof value === "number")).toBe(true);
        expect(Math.min(title.length, why.length, remedy.length)).toBeGreaterThan(10);
      }
    },
    TIMEOUT,
  );

  it.each(seenAfter)(
    "%s: named first after training, or refused under its name",
    async (_title, { code, sick }) => {
      expect((await ask(sick)).codes[0]).toBe(code);
    },
    TIMEOUT,
  );

  it.each(titled)(
    "%s: cured, nothing is found, before training or after",
    async (_title, { cured }) => {
      expect((await ask({ ...cured, isTrained: false })).codes).toEqual([]);
      expect((await ask(cured)).codes).toEqual([]);
    },
    TIMEOUT,
  );
});
