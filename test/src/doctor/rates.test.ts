import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import {
  adam,
  dense,
  diagnose,
  huber,
  type Loss,
  logCosh,
  lstm,
  type Optimizer,
  quantile,
  sequential,
  sgd,
  slidingWindows,
} from "../../../src/index.js";

const { x, y } = slidingWindows(sineMix(400, 7), { window: 20 });

interface Options {
  readonly optimizer: Optimizer;
  readonly loss?: "mse" | Loss;
  readonly units?: number;
  readonly activation?: "tanh" | "relu";
  readonly output?: "linear" | "sigmoid";
}

function modelOf({ optimizer, loss = "mse", units = 1, activation = "tanh", output = "linear" }: Options) {
  const model = sequential(
    [lstm({ units: 12, activation, inputShape: [20, 1] }), dense({ units, activation: output })],
    { seed: 2 },
  );
  model.compile({ optimizer, loss });
  return model;
}

async function codesOf(options: Options): Promise<string[]> {
  const model = modelOf(options);
  try {
    return (await diagnose(model, { x, y })).map(({ code }) => code);
  } finally {
    model.dispose();
  }
}

describe("a learning rate far off", () => {
  it.each([3, 1e2, 1e4, 1e8])("is called too high for sgd at %d", async (learningRate) => {
    expect((await codesOf({ optimizer: sgd({ learningRate }) }))[0]).toBe("learning_rate_too_high");
  });

  it.each([1e-6, 1e-9, 1e-20])(
    "is called too low for adam at %d, with a rate that is of use",
    async (learningRate) => {
      const model = modelOf({ optimizer: adam({ learningRate }) });
      const [worst] = await diagnose(model, { x, y });
      model.dispose();
      expect(worst!.code).toBe("learning_rate_too_low");
      expect(worst!.evidence.betterRate).toBeGreaterThanOrEqual(1e-4);
    },
  );

  it("is the cause, and not the gradient, where clipping would not mend it", async () => {
    const codes = await codesOf({ optimizer: sgd({ learningRate: 1e6 }), activation: "relu" });
    expect(codes[0]).toBe("learning_rate_too_high");
    expect(codes).not.toContain("exploding_gradients");
  });

  const losses: [string, Loss, number][] = [
    ["huber", huber(), 1],
    ["logCosh", logCosh(), 1],
    ["quantile", quantile({ quantiles: [0.1, 0.5, 0.9] }), 3],
  ];
  it.each(losses)("is seen under %s, too high and too low", async (_, loss, units) => {
    expect((await codesOf({ optimizer: adam({ learningRate: 3 }), loss, units }))[0]).toBe(
      "learning_rate_too_high",
    );
    expect((await codesOf({ optimizer: adam({ learningRate: 1e-7 }), loss, units }))[0]).toBe(
      "learning_rate_too_low",
    );
    expect(await codesOf({ optimizer: adam({ learningRate: 0.01 }), loss, units })).toEqual([]);
  });

  it("is said beside another fault that hides what it does", async () => {
    const codes = await codesOf({ optimizer: adam({ learningRate: 3 }), output: "sigmoid" });
    expect(codes).toEqual(expect.arrayContaining(["output_activation_range", "learning_rate_too_high"]));
  });
});

describe("gaps in the examples", () => {
  it("do not hide what the configuration alone tells", async () => {
    const gappy = { ...x, data: x.data.slice() };
    gappy.data[77] = Number.NaN;
    const model = modelOf({ optimizer: adam({ learningRate: 3 }), output: "sigmoid" });
    const found = await diagnose(model, { x: gappy, y });
    model.dispose();
    expect(found[0]!.code).toBe("missing_values");
    expect(found.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["output_activation_range", "learning_rate_too_high"]),
    );
  });
});
