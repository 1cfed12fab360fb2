import { describe, expect, it } from "vitest";
import { editRecurrent } from "../../../bench/faults/cells.js";
import { type Plan, protocol } from "../../../bench/faults/patient.js";
import { ask } from "../../../bench/faults/run-case.js";
import { sineMix } from "../../../bench/faults/series.js";
import { statefulPlan } from "../../../bench/faults/tasks.js";
import { dense, lstm } from "../../../src/index.js";

const TIMEOUT = 60_000;
const shape = { window: 45, units: 16, learningRate: 0.01, epochs: 25, seed: 1, isTrained: true };
const healthy = protocol(sineMix(400, 2), shape);

describe("what is named first", () => {
  it(
    "is the decay that took all weights to zero, not that they are alike there",
    async () => {
      const adamw = { name: "adamw", config: { learningRate: 0.01, weightDecay: 60 } };
      expect((await ask({ ...healthy, optimizer: adamw })).codes).toEqual(["weight_decay_too_high"]);
    },
    TIMEOUT,
  );

  it.each([3, 4, 5])(
    "is the shuffling of a stateful model, not the gates it left behind (seed %i)",
    async (seed) => {
      const options = { stateful: true, streams: 4, epochs: 25, isTrained: true, cell: "gru" } as const;
      expect((await ask(statefulPlan(seed, { ...options, shuffle: true }))).codes[0]).toBe(
        "stateful_with_shuffle",
      );
      expect((await ask(statefulPlan(seed, { ...options, shuffle: false }))).codes).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    "is the recurrence that will break, before it has, where states have no bound",
    async () => {
      const linear = (gain: number): Plan => ({
        ...healthy,
        isTrained: false,
        optimizer: { name: "sgd", config: { learningRate: 0.05 } },
        layers: () => [lstm({ units: 16, activation: "linear", inputShape: [45, 1] }), dense({ units: 1 })],
        tamper: (model) =>
          editRecurrent(model, (data, { role }) =>
            role === "recurrent_kernel" ? data.map((value) => gain * value) : data,
          ),
      });
      for (const gain of [1.8, 2, 3]) expect((await ask(linear(gain))).codes[0]).toBe("exploding_gradients");
      expect((await ask(linear(0.5))).codes).not.toContain("exploding_gradients");
    },
    TIMEOUT,
  );
});
