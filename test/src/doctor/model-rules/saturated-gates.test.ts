import { describe, expect, it } from "vitest";
import { closeGates, editRecurrent, stackOf } from "../../../../bench/faults/cells.js";
import { type Plan, protocol } from "../../../../bench/faults/patient.js";
import { ask } from "../../../../bench/faults/run-case.js";
import { mulberry32, normalOf, sineMix } from "../../../../bench/faults/series.js";
import { dense } from "../../../../src/index.js";

const TIMEOUT = 30_000;
const shape = { window: 20, units: 12, learningRate: 0.01, epochs: 25, seed: 1, isTrained: false };
const healthy = protocol(sineMix(400, 2), shape);
const cells = ["lstm", "gru", "bidirectional", "bidirectional gru", "stacked", "stacked gru"] as const;
const of = (cell: (typeof cells)[number], change: Partial<Plan>): Plan => ({
  ...healthy,
  layers: () => [...stackOf(cell, { units: 12, inputShape: [20, 1] }), dense({ units: 1 })],
  ...change,
});
const first = async (plan: Plan): Promise<string | undefined> => (await ask(plan)).codes[0];

describe("saturated gates", () => {
  it.each(cells)(
    "of %s are found shut, one of them alone as well",
    async (cell) => {
      for (const gate of ["both", "input", "output"] as const)
        expect(await first(of(cell, { tamper: closeGates(-9, gate) }))).toBe("saturated_gates");
    },
    TIMEOUT,
  );

  it.each(cells)(
    "of %s are found where all weights are far too large",
    async (cell) => {
      const normal = normalOf(mulberry32(5));
      const tamper: NonNullable<Plan["tamper"]> = (model) =>
        editRecurrent(model, (data) => data.map(() => 20 * normal()));
      expect(await first(of(cell, { tamper }))).toBe("saturated_gates");
    },
    TIMEOUT,
  );

  it("are none where a gate lets a tenth of a candidate in over the sequence", async () => {
    // 20 steps of sigmoid(-5) let in 0.13, of sigmoid(-6) 0.05: the bound of 0.1 lies between.
    expect(await first(of("lstm", { tamper: closeGates(-6, "input") }))).toBe("saturated_gates");
    expect((await ask(of("lstm", { tamper: closeGates(-5, "input") }))).codes).not.toContain(
      "saturated_gates",
    );
    expect(await first(of("gru", { tamper: closeGates(-6, "both") }))).toBe("saturated_gates");
    expect((await ask(of("gru", { tamper: closeGates(-4, "both") }))).codes).not.toContain("saturated_gates");
  });
});
