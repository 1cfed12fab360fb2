import { describe, expect, it } from "vitest";
import { nextCommand } from "../../../src/cli/options/doctor-options.js";
import { DEFAULTS, recipeOf } from "../../../src/cli/options/recipe-options.js";
import { bothLooks } from "../../../src/doctor/checkup.js";
import type { Code, Diagnosis, Picture, Recipe, Severity } from "../../../src/index.js";
import type { SeriesSummary } from "../../../src/report/summary/series-summary.js";
import { validationErrors } from "../../../src/report/summary/validation-errors.js";
import {
  hasFault,
  headline,
  inWordsOf,
  pictureOf,
  sameChangeAs,
} from "../../../src/report/text/doctor-report.js";
import { dailyRows, gateflow, scratch } from "./capture.js";

const { file } = scratch();
const daily = file("daily.csv", `day,sales\n${dailyRows(60)}`);
const good = {
  window: 12,
  layers: [
    { kind: "lstm", units: 4 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: "adam", loss: "mse" },
};
let made = 0;
const recipeFile = (recipe: unknown): string =>
  file(`recipe-${made++}.json`, typeof recipe === "string" ? recipe : JSON.stringify(recipe));

describe("a recipe that is none gives one line that names the file and", () => {
  it.each<[string, unknown, RegExp]>([
    ["an unknown field and the nearest one", { ...good, serie: {} }, /unknown option `serie`.*`series`/],
    ["an unknown step", { ...good, series: { scal: "standard" } }, /series: unknown option `scal`.*`scale`/],
    ["a scale that is none", { ...good, series: { scale: "standart" } }, /`scale` is "standart".*`standard`/],
    ["a second difference", { ...good, series: { difference: 2 } }, /`difference` is 2.*at most 1/],
    ["a window that is none", { ...good, window: 0 }, /`window` is 0.*at least 1/],
    ["an unknown layer", { ...good, layers: [{ kind: "lstn", units: 4 }] }, /kind `lstn` is not known.*lstm/],
    ["a layer without a kind", { ...good, layers: [{ units: 4 }] }, /layers\[0\] has no kind/],
    [
      "a layer's unknown option",
      { ...good, layers: [{ kind: "lstm", unit: 4 }] },
      /unknown option `unit`.*`units`/,
    ],
    [
      "an optimizer's unknown option",
      { ...good, compile: { loss: "mse", optimizer: { name: "adam", learningrate: 1 } } },
      /unknown option `learningrate`.*`learningRate`/,
    ],
    ["an unknown loss", { ...good, compile: { ...good.compile, loss: "msee" } }, /msee.*`?mse/],
    [
      "an unknown option of compile",
      { ...good, compile: { ...good.compile, metric: 1 } },
      /compile: unknown option `metric`/,
    ],
    ["an unknown option of fit", { ...good, fit: { epoch: 3 } }, /fit: unknown option `epoch`.*`epochs`/],
    ["no epochs", { ...good, fit: { epochs: 0 } }, /`epochs` is 0.*at least 1/],
    ["no layers", { ...good, layers: [] }, /layers needs at least one/],
    ["no JSON", "{ window: 12", /is no JSON/],
    ["a list", [], /expected an object of options, got an array/],
  ])("%s", async (_, recipe, expected) => {
    const path = recipeFile(recipe);
    const { code, err, out } = await gateflow(["doctor", daily, "-t", "sales", "--recipe", path]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^gateflow: [^\n]+\n$/);
    expect(err).toContain(path);
    expect(err).toMatch(expected);
  });
});

describe("options that say nothing together are refused:", () => {
  it.each<[string, string[], RegExp]>([
    ["--budget without --fix", ["--budget", "3"], /--budget belongs to --fix/],
    ["--out without --fix", ["-o", "x.json"], /--out belongs to --fix/],
    ["a recipe given twice", ["--recipe", "a.json", "--recipe", "b.json"], /--recipe is given twice/],
    ["a file's name that is a folder's", ["--fix", "--out", "made/"], /--out: made\/ ends like a folder/],
    ["the same for the report", ["--report", "made/"], /--report: made\/ ends like a folder/],
    [
      "--window with --recipe",
      ["--window", "3", "--recipe", "x.json"],
      /--window.*cannot be used with.*--recipe/,
    ],
    ["an unknown loss", ["--loss", "msee"], /msee.*mse/],
    ["an unknown optimizer", ["--optimizer", "adm"], /adm.*adam/],
    ["a recipe that is not there", ["--recipe", "nope.json"], /nope\.json: there is no such file/],
  ])("%s", async (_, args, expected) => {
    const { code, err, out } = await gateflow(["doctor", daily, "-t", "sales", ...args]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^gateflow: [^\n]+\n$/);
    expect(err).toMatch(expected);
  });
});

describe("the command to go on with", () => {
  const options = { ...DEFAULTS, target: "net sales", learningRate: 0.01, units: [64, 32], log: true };

  it("repeats what was given and is not the default, quoted where a shell needs it", () => {
    expect(nextCommand("a.csv", { ...options, testFraction: 0.5 }, { fix: true })).toBe(
      "gateflow doctor a.csv --target 'net sales' --test-fraction 0.5 --log --units 64,32 --learning-rate 0.01 --fix",
    );
  });

  it("names a recipe in place of the options, with --epochs where they replaced the recipe's own", () => {
    expect(nextCommand("a.csv", options, { recipe: "b.json" })).toBe(
      "gateflow doctor a.csv --target 'net sales' --recipe b.json",
    );
    expect(nextCommand("a.csv", { ...options, recipe: "b.json", epochs: 25 }, { fix: true })).toBe(
      "gateflow doctor a.csv --target 'net sales' --recipe b.json --epochs 25 --fix",
    );
  });
});

describe("the recipe of the options", () => {
  it("is by default what one writes by hand at first: raw values, lstm, dense, mse, adam", () => {
    expect(recipeOf(DEFAULTS)).toEqual({
      series: {},
      window: 20,
      horizon: 1,
      layers: [
        { kind: "lstm", units: 50 },
        { kind: "dense", units: 1 },
      ],
      compile: { optimizer: { name: "adam" }, loss: "mse" },
      fit: { epochs: 25, batchSize: 32 },
    });
  });

  it("stacks layers that hand on their sequences, and ends in as many units as steps are forecast", () => {
    const flags = {
      ...DEFAULTS,
      units: [8, 4],
      layer: "gru",
      horizon: 3,
      scale: "minmax",
      log: true,
    } as const;
    expect(recipeOf({ ...flags, difference: "first" })).toMatchObject({
      series: { log: true, difference: 1, scale: "minMax" },
      layers: [
        { kind: "gru", units: 8, returnSequences: true },
        { kind: "gru", units: 4 },
        { kind: "dense", units: 3 },
      ],
    });
  });
});

const diagnosis = (code: Code, severity: Severity): Diagnosis => ({
  code,
  severity,
  title: `${code} of feature 0`,
  cost: "nothing",
  expect: "a loss that falls",
  evidence: { column: "feature 0", n: 1 },
  why: "",
  remedy: "",
});

describe("two looks at a recipe", () => {
  const [a, b, c] = [
    diagnosis("outliers", "warning"),
    diagnosis("missing_values", "error"),
    diagnosis("data_drift", "warning"),
  ];

  it("are one list, worst first, the later numbers of what both saw", () => {
    const later = { ...a, title: "later" };
    const found = bothLooks([a, b], [later, c], false);
    expect(found.map(({ diagnosis: { code, title }, seen }) => [code, seen, title === "later"])).toEqual([
      ["missing_values", "before", false],
      ["outliers", "both", true],
      ["data_drift", "after", false],
    ]);
  });

  it("make a hint of what only the untrained model showed, where training went well", () => {
    expect(bothLooks([b], [], true).map(({ diagnosis: { severity } }) => severity)).toEqual(["hint"]);
    const causes = bothLooks([b], [], true).map((found) => ({ ...found, asCode: "", behind: [] }));
    expect(headline({ causes })).toBe("Healthy: nothing keeps this recipe from learning; 1 hint");
  });

  it("are summed up by the worst of them", () => {
    const of = (...found: Diagnosis[]) =>
      headline({ causes: found.map((each) => ({ diagnosis: each, asCode: "", behind: [], seen: "both" })) });
    expect(of(b)).toBe("1 reason why this recipe does not learn");
    expect(of(b, a)).toBe("2 reasons why this recipe does not learn, worst first");
    expect(of(a, diagnosis("unused_features", "hint"))).toBe(
      "1 reason why this recipe learns less than it could, worst first, and 1 hint",
    );
  });

  it("are not healthy where a simple forecast is better by more than chance, and say so", () => {
    const errors = (own: number) => ({
      unit: undefined,
      columns: ["RMSE, 1 step ahead"],
      rows: [
        { name: "the recipe", values: [own] },
        { name: "naive", values: [1] },
        { name: "seasonal naive", values: [2] },
      ],
    });
    expect(headline({ causes: [], errors: errors(3.29) })).toBe(
      "Nothing is found that keeps this recipe from learning, but the naive forecast is better: the recipe's error is 3.3 times as large",
    );
    expect(hasFault({ causes: [], errors: errors(3.29) })).toBe(true);
    // As good as the same: on a random walk nothing is better than the last value.
    expect(headline({ causes: [], errors: errors(1.05) })).toMatch(/^Healthy/);
    expect(hasFault({ causes: [], errors: errors(1.05) })).toBe(false);
    // No model has no error to compare.
    expect(hasFault({ causes: [], errors: errors(Infinity) })).toBe(false);
    const causes = [{ diagnosis: b, asCode: "", behind: [], seen: "both" as const }];
    expect(headline({ causes, errors: errors(3) })).toBe("1 reason why this recipe does not learn");
  });

  it("count no columns where there is one", () => {
    const gaps = { ...a, evidence: { column: "feature 0", columnsWithGaps: 2, missing: 3 } };
    expect(inWordsOf({ target: "v" }, gaps).evidence).toEqual({ column: '"v"', missing: 3 });
  });

  it("have the data's unit at a picture's axis, where its values are in that unit", () => {
    const picture: Picture = {
      kind: "lines",
      title: "t",
      x: { label: "sample" },
      y: { label: "target" },
      lines: [{ name: "target", values: [1, 2] }],
    };
    const summary = { series: { unit: "ppm" } } as SeriesSummary;
    const label = (recipe: Recipe, behind: string[] = [], own: Picture = picture) => {
      const drawn = pictureOf({ ...a, picture: own }, { behind }, { summary, recipe });
      return drawn?.kind === "lines" ? drawn.y.label : undefined;
    };
    expect(label(good)).toBe("target (ppm)");
    expect(label({ ...good, series: { impute: "linear", difference: 1 } }, ["missing_values"])).toBe(
      "target (ppm)",
    );
    expect(label({ ...good, series: { scale: "standard" } })).toBe("target");
    expect(label({ ...good, series: { log: true } })).toBe("target");
    expect(label(good, ["missing_values", "unscaled_target"])).toBe("target");
    expect(label(good, [], { ...picture, y: { label: "loss" } })).toBe("loss");
  });

  it("call the only column by its name, and show the same code once", () => {
    expect(inWordsOf({ target: "$& sales" }, a)).toMatchObject({
      title: 'outliers of column "$& sales"',
      evidence: { column: '"$& sales"', n: 1 },
    });
    const causes = ["x();", "", "x();", ""].map((asCode) => ({
      diagnosis: a,
      asCode,
      behind: [],
      seen: "both" as const,
    }));
    expect(causes.map((_, i) => sameChangeAs(causes, i))).toEqual([undefined, undefined, 1, undefined]);
  });
});

describe("errors on the validation rows", () => {
  const recipe = { ...good, window: 2, horizon: 2 };
  const values = Float64Array.of(1, 2, 4, 7, Number.NaN, 16, 22, 29);

  it("of the naive forecast are those of the last value known, gaps left out", () => {
    const table = validationErrors(recipe, [{ name: "own", error: 3 }], { values, split: 5 }, "kg")!;
    // Origins 5 and 6: 7 for 16 and 22 (the gap takes the 7 before it), 16 for 22 and 29.
    const expected = Math.sqrt((9 ** 2 + 15 ** 2 + 6 ** 2 + 13 ** 2) / 4);
    expect(table.columns).toEqual(["RMSE, steps 1 to 2"]);
    expect(table.rows.map(({ name }) => name)).toEqual(["own", "naive"]);
    expect(table.rows[0]!.values).toEqual([3]);
    expect(table.rows[1]!.values[0]).toBeCloseTo(expected, 12);
  });

  it("are none for a loss of classes, which is no distance", () => {
    const classes = { ...recipe, compile: { loss: "binaryCrossentropy" } };
    expect(validationErrors(classes, [], { values, split: 5 }, undefined)).toBeUndefined();
  });
});
