import { describe, expect, it, vi } from "vitest";
import { ConfigError } from "../../../src/errors.js";
import { inProcess } from "../../../src/search/runners/in-process.js";
import { choice, int, logUniform, uniform } from "../../../src/search/space.js";
import { TrialPruned } from "../../../src/search/trial.js";
import { tune } from "../../../src/search/tune.js";

const space = { x: uniform(-1, 1) };
const square = ({ x }: Record<string, number>) => (x! - 0.3) ** 2;
const withoutTimes = (trials: readonly { seconds: number }[]) =>
  trials.map(({ seconds: _, ...rest }) => rest);

describe("tune of a function", () => {
  it("finds the least, and says which trial it was", async () => {
    const study = await tune(square, { space, trials: 40 });
    expect(study.trials).toHaveLength(40);
    expect(study.best!.value).toBeLessThan(0.01);
    expect(study.best!.recipe).toEqual({ x: study.best!.params.x });
    expect(study.best!.value).toBe(Math.min(...study.trials.map(({ value }) => value!)));
    expect(String(study).split("\n")).toHaveLength(41);
    expect(JSON.parse(JSON.stringify(study)).best.number).toBe(study.best!.number);
  });

  it("makes large what is to be maximized", async () => {
    const study = await tune((params) => -square(params), { space, trials: 30, direction: "maximize" });
    expect(study.best!.value).toBeGreaterThan(-0.01);
    expect(study.best!.value).toBe(Math.max(...study.trials.map(({ value }) => value!)));
  });

  it("counts what throws, gives no number or never ends as failed, and goes on", async () => {
    let n = 0;
    const outcomes = [
      () => {
        throw new Error("no memory");
      },
      () => Number.NaN,
      () => "0.5" as unknown as number,
      () => new Promise<number>(() => {}),
      () => 1,
    ];
    const study = await tune(() => outcomes[n++]!(), {
      space,
      trials: 5,
      sampler: "random",
      trialTimeout: 0.05,
    });
    expect(study.trials.map(({ state }) => state)).toEqual([
      "failed",
      "failed",
      "failed",
      "failed",
      "complete",
    ]);
    expect(study.trials[0]!.error).toBe("no memory");
    expect(study.trials[1]!.error).toMatch(/NaN/);
    expect(study.trials[3]!.error).toMatch(/0.05 seconds/);
    expect(study.best!.number).toBe(4);
  });

  it("has no best where all failed", async () => {
    const study = await tune(() => Number.POSITIVE_INFINITY, { space, trials: 3 });
    expect(study.best).toBeUndefined();
    expect("best" in study).toBe(false);
    expect(study.importance()).toEqual({});
  });

  it("gives up trials that their pruner calls behind, with the last value", async () => {
    const study = await tune(
      async (params, trial) => {
        for (let step = 1; step <= 3; step++) await trial.report(square(params) + 1 / step, step);
        return square(params);
      },
      { space, trials: 30, pruner: "median", sampler: "random" },
    );
    const pruned = study.trials.filter(({ state }) => state === "pruned");
    expect(pruned.length).toBeGreaterThan(5);
    for (const { value, intermediate } of pruned) expect(value).toBe(Object.values(intermediate).at(-1));
  });

  it("takes a trial's own TrialPruned", async () => {
    const study = await tune(
      () => {
        throw new TrialPruned("enough");
      },
      { space, trials: 2 },
    );
    expect(study.trials.map(({ state, value }) => [state, value])).toEqual([
      ["pruned", null],
      ["pruned", null],
    ]);
  });

  it("stops on its signal with what is finished", async () => {
    const controller = new AbortController();
    const study = await tune(
      (_, trial) => {
        if (trial.number < 3) return 1;
        controller.abort();
        return new Promise<number>(() => {});
      },
      { space, trials: 50, signal: controller.signal },
    );
    expect(study.trials.map(({ number }) => number)).toEqual([0, 1, 2]);
  });

  it("ends a grid when it is exhausted", async () => {
    const study = await tune(({ a, b }) => Number(a) + Number(b), {
      space: { a: choice([1, 2]), b: int(1, 3) },
      sampler: "grid",
      trials: 100,
    });
    expect(study.trials).toHaveLength(6);
    expect(study.best!.value).toBe(2);
  });

  it("tells callbacks, and ends with what they throw", async () => {
    const seen: string[] = [];
    const callback = {
      onTrialBegin: ({ number }: { number: number }) => void seen.push(`begin ${number}`),
      onTrialReport: ({ step, value }: { step: number; value: number }) =>
        void seen.push(`report ${step} ${value}`),
      onTrialEnd: vi.fn(),
    };
    await tune(
      async (_, trial) => {
        await trial.report(7, 1);
        return 1;
      },
      { space, trials: 1, callbacks: [callback] },
    );
    expect(seen).toEqual(["begin 0", "report 1 7"]);
    expect(callback.onTrialEnd.mock.calls[0]![0]).toMatchObject({
      number: 0,
      value: 1,
      intermediate: { 1: 7 },
    });
    const failing = {
      onTrialEnd: () => {
        throw new Error("disk full");
      },
    };
    await expect(tune(square, { space, trials: 3, callbacks: [failing] })).rejects.toThrow("disk full");
  });

  it("proposes the same whatever order trials end in, with as many workers", async () => {
    const run = (delay: (number: number) => number) =>
      tune(
        async (params, trial) => {
          await new Promise((resolve) => setTimeout(resolve, delay(trial.number)));
          return square(params);
        },
        {
          space: { ...space, rate: logUniform(1e-3, 1) },
          trials: 24,
          runner: inProcess({ workers: 3 }),
          seed: 2,
        },
      );
    const [first, second] = [await run((n) => n % 3), await run((n) => 2 - (n % 3))];
    expect(withoutTimes(second.trials)).toEqual(withoutTimes(first.trials));
  });

  it("tells what mattered", async () => {
    const study = await tune(
      ({ x, y, cell }) => (x! - 0.3) ** 2 + 0.001 * (y! as number) + (cell === ("b" as never) ? 0.5 : 0),
      {
        space: { x: uniform(-1, 1), y: uniform(0, 1), cell: choice(["a", "b"]) },
        sampler: "random",
        trials: 200,
      },
    );
    const importance = study.importance();
    expect(Object.values(importance).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Object.keys(importance).at(-1)).toBe("y");
    expect(importance.x).toBeGreaterThan(3 * importance.y!);
  });

  it.each([
    [{ space: {} }, /nothing in the space is searched/],
    [{ space, sampler: "bayes" }, /`sampler` is "bayes"/],
    [{ space, pruner: "hyperband" }, /`pruner` is "hyperband"/],
    [{ space, trials: 0 }, /`trials` is 0/],
    [{ space, trails: 3 }, /trails/],
    [{ space, data: [1, 2] }, /data/],
    [{ space, storage: "" }, /`storage`/],
    [{ space, direction: "down" }, /`direction` is "down"/],
    [{ space, trialTimeout: 0 }, /`trialTimeout` is 0/],
  ])("refuses %o", async (options, message) => {
    await expect(tune(square, options as never)).rejects.toThrow(message);
    await expect(tune(square, options as never)).rejects.toThrow(ConfigError);
  });

  it("refuses a function on a runner that is elsewhere", async () => {
    const runner = { ...inProcess(), isRemote: true };
    await expect(tune(square, { space, runner })).rejects.toThrow(/only in this process/);
  });
});

