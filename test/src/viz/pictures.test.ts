import { describe, expect, it } from "vitest";
import {
  ConfigError,
  DataError,
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
  type RecurrentLayerFlow,
  sequential,
  sparkline,
  trace,
  traceChart,
  updateChart,
} from "../../../src/index.js";
import { linearScale, logScale, shade } from "../../../src/viz/scales.js";
import { shortNumber } from "../../../src/viz/short-number.js";
import { escapeText } from "../../../src/viz/svg.js";
import { shortNames } from "../../../src/viz/terminal.js";
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

/** Two directions, whose names are long and begin the same. */
const both: GradientFlow = {
  ...flow,
  layers: ["bidirectional/forward_lstm", "bidirectional/backward_lstm"].map((name) => ({
    ...flow.layers[0]!,
    name,
  })),
};

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

  const narrow: [string, (width: number) => string][] = [
    ["heat map", (width) => gradientFlowHeatmap(both, { width })],
    ["heat map over training", (width) => flowOverTraining(flows, { layer: "second", width })],
    ["gates", (width) => gateChart(both.layers[0]!, { width })],
    ["gates over training", (width) => gatesOverTraining(flows, { width })],
    ["updates", (width) => updateChart(flows, { width })],
    ["trace", (width) => traceChart(traced, { width })],
    [
      "norms",
      (width) => gradientNormChart([{ name: "bidirectional/forward_lstm", values: [1, 2] }], { width }),
    ],
  ];
  it.each(narrow)(
    "the %s has every word whole at 320 pixels, on the picture, and two numbers at every axis",
    (_, draw) => {
      const svg = draw(320);
      expect(svg).not.toContain("…");
      expectInside(svg);
      const words = (text: string): string => text.replaceAll(/[\s]+/g, "");
      const [title, ...texts] = textsOf(svg).filter((text) => !text.startsWith("text{"));
      expect(words(texts.join(""))).toContain(words(title!));
    },
  );

  it("every axis of a trace has two numbers at least: with a single one nobody knows how large anything is", () => {
    for (const width of [320, 760]) {
      const svg = traceChart(traced, { width });
      expect(svg.match(/text-anchor="middle" class="small">[-\d.]+</g)!.length).toBeGreaterThanOrEqual(2);
      // The numbers of a panel are drawn before its axis.
      const panels = svg.split(/<path class="axis" d="M78 [\d.]+v[\d.]+h/).slice(0, -1);
      expect(panels).toHaveLength(5);
      for (const panel of panels)
        expect(panel.match(/text-anchor="end" class="small">/g)?.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("twelve lines are told apart without colour, in the chart and in its legend", () => {
    const curves = Array.from({ length: 12 }, (_, k) => ({
      name: `line ${k}`,
      values: Array.from({ length: 20 }, (_, t) => 2 ** (k + t / 40)),
    }));
    const svg = gradientNormChart(curves);
    const dash = (part: string): string => /stroke-dasharray="([^"]*)"/.exec(part)?.[1] ?? "";
    const sign = (part: string): string =>
      /^<path class="s\d[^"]*" d="M[-\d.]+ [-\d.]+([^"M]*)/.exec(part)?.[1] ?? "";
    const paths = svg.match(/<path [^>]*\/>/g)!;
    const looks = paths.flatMap((path, i) =>
      path.includes('class="line ') ? [`${dash(path)}|${sign(paths[i + 1] ?? "")}`] : [],
    );
    // Each stands once in the legend and once in the panel.
    expect(looks).toHaveLength(24);
    expect(new Set(looks).size).toBe(12);
    expect(new Set(looks.slice(0, 12)).size).toBe(12);
  });

  it("gates that are no numbers are said to be, in a picture without a coordinate that is none", () => {
    const nan = new Float32Array(12).fill(Number.NaN);
    const layer = flow.layers[0] as RecurrentLayerFlow;
    const gates = Object.fromEntries(
      Object.entries(layer.gates).map(([name, gate]) => [name, { ...gate, mean: nan, saturated: nan }]),
    );
    const svg = gateChart({ ...layer, gates });
    expect(svg.match(/not finite: nothing to draw/g)).toHaveLength(4);
    expectInside(svg);
    expect(gateChart(layer)).not.toContain("not finite");
    const zero = gradientNormChart([
      { name: "cut", values: [0, 0] },
      { name: "own", values: [1, 2] },
    ]);
    expect(zero).toContain("cut: exactly 0, which has no place on a log scale");
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      "heat map",
      () => gradientFlowHeatmap(undefined as never),
      /gradientFlowHeatmap\(\): expected a flow, such as await/,
    ],
    ["heat map of a promise", () => gradientFlowHeatmap(Promise.resolve(flow) as never), /got object/],
    ["text", () => gradientFlowText(undefined as never), /gradientFlowText\(\): expected a flow/],
    ["over training", () => flowOverTraining(undefined as never), /expected recorded flows.*got undefined/],
    ["gates", () => gateChart(undefined as never), /expected one layer of a flow/],
    ["gates over training", () => gatesOverTraining(flow as never), /expected recorded flows/],
    ["updates", () => updateChart([null] as never), /expected recorded flows/],
    ["trace", () => traceChart(undefined as never), /expected what trace\(model, sequence\) returns/],
  ])("the %s refuses what is no input of it, and says what it takes", (_, draw, expected) => {
    expect(draw).toThrow(ConfigError);
    expect(draw).toThrow(expected);
  });

  it("a flow without recurrent layers is refused as text as it is as a picture", () => {
    const plain = { ...flow, layers: flow.layers.slice(2) };
    for (const draw of [() => gradientFlowHeatmap(plain), () => gradientFlowText(plain)])
      expect(draw).toThrow(DataError);
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
    const ticks = (low: number, high: number, count: number) => linearScale([low, high], [0, 1], count).ticks;
    expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(0, 1, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(-0.3, 0.3, 3)).toEqual([-0.2, 0, 0.2]);
    expect(ticks(3, 3, 4)).toContain(3);
  });

  it("numbers of an axis tell their ticks apart", () => {
    const { ticks, write } = linearScale([1990, 1994], [0, 1], 5);
    expect(ticks.map(write!)).toEqual(["1,990", "1,991", "1,992", "1,993", "1,994"]);
    expect([1e-9, 0.25, 12_000, 1e5, -3, -0].map(shortNumber)).toEqual([
      "1e-9",
      "0.25",
      "12000",
      "1e5",
      "-3",
      "0",
    ]);
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
    expect(gradientFlowText(flow).split("\n")).toHaveLength(5);
    const lines = gradientFlowText(flow, { columns: 40 }).split("\n");
    expect(lines).toContainEqual(expect.stringMatching(/^first {2}▏[ ░▒▓█0]+▕$/));
    // Truncated after eight steps of twelve, with the loss at the end.
    expect(lines).toContainEqual(expect.stringMatching(/^second ▏00000000/));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines.join(" ").replaceAll(/ +/g, " ")).toContain("from left to right first");
  });

  it("layers keep names that differ, however narrow the terminal", () => {
    const [layer] = flow.layers;
    const layers = ["bidirectional/forward_lstm", "bidirectional/backward_lstm"].map((name) => ({
      ...layer!,
      name,
    }));
    const [first, second] = gradientFlowText({ ...flow, layers }, { columns: 40 })
      .split("\n")
      .filter((line) => line.endsWith("▕"))
      .map((line) => line.split(" ")[0]);
    expect([first, second]).toEqual(["…forward_lstm", "…ackward_lstm"]);
    expect(shortNames(["encoder_first/x", "encoder_other/x"], 12)).toEqual(["encoder_fir…", "encoder_oth…"]);
    expect(shortNames(["a_very_long_name", "b"], 6)).toEqual(["a_ver…", "b"]);
    const narrow = shortNames(["bidirectional/forward_lstm", "bidirectional/backward_lstm"], 10);
    expect(narrow).toEqual(["…forward_…", "…backward…"]);
    // The same name twice stays the same.
    expect(shortNames(["same_long_name", "same_long_name"], 6)).toEqual(["same_…", "same_…"]);
  });

  it("a sparkline of noise about a level is a level, and one that falls falls", () => {
    const ln8 = [2.0794, 2.081, 2.0788, 2.0801, 2.0797];
    expect(sparkline(ln8)).toMatch(/^[▄▅]{5}$/);
    expect(sparkline(ln8, { log: true })).toMatch(/^[▄▅]{5}$/);
    expect(sparkline([2, 1.5, 1])).toBe("█▅▁");
    expect(sparkline([0, 0])).toBe("▄▄");
    expect(sparkline([-1, -1.001])).toMatch(/^[▄▅]{2}$/);
  });
});
