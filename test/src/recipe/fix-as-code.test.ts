import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import * as gateflow from "../../../src/index.js";
import { fixAsCode, recipeAsCode } from "../../../src/recipe/fix-as-code.js";
import type { RecipePatch } from "../../../src/recipe/patch.js";
import type { Recipe } from "../../../src/recipe/recipe.js";

const recipe: Recipe = {
  window: 12,
  layers: [
    { kind: "lstm", units: 4 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: 0.01, clipnorm: 0.1 }, loss: "mse" },
  fit: { epochs: 1, batchSize: 64 },
};

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** What is defined where the code is put: a series with a gap only where the code fills it. */
function surroundings(code: string): Record<string, unknown> {
  const plain = sineMix(120, 3).map((value) => value + 3);
  const series = code.includes("filled") ? plain.map((value, t) => (t === 30 ? null : value)) : plain;
  const { x, y } = gateflow.slidingWindows(plain, { window: 12 });
  const model = gateflow.sequential(
    [gateflow.lstm({ units: 4, inputShape: [12, 1] }), gateflow.dense({ units: 1 })],
    { seed: 1 },
  );
  model.compile({ optimizer: "adam", loss: "mse" });
  const layerOptions = code.includes("dropout({") ? {} : { units: 4 };
  const optimizerOptions = { clipnorm: 1 };
  return {
    ...gateflow,
    ...{ series, x, y, model, layerOptions, optimizerOptions },
    ...{ compileOptions: { optimizer: "adam", loss: "mse" }, fitOptions: { epochs: 1 } },
  };
}

/** Runs code and gives what its variables are afterwards. */
async function run(code: string): Promise<Record<string, unknown>> {
  const names = surroundings(code);
  const result = await new AsyncFunction(
    ...Object.keys(names),
    `{ ${code}\nreturn { series, x, y, model }; }`,
  )(...Object.values(names));
  return result as Record<string, unknown>;
}

/** Every kind of change that rules of src/doctor/rules ask for. */
const patches: [string, RecipePatch][] = [
  ["gaps", { series: { impute: "linear" } }],
  ["a scale", { series: { scale: "standard" } }],
  ["a difference and a scale", { series: { difference: 1, scale: "minMax" } }],
  ["everything a series can be given", { series: { impute: "forward", log: true, difference: 1, clip: 3 } }],
  ["outliers", { series: { scale: "robust", clip: 3 } }],
  ["a window", { window: 26 }],
  ["units", { layers: [{ kind: "recurrent", set: { units: 32 } }] }],
  [
    "initializers",
    {
      layers: [
        {
          kind: "recurrent",
          set: { kernelInitializer: "glorotUniform", recurrentInitializer: "orthogonal" },
        },
      ],
    },
  ],
  [
    "a made initializer",
    {
      layers: [{ kind: "lstm", set: { biasInitializer: { name: "chrono", config: { maxTimesteps: 60 } } } }],
    },
  ],
  ["the last layer", { layers: [{ kind: "last", set: { activation: "sigmoid" } }] }],
  ["a regularizer to leave out", { layers: [{ kind: "weighted", set: { kernelRegularizer: null } }] }],
  ["a dropout", { layers: [{ kind: "dropout", set: { rate: 0.2 } }] }],
  ["a rate", { compile: { optimizer: { learningRate: 0.003 } } }],
  ["another clipping", { compile: { optimizer: { clipnorm: null, clipvalue: null, globalClipnorm: 1 } } }],
  ["no truncation", { compile: { truncate: null } }],
  ["epochs", { fit: { epochs: 2 } }],
  ["no shuffling", { fit: { shuffle: false } }],
  ["weights of classes", { fit: { classWeight: { 0: 0.6, 1: 3 } } }],
  ["early stopping", { fit: { earlyStopping: { patience: 10, restoreBestWeights: true } } }],
];

describe("fixAsCode()", () => {
  it.each(patches)(
    "writes %s as code that runs, alone and in its recipe, within 76 columns",
    async (_, patch) => {
      for (const code of [fixAsCode(patch), fixAsCode(patch, recipe)]) {
        expect(code).not.toBe("");
        // As it is printed, four columns in, in a terminal of 80.
        for (const line of code.split("\n")) expect(line.length).toBeLessThanOrEqual(76);
        // Whole numbers are no class labels, which is a matter of the data here, not of the code.
        if (patch.fit?.classWeight === undefined) await run(code);
      }
    },
  );

  it("writes a series' steps in the order in which a recipe takes them, and the way back in reverse", () => {
    const code = fixAsCode(
      { series: { difference: 1 } },
      { ...recipe, series: { scale: "standard", log: true } },
    );
    const at = ["logTransform(", "difference(logged)", "standardScaler()", "slidingWindows(scaled"].map(
      (part) => code.indexOf(part),
    );
    expect(Math.min(...at)).toBeGreaterThanOrEqual(0);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(code).toContain("through scaler.inverseTransform, then undifference, then inverseLogTransform");
  });

  it("cuts windows of the new length and tells the first layer of it", async () => {
    const { x, model } = await run(fixAsCode({ window: 26 }, recipe));
    expect((x as gateflow.Tensor).shape).toEqual([120 - 26, 26, 1]);
    expect((model as gateflow.Sequential).inputShape).toEqual([26, 1]);
  });

  it("keeps the options of the recipe it does not change, and leaves out what null takes away", () => {
    const patch = { compile: { optimizer: { clipnorm: null, globalClipnorm: 1 } } };
    expect(fixAsCode(patch, recipe)).toBe(
      'model.compile({\n  optimizer: adam({ learningRate: 0.01, globalClipnorm: 1 }),\n  loss: "mse",\n});',
    );
    expect(fixAsCode(patch)).toContain("clipnorm: undefined");
  });

  it("changes the layer inside a wrapper, and writes it as the call it is", async () => {
    const wrapped = {
      ...recipe,
      layers: [
        { kind: "bidirectional", layer: { kind: "lstm", config: { units: 4 } } },
        { kind: "dense", units: 1 },
      ],
    };
    const code = fixAsCode({ layers: [{ kind: "recurrent", set: { units: 6 } }] }, wrapped);
    expect(code).toContain("bidirectional({ layer: lstm({ units: 6 }), inputShape: [12, 1] })");
    const { model } = await run(code);
    // Two LSTMs of 6 units, and the dense layer behind both.
    expect((model as gateflow.Sequential).countParams()).toBe(2 * 4 * 6 * (1 + 6 + 1) + 13);
  });

  it("says nothing for a patch that changes nothing", () => {
    expect([fixAsCode({}), fixAsCode({}, recipe), fixAsCode({ window: 12 }, recipe)]).toEqual(["", "", ""]);
  });
});

describe("recipeAsCode()", () => {
  it("writes a whole recipe that trains as it stands", async () => {
    const whole: Recipe = { ...recipe, series: { scale: "standard" }, horizon: 3 };
    const layers = [whole.layers[0]!, { kind: "dense", units: 3 }];
    const code = recipeAsCode({ ...whole, layers }, ["series", "layers", "compile", "fit"]);
    const { y, model } = await run(code);
    expect((y as gateflow.Tensor).shape).toEqual([120 - 12 - 2, 3]);
    expect((model as gateflow.Sequential).optimizer.iterations).toBe(2);
  });
});
