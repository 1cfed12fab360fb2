import { describe, expect, it } from "vitest";
import { openWindows } from "../../../../src/doctor/evidence/window-source.js";
import { allowanceFor, costOfAStep, stepsOf } from "../../../../src/doctor/trials/allowance.js";
import { fileOf } from "../../../../src/doctor/trials/model-copy.js";
import { dense, embedding, lstm, sequential } from "../../../../src/index.js";

const tokens = Array.from({ length: 400 }, (_, n) => Array.from({ length: 30 }, (_, t) => (n + t) % 50));
const labels = tokens.map((row) => row[0]! % 2);
const windows = openWindows(tokens, labels);

function fileOfReader(vocabulary: number) {
  const model = sequential([
    embedding({ inputDim: vocabulary, outputDim: 8, inputShape: [30] }),
    lstm({ units: 64 }),
    dense({ units: 1 }),
  ]);
  model.compile({ optimizer: "adam", loss: "mse" });
  const file = fileOf(model, [30]);
  model.dispose();
  return file;
}

describe("what trials may cost", () => {
  it("counts the tokens of a sample, which has no axis of features, as its steps", () => {
    const file = fileOfReader(50);
    expect(windows.timesteps).toBe(1);
    expect(stepsOf(file, windows)).toBe(30);
    expect(allowanceFor(file, windows, 1000)).toBe(1000 * 400 * 30);
  });

  it("does not grow with the rows of a table of which one is read", () => {
    const [small, large] = [fileOfReader(50), fileOfReader(5000)];
    expect(allowanceFor(large, windows, 1)).toBe(allowanceFor(small, windows, 1));
  });

  it("knows a wider copy from a narrow one", () => {
    const weights = (units: number) => [{ name: "lstm/kernel", data: { length: 4 * units * (units + 2) } }];
    expect(costOfAStep(["lstm"], weights(64))).toBeGreaterThan(10 * costOfAStep(["lstm"], weights(4)));
  });
});
