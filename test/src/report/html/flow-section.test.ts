import { describe, expect, it } from "vitest";
import {
  gatesPicture,
  saturationPicture,
  spreadOut,
  stepsPicture,
  updatesPicture,
} from "../../../../src/report/html/flow-pictures.js";
import { flowSection } from "../../../../src/report/html/flow-section.js";
import { PICTURE_STYLE } from "../../../../src/report/html/inline-picture.js";
import { renderReport } from "../../../../src/report/html/render.js";
import { flowTable, tableNote, weightTable } from "../../../../src/report/text/flow-table.js";
import { flowFacts, lastFlow, memoryInWords } from "../../../../src/report/text/flow-words.js";
import { sampleFlow } from "../sample-flow.js";
import { sampleReport } from "../sample-report.js";

describe("the memory horizon in words", () => {
  it("counts the steps of the window that teach next to nothing", () => {
    // 0.5^10 is the first below a thousandth.
    expect(memoryInWords(sampleFlow({ factor: 0.5, window: 24 }))).toBe(
      "Memory horizon: 10 of the 24 steps of the window. Further back the gradient is less than a thousandth of what it is at the last step: the first 14 steps of the window teach the network next to nothing.",
    );
    expect(memoryInWords(sampleFlow({ factor: 0.5, window: 11 }))).toContain(
      "the first 1 step of the window teaches",
    );
  });

  it("says that the whole window teaches, and how much of the gradient is left at its beginning", () => {
    expect(memoryInWords(sampleFlow({ factor: 0.8, window: 12 }))).toBe(
      "Memory horizon: the whole window of 12 steps. At its first step the gradient is 8.6 % of what it is at the last, so all of the window teaches the network.",
    );
  });

  it("says that nothing is learnt where no gradient arrives, and claims nothing where it is not finite", () => {
    expect(memoryInWords(sampleFlow({ epochs: 1 }))).toContain("no gradient reaches lstm");
    expect(memoryInWords(sampleFlow({ factor: Number.NaN }))).toContain("not finite");
    expect(memoryInWords(sampleFlow({ factor: 1e20 }))).toContain("not finite");
  });
});

describe("the facts", () => {
  it("tell the forget gate's memory, saturation and the last update", () => {
    expect(flowFacts(sampleFlow({ saturated: 0.25 }))).toEqual([
      "Forget gates: on average so far open that a cell state left alone fades to 1/e in 3.5 steps.",
      "Saturation: at one step or another up to 25 % of the forget gate's activations are within 0.05 of a bound, where they learn little.",
      "Updates: the last one looked at moves no kernel by more than 0.2 % of its size (lstm/recurrent_kernel); a tenth of a percent is usual.",
    ]);
  });

  it("call a wild update wild, a small one still, and a gate that is open open", () => {
    expect(flowFacts(sampleFlow({ updateRatio: 0.3 }))[2]).toContain("wild");
    expect(flowFacts(sampleFlow({ updateRatio: 1e-8 }))[2]).toContain("standing still");
    expect(flowFacts(sampleFlow({ forget: 1 }))[0]).toContain("does not fade");
    expect(flowFacts(sampleFlow())[1]).toContain("no gate is near a bound");
  });
});

describe("the tables", () => {
  it("tell horizon, growth with its interval, time constant and dead units, a layer a row", () => {
    const dead = { sign: "no gradient", layers: [{ name: "dense", units: 8, dead: [0, 5] }] };
    const { columns, rows } = flowTable({ ...sampleFlow({ factor: 0.8, window: 12 }), dead });
    expect(columns.length).toBe(5);
    expect(rows).toEqual([
      ["lstm", "all 12 steps", "0.8 (0.8 to 0.8)", "3.48 steps", "–"],
      ["dense", "–", "–", "–", "2 of 8"],
    ]);
    expect(tableNote({ ...sampleFlow(), dead })).toContain("Dead: no gradient.");
    expect(tableNote(sampleFlow())).not.toContain("Dead");
  });

  it("say what is not there, and what is not finite", () => {
    const cells = (sample: Parameters<typeof sampleFlow>[0]) => flowTable(sampleFlow(sample)).rows[0];
    expect(cells({ epochs: 1 })!.slice(1, 3)).toEqual(["no gradient", "–"]);
    expect(cells({ factor: Number.NaN, forget: 1 })!.slice(1, 4)).toEqual([
      "not finite",
      "–",
      "does not fade",
    ]);
  });

  it("tell of every weight its size, its gradient's, and how far it moves", () => {
    const { rows } = weightTable(sampleFlow({ epochs: 1 }));
    expect(rows[0]).toEqual(["lstm/kernel", "1", "0.1", "0.001"]);
    expect(rows.at(-1)).toEqual(["dense/kernel", "1", "0.1", "from zero"]);
  });

  it("are of the network as it was trained where that was looked at, not of the last epoch", () => {
    const { flows } = sampleFlow({ factor: 0.5, window: 24 });
    const training = { ...sampleFlow({ window: 24 }), trained: flows.at(-1)!.flow };
    expect(flowTable(training).rows[0]![1]).toBe("10 of 24 steps");
    expect(memoryInWords(training)).toContain("10 of the 24 steps");
  });
});

