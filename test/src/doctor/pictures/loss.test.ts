import { describe, expect, it, vi } from "vitest";
import { sineMix } from "../../../../bench/faults/series.js";
import { lossAlongOutput } from "../../../../src/doctor/pictures/loss.js";
import {
  type ActivationOptions,
  activation,
  adam,
  binaryCrossentropy,
  type Diagnosis,
  dense,
  diagnose,
  doctor,
  drawPicture,
  lstm,
  type Picture,
  poisson,
  type Sequential,
  sequential,
  sgd,
  slidingWindows,
} from "../../../../src/index.js";
import { expectInside } from "../../viz/svg-text.js";

type Lines = Extract<Picture, { kind: "lines" }>;

const { x, y } = slidingWindows(sineMix(300, 5), { window: 12 });
const pictureOf = (diagnoses: readonly Diagnosis[], code: string): Picture => {
  const { picture } = diagnoses.find((diagnosis) => diagnosis.code === code)!;
  expectInside(drawPicture(picture!));
  return picture!;
};

describe("the loss along the output's sum", () => {
  const crossentropy = (fromLogits: boolean) => ({ loss: "binaryCrossentropy", fromLogits });
  const cases: {
    loss: string;
    fromLogits: boolean;
    activation: NonNullable<ActivationOptions["activation"]>;
  }[] = [
    { ...crossentropy(true), activation: "sigmoid" },
    { ...crossentropy(true), activation: "linear" },
    { ...crossentropy(false), activation: "linear" },
    { ...crossentropy(false), activation: "relu" },
    { ...crossentropy(false), activation: "tanh" },
    { ...crossentropy(false), activation: "hardSigmoid" },
    { loss: "poisson", fromLogits: false, activation: "exponential" },
    { loss: "poisson", fromLogits: false, activation: "softplus" },
  ];
  it.each(cases)("is what $loss of $activation (fromLogits: $fromLogits) costs in a model", async (given) => {
    const drawn = lossAlongOutput(given, given, [1, 0]) as Lines;
    const model = sequential([activation({ activation: given.activation, inputShape: [1] })]);
    const loss = given.loss === "poisson" ? poisson() : binaryCrossentropy({ fromLogits: given.fromLogits });
    model.compile({ loss, optimizer: "sgd" });
    for (const [k, target] of [1, 0].entries()) {
      for (const z of [-4, -0.2, 0.4, 3]) {
        const { loss: measured } = await model.evaluate([[z]], [[target]]);
        const at = drawn.lines[k]!.x!.findIndex((place) => Math.abs(place - z) < 1e-9);
        const shown = drawn.lines[k]!.values[at]!;
        // Pictures keep four digits; a loss near 0 is a difference of float32 numbers near 1.
        expect(Math.abs(shown - measured!)).toBeLessThan(1e-3 * Math.abs(measured!) + 2e-6);
      }
    }
    model.dispose();
  });
});

describe("how a training broke", () => {
  // With an activation that may have broken it, the activation would be named instead.
  const broken = (scale: number, inside: "tanh" | "linear" = "tanh"): Sequential => {
    const model = sequential(
      [
        lstm({ units: 4, activation: inside, returnSequences: true, inputShape: [12, 1], name: "first" }),
        lstm({ units: 4, name: "second" }),
        dense({ units: 1 }),
      ],
      { seed: 1 },
    );
    model.compile({ optimizer: adam({ learningRate: 0.001, globalClipnorm: 1 }), loss: "mse" });
    model.setWeights(
      model.getWeights().map((weight) => ({
        ...weight,
        data: weight.name.startsWith("first")
          ? Float32Array.from(weight.data, (value) => value * scale)
          : weight.data,
      })),
      { allowNonFinite: true },
    );
    return model;
  };

  it("shows the epochs where the history has them", async () => {
    const model = broken(Number.NaN);
    const found = await diagnose(model, { x, y, history: { loss: [1, 0.5, 20, Number.NaN] } });
    const picture = pictureOf(found, "nan_in_loss") as Lines;
    expect(picture.lines[0]!.values).toEqual([1, 0.5, 20, null]);
    expect(picture.marks).toEqual([{ label: "no number: epoch 4", x: 4 }]);
    model.dispose();
  });

  it("shows the weights that are lost where a new training goes well", async () => {
    const model = broken(Number.NaN);
    const picture = pictureOf(await diagnose(model, { x, y }), "nan_in_loss");
    expect(picture).toMatchObject({ kind: "bars", title: "Weights that are no numbers" });
    expect(picture.kind === "bars" && picture.bars.map(({ value }) => value).slice(0, 4)).toEqual([
      100, 100, 100, 0,
    ]);
    model.dispose();
  });

  it("shows layers and time steps where the weights are numbers and their outputs are not", async () => {
    // Finite weights of 1e30 make states beyond 3.4e38, the largest of float32, in a few steps.
    const model = broken(1e30, "linear");
    const picture = pictureOf(await diagnose(model, { x, y }), "nan_in_loss");
    expect(picture).toMatchObject({ kind: "heatmap", y: { label: "layer" } });
    const [first] = picture.kind === "heatmap" ? picture.rows : [];
    expect(first!.name).toBe("first");
    expect(first!.values.length).toBe(12);
    expect(first!.values.at(-1)).toBeNull();
    model.dispose();
  });

  it("shows the gradient's norm up to the batch at which doctor() stopped", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const model = sequential(
      [lstm({ units: 8, activation: "linear", inputShape: [12, 1] }), dense({ units: 1 })],
      { seed: 3 },
    );
    model.compile({ optimizer: sgd({ learningRate: 50 }), loss: "mse" });
    const watch = doctor();
    await model.fit(x, y, { epochs: 20, callbacks: [watch] });
    const picture = pictureOf(watch.diagnoses, watch.diagnoses[0]!.code) as Lines;
    const [line] = picture.lines;
    expect(line!.values.length).toBeGreaterThan(1);
    // Batches of a picture count from 1.
    expect(picture.marks![0]!.x).toBe(watch.stoppedAt! + 1);
    expect(line!.x?.at(-1) ?? line!.values.length).toBe(watch.stoppedAt! + 1);
    warn.mockRestore();
    model.dispose();
  });
});
