import { describe, expect, it } from "vitest";
import { mulberry32, normalOf } from "../../../bench/faults/series.js";
import { type Code, causes } from "../../../src/doctor/causes.js";
import {
  checkup,
  dense,
  diagnose,
  examine,
  fixAsCode,
  lstm,
  type Recipe,
  repair,
  sequential,
} from "../../../src/index.js";

const wave = (n: number, scale = 1, offset = 0): number[] =>
  Array.from({ length: n }, (_, t) => offset + scale * Math.sin((2 * Math.PI * t) / 12));

const recipe: Recipe = {
  window: 14,
  layers: [
    { kind: "lstm", units: 8 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: 0.01 }, loss: "mse" },
  fit: { epochs: 10 },
};

describe("a checkup", () => {
  it("looks at a recipe untrained and trained, and says the change as code", async () => {
    const steps: string[] = [];
    const found = await checkup(recipe, wave(200, 300, 1000), {
      onStep: (step) => steps.push(step),
    });
    expect(steps).toEqual(["before", "training", "after"]);
    const [worst] = found.causes;
    expect(worst).toMatchObject({ diagnosis: { code: "unscaled_target" }, seen: "both", behind: [] });
    expect(worst!.asCode).toContain("standardScaler()");
    expect(found.error).toBeGreaterThan(found.baselines!.seasonalNaive!);
    expect(found.baselines!.naive).toBeGreaterThan(0);
    expect(found.history!.epoch).toHaveLength(10);
    found.model!.dispose();
  });

  it("takes the change that allows a training as made, to look behind it", async () => {
    const gaps = wave(200, 300, 1000).map((value, t) => (t % 31 === 5 ? null : value));
    const { causes: found, assumed, model } = await checkup(recipe, gaps as number[]);
    expect(assumed).toEqual(["missing_values"]);
    expect(found.map(({ diagnosis }) => diagnosis.code)).toContain("unscaled_target");
    expect(model).not.toBeNull();
    model!.dispose();
  });

  it("trains a copy of a model, and leaves the model as it was", async () => {
    const series = wave(160, 200, 500);
    const x = series.slice(0, 140).map((_, n) => series.slice(n, n + 14).map((value) => [value]));
    const y = series.slice(14, 154);
    const model = sequential([lstm({ units: 6, inputShape: [14, 1] }), dense({ units: 1 })], { seed: 1 });
    model.compile({ optimizer: "adam", loss: "mse" });
    const before = model.getWeights().map(({ data }) => Array.from(data));
    const found = await checkup(model, { x, y }, { epochs: 3, as: "pytorch" });
    expect(model.getWeights().map(({ data }) => Array.from(data))).toEqual(before);
    expect(found.causes[0]!.diagnosis.code).toBe("unscaled_target");
    expect(found.causes[0]!.asCode).toContain("StandardScaler()");
    expect(found.history!.epoch).toHaveLength(3);
    expect(found.model).not.toBe(model);
    found.model!.dispose();
    model.dispose();
  });

  it("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const stopped = checkup(recipe, wave(200), {
      signal: controller.signal,
      onStep: (step) => {
        if (step === "training") controller.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toThrow("enough");
  });
});

