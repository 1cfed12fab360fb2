import { describe, expect, it } from "vitest";
import {
  customLayer,
  dense,
  fromSafetensors,
  input,
  inputLayer,
  lstm,
  model,
  multiply,
  sequential,
  type Tensor,
  toKeras,
  toSafetensors,
} from "../../../src/index.js";
import { bitsOf, errorOf, expectNear, values } from "../model/support.js";

/** Dense by hand: x W + b over the last axis. */
const ownDense = ({ features, units }: { features: number; units: number }, kept = true) =>
  customLayer({
    name: "own_dense",
    outputShape: ([shape]) => [...shape!.slice(0, -1), units],
    weights: {
      kernel: { shape: [features, units] },
      bias: { shape: [units], initializer: "zeros" },
    },
    forward: ({ inputs: [x], weights: { kernel, bias } }) => {
      const rows = x!.data.length / features;
      const data = new Float32Array(rows * units);
      for (let r = 0; r < rows; r++)
        for (let u = 0; u < units; u++) {
          let sum = bias!.data[u]!;
          for (let f = 0; f < features; f++) sum += x!.data[r * features + f]! * kernel!.data[f * units + u]!;
          data[r * units + u] = sum;
        }
      return { output: { shape: [...x!.shape.slice(0, -1), units], data }, saved: rows };
    },
    backward: ({ inputs: [x], weights: { kernel }, outputGradient: { data: slope }, saved }) => {
      const rows = saved as number;
      const dx = new Float32Array(x!.data.length);
      const dKernel = new Float32Array(features * units);
      const dBias = new Float32Array(units);
      for (let r = 0; r < rows; r++)
        for (let u = 0; u < units; u++) {
          const d = slope[r * units + u]!;
          dBias[u]! += d;
          for (let f = 0; f < features; f++) {
            dx[r * features + f]! += d * kernel!.data[f * units + u]!;
            dKernel[f * units + u]! += d * x!.data[r * features + f]!;
          }
        }
      return {
        inputs: [{ shape: x!.shape, data: dx }],
        weights: { kernel: { shape: [features, units], data: dKernel }, bias: dBias },
      };
    },
    ...(kept ? { config: { features, units } } : {}),
  });

/** The element-wise product of two inputs. */
const product = () =>
  customLayer({
    name: "product",
    outputShape: ([shape]) => shape!,
    forward: ({ inputs: [a, b] }) => ({
      output: { shape: a!.shape, data: Float32Array.from(a!.data, (one, i) => one * b!.data[i]!) },
    }),
    backward: ({ inputs: [a, b], outputGradient: { shape, data } }) => ({
      inputs: [b!, a!].map(
        (other): Tensor => ({ shape, data: Float32Array.from(data, (d, i) => d * other.data[i]!) }),
      ),
    }),
  });

const inputOf = () => inputLayer({ shape: [5, 3] });

const x = values([3, 5, 3], 1);
const y = values([3, 2], 2);

