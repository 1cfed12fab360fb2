import { describe, expect, it } from "vitest";
import { flatten, lstm, repeatVector, sequential } from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { errorOf, values } from "../model/support.js";
import { expectAgreement } from "./agreement.js";

const x = values([3, 4, 5], 1);
const first = { inputShape: [4, 5] } as const;
const lstmOf = (more: object = {}): OracleLayerSpec => ({ kind: "lstm", units: 4, ...more });

describe("repeatVector and flatten", () => {
  it.each([1, 2, 7])("a row is repeated %i times between an encoder and a decoder", (n) =>
    expectAgreement({
      layers: [
        lstmOf(first),
        { kind: "repeatVector", n },
        lstmOf({ returnSequences: true, units: 3 }),
        { kind: "timeDistributed", layer: { kind: "dense", units: 2 } },
      ],
      x,
    }),
  );

  it("steps stand side by side, step by step", async () => {
    const model = sequential([flatten({ inputShape: [2, 3] })]);
    const data = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await model.predict({ shape: [2, 2, 3], data })).toEqual({ shape: [2, 6], data });
  });

  it.each([1, 3, 4, 5])("flattened sequences of %i features", (units) =>
    expectAgreement({
      layers: [
        lstmOf({ ...first, units, returnSequences: true }),
        { kind: "flatten" },
        { kind: "dense", units: 2 },
      ],
      x,
    }),
  );

  it("flatten leaves rows as they are", () =>
    expectAgreement({
      layers: [
        { kind: "dense", units: 3, inputShape: [5] },
        { kind: "flatten" },
        { kind: "dense", units: 2 },
      ],
      x: values([4, 5], 6),
    }));

  it("refuse shapes they cannot use, and say what to change", async () => {
    const unknown = await errorOf(() => sequential([flatten({ inputShape: [null, 3] })]));
    expect(unknown.message).toMatch(/needs to know the number of time steps, got \[\?, \?, 3\]/);
    const sequence = await errorOf(() =>
      sequential([lstm({ units: 2, returnSequences: true, ...first }), repeatVector({ n: 2 })]),
    );
    expect(sequence.message).toMatch(/Leave out returnSequences of `lstm` to repeat its last output/);
    expect((await errorOf(() => repeatVector({ n: 0 }))).message).toMatch(/`n` is 0/);
    expect((await errorOf(() => flatten({ units: 1 } as never))).message).toMatch(/unknown option `units`/);
  });
});
