import { describe, expect, it } from "vitest";
import {
  bidirectional,
  concatenate,
  dense,
  embedding,
  fromKeras,
  fromSafetensors,
  gru,
  input,
  lstm,
  model,
  type SymbolicTensor,
  sequential,
  type Tensor,
  toArray,
  toKeras,
  toSafetensors,
} from "../../../../src/index.js";
import { values } from "../support.js";

const x = values([3, 4, 2], 1);
const y = values([3, 1], 2);

describe("bidirectional with mergeMode null in a graph gives both directions", () => {
  it.each([true, false])(
    "they are the halves of concat, with returnSequences %s",
    async (returnSequences) => {
      const make = (mergeMode: null | "concat") => {
        const i = input({ shape: [4, 2] });
        const layer = lstm({ units: 3, returnSequences, returnState: true });
        const outputs = bidirectional({ layer, mergeMode }).apply<SymbolicTensor[]>(i);
        return model({ inputs: i, outputs, seed: 1 });
      };
      const [parted, joined] = [make(null), make("concat")];
      joined.setWeights(parted.getWeights());
      const [forward, backward, ...states] = await parted.predict<Tensor[]>(x);
      const [both, ...others] = await joined.predict<Tensor[]>(x);
      expect(forward!.shape).toEqual(returnSequences ? [3, 4, 3] : [3, 3]);
      const rows = both!.data.length / 6;
      for (let row = 0; row < rows; row++) {
        const own = [forward!, backward!].flatMap(({ data }) => [...data.subarray(3 * row, 3 * row + 3)]);
        expect(own).toEqual([...both!.data.subarray(6 * row, 6 * row + 6)]);
      }
      expect(states).toEqual(others);
    },
  );

  it("they train as concat does, and stand in files", async () => {
    const make = (isParted: boolean) => {
      const i = input({ shape: [4, 2] });
      const layer = gru({ units: 3, returnSequences: true });
      const made = bidirectional({ layer, mergeMode: isParted ? null : "concat" });
      const both = isParted ? concatenate().apply(made.apply<SymbolicTensor[]>(i)) : made.apply(i);
      const whole = model({
        inputs: i,
        outputs: dense({ units: 1 }).apply(lstm({ units: 2 }).apply(both)),
        seed: 1,
      });
      whole.compile({ optimizer: "adam", loss: "mse" });
      return whole;
    };
    const [parted, joined] = [make(true), make(false)];
    joined.setWeights(parted.getWeights());
    const [a, b] = [await parted.gradients(x, y), await joined.gradients(x, y)];
    expect([a.loss, a.weights.map(({ data }) => data)]).toEqual([b.loss, b.weights.map(({ data }) => data)]);
    await parted.fit(x, y, { epochs: 2, shuffle: false });
    await joined.fit(x, y, { epochs: 2, shuffle: false });
    const predicted = await parted.predict(x);
    expect(predicted).toEqual(await joined.predict(x));
    for (const again of [
      await fromSafetensors(toSafetensors(parted)),
      await fromKeras(await toKeras(parted)),
    ]) {
      expect(await again.predict(x)).toEqual(predicted);
    }
  });

  it("one may be left alone, and masks go with both", async () => {
    const i = input({ shape: [null], dtype: "int32" });
    const words = embedding({ inputDim: 5, outputDim: 2, maskZero: true }).apply(i);
    const layer = lstm({ units: 3, returnSequences: true });
    const [, backward] = bidirectional({ layer, mergeMode: null }).apply<SymbolicTensor[]>(words);
    const made = model({ inputs: i, outputs: lstm({ units: 3 }).apply(backward!), seed: 1 });
    made.compile({ loss: "mse" });
    await made.fit([[1, 2, 0, 0]], [[1, 2, 3]]);
    const [padded, plain] = [await made.predict([[1, 2, 0, 0]]), await made.predict([[1, 2]])];
    toArray(padded)[0]!.forEach((one, k) => {
      expect(one).toBeCloseTo(toArray(plain)[0]![k]!, 6);
    });
  });

  it("in a chain nothing may follow, as before", async () => {
    const chain = sequential([
      bidirectional({ layer: lstm({ units: 3 }), mergeMode: null, inputShape: [4, 2] }),
    ]);
    expect(() => chain.add(dense({ units: 1 }))).toThrow(/mergeMode: null/);
    expect((await chain.predict<Tensor[]>(x)).map(({ shape }) => shape)).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  it("a mask for several inputs is refused", () => {
    const [i, j] = [input({ shape: [4, 2] }), input({ shape: [4] })];
    expect(() => concatenate().apply([i, i], { mask: [j, j] as never })).toThrow(/`mask` holds 2/);
  });
});
