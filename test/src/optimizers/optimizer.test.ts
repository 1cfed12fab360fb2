import { describe, expect, it } from "vitest";
import { ConfigError, ShapeError, StateError } from "../../../src/errors.js";
import { adagrad, adam, lion, nadam, type Optimizer, rmsprop, sgd } from "../../../src/index.js";
import { integerPower } from "../../../src/optimizers/optimizer.js";
import type { ParameterBlock } from "../../../src/optimizers/parameter-block.js";

const COUNT = 4;
// Nothing is at address 0, which stands for a slot that is not there.
const WEIGHTS = COUNT * 4;
const GRADIENTS = WEIGHTS + COUNT * 4;

const FIRST = GRADIENTS + COUNT * 4;
const SECOND = FIRST + COUNT * 4;

/** A block of four weights of 1 with gradients of 0.5, over kernels in plain arrays; each update rule only takes note. */
function blockOf() {
  const numbers = new Float32Array(64);
  const at = (address: number, count = COUNT) => numbers.subarray(address / 4, address / 4 + count);
  at(WEIGHTS).fill(1);
  at(GRADIENTS).fill(0.5);
  const calls: (readonly [kernel: string, ...args: number[]])[] = [];
  const taken: number[] = [];
  let released = 0;
  const known: Record<string, (...args: number[]) => number | undefined> = {
    axpy(count, factor, from, to) {
      at(to!, count).forEach((value, i) => {
        numbers[to! / 4 + i] = value + factor! * at(from!)[i]!;
      });
      return undefined;
    },
    copyFloats(from, to, count) {
      at(to!, count).set(at(from!, count));
      return undefined;
    },
    scaleInPlace(address, count, factor) {
      at(address!, count).forEach((value, i) => {
        numbers[address! / 4 + i] = value * factor!;
      });
      return undefined;
    },
    fillZero(address, count) {
      at(address!, count).fill(0);
      return undefined;
    },
    lerpInPlace(average, values, count, momentum) {
      at(average!, count).forEach((value, i) => {
        numbers[average! / 4 + i] = momentum! * value + (1 - momentum!) * at(values!)[i]!;
      });
      return undefined;
    },
    sumOfSquares: (address, count) => at(address!, count).reduce((sum, value) => sum + value * value, 0),
  };
  const kernels = new Proxy(known, {
    get:
      (_, name: string) =>
      (...args: number[]) => {
        if (name.endsWith("Step")) calls.push([name, ...args]);
        return known[name]?.(...args);
      },
  });
  const memory = { floats: (address: number, count: number) => at(address, count) };
  const block = {
    kernels,
    memory,
    parameters: [{ weights: WEIGHTS, gradients: GRADIENTS, size: COUNT }],
    weights: WEIGHTS,
    gradients: GRADIENTS,
    count: COUNT,
    takeSlots(floats: number) {
      taken.push(floats);
      return {
        address: FIRST,
        release: () => {
          released++;
        },
      };
    },
  } as unknown as ParameterBlock;
  return { block, calls, taken, at, released: () => released };
}

function bound(optimizer: Optimizer) {
  const bench = blockOf();
  optimizer.bind(bench.block);
  return { ...bench, optimizer };
}

