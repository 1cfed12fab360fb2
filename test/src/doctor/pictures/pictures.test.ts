import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { exampleOf } from "../../../../bench/faults/guide-cases.js";
import { snippets } from "../../../../bench/faults/guide-snippets.js";
import { dataRules } from "../../../../src/doctor/data-rules/data-rules.js";
import { autocorrelation, bars, byEpoch, line, scatter } from "../../../../src/doctor/pictures/pictures.js";
import { drawPicture, type Picture, printPicture } from "../../../../src/index.js";
import { escapeText } from "../../../../src/viz/svg.js";
import { expectInside, textsOf } from "../../viz/svg-text.js";

const images = new URL("../../../../docs/images/doctor/", import.meta.url);
const guide = new URL("../../../../docs/why-is-my-lstm-not-learning.md", import.meta.url);
const codes = Object.keys(snippets);
/** What needs no kernel draws the same bytes everywhere; trained numbers change with the order in which kernels add. */
const ofData: ReadonlySet<string> = new Set(dataRules.map(({ code }) => code));
/** Words of a picture without its numbers. */
const wordsOf = (svg: string): string[] =>
  textsOf(svg)
    .map((text) => text.replaceAll(/-?\d[\d.]*(e-?\d+)?/g, "#"))
    .filter((text) => /[a-z]/i.test(text));

const numbersIn = (picture: Picture): (number | null)[] =>
  picture.kind === "lines"
    ? picture.lines.flatMap(({ values, x = [] }) => [...values, ...x])
    : picture.kind === "bars"
      ? picture.bars.map(({ value }) => value)
      : picture.rows.flatMap(({ values }) => values);

describe("the picture of a diagnosis", () => {
  it.each(codes)(
    "%s: shows numbers, names its axes, fits its frame and the terminal, and is the guide's",
    async (code) => {
      const diagnosis = (await exampleOf(code))!;
      const picture = diagnosis.picture!;
      // Plain data: JSON takes nothing away, a worker may post it.
      expect(JSON.parse(JSON.stringify(diagnosis.picture))).toEqual(picture);
      expect(structuredClone(diagnosis)).toEqual(diagnosis);
      const numbers = numbersIn(picture);
      expect(numbers.some((value) => value !== null)).toBe(true);
      // A few lines of at most 370 places (two ends and a gap of 120 stretches), each with its place.
      expect(numbers.length).toBeLessThan(1600);
      for (const { label } of [picture.x, picture.y]) expect(label.length).toBeGreaterThan(3);

      const svg = drawPicture(picture);
      expectInside(svg);
      const texts = textsOf(svg).join("\n");
      for (const { label } of [picture.x, picture.y]) expect(texts).toContain(escapeText(label));
      for (const row of printPicture(picture).split("\n")) expect(row.length).toBeLessThanOrEqual(72);

      const drawn = await readFile(new URL(`${code}.svg`, images), "utf8");
      if (ofData.has(code)) expect(drawn).toBe(svg);
      expect(wordsOf(drawn)).toEqual(wordsOf(svg));
    },
    60_000,
  );

  it("stands in its section of the guide, and nothing else lies beside it", async () => {
    const text = await readFile(guide, "utf8");
    const shown = text
      .split(/^## /m)
      .slice(1)
      .map((section) => [
        section.split("\n")[0],
        /!\[[^\]]+\]\(images\/doctor\/([a-z_]+)\.svg\)/.exec(section)?.[1],
      ]);
    expect(shown).toEqual(codes.map((code) => [code, code]));
    expect((await readdir(images)).sort()).toEqual(codes.map((code) => `${code}.svg`).sort());
  });
});

describe("what pictures are made of", () => {
  it("a long line keeps its ends, its spikes and its gaps, in a few hundred values", () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i));
    values[4321] = 99;
    values[4322] = -99;
    values[7000] = Number.NaN;
    const { values: kept, x } = line("a", values, { first: 10 });
    expect(kept.length).toBeLessThan(400);
    expect(x).toEqual([...x!].sort((a, b) => a - b));
    expect([x![0], x!.at(-1)]).toEqual([10, 10_009]);
    expect([kept[x!.indexOf(4331)], kept[x!.indexOf(4332)], kept[x!.indexOf(7010)]]).toEqual([99, -99, null]);
  });

  it("a short line keeps every value, and what is not finite is null", () => {
    expect(line("a", [1.23456, Number.NaN, Infinity])).toEqual({ name: "a", values: [1.235, null, null] });
    expect(line("a", [1, 2], { first: 1 }).x).toEqual([1, 2]);
  });

  it("of many bars the largest stay, wherever they stand", () => {
    const many = Array.from({ length: 100 }, (_, i) => [`f${i}`, i === 70 ? 1000 : 1] as const);
    const { bars: kept, title } = bars("Sizes", many, { x: "size", y: "feature" });
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(kept).toContainEqual({ name: "f70", value: 1000 });
    expect(title).toContain("of 100");
  });

  it("losses stand on decades unless one is 0 or below", () => {
    expect(byEpoch("t", { training: [1, Number.NaN] }, "mse").y.log).toBe(true);
    expect(byEpoch("t", { training: [1, -0.5] }, "nll").y.log).toBeUndefined();
  });

  it("a season stands out in the autocorrelation where it is", () => {
    const values = Float64Array.from({ length: 400 }, (_, t) => (t % 12 === 0 ? 1 : 0));
    const [own] = autocorrelation("t", values, 30, []).lines;
    expect(own!.values.indexOf(Math.max(...own!.values.slice(1).map((value) => value!)), 1)).toBe(12);
    expect(own!.values[0]).toBe(1);
  });

  it("points of a scatter belong together, and leave out what has no place", () => {
    const { lines } = scatter("t", "n", ["a", [3, 1, Number.NaN]], ["b", [30, 10, 20]]);
    expect(lines[0]).toEqual({ name: "n", x: [1, 3], values: [10, 30], points: true });
  });
});
