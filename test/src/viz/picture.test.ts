import { describe, expect, it } from "vitest";
import { drawPicture, type Picture, printPicture } from "../../../src/index.js";
import { expectInside, textsOf } from "./svg-text.js";

const losses = [1, 0.5, null, 0.2, 0.1];
const long =
  "a name that goes on and on, far longer than any picture has room for, and then a little more of it";

const pictures: Record<string, Picture> = {
  lines: {
    kind: "lines",
    title: "Loss while training",
    x: { label: "epoch" },
    y: { label: "loss (mse)" },
    lines: [
      { name: "training", x: [1, 2, 3, 4, 5], values: losses },
      { name: "validation", x: [1, 3, 5], values: [1, 0.6, 0.8] },
    ],
    marks: [
      { label: "best: epoch 3", x: 3 },
      { label: "early", x: [1, 2] },
      { label: "a constant answer", y: 0.9 },
      { label: "usual", y: [0.2, 0.4] },
    ],
  },
  decades: {
    kind: "lines",
    title: "Gradient norm",
    x: { label: "time step t" },
    y: { label: "‖dL/dh‖", log: true },
    lines: [{ name: "lstm", values: Array.from({ length: 40 }, (_, t) => 10 ** (t - 40)) }],
    marks: [{ label: "bound", y: 6e-8 }],
  },
  points: {
    kind: "lines",
    title: "One against another",
    x: { label: "feature 0" },
    y: { label: "target", range: [-1, 1] },
    lines: [
      { name: "first", x: [-0.5, 0, 0.5], values: [-1, 0, 1], points: true },
      { name: "second", x: [-0.5, 0, 0.5], values: [1, 0, -1], points: true },
    ],
  },
  bars: {
    kind: "bars",
    title: "Size of each feature",
    x: { label: "root mean square", log: true },
    y: { label: "feature" },
    bars: [
      { name: "feature 0", value: 1 },
      { name: "feature 1", value: 2500 },
      { name: "feature 2", value: null },
    ],
    marks: [{ label: "bound", x: 25 }],
  },
  ranges: {
    kind: "bars",
    title: "Ranges",
    x: { label: "value" },
    y: { label: "part" },
    bars: [
      { name: "training", from: -1, value: 1.5 },
      { name: "validation", from: 2, value: 4 },
    ],
    marks: [{ label: "±1", x: [-1, 1] }],
  },
  heatmap: {
    kind: "heatmap",
    title: "Outputs",
    x: { label: "time step t" },
    y: { label: "layer" },
    value: { label: "largest |output|" },
    rows: [
      { name: "first", values: [0, 0.1, 1] },
      { name: "second", values: [1, 10, null] },
    ],
  },
  crowded: {
    kind: "lines",
    title: long,
    x: { label: "time step" },
    y: { label: long },
    lines: [{ name: long, values: [1000, 1001, 1002] }],
    marks: [0, 0.5, 1, 1.5, 2].map((x) => ({ label: `a label with some words at ${x}`, x })),
  },
  "long names": {
    kind: "bars",
    title: long,
    x: { label: "value" },
    y: { label: "what" },
    bars: Array.from({ length: 20 }, (_, i) => ({ name: `${i} ${long}`, value: -i })),
  },
};
const named = Object.entries(pictures);

