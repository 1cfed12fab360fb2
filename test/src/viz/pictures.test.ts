import { describe, expect, it } from "vitest";
import {
  dense,
  flowOverTraining,
  type GradientFlow,
  gateChart,
  gatesOverTraining,
  gradientFlowHeatmap,
  gradientFlowRecorder,
  gradientFlowText,
  gradientNormChart,
  lstm,
  sequential,
  sparkline,
  trace,
  traceChart,
  updateChart,
} from "../../../src/index.js";
import { logScale, niceTicks, shade, shortNumber } from "../../../src/viz/scales.js";
import { escapeText } from "../../../src/viz/svg.js";
import { values } from "../model/support.js";
import { expectInside, textsOf } from "./svg-text.js";

const trained = async () => {
  const model = sequential(
    [
      lstm({ units: 6, returnSequences: true, inputShape: [12, 2], name: "first" }),
      lstm({ units: 4, name: "second" }),
      dense({ units: 1 }),
    ],
    { seed: 1 },
  );
  model.compile({ loss: "mse", optimizer: "adam", truncate: 8 });
  const recorder = gradientFlowRecorder({ every: 1 });
  const x = values([8, 12, 2], 1);
  const y = values([8, 1], 2);
  await model.fit(x, y, { epochs: 3, batchSize: 4, callbacks: [recorder] });
  const flow = await model.gradientFlow(x, y);
  const traced = trace(model, values([12, 2], 3), { layer: "second", y: values([1], 4) });
  model.dispose();
  return { flow, flows: recorder.flows, traced };
};

const { flow, flows, traced } = await trained();

const pictures: [string, () => string, string[]][] = [
  ["heat map", () => gradientFlowHeatmap(flow), ["first", "second", "layer", "hatched: exactly 0"]],
  [
    "heat map of c",
    () => gradientFlowHeatmap(flow, { measure: "cellGradient", width: 500 }),
    ["‖dL/dc‖ (log scale)"],
  ],
  [
    "heat map over training",
    () => flowOverTraining(flows, { layer: "second" }),
    ["epoch", "0, batch 1", "2"],
  ],
  ["gates", () => gateChart(flow.layers[0]!), ["Gate activations of first", "activation"]],
  [
    "gates over training",
    () => gatesOverTraining(flows),
    ["forget", "share saturated", "recorded training step"],
  ],
  [
    "updates",
    () => updateChart(flows),
    ["Update over weight while training", "first/recurrent_kernel", "tensor", "black: not finite"],
  ],
  [
    "gradient norms of weights",
    () => updateChart(flows, { measure: "gradientNorm" }),
    ["‖dL/dw‖ (log scale)"],
  ],
  [
    "trace",
    () => traceChart(traced, { unit: 2 }),
    ["Unit 2 of second (L: compiled loss)", "cell state c", "‖∂h_T/∂h_t‖"],
  ],
  [
    "norms",
    () => gradientNormChart([{ name: "a < b & c", values: [1e-9, 0, 3, 0.5] }]),
    ["a &lt; b &amp; c", "‖dL/dh‖ (log scale)", "time step t"],
  ],
];

