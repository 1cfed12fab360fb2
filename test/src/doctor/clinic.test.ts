import { describe, expect, it } from "vitest";
import { ask } from "../../../bench/faults/run-case.js";
import { clinic } from "./clinic-rows.js";

/** Some rows train 25 epochs of 60 steps, and short trainings of copies beside them. */
const TIMEOUT = 60_000;

describe("the clinic's rows", () => {
  describe.each(clinic.map((row) => ({ ...row, title: `${row.code}: ${row.name}` })))(
    "$title",
    ({ code, sick, cured, needsTraining }) => {
      it.runIf(needsTraining !== true)(
        "is named first before any training, with numbers",
        async () => {
          const { codes, diagnoses } = await ask({ ...sick, isTrained: false });
          expect(codes[0]).toBe(code);
          for (const { evidence, title, why, remedy } of diagnoses) {
            expect(Object.values(evidence).some((value) => typeof value === "number")).toBe(true);
            expect(Math.min(title.length, why.length, remedy.length)).toBeGreaterThan(10);
          }
        },
        TIMEOUT,
      );

      // fit() refuses NaN before a doctor could tell one column of it from a few gaps.
      it.runIf(code !== "constant_feature")(
        "is named first after training, or refused under its name",
        async () => {
          const { codes } = await ask(sick);
          expect(codes[0]).toBe(code);
        },
        TIMEOUT,
      );

      it(
        "cured, nothing is found before training",
        async () => {
          expect((await ask({ ...cured, isTrained: false })).codes).toEqual([]);
        },
        TIMEOUT,
      );

      it(
        "cured, nothing is found after training",
        async () => {
          expect((await ask(cured)).codes).toEqual([]);
        },
        TIMEOUT,
      );
    },
  );
});