describe("the pictures", () => {
  it("have one row an epoch, counted from 1, and of many epochs the first, the last and some between", () => {
    expect(stepsPicture(sampleFlow()).rows.map(({ name }) => name)).toEqual(["1", "2", "3", "4"]);
    const many = stepsPicture(sampleFlow({ epochs: 200 })).rows;
    expect(many.length).toBe(16);
    expect([many[0]!.name, many.at(-1)!.name]).toEqual(["1", "200"]);
    // Long windows have fewer rows: each of their cells is bytes.
    expect(stepsPicture(sampleFlow({ epochs: 200, window: 300 })).rows.length).toBe(8);
    expect(spreadOut([1, 2, 3], 3)).toEqual([1, 2, 3]);
  });

  it("show gates by step, shares in per cent, and updates of kernels by epoch, infinite ones left out", () => {
    expect(gatesPicture(lastFlow(sampleFlow())).lines.map(({ name }) => name)).toEqual([
      "input",
      "forget",
      "cell",
      "output",
    ]);
    expect(saturationPicture(lastFlow(sampleFlow({ saturated: 0.25 }))).lines[1]!.values[0]).toBe(25);
    const { lines } = updatesPicture(sampleFlow());
    expect(lines.map(({ name }) => name)).toEqual(["lstm/kernel", "lstm/recurrent_kernel", "dense/kernel"]);
    expect(lines[2]!.values).toEqual([null, 0.0005, 0.0005, 0.0005]);
    expect(lines[0]!.x).toEqual([1, 2, 3, 4]);
  });

  it("of a network with more kernels than dashes show its recurrent ones", () => {
    const { flows, layer } = sampleFlow();
    const deep = flows.map((recorded) => ({
      ...recorded,
      flow: { ...recorded.flow, layers: [0, 1, 2].flatMap(() => recorded.flow.layers) },
    }));
    expect(updatesPicture({ flows: deep, layer }).lines.map(({ name }) => name)).toEqual(
      new Array(3).fill("lstm/recurrent_kernel"),
    );
  });
});

describe("the section", () => {
  const html = flowSection(sampleFlow());

  it("is not there where nothing was recorded", async () => {
    expect(flowSection(undefined)).toBe("");
    expect(renderReport(sampleReport())).not.toContain("How the gradient flows");
  });

  it("holds five figures, each for a screen and for a phone, with every word of theirs whole", () => {
    expect(html.match(/<figure>/g)).toHaveLength(5);
    expect(html.match(/<svg class="wide picture"/g)).toHaveLength(5);
    expect(html.match(/<svg class="narrow picture"/g)).toHaveLength(5);
    expect(html).not.toContain("…");
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("keeps its texts inside their drawings", () => {
    // The width of a letter is estimated from above, as when the pictures are laid out.
    for (const [svg] of html.matchAll(/<svg [\s\S]*?<\/svg>/g)) {
      const width = Number(/ width="([\d.]+)"/.exec(svg)![1]);
      for (const [, attributes, content] of svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)) {
        if (/ y="0"| x="0"/.test(` ${attributes}`)) continue; // Turned labels run along the height.
        const size = attributes!.includes("title") ? 14 : attributes!.includes("small") ? 11 : 12;
        const long = content!.length * size * 0.6;
        const x = Number(/x="([-\d.]+)"/.exec(attributes!)![1]);
        const start = attributes!.includes('"end"')
          ? x - long
          : attributes!.includes('"middle"')
            ? x - long / 2
            : x;
        expect(start, content).toBeGreaterThanOrEqual(0);
        expect(start + long, content).toBeLessThanOrEqual(width + 1);
      }
    }
  });

  it("styles nothing but its own pictures", async () => {
    expect(html).not.toContain("<style");
    const rules = PICTURE_STYLE.trim().split("\n");
    expect(rules.length).toBeGreaterThan(20);
    for (const rule of rules) {
      expect(rule).toMatch(/^(svg\.picture [^{,]+\{[^}]*\}|@media \(prefers-color-scheme:dark\)\{|\})$/);
    }
    const page = renderReport({ ...sampleReport(), flow: sampleFlow() });
    expect(page).toContain(PICTURE_STYLE.trim());
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page.match(/<figure>/g)).toHaveLength(15);
  });

  it("hatches by patterns that stand in the picture shown, and says why the first epoch has none", () => {
    for (const kind of ["wide", "narrow"]) {
      expect(html).toContain(`id="flow-2-${kind}"`);
      expect(html).toContain(`url(#flow-2-${kind})`);
    }
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(html).not.toContain("url(#none)");
    expect(html).toContain("The output layer begins at zero");
  });

  it("escapes the layer's name", () => {
    const named = flowSection(sampleFlow({ layer: "a<b>" }));
    expect(named).toContain("a&#60;b&#62;");
    expect(named).not.toContain("a<b>");
  });
});
