import { describe, expect, it } from "vitest";
import { METRIC_NAMES, metric } from "./metrics.js";
import { numbers } from "./test-support.js";

const t = (shape: number[], ...data: number[]) => ({ shape, data });

describe("metrics by hand", () => {
  it("binaryAccuracy: above the threshold, not at it, is 1", () => {
    const [y, p] = [t([4, 1], 1, 0, 0, 0), t([4, 1], 0.6, 0.5, 0.5, 0.9)];
    expect(metric("binaryAccuracy", y, p)).toBe(0.75);
    expect(metric("binaryAccuracy", y, p, { threshold: 0.4 })).toBe(0.25);
    expect(metric("accuracy", y, p)).toBe(0.75);
  });
  it("categorical accuracies compare the largest; accuracy chooses by the labels' shape", () => {
    const p = t([2, 3], 0.1, 0.7, 0.2, 0.5, 0.3, 0.2);
    const oneHot = t([2, 3], 0, 1, 0, 0, 0, 1);
    expect(metric("categoricalAccuracy", oneHot, p)).toBe(0.5);
    expect(metric("sparseCategoricalAccuracy", t([2], 1, 2), p)).toBe(0.5);
    expect(metric("accuracy", oneHot, p)).toBe(0.5);
    expect(metric("accuracy", t([2], 1, 0), p)).toBe(1);
  });
  it("topKCategoricalAccuracy", () => {
    const [y, p] = [t([2, 3], 0, 0, 1, 0, 0, 1), t([2, 3], 0.1, 0.7, 0.2, 0.5, 0.3, 0.2)];
    expect(metric("topKCategoricalAccuracy", y, p, { k: 2 })).toBe(0.5);
    expect(metric("topKCategoricalAccuracy", y, p, { k: 3 })).toBe(1);
  });
  it("rmse is the root of the mean over everything", () => {
    expect(metric("rmse", t([2, 1], 0, 0), t([2, 1], 1, 7))).toBe(5);
  });
  it("r2 is 1 for the truth, 0 for the mean, and averages outputs", () => {
    const y = t([3, 1], 1, 2, 3);
    expect(metric("r2", y, y)).toBe(1);
    expect(metric("r2", y, t([3, 1], 2, 2, 2))).toBe(0);
    expect(metric("r2", t([2, 2], 1, 1, 3, 3), t([2, 2], 1, 2, 3, 2))).toBe(0.5);
  });
  it("mase divides by the seasonal naive error of the training series", () => {
    const [y, p] = [t([2, 1], 10, 20), t([2, 1], 13, 17)];
    expect(metric("mase", y, p, { train: [0, 1, 4, 9] })).toBe(1);
    expect(metric("mase", y, p, { train: [0, 1, 4, 9], season: 2 })).toBe(0.5);
  });
  it("a loss serves as a metric, but the cosine similarity counts upwards", () => {
    expect(metric("mae", t([2, 1], 0, 0), t([2, 1], 1, 3))).toBe(2);
    expect(metric("cosineSimilarity", t([1, 2], 0, 2), t([1, 2], 0, 5))).toBe(1);
  });
});

it("every metric is finite on ordinary numbers", () => {
  const [y, p] = [numbers([3, 2], 1), numbers([3, 2], 2)];
  const probabilities = { shape: p.shape, data: p.data.map((v) => 0.5 + v / 3) };
  for (const name of METRIC_NAMES) {
    const classes = name === "sparseCategoricalCrossentropy" || name === "sparseCategoricalAccuracy";
    const halves = name === "gaussianNegativeLogLikelihood";
    const labels = classes ? t([3], 0, 1, 0) : halves ? numbers([3, 1], 1) : y;
    expect(metric(name, labels, probabilities), name).toSatisfy(Number.isFinite);
  }
});