describe("tune of a recipe", () => {
  const series = Array.from({ length: 160 }, (_, t) => Math.sin(t / 4));
  const recipe = {
    window: choice([4, 8]),
    layers: [
      { kind: "lstm", units: int(2, 6) },
      { kind: "dense", units: 1 },
    ],
    compile: { optimizer: { name: "adam", learningRate: logUniform(1e-3, 1e-1) }, loss: "mse" },
    fit: { epochs: 4 },
  };

  it("trains it, gives the last validation loss, and the best recipe is one", async () => {
    const study = await tune(recipe, { data: series, trials: 6, sampler: "sobol", runner: inProcess() });
    expect(study.trials.every(({ state }) => state === "complete")).toBe(true);
    const { params, recipe: best, value } = study.best!;
    expect(Object.keys(params)).toEqual(["window", "layers.0.units", "compile.optimizer.learningRate"]);
    expect(best.window).toBe(params.window);
    expect(study.trials[study.best!.number]!.intermediate[4]).toBe(value);
    const again = await tune(recipe, { data: { series }, trials: 6, sampler: "sobol", runner: inProcess() });
    expect(withoutTimes(again.trials)).toEqual(withoutTimes(study.trials));
  });

  it("gives up trainings epoch by epoch", async () => {
    const study = await tune(recipe, {
      data: series,
      trials: 9,
      sampler: "random",
      pruner: "asha",
      runner: inProcess(),
    });
    const pruned = study.trials.filter(({ state }) => state === "pruned");
    expect(pruned.length).toBeGreaterThan(0);
    for (const { intermediate } of pruned) expect(Object.keys(intermediate).length).toBeLessThan(4);
  });

  it("fails trials that are refused, and says why", async () => {
    const study = await tune(
      { ...recipe, window: choice([4, 500]) },
      { data: series, trials: 8, sampler: "random", runner: inProcess() },
    );
    const failed = study.trials.filter(({ state }) => state === "failed");
    expect(failed.length).toBeGreaterThan(0);
    for (const { params, error } of failed) {
      expect(params.window).toBe(500);
      expect(error).not.toBe("");
    }
  });

  it("refuses data that are none, and a recipe that is none", async () => {
    await expect(tune(recipe, {} as never)).rejects.toThrow(/`data` is missing/);
    await expect(tune(recipe, { data: { x: [[1]] } as never })).rejects.toThrow(/`data.y` is missing/);
    await expect(tune({ ...recipe, layers: [] }, { data: series, runner: inProcess() })).rejects.toThrow(
      /layers/,
    );
  });
});
