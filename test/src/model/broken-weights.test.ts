import { afterEach, describe, expect, it, vi } from "vitest";
import { DataError, dense, lstm, sequential, sgd } from "../../../src/index.js";

afterEach(() => vi.restoreAllMocks());

describe("weights that are no numbers", () => {
  const model = () => sequential([lstm({ units: 2, inputShape: [3, 1] }), dense({ units: 1 })], { seed: 1 });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "are refused by setWeights unless asked for: %s",
    async (bad) => {
      const own = model();
      const before = own.getWeights();
      const broken = own.getWeights();
      broken[3]!.data[0] = bad;
      expect(() => own.setWeights(broken)).toThrow(DataError);
      expect(() => own.setWeights(broken)).toThrow(/dense\/kernel` holds (NaN|Infinity) at 0/);
      expect(() => own.layers[1]!.setWeights(broken.slice(3))).toThrow(DataError);
      expect(own.getWeights()).toEqual(before);
      own.setWeights(broken, { allowNonFinite: true });
      expect(own.getWeights()[3]!.data[0]).toBe(bad);
      own.layers[1]!.setWeights(broken.slice(3), { allowNonFinite: true });
    },
  );

  it("left by the last update behind a finite loss are said", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const own = sequential([dense({ units: 1, inputShape: [1] })], { seed: 1 });
    own.compile({ loss: "mse", optimizer: sgd({ learningRate: 1e38 }) });
    const { history } = await own.fit([[1e3]], [[1e3]]);
    expect(history.loss!.every(Number.isFinite)).toBe(true);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]![0]).toMatch(/the last update left -?(Infinity|NaN) in `dense\/kernel`/);
  });

  it("are not spoken of where there are none, also where their squares are beyond float32", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const own = sequential([dense({ units: 1, inputShape: [1], trainable: true })], { seed: 1 });
    own.compile({ loss: "mse", optimizer: sgd({ learningRate: 0 }) });
    own.setWeights([[[1e15]], [0]]);
    await own.fit([[1e-10]], [[1]]);
    own.setWeights([[[1e30]], [0]]);
    await own.fit([[0]], [[1]]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("five thousand layers", () => {
  it("have names, weights and an end", () => {
    const layers = Array.from({ length: 5000 }, (_, i) =>
      dense({ units: 1, useBias: false, ...(i === 0 ? { inputShape: [1] } : {}) }),
    );
    const own = sequential(layers);
    expect(own.layers.at(-1)!.name).toBe("dense_4999");
    expect(own.countParams()).toBe(5000);
  });
});
