import { describe, expect, it } from "vitest";
import { flatten, sequential } from "../../../src/index.js";
import { errorOf, values } from "../model/support.js";
import { expectAgreement } from "./agreement.js";

describe("flatten", () => {
  it("puts steps side by side, step by step", async () => {
    const model = sequential([flatten({ inputShape: [2, 3] })]);
    const data = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await model.predict({ shape: [2, 2, 3], data })).toEqual({ shape: [2, 6], data });
  });

  it.each([1, 3, 4, 5])("takes sequences of %i features, and their gradients back", (units) =>
    expectAgreement({
      layers: [
        { kind: "lstm", units, returnSequences: true, inputShape: [4, 5] },
        { kind: "flatten" },
        { kind: "dense", units: 2 },
      ],
      x: values([3, 4, 5], 1),
    }),
  );

  it("leaves rows as they are", () =>
    expectAgreement({
      layers: [
        { kind: "dense", units: 3, inputShape: [5] },
        { kind: "flatten" },
        { kind: "dense", units: 2 },
      ],
      x: values([4, 5], 6),
    }));

  it("refuses sequences of unknown length, and options", async () => {
    const unknown = await errorOf(() => sequential([flatten({ inputShape: [null, 3] })]));
    expect(unknown.message).toMatch(/needs to know the number of time steps, got \[\?, \?, 3\]/);
    expect((await errorOf(() => flatten({ units: 1 } as never))).message).toMatch(/unknown option `units`/);
  });
});
