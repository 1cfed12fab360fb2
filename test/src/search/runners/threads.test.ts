import { afterAll, describe, expect, it } from "vitest";
import type { Job, JobHooks, Runner } from "../../../../src/index.js";
import { openData } from "../../../../src/search/data.js";
import { builtNode } from "../../../support/built.js";

const { threads } = await builtNode();
const runner: Runner = threads({ workers: 1 });
afterAll(() => runner.close());

const EPOCHS = 40;
const job: Job = {
  kind: "recipe",
  recipe: {
    window: 4,
    layers: [
      { kind: "lstm", units: 2 },
      { kind: "dense", units: 1 },
    ],
    compile: { optimizer: { name: "sgd", learningRate: 0.01 }, loss: "mse" },
    fit: { epochs: EPOCHS },
  },
  seed: 3,
};
const data = openData(
  "test",
  Array.from({ length: 60 }, (_, t) => Math.sin(t / 4)),
);
const run = (hooks: Partial<JobHooks>) =>
  runner.run(
    { job, data, hash: "" },
    { signal: new AbortController().signal, isJudged: false, report: async () => true, ...hooks },
  );

describe("a trial in a thread", () => {
  it.each([true, false])(
    "tells every value in order, and all before its end, judged: %s",
    async (isJudged) => {
      const steps: number[] = [];
      const { value } = await run({
        isJudged,
        // Slower than the training: the end waits for the last one.
        async report(_, step) {
          await new Promise((resolve) => setTimeout(resolve, 2));
          steps.push(step);
          return true;
        },
      });
      expect(steps).toEqual(Array.from({ length: EPOCHS }, (_, n) => n + 1));
      expect(value).toBeGreaterThan(0);
    },
  );

  it("goes no epoch further than it is judged", async () => {
    const steps: number[] = [];
    const given = run({
      isJudged: true,
      async report(_, step) {
        steps.push(step);
        return step < 5;
      },
    });
    await expect(given).rejects.toThrow("Given up after epoch 5.");
    expect(steps).toEqual([1, 2, 3, 4, 5]);
  });

  it("ends with the error of whoever listens, and the next one runs", async () => {
    const report = () => Promise.reject(new Error("no room"));
    await expect(run({ report })).rejects.toThrow("no room");
    await expect(run({ isJudged: true, report })).rejects.toThrow("no room");
    expect((await run({})).value).toBeGreaterThan(0);
  });
});