describe("diagnose", () => {
  const series = wave(200);
  const x = series.slice(0, 180).map((_, n) => series.slice(n, n + 14).map((value) => [value]));
  const y = series.slice(14, 194);
  const made = () => {
    const model = sequential([lstm({ units: 6, inputShape: [14, 1] }), dense({ units: 1 })], { seed: 1 });
    model.compile({ optimizer: "adam", loss: "mse" });
    return model;
  };

  it("says how far it is, and stops when it is told to", async () => {
    const model = made();
    const seen: number[] = [];
    await diagnose(model, { x, y, onProgress: ({ step, steps }) => seen.push(step / steps) });
    expect(seen.length).toBeGreaterThan(20);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThan(1);
    const controller = new AbortController();
    const stopped = diagnose(model, {
      x,
      y,
      signal: controller.signal,
      onProgress: ({ code }) => {
        if (code === "learning_rate_too_high") controller.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toThrow("enough");
    model.dispose();
  });

  it("gives what fit refuses back as a diagnosis", async () => {
    const model = sequential(
      [lstm({ units: 4, inputShape: [14, 1] }), dense({ units: 2, activation: "softmax" })],
      { seed: 1 },
    );
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    const labels = x.map((_, n) => 1 + (n % 2));
    await expect(model.fit(x, labels)).rejects.toMatchObject({ code: "index_out_of_range" });
    const [worst] = await diagnose(model, { x, y: labels });
    expect(worst).toMatchObject({
      code: "index_out_of_range",
      severity: "error",
      evidence: { received: "2" },
    });
    model.dispose();
  });
});

describe("bounds that are bounds", () => {
  const rows = (size: number): { x: number[][][]; y: number[] } => {
    const normal = normalOf(mulberry32(3));
    const values = Array.from({ length: 120 }, () => normal());
    const x = values.slice(0, 100).map((_, n) => values.slice(n, n + 10).map((value) => [size * value]));
    return { x, y: values.slice(10, 110) };
  };

  it("inputs of the size 30 are unscaled, of 20 they are not", () => {
    const codes = (size: number) => examine(rows(size)).map(({ code }) => code);
    expect(codes(30)).toContain("unscaled_inputs");
    expect(codes(20)).not.toContain("unscaled_inputs");
  });

  it("a level twenty deviations from zero is unscaled, of ten it is not", () => {
    const far = (level: number) => {
      const { x, y } = rows(0.07);
      const own = x.map((row) => row.map(([value]) => [value! + level]));
      return examine({ x: own, y }).map(({ code }) => code);
    };
    expect(far(10)).toContain("unscaled_inputs");
    expect(far(0.5)).not.toContain("unscaled_inputs");
  });

  it("a code that is none does not compile", () => {
    // @ts-expect-error: two letters exchanged
    const misspelt: Code = "unscaled_inptus";
    expect(Object.keys(causes)).not.toContain(misspelt);
  });
});

describe("a repair", () => {
  it("keeps a scaler that has not seen the future, though the error it shows is larger", async () => {
    const normal = normalOf(mulberry32(9));
    const raw = Array.from({ length: 260 }, (_, t) => Math.sin(t / 2) + 0.002 * t + 0.2 * normal());
    const mean = raw.reduce((a, b) => a + b, 0) / raw.length;
    const std = Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / raw.length);
    const scaled = raw.map((value) => (value - mean) / std);
    const x = scaled.slice(0, 250).map((_, n) => scaled.slice(n, n + 10).map((value) => [value]));
    const repaired = await repair(
      { ...recipe, window: 10, fit: { epochs: 4 } },
      { data: { x, y: scaled.slice(10, 260) }, testFraction: 0, budget: 3, withControl: false },
    );
    expect(repaired.applied.map(({ code }) => code)).toContain("data_leakage_scaler");
    expect(repaired.baselines).toBeNull();
  });

  it("says what the last value repeated comes to", async () => {
    const repaired = await repair(recipe, { series: wave(200), budget: 1, withControl: false });
    expect(repaired.baselines!.seasonalNaive).toBeCloseTo(0, 6);
    expect(repaired.baselines!.naive).toBeGreaterThan(0.2);
  });
});

describe("a change in another framework's words", () => {
  it("is Keras's", () => {
    expect(
      fixAsCode({ compile: { optimizer: { globalClipnorm: 1, learningRate: 0.01 } } }, undefined, {
        as: "keras",
      }),
    ).toBe("model.compile(optimizer=keras.optimizers.Adam(global_clipnorm=1, learning_rate=0.01), loss=...)");
    expect(fixAsCode({ fit: { batchSize: 32, shuffle: false } }, undefined, { as: "keras" })).toBe(
      "model.fit(x, y, batch_size=32, shuffle=False)",
    );
    expect(
      fixAsCode(
        { layers: [{ kind: "recurrent", set: { activation: "tanh", recurrentInitializer: "orthogonal" } }] },
        undefined,
        {
          as: "keras",
        },
      ),
    ).toBe(
      'layers.LSTM(..., activation="tanh", recurrent_initializer="orthogonal")  # every recurrent layer',
    );
  });

  it("is PyTorch's", () => {
    expect(
      fixAsCode({ compile: { optimizer: { globalClipnorm: 1 } } }, undefined, { as: "pytorch" }),
    ).toContain("torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1)");
    expect(fixAsCode({ series: { scale: "standard" }, window: 20 }, undefined, { as: "pytorch" })).toContain(
      "reshape(-1, 20, 1)",
    );
  });

  it("no other is known", () => {
    expect(() => fixAsCode({ window: 2 }, undefined, { as: "jax" as "keras" })).toThrow(/keras/);
  });
});