describe("slots", () => {
  it.each<readonly [string, () => Optimizer, readonly string[]]>([
    ["sgd", () => sgd(), []],
    ["sgd with momentum", () => sgd({ momentum: 0.9 }), ["momentum"]],
    ["rmsprop", () => rmsprop(), ["velocity"]],
    ["rmsprop with momentum", () => rmsprop({ momentum: 0.5 }), ["velocity", "momentum"]],
    ["rmsprop, centered", () => rmsprop({ centered: true }), ["velocity", "average_gradient"]],
    ["adam", () => adam(), ["momentum", "velocity"]],
    ["adam with amsgrad", () => adam({ amsgrad: true }), ["momentum", "velocity", "velocity_hat"]],
    ["lion with an average", () => lion({ useEma: true }), ["momentum", "ema"]],
    ["sgd that gathers", () => sgd({ gradientAccumulationSteps: 2 }), ["accumulator"]],
    [
      "adam with all",
      () => adam({ useEma: true, gradientAccumulationSteps: 3 }),
      ["momentum", "velocity", "ema", "accumulator"],
    ],
  ])("of %s take as much memory as they are, and are read and written by name", (_, make, names) => {
    const { taken, optimizer } = bound(make());
    expect(taken).toEqual(names.length === 0 ? [] : [names.length * COUNT]);
    expect(optimizer.readSlots().map(({ name }) => name)).toEqual(names);
    const saved = names.map((name, i) => ({ name, data: new Float32Array(COUNT).fill(i + 1) }));
    optimizer.writeSlots(saved.toReversed());
    expect(optimizer.readSlots()).toEqual(saved);
    if (names.length === 0) return;
    expect(() => optimizer.writeSlots(saved.slice(1))).toThrow(ShapeError);
    const short = saved.map(({ name }) => ({ name, data: new Float32Array(COUNT - 1) }));
    expect(() => optimizer.writeSlots(short)).toThrow(/no slot .* of 4 values/);
  });

  it("begin where the rule says, and with what a file brought, once", () => {
    expect(bound(adagrad({ initialAccumulatorValue: 0.25 })).optimizer.readSlots()[0]!.data).toEqual(
      new Float32Array(COUNT).fill(0.25),
    );
    const optimizer = sgd();
    const begun: unknown[] = [];
    optimizer.beginWith((block) => begun.push(block));
    const first = blockOf();
    optimizer.bind(first.block);
    optimizer.release(first.block);
    optimizer.bind(blockOf().block);
    expect(begun).toEqual([first.block]);
  });
});

describe("an optimizer belongs to one model", () => {
  it("may be bound to it again, and to no other before it is released", () => {
    const { optimizer, block, taken, released } = bound(adam());
    optimizer.bind({ ...block });
    expect(taken).toHaveLength(1);
    expect(() => optimizer.bind({ ...block, weights: 80 })).toThrow(ConfigError);
    expect(() => optimizer.bind(blockOf().block)).toThrow(/already belongs to another model/);
    optimizer.release(blockOf().block);
    optimizer.release(undefined);
    expect(released()).toBe(0);
    optimizer.release(block);
    optimizer.release(block);
    expect(released()).toBe(1);
    expect(() => optimizer.apply()).toThrow(StateError);
    expect(() => optimizer.readSlots()).toThrow(/compile a model with this optimizer first/);
    expect(optimizer.finish()).toBe(false);
  });

  it("goes back to a point, also to the one before its first binding", () => {
    const optimizer = adam();
    const unbound = optimizer.restorePoint();
    const { block, released } = (() => {
      const bench = blockOf();
      optimizer.bind(bench.block);
      return bench;
    })();
    optimizer.writeSlots(
      optimizer.readSlots().map(({ name }) => ({ name, data: new Float32Array(COUNT).fill(7) })),
    );
    optimizer.batches = 5;
    const back = optimizer.restorePoint();
    optimizer.learningRate = 1;
    optimizer.batches = 9;
    optimizer.writeSlots(optimizer.readSlots().map(({ name }) => ({ name, data: new Float32Array(COUNT) })));
    back();
    expect([optimizer.batches, optimizer.learningRate]).toEqual([5, 0.001]);
    expect(optimizer.readSlots()[1]!.data[3]).toBe(7);
    unbound();
    expect([optimizer.batches, released()]).toEqual([0, 1]);
    optimizer.bind({ ...block, weights: 80 });
  });
});

