import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  callHostilely,
  hostileOptions,
  type Offence,
  offenceOf,
} from "../../bench/reliability/hostile-calls.js";
import { hostileValues } from "../../bench/reliability/hostile-values.js";
import * as core from "../../src/core.js";
import * as gateflow from "../../src/index.js";
import * as node from "../../src/node/index.js";
import * as series from "../../src/series.js";

const SEED = 20261128;
/** Start engines, threads or servers, or train for minutes when the options are right by chance. */
const tooSlow = [
  "createEngine",
  "threads",
  "bullmq",
  "startQueueWorker",
  "tune",
  "repair",
  "checkup",
  "fitMany",
];

const isClass = (value: unknown): boolean => /^class\b/.test(Function.prototype.toString.call(value));

/** Every public function once, by door and name. */
function functions(): [name: string, called: (...given: unknown[]) => unknown][] {
  const seen = new Set<unknown>();
  return Object.entries({ gateflow, core, series, node }).flatMap(([door, exports]) =>
    Object.entries(exports).flatMap(([name, value]) => {
      if (typeof value !== "function" || isClass(value) || seen.has(value) || tooSlow.includes(name))
        return [];
      seen.add(value);
      return [[`${door}.${name}`, value as (...given: unknown[]) => unknown] as const];
    }),
  ) as [string, (...given: unknown[]) => unknown][];
}

const here = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "gateflow-arguments-"));
beforeAll(() => {
  // Some of the values are paths.
  process.chdir(folder);
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "log").mockImplementation(() => {});
});
afterAll(() => {
  process.chdir(here);
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe("whatever is given", () => {
  it("every public function answers, or refuses in gateflow's own words", async () => {
    const all = functions();
    expect(all.length).toBeGreaterThan(250);
    const offences: Offence[] = [];
    for (const [i, [name, called]] of all.entries())
      offences.push(...(await callHostilely(name, called, 24, SEED + i)).offences);
    expect(offences).toEqual([]);
  });

  it("options of layers, optimizers, callbacks and scalers are refused by name", async () => {
    const { lstm, gru, dense, conv1d, adam, sgd, earlyStopping, reduceLROnPlateau, minMaxScaler } = gateflow;
    const factories: [(options: never) => unknown, Record<string, unknown>][] = [
      [
        lstm,
        {
          units: 2,
          activation: "tanh",
          dropout: 0,
          kernelInitializer: "zeros",
          kernelRegularizer: null,
          inputShape: [2, 1],
          name: "a",
        },
      ],
      [gru, { units: 2, resetAfter: true, recurrentInitializer: "zeros" }],
      [dense, { units: 2, biasConstraint: null, useBias: true }],
      [conv1d, { filters: 2, kernelSize: 2, padding: "same", dilationRate: 1 }],
      [adam, { learningRate: 0.1, beta1: 0.9, clipnorm: 1, gradientAccumulationSteps: 1 }],
      [sgd, { momentum: 0.5, nesterov: true }],
      [earlyStopping, { monitor: "loss", patience: 1, mode: "min", baseline: 1 }],
      [reduceLROnPlateau, { factor: 0.5, cooldown: 1 }],
      [minMaxScaler, { featureRange: [0, 1], clip: true }],
    ];
    const offences: Offence[] = [];
    for (const [factory, known] of factories) {
      for (const options of hostileOptions(known)) {
        const offence = await offenceOf(`${factory.name} of ${Object.keys(known)}`, () =>
          factory(options as never),
        );
        if (offence !== null) offences.push(offence);
      }
    }
    expect(offences).toEqual([]);
  });

  it("every method of a model answers or refuses, several at once, and after dispose", async () => {
    const { sequential, lstm, dense, toSafetensors } = gateflow;
    const make = () => {
      const model = sequential(
        [lstm({ units: 2, inputShape: [3, 1], stateful: true, batchSize: 1 }), dense({ units: 1 })],
        { seed: 1 },
      );
      model.compile({ loss: "mse", optimizer: "sgd" });
      return model;
    };
    const model = make();
    const bytes = toSafetensors(model);
    const gone = make();
    gone.dispose();
    const methods = [
      "fit",
      "evaluate",
      "predict",
      "trainOnBatch",
      "gradients",
      "gradientFlow",
      "step",
      "setWeights",
      "compile",
      "getLayer",
      "add",
      "summary",
      "resetStates",
      "getWeights",
      "countParams",
      "memoryMap",
    ] as const;
    const offences: Offence[] = [];
    for (const [i, method] of methods.entries()) {
      for (const own of [model, gone]) {
        const called = (...given: unknown[]) => (own[method] as (...all: unknown[]) => unknown)(...given);
        offences.push(...(await callHostilely(`model.${method}`, called, 30, SEED + i)).offences);
      }
    }
    expect(offences).toEqual([]);
    // At once: one of each is under way when the next begins.
    const x = [[[1], [2], [3]]];
    const together = await Promise.allSettled(
      [1, 2, 3].flatMap(() => [
        model.fit(x, [[1]]),
        model.predict(x),
        model.evaluate(x, [[1]]),
        model.trainOnBatch(x, [[1]]),
        model.gradients(x, [[1]]),
      ]),
    );
    for (const outcome of together)
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(gateflow.GateflowError);
    // Still a model.
    model.compile({ loss: "mse", optimizer: "sgd" });
    await model.fit(x, [[1]]);
    expect(toSafetensors(model).length).toBe(bytes.length);
  });

  it("fitted things answer or refuse", async () => {
    const { standardScaler, autoregression, kFold, rolling } = gateflow;
    const wave = hostileValues.get("wave") as number[];
    const scaler = standardScaler().fit(wave);
    const fit = autoregression(wave, { lags: [1, 2] });
    const calls: [string, (...given: unknown[]) => unknown][] = [
      ["transform", (x) => scaler.transform(x as never)],
      ["inverseTransform", (x, y) => scaler.inverseTransform(x as never, y as never)],
      ["forecast", (n) => fit.forecast(n as never)],
      ["split", (n) => [...kFold({ nSplits: 3 }).split(n as never)]],
      ["rolling", (n) => rolling(wave, n as never).mean()],
    ];
    const offences: Offence[] = [];
    for (const [i, [name, called]] of calls.entries())
      offences.push(...(await callHostilely(name, called, 80, SEED + i)).offences);
    expect(offences).toEqual([]);
  });
});