describe("pictures", () => {
  it.each(pictures)("the %s is well-formed, named and within its frame", (_, draw, labels) => {
    const svg = draw();
    const texts = textsOf(svg);
    for (const label of labels) expect(texts).toContain(label);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" ')).toBe(true);
    expectInside(svg);
  });

  it.each(pictures)("the %s has the same bytes every time", (_, draw) => {
    expect(draw()).toBe(draw());
  });

  it("a heat map has a cell for each layer and time step, the darkest for the largest", () => {
    const layer = {
      name: "l",
      kind: "lstm",
      weights: [],
      cellGradient: new Float32Array(),
      inputGradient: new Float32Array(),
      gates: {},
    };
    const own: GradientFlow = {
      loss: 1,
      gradientNorm: { before: 1, after: 1 },
      layers: [{ ...layer, hiddenGradient: Float32Array.from([0, 1e-3, 1]) }],
    };
    const svg = gradientFlowHeatmap(own);
    const fills = [
      .../<g shape-rendering="crispEdges">(.*?)<\/g>/.exec(svg)![1]!.matchAll(/fill="([^"]+)"/g),
    ].map(([, fill]) => fill);
    expect(fills).toEqual(["url(#none)", shade(0), shade(1)]);
  });

  it("refuse what they cannot draw, in words", () => {
    const empty: GradientFlow = { loss: 1, gradientNorm: { before: 1, after: 1 }, layers: [] };
    expect(() => gradientFlowHeatmap(empty)).toThrow("no layer");
    expect(() => gradientFlowHeatmap(flow, { measure: "dh" as never })).toThrow("hiddenGradient");
    expect(() => flowOverTraining(flows, { layer: "third" })).toThrow("first, second");
    expect(() => flowOverTraining(flows, { measure: "inputGradient" })).toThrow("inputGradient");
    expect(() => flowOverTraining([])).toThrow("nothing was recorded");
    expect(() => gateChart(flow.layers[2]!)).toThrow("no gates");
    expect(() => updateChart([])).toThrow("nothing was recorded");
    expect(() => traceChart(traced, { unit: 4 })).toThrow("unit");
  });
});

describe("scales", () => {
  it("ticks are round numbers within the ends", () => {
    expect(niceTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
    expect(niceTicks(-0.3, 0.3, 3)).toEqual([-0.2, 0, 0.2]);
    expect(niceTicks(3, 3, 4)).toEqual([3]);
  });

  it("a log scale spans whole decades and ignores what has no logarithm", () => {
    const scale = logScale([0, 2e-4, Number.NaN, 30], [0, 6]);
    expect([scale.low, scale.high]).toEqual([1e-4, 100]);
    expect(scale.at(1e-4)).toBeCloseTo(0, 12);
    expect(scale.at(0.01)).toBeCloseTo(2, 12);
    expect(logScale([], [0, 1]).ticks.length).toBeGreaterThan(1);
  });

  it("shades grow darker all the way, so that grey tells them apart", () => {
    const luminance = (share: number): number => {
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(shade(share).slice(at, at + 2), 16));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    for (let i = 1; i <= 50; i++) expect(luminance(i / 50)).toBeLessThan(luminance((i - 1) / 50));
  });

  it("numbers are short", () => {
    expect([0, 0.25, 1e-5, 12000, 123456, -0.5, Number.POSITIVE_INFINITY].map(shortNumber)).toEqual([
      "0",
      "0.25",
      "1e-5",
      "12000",
      "1.2e5",
      "-0.5",
      "∞",
    ]);
  });

  it("text is written so that XML can hold it", () => {
    expect(escapeText(`a<b>&"'\u0007\n`)).toBe("a&lt;b&gt;&amp;&quot;&#39;\n");
  });
});

describe("terminal", () => {
  it("a sparkline goes from the lowest block to the highest", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([1, 1, 1])).toBe("▄▄▄");
    expect(sparkline([1, 10, 100, 0, Number.NaN], { log: true })).toBe("▁▅█··");
    expect(sparkline([0, 9, 0, 0, 0, 0], { columns: 3 })).toBe("█▁▁");
  });

  it("a flow is a line a layer, no wider than asked for", () => {
    const lines = gradientFlowText(flow, { columns: 40 }).split("\n");
    expect(lines.length).toBe(5);
    expect(lines[1]).toMatch(/^first {2}▏[ ░▒▓█0]+▕$/);
    // Truncated after eight steps of twelve, with the loss at the end.
    expect(lines[2]).toMatch(/^second ▏00000000/);
    for (const line of lines.slice(1, 3)) expect(line.length).toBeLessThanOrEqual(40);
  });
});
