import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.js";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  exponentialDecay,
  lion,
  nadam,
  type Optimizer,
  rmsprop,
  sgd,
} from "../../../src/index.js";
import { toOptimizer } from "../../../src/optimizers/to-optimizer.js";

type Factory = (options?: never) => Optimizer;
/** Of each option the values just inside of its range, and just outside. */
interface Bounds {
  readonly inside: readonly unknown[];
  readonly outside: readonly unknown[];
}

const share: Bounds = { inside: [0, 0.5, 1], outside: [-0.01, 1.01, "0.5"] };
const below1: Bounds = { inside: [0, 0.999], outside: [-0.01, 1] };
const epsilon: Bounds = { inside: [0, 1e-3, 2], outside: [-1e-9] };
const switched: Bounds = { inside: [true, false], outside: [1, "yes"] };
const own: Record<string, readonly [Factory, Record<string, Bounds>]> = {
  sgd: [sgd, { momentum: share }],
  rmsprop: [rmsprop, { rho: share, momentum: share, epsilon, centered: switched }],
  adagrad: [adagrad, { initialAccumulatorValue: epsilon, epsilon }],
  adadelta: [adadelta, { rho: share, epsilon }],
  adamax: [adamax, { beta1: below1, beta2: below1, epsilon }],
  adam: [adam, { beta1: below1, beta2: below1, epsilon, amsgrad: switched }],
  adamw: [adamw, { beta1: below1, beta2: below1, epsilon, amsgrad: switched }],
  nadam: [nadam, { beta1: below1, beta2: below1, epsilon }],
  lion: [lion, { beta1: { inside: [0.1, 1], outside: [0, 1.01] }, beta2: share }],
};
const common: Record<string, Bounds> = {
  learningRate: { inside: [0, 3], outside: [-0.1, "fast", {}] },
  weightDecay: { inside: [null, 0, 2], outside: [-0.1] },
  useEma: switched,
  emaMomentum: share,
  emaOverwriteFrequency: { inside: [null, 1, 5], outside: [0, 1.5] },
  gradientAccumulationSteps: { inside: [null, 2, 7], outside: [1, 0, 2.5] },
  clipnorm: { inside: [null, 0.1], outside: [0, -1] },
  clipvalue: { inside: [null, 0.1], outside: [0, -1] },
  globalClipnorm: { inside: [null, 0.1], outside: [0, -1] },
};

describe.each(Object.entries(own))("%s", (name, [make, options]) => {
  const cases = Object.entries({ ...options, ...common });

  it("takes each option to the bounds of its range", () => {
    for (const [option, { inside }] of cases) {
      for (const value of inside) {
        const optimizer = make({ [option]: value } as never);
        expect(optimizer.name).toBe(name);
        expect(optimizer.getConfig()[option], option).toBe(value);
      }
    }
  });

  it("refuses each beyond them, by name", () => {
    for (const [option, { outside }] of cases) {
      for (const value of outside) {
        const call = () => make({ [option]: value } as never);
        expect(call, `${option}: ${value}`).toThrow(ConfigError);
        expect(call).toThrow(new RegExp(`^${name}\\(\\).*${option}`, "s"));
      }
    }
  });

  it("refuses an option it does not know, and two clips", () => {
    expect(() => make({ bete1: 0.9 } as never)).toThrow(/unknown option `bete1`/);
    expect(() => make({ clipnorm: 1, clipvalue: 1 } as never)).toThrow(
      /`clipnorm` and `clipvalue` exclude each other/,
    );
  });

  it("has its rate, no schedule and no update yet; and can be told another rate within its range", () => {
    const optimizer = make();
    expect(optimizer.learningRate).toBe(name === "sgd" ? 0.01 : 0.001);
    expect([optimizer.hasSchedule, optimizer.customSchedule, optimizer.iterations]).toEqual([false, null, 0]);
    expect(optimizer.lastGradientNorm).toEqual({ before: Number.NaN, after: Number.NaN });
    optimizer.learningRate = 0.5;
    expect(optimizer.getConfig()).toEqual({ learningRate: 0.5 });
    expect(() => {
      optimizer.learningRate = -1;
    }).toThrow(/`learningRate` is -1, expected a number at least 0/);
    expect(optimizer.learningRate).toBe(0.5);
  });
});

describe("a rate that follows a schedule", () => {
  it("is what the schedule says of the batches so far, and cannot be set", () => {
    const optimizer = adam({
      learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 }),
    });
    expect(optimizer.hasSchedule).toBe(true);
    expect(optimizer.customSchedule).toBeNull();
    optimizer.batches = 20;
    expect(optimizer.learningRate).toBeCloseTo(0.025, 12);
    expect(optimizer.getConfig().learningRate).toMatchObject({ name: "exponentialDecay" });
    expect(() => {
      optimizer.learningRate = 0.1;
    }).toThrow(/follows the schedule exponentialDecay/);
  });

  it("may be a function of one's own, which is named", () => {
    const optimizer = sgd({
      learningRate: function halved(step: number) {
        return 1 / (1 + step);
      },
    });
    expect(optimizer.customSchedule).toBe("halved");
    optimizer.batches = 3;
    expect(optimizer.learningRate).toBe(0.25);
  });
});

describe("toOptimizer", () => {
  it("keeps an optimizer, makes one of a name or a description, and refuses anything else", () => {
    const optimizer = sgd();
    expect(toOptimizer("compile()", optimizer)).toBe(optimizer);
    expect(toOptimizer("compile()", "lion").name).toBe("lion");
    const described = toOptimizer("compile()", { name: "sgd", config: { momentum: 0.5 } });
    expect(described.getConfig()).toEqual({ momentum: 0.5, learningRate: 0.01 });
    for (const wrong of ["sdg", adam, 3, null]) {
      expect(() => toOptimizer("compile()", wrong)).toThrow(ConfigError);
    }
  });

  it("nesterov needs a momentum", () => {
    expect(() => sgd({ nesterov: true })).toThrow(/`nesterov` needs a momentum/);
    expect(sgd({ nesterov: true, momentum: 0.9 }).getConfig().nesterov).toBe(true);
    expect(sgd({ momentum: 0 }).getConfig().momentum).toBe(0);
  });
});