describe("drawPicture", () => {
  it.each(named)("%s: well-formed, axes named, text on the picture", (_name, picture) => {
    for (const options of [{}, { width: 400, height: 120 }, { width: 1200 }]) {
      const svg = drawPicture(picture, options);
      const texts = textsOf(svg).join("\n");
      expect(texts).toContain(picture.x.label);
      expect(texts).toContain(picture.y.label.slice(0, 20));
      expectInside(svg);
    }
  });

  it.each(named)("%s goes through JSON and is drawn the same", (_name, picture) => {
    expect(drawPicture(JSON.parse(JSON.stringify(picture)))).toBe(drawPicture(structuredClone(picture)));
  });

  it("breaks a line at null, and draws a value between two gaps by itself", () => {
    const path = (values: (number | null)[]): string[] => {
      const svg = drawPicture({ ...pictures.lines!, lines: [{ name: "a", values }], marks: [] } as Picture);
      return [...svg.matchAll(/<path class="line s\d" d="([^"]+)"/g)].map(([, d]) => d!).slice(1);
    };
    expect(path([1, 2, 3])[0]).toMatch(/^M[^M]+$/);
    expect(path([1, 2, null, 3, 4])[0]!.match(/M/g)!.length).toBe(2);
    const lonely = drawPicture({
      ...pictures.lines!,
      lines: [{ name: "a", values: [1, 2, null, 3, null] }],
      marks: [],
    } as Picture);
    expect(lonely).toMatch(/a2\.5 2\.5/);
  });

  it("a bar is as long as its value: twice the value, twice the pixels, beginning at 0", () => {
    const svg = drawPicture({
      kind: "bars",
      title: "t",
      x: { label: "x" },
      y: { label: "y" },
      bars: [
        { name: "a", value: 2 },
        { name: "b", value: 4 },
        { name: "c", value: -4 },
      ],
    });
    const bars = [...svg.matchAll(/<rect class="bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
    const [a, b, c] = bars.map(([, x, width]) => ({ x: Number(x), width: Number(width) }));
    // Pixels are written to a hundredth.
    expect(b!.width).toBeCloseTo(2 * a!.width, 1);
    expect(a!.x).toBe(b!.x);
    expect(c!.x + c!.width).toBeCloseTo(a!.x, 1);
  });

  it("on an axis of decades a factor is a distance", () => {
    const svg = drawPicture(pictures.bars!);
    const [a, b] = [...svg.matchAll(/<rect class="bar" x="[\d.]+" y="[\d.]+" width="([\d.]+)"/g)].map(
      ([, width]) => Number(width),
    );
    // From 0.1, one decade left of the least value, to 10000: one of five decades, and 4.4 of them.
    expect(b! / a!).toBeCloseTo(Math.log10(25000), 2);
    expect(textsOf(svg)).toContain("not finite");
  });

  it("keeps labels of upright marks apart, one row above the other where they would touch", () => {
    const svg = drawPicture(pictures.crowded!);
    const labels = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>(a label[^<]*)</g)].map(
      ([, x, y, content]) => ({ x: Number(x), y, end: Number(x) + content!.length * 11 * 0.5 }),
    );
    expect(labels.length).toBe(5);
    for (const one of labels)
      for (const other of labels)
        if (one !== other && one.y === other.y && one.x <= other.x) expect(one.end).toBeLessThan(other.x);
  });

  it("begins an axis at 0 where 0 is near, and not where values are far from it", () => {
    const ticks = (values: number[]): number[] => {
      const svg = drawPicture({ ...pictures.lines!, lines: [{ name: "a", values }], marks: [] } as Picture);
      return [...svg.matchAll(/text-anchor="end" class="small">([-\d.]+)</g)].map(([, tick]) => Number(tick));
    };
    expect(ticks([0.1, 0.5])).toContain(0);
    expect(Math.min(...ticks([1000, 1002]))).toBeGreaterThan(990);
  });

  it("refuses what is no picture, in words", () => {
    expect(() => drawPicture({ ...pictures.bars!, kind: "bar" } as never)).toThrow("Did you mean `bars`?");
    expect(() => drawPicture({ ...pictures.lines!, lines: [] } as Picture)).toThrow("holds no values");
    const lines = pictures.lines as Extract<Picture, { kind: "lines" }>;
    const marked = (mark: object) => ({ ...lines, marks: [{ label: "here", ...mark }] }) as Picture;
    expect(() => drawPicture(marked({}))).toThrow("«here»");
    expect(() => drawPicture(marked({ x: 1, y: 1 }))).toThrow("x or in y");
    expect(() => printPicture(marked({ y: Number.NaN }))).toThrow("finite");
    expect(() => printPicture({ ...lines, lines: [{ name: "a", x: [1], values: [1, 2] }] })).toThrow(
      "2 values at 1 places",
    );
    expect(() => drawPicture(pictures.lines!, { size: 3 } as never)).toThrow("size");
    expect(() => drawPicture(pictures.lines!, { width: 10 })).toThrow("at least 320");
    expect(() => drawPicture(pictures.lines!, { height: 0 })).toThrow("at least 60");
    expect(() => printPicture(pictures.lines!, { columns: 10 })).toThrow("at least 30");
  });
});

describe("printPicture", () => {
  it.each(named)("%s fits the columns, with its title and the names of its axes", (_name, picture) => {
    for (const columns of [30, 72, 120]) {
      const text = printPicture(picture, { columns });
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
      // Words whole, in as many lines as they need.
      const words = text.replaceAll("\n", " ");
      expect(words).toContain(picture.title);
      expect(words).toContain(picture.x.label);
      expect(words).toContain(picture.y.label);
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it.each(named)("%s draws with ASCII alone where asked to", (_name, picture) => {
    // Words of the picture itself stay: a title may have any letter.
    expect(printPicture(picture, { ascii: true })).not.toMatch(/[●○×◆◇■□▲△▼▽┊╌│└─█░▒▓▏▕]/);
  });

  it("a rising line rises, a higher line stands above", () => {
    const grid = printPicture(
      {
        kind: "lines",
        title: "t",
        x: { label: "x" },
        y: { label: "y" },
        lines: [
          { name: "rising", values: [0, 1, 2, 3, 4] },
          { name: "high", values: [5, 5, 5, 5, 5] },
        ],
      },
      { columns: 40, ascii: true },
    ).split("\n");
    const rows = grid.filter((line) => line.includes("|"));
    const heightAt = (column: number, sign: string): number =>
      rows.findIndex((row) => row.slice(row.indexOf("|") + 1)[column] === sign);
    expect(heightAt(0, "*")).toBeGreaterThan(heightAt(15, "*"));
    expect(heightAt(15, "*")).toBeGreaterThan(heightAt(30, "*"));
    expect(heightAt(15, "o")).toBeLessThan(heightAt(15, "*"));
  });

  it("a bar of the largest value is the longest, and each has its number", () => {
    const text = printPicture(pictures.bars!, { ascii: true }).split("\n");
    const length = (name: string): number =>
      text.find((line) => line.startsWith(name))!.replaceAll(/[^=]/g, "").length;
    expect(length("feature 1")).toBeGreaterThan(3 * length("feature 0"));
    expect(length("feature 2")).toBe(0);
    expect(text.join("\n")).toContain("2500");
    expect(text.join("\n")).toContain("not finite");
  });

  it("a mark says where it stands once", () => {
    const text = printPicture(pictures.lines!);
    expect(text).toContain("┊ best: epoch 3\n");
    expect(text).toContain("┊ early (1 to 2)");
    expect(text).toContain("╌ a constant answer (0.9)");
  });
});