describe("an update", () => {
  it("calls its kernel with the rate, the bias corrections of its time and its slots", () => {
    const { optimizer, calls } = bound(adam({ learningRate: 0.1 }));
    optimizer.apply();
    optimizer.apply();
    const alpha = (0.1 * Math.sqrt(1 - 0.999 ** 2)) / (1 - 0.9 ** 2);
    expect(calls[1]!.slice(0, 6)).toEqual(["adamStep", WEIGHTS, GRADIENTS, FIRST, SECOND, COUNT]);
    expect(calls[1]![6]).toBeCloseTo(alpha, 12);
    expect(calls[1]!.slice(7)).toEqual([0.9, 0.999, 1e-7]);
    expect([optimizer.batches, optimizer.iterations]).toEqual([2, 2]);
    expect(bound(adam({ amsgrad: true })).optimizer.apply()).toBe(true);
  });

  it("takes the kernel its options ask for", () => {
    const kernelOf = (optimizer: Optimizer) => {
      const { calls } = bound(optimizer);
      optimizer.apply();
      return calls[0];
    };
    expect(kernelOf(sgd())).toEqual(["sgdStep", WEIGHTS, GRADIENTS, COUNT, 0.01]);
    expect(kernelOf(sgd({ momentum: 0.9 }))).toEqual([
      "sgdMomentumStep",
      WEIGHTS,
      GRADIENTS,
      FIRST,
      COUNT,
      0.01,
      0.9,
      0,
    ]);
    expect(kernelOf(sgd({ momentum: 0.9, nesterov: true }))!.at(-1)).toBe(1);
    expect(kernelOf(adam({ amsgrad: true }))![0]).toBe("adamAmsgradStep");
    // An address of 0 says that there is no such slot.
    expect(kernelOf(rmsprop({ momentum: 0.5 }))!.slice(3, 6)).toEqual([FIRST, SECOND, 0]);
    expect(kernelOf(rmsprop({ centered: true }))!.slice(3, 6)).toEqual([FIRST, 0, SECOND]);
  });

  it("nadam's product of momenta goes on, and begins anew when the time goes back", () => {
    const run = (times: readonly number[]) => {
      const { optimizer, calls } = bound(nadam());
      return times.map((batches) => {
        optimizer.batches = batches;
        optimizer.apply();
        return calls.at(-1)!.slice(-3);
      });
    };
    const [first, second, third] = run([0, 1, 2]);
    expect(run([0, 1, 2, 0, 1])).toEqual([first, second, third, first, second]);
    expect(run([2])).toEqual([third]);
    expect(run([1, 1])).toEqual([second, second]);
    const u = (time: number) => 0.9 * (1 - 0.5 * 0.96 ** time);
    expect(second![1]).toBeCloseTo((1 - u(2)) / (1 - u(1) * u(2)), 12);
  });

  it("decays weights by rate and decay before it", () => {
    const { optimizer, at } = bound(sgd({ learningRate: 0.5, weightDecay: 0.1 }));
    optimizer.apply();
    expect(at(WEIGHTS)[0]).toBeCloseTo(0.95, 6);
    const plain = bound(sgd({ learningRate: Number.MAX_VALUE }));
    plain.optimizer.apply();
    expect(plain.at(WEIGHTS)[0]).toBe(1);
  });

  it("gathers gradients and makes an update of their mean once in so many batches", () => {
    const { optimizer, at, calls } = bound(sgd({ gradientAccumulationSteps: 2 }));
    at(GRADIENTS).fill(1);
    expect(optimizer.apply()).toBe(false);
    expect([optimizer.iterations, calls.length]).toEqual([0, 0]);
    at(GRADIENTS).fill(4);
    expect(optimizer.apply()).toBe(true);
    expect([optimizer.iterations, calls.length, at(GRADIENTS)[2]]).toEqual([1, 1, 2.5]);
    expect(optimizer.lastGradientNorm.before).toBe(5);
    expect(optimizer.readSlots()).toEqual([{ name: "accumulator", data: new Float32Array(COUNT) }]);
  });

  it("averages weights after every batch, copies until the first update, and ends with the average", () => {
    const { optimizer, at } = bound(sgd({ useEma: true, emaMomentum: 0.75 }));
    expect(optimizer.finish()).toBe(false);
    optimizer.apply();
    at(WEIGHTS).fill(5);
    optimizer.apply();
    expect(optimizer.readSlots()[0]!.data[0]).toBe(2);
    expect(at(WEIGHTS)[0]).toBe(5);
    expect(optimizer.finish()).toBe(true);
    expect(at(WEIGHTS)[0]).toBe(2);
    const plain = bound(sgd());
    plain.optimizer.apply();
    expect(plain.optimizer.finish()).toBe(false);
    expect([...plain.at(0), ...plain.at(WEIGHTS)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });
});

it("weights are overwritten by their average once in so many batches", () => {
  const { optimizer, at } = bound(sgd({ useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 3 }));
  const after: number[] = [];
  for (const value of [1, 3, 5, 7, 7, 7]) {
    at(WEIGHTS).fill(value);
    optimizer.apply();
    after.push(at(WEIGHTS)[0]!);
  }
  // The average is 1, 2, 3.5 and then goes on: 5.25, 6.125, 6.5625.
  expect(after).toEqual([1, 3, 3.5, 7, 7, 6.5625]);
});

it("a whole power is made of multiplications alone", () => {
  expect([0, 1, 2, 3, 10, 11].map((n) => integerPower(2, n))).toEqual([1, 2, 4, 8, 1024, 2048]);
  expect(integerPower(0.9, 7)).toBeCloseTo(0.9 ** 7, 14);
});
