import { describe, expect, it } from "vitest";
import { renderStudy, type StudyReport } from "../../../../src/report/html/render-study.js";
import {
  historyPicture,
  importancePicture,
  parallelAxes,
  shortPaths,
} from "../../../../src/report/html/study-pictures.js";
import { choice, dimensionsOf, int, logUniform } from "../../../../src/search/space.js";
import { studyOf } from "../../../../src/search/study.js";
import type { Trial } from "../../../../src/search/trial.js";

const space = { layers: [{ kind: choice(["lstm", "<gru>"]), units: int(4, 32) }], rate: logUniform(1e-4, 1) };
const dimensions = dimensionsOf(space);
const trial = (number: number, value: number | null, more: Partial<Trial> = {}): Trial => ({
  number,
  value,
  state: "complete",
  params: {
    "layers.0.kind": number % 2 === 0 ? "lstm" : "<gru>",
    "layers.0.units": 4 + number,
    rate: 10 ** (-4 + number / 4),
  },
  intermediate: {},
  seconds: 1,
  ...more,
});
const values = [5, 3, 4, 2, 6, 1, 7, 8, 9, 2.5];
const trials = [
  ...values.map((value, n) => trial(n, value)),
  trial(10, 4.5, { state: "pruned" }),
  trial(11, null, { state: "failed", error: "the rate is <b>too large</b>" }),
];
const study = studyOf(trials, dimensions, "minimize", () => null);
const reportOf = (own = study): StudyReport => ({
  name: "<script>alert(1)</script>",
  study: own,
  dimensions,
  runner: "threads",
  seconds: 12,
  version: "1.2.3",
  date: new Date(0),
});

describe("a search's report", () => {
  it("shows the best, every trial and why some failed, and escapes what comes from outside", () => {
    const html = renderStudy(reportOf());
    expect(html).toContain("1 (trial 5)");
    expect(html).toContain("10 complete, 1 given up, 1 failed");
    expect(html.match(/<tbody>(.*?)<\/tbody>/s)![1]!.split("<tr>")).toHaveLength(1 + trials.length);
    expect(html).toContain("1 trial: the rate is &#60;b&#62;too large");
    expect(html).not.toMatch(/<script|<b>too|<gru>/);
    expect(html.match(/<figure>/g)).toHaveLength(3);
  });

  it("is drawn of one trial, and of trials without any difference", () => {
    for (const few of [trials.slice(0, 1), [trial(0, 3), trial(1, 3)]]) {
      const html = renderStudy(reportOf(studyOf(few, dimensions, "minimize", () => null)));
      expect(html).toContain("Fewer than eight");
      expect(html).not.toContain("NaN");
    }
  });
});

describe("a search's pictures", () => {
  it("tell the best so far in the direction of the search", () => {
    expect(historyPicture(study)!.lines[0]!.values).toEqual([5, 3, 3, 2, 2, 1, 1, 1, 1, 1]);
    const up = studyOf(trials, dimensions, "maximize", () => null);
    expect(historyPicture(up)!.lines[0]!.values).toEqual([5, 5, 5, 5, 6, 6, 7, 8, 9, 9]);
    expect(historyPicture(study)!.lines.map(({ name }) => name)).toEqual([
      "best so far",
      "complete",
      "given up",
    ]);
    expect(historyPicture(studyOf(trials.slice(-1), dimensions, "minimize", () => null))).toBeNull();
  });

  it("give each dimension its share", () => {
    const { bars } = importancePicture(study)!;
    expect(bars.map(({ name }) => name).sort()).toEqual(["layers.0.kind", "layers.0.units", "rate"]);
    expect(bars.reduce((sum, { value }) => sum + value!, 0)).toBeCloseTo(100, 0);
  });

  it("draw the best fifth above the rest, each at its own place", () => {
    const { axes, lines } = parallelAxes(study, dimensions)!;
    expect(axes.map(({ name }) => name)).toEqual(["value", "kind", "units", "rate"]);
    expect(lines.map(({ rank }) => rank)).toEqual(["best", "good", ...new Array(8).fill("rest")]);
    expect(lines[0]!.places).toEqual([1, 1, 9, 10 ** (-4 + 5 / 4)]);
  });

  it("shorten paths as far as they stay apart", () => {
    expect(shortPaths(["layers.0.units", "layers.1.units", "fit.epochs"])).toEqual([
      "0.units",
      "1.units",
      "epochs",
    ]);
    expect(shortPaths(["units", "layers.0.units"])).toEqual(["units", "0.units"]);
  });
});