describe("customLayer", () => {
  it.each([false, true])(
    "gives the numbers and gradients of the layer it computes, first: %s",
    async (isFirst) => {
      const build = (own: boolean) => {
        const middle = own ? ownDense({ features: isFirst ? 3 : 4, units: 6 }) : dense({ units: 6 });
        const layers = isFirst
          ? [middle, lstm({ units: 2 })]
          : [lstm({ units: 4, returnSequences: true }), middle, lstm({ units: 2 })];
        const made = sequential([], { seed: 1 });
        // The input's shape is told by what stands first.
        for (const layer of [inputOf(), ...layers]) made.add(layer);
        made.compile({ loss: "mse", optimizer: "adam" });
        return made;
      };
      const [own, built] = [build(true), build(false)];
      built.setWeights(own.getWeights());
      expectNear("prediction", (await own.predict(x)).data, (await built.predict(x)).data, 1e-6);
      const [a, b] = [await own.gradients(x, y), await built.gradients(x, y)];
      a.weights.forEach(({ name, data }, i) => {
        expectNear(name, data, b.weights[i]!.data, 1e-5);
      });
      expectNear("input", a.input.data, b.input.data, 1e-5);
      const [h, k] = [
        await own.fit(x, y, { epochs: 3, batchSize: 2 }),
        await built.fit(x, y, { epochs: 3, batchSize: 2 }),
      ];
      expectNear("history", h.history.loss!, k.history.loss!, 1e-5);
    },
  );

  it("takes several inputs in a graph, and is numbered where it stands twice", async () => {
    const build = (own: boolean) => {
      const [a, b] = [input({ shape: [5, 3] }), input({ shape: [5, 3] })];
      const one = dense({ units: 4 }).apply(a);
      const merged = (own ? product() : multiply()).apply([one, dense({ units: 4 }).apply(b)]);
      const again = (own ? product() : multiply()).apply([merged, one]);
      const made = model({ inputs: [a, b], outputs: lstm({ units: 2 }).apply(again), seed: 4 });
      made.compile({ loss: "mse" });
      return made;
    };
    const [own, built] = [build(true), build(false)];
    expect(own.layers.map(({ name }) => name)).toContain("product_1");
    built.setWeights(own.getWeights());
    const given = [x, values([3, 5, 3], 7)];
    const [g, h] = [await own.gradients(given, y), await built.gradients(given, y)];
    g.weights.forEach(({ name, data }, i) => {
      expectNear(name, data, h.weights[i]!.data, 1e-5);
    });
    (g.input as unknown as Tensor[]).forEach(({ data }, i) => {
      expectNear(`input ${i}`, data, (h.input as unknown as Tensor[])[i]!.data, 1e-5);
    });
  });

  it("comes back from a file by its config, first or not, and is refused at save without one", async () => {
    const build = (kept = true) => {
      const made = sequential([inputOf(), ownDense({ features: 3, units: 2 }, kept), lstm({ units: 2 })], {
        seed: 2,
      });
      made.compile({ loss: "mse", optimizer: "adam" });
      return made;
    };
    const model = build();
    await model.fit(x, y, { epochs: 2 });
    const bytes = toSafetensors(model, { optimizer: true });
    const made: unknown[] = [];
    const back = fromSafetensors(bytes, {
      customObjects: {
        own_dense: (config: { features: number; units: number }) => {
          made.push(config);
          return ownDense(config);
        },
      },
    });
    expect(made).toEqual([{ features: 3, units: 2 }]);
    expect(bitsOf([await back.predict(x)])).toEqual(bitsOf([await model.predict(x)]));
    expect((await errorOf(() => fromSafetensors(bytes))).message).toMatch(
      /`own_dense` is somebody's own.*customObjects/,
    );
    const refused = await errorOf(() => toSafetensors(build(false)));
    expect(refused.message).toMatch(/`own_dense` is a layer of your own.*`config`/);
    expect((await errorOf(() => toKeras(model))).message).toMatch(
      /`own_dense` \(customLayer\) has no counterpart/,
    );
  });

  it("says what a function gave in place of what it said", async () => {
    const of = (more: object) =>
      sequential([
        inputOf(),
        customLayer({
          name: "odd",
          outputShape: ([shape]) => shape!,
          weights: { w: { shape: [2] } },
          forward: ({ inputs: [one] }) => ({ output: one! }),
          backward: ({ outputGradient }) => ({ inputs: [outputGradient], weights: { w: [0, 0] } }),
          ...more,
        }),
      ]);
    const run = async (more: object) => {
      const model = of(more);
      model.compile({ loss: "mse" });
      const before = model.getWeights();
      const error = await errorOf(() => model.fit(x, x));
      expect(model.getWeights()).toEqual(before);
      return error;
    };
    expect((await run({ forward: () => ({ output: [1, 2] }) })).message).toMatch(
      /`output` of forward\(\) is \[2\], expected \[3, 5, 3\]/,
    );
    expect((await run({ backward: () => ({ inputs: [x] }) })).message).toMatch(
      /gradient of the weight `w`.*undefined, expected \[2\]/,
    );
    expect((await errorOf(() => of({ outputShape: () => [Number.NaN] }))).message).toMatch(
      /`outputShape` gave \[null\]|without the batch/,
    );
    expect((await errorOf(() => customLayer({ name: "a b" } as never))).message).toMatch(
      /a word without spaces/,
    );
    expect((await errorOf(() => customLayer({ name: "a" } as never))).message).toMatch(
      /`outputShape` is no function/,
    );
    expect((await errorOf(() => of({ weights: { w: { shape: [0] } } }))).message).toMatch(/whole numbers/);
  });
});
