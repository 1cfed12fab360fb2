import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import { changeText } from "../../../src/cli/print/print-repair.js";
import { recipeChanges, recipeFacts } from "../../../src/report/text/recipe-facts.js";
import { gateflow, scratch } from "./capture.js";

const TIMEOUT = 60_000;
const { folder, file } = scratch();
const sick = file(
  "sick.csv",
  `v\n${sineMix(300, 2)
    .map((value, t) => (t === 50 ? "\n" : `${900 + 200 * value}\n`))
    .join("")}`,
);
const SMALL = ["--units", "8", "--epochs", "12", "--learning-rate", "0.02"];

describe("gateflow doctor --fix", () => {
  it(
    "tries changes, shows what each is worth beside a random search, and writes a recipe that the doctor takes",
    async () => {
      const path = join(folder, "out", "repaired.json");
      const { code, out, err } = await gateflow([
        ...["doctor", sick, "-t", "v", "--fix", "--budget", "6", "-o", path],
        ...SMALL,
      ]);
      expect(err).toContain("at most 6 trainings for changes, as many for a random search");
      expect(out).toMatch(/as it is +no model\n/);
      expect(out).toMatch(/missing_values +[\d.]+ +kept: impute linear\n/);
      expect(out).toMatch(/unscaled_target +[\d.]+ +kept: scale standard\n/);
      expect(out).toMatch(/more epochs +[\d.]+ +(?:not )?kept: epochs \d+\n/);
      expect(out).toMatch(/repaired +[\d.]+/);
      expect(out).toMatch(/random search, best of 6 +[\d.]+/);
      expect(out).toMatch(/series\.scale +not set → standard/);
      expect(out).toContain(
        `Wrote ${path}. Go on with it:\ngateflow doctor ${sick} --target v --recipe ${path}\n`,
      );
      const recipe = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
      expect(recipe).toMatchObject({
        series: { impute: "linear", scale: "standard" },
        layers: [
          { kind: "lstm", units: 8 },
          { kind: "dense", units: 1 },
        ],
      });
      const again = await gateflow(["doctor", sick, "-t", "v", "--recipe", path, "--json"]);
      const found = (JSON.parse(again.out) as { causes: { code: string }[] }).causes.map(
        (cause) => cause.code,
      );
      expect(found).not.toContain("unscaled_target");
      expect(found).not.toContain("missing_values");
      // What --fix says is left is what the doctor finds, and the exit code is the same.
      expect(again.code).toBe(code);
      const left = out.split(/Still found|Nothing is found/)[1]!;
      for (const name of found) expect(left).toContain(name);
    },
    TIMEOUT,
  );

  it(
    "prints JSON in which a recipe without a model has no error, and writes a page about what came of it",
    async () => {
      const path = join(folder, "json.json");
      const page = join(folder, "repaired.html");
      const { out, err } = await gateflow([
        ...["doctor", sick, "-t", "v", "--fix", "--budget", "3", "-o", path, "--report", page, "--json"],
        ...SMALL,
      ]);
      expect(err).toBe("");
      const result = JSON.parse(out) as Record<string, unknown>;
      expect(result).toMatchObject({
        before: null,
        applied: ["missing_values", "unscaled_target"],
        trainings: 3,
        attempts: [
          { tried: "as it is", training: 1 },
          { tried: "missing_values", training: 2, isKept: true, change: { series: { impute: "linear" } } },
          { tried: "unscaled_target", training: 3, isKept: true },
        ],
        refused: null,
        files: [path, page],
      });
      expect(result.repaired).toEqual(JSON.parse(readFileSync(path, "utf8")));
      // The search begins with the gaps filled, for it cannot draw that: its error is a number.
      expect(result.control).toEqual(expect.any(Number));
      expect(result.after).toBeLessThan(200);
      const html = readFileSync(page, "utf8");
      for (const part of [
        "What the repair did",
        "kept: scale standard",
        "series.scale",
        "How the gradient flows",
      ])
        expect(html).toContain(part);
    },
    TIMEOUT,
  );

  it("Ctrl-C ends it with 130 and writes no recipe", async () => {
    const interrupt = new AbortController();
    const path = join(folder, "stopped.json");
    const options = ["--fix", "-o", path, ...SMALL, "--impute", "linear"];
    const { code } = await gateflow(["doctor", sick, "-t", "v", ...options], {
      signal: interrupt.signal,
      err: (text) => text.includes("epoch") && interrupt.abort(),
    });
    expect([code, existsSync(path)]).toEqual([130, false]);
  });

  it("writes over the recipe it was given only when it is asked to", async () => {
    const own = resolve("recipe.json");
    const refused = await gateflow(["doctor", sick, "-t", "v", "--fix", "--recipe", own]);
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(/^gateflow: --fix would write its recipe over .*recipe\.json.*--out/),
    ]);
    const recipe = file(
      "mine.json",
      JSON.stringify({
        series: { impute: "linear" },
        window: 12,
        layers: [
          { kind: "lstm", units: 4 },
          { kind: "dense", units: 1 },
        ],
        compile: { optimizer: { name: "adam", learningRate: 0.02 }, loss: "mse" },
        fit: { epochs: 3 },
      }),
    );
    const asked = await gateflow([
      ...["doctor", sick, "-t", "v", "--fix", "--budget", "2", "--recipe", recipe, "-o", recipe],
      "-q",
    ]);
    expect(asked.err).toBe("");
    expect(asked.out).toMatch(
      /^Validation error before: [\d.]+; after: [\d.]+\. A random search with as many/,
    );
    expect(JSON.parse(readFileSync(recipe, "utf8"))).toHaveProperty("series.scale", "standard");
  });
});

describe("a change in words", () => {
  it("names options and values, and what is taken away", () => {
    const text = changeText({
      series: { scale: "standard" },
      window: 26,
      layers: [{ kind: "recurrent", set: { units: 8 } }],
      compile: { optimizer: { clipnorm: null, globalClipnorm: 1 }, truncate: null },
      fit: { earlyStopping: { patience: 10 } },
    });
    expect(text).toBe(
      "scale standard, window 26, units 8, without clipnorm, globalClipnorm 1, without truncate, earlyStopping patience 10",
    );
  });

  const recipe = {
    window: 5,
    layers: [
      { kind: "lstm", units: 8 },
      { kind: "dense", units: 1 },
    ],
    compile: { optimizer: { name: "sgd", learningRate: 0.1 }, loss: "mse" },
  };

  it("of recipes lists every option that differs, by its path", () => {
    const other = {
      ...recipe,
      window: 26,
      layers: [{ kind: "lstm", units: 8, dropout: 0.2 }, recipe.layers[1]!],
      compile: { ...recipe.compile, optimizer: { name: "sgd" } },
    };
    expect(recipeChanges(recipe, other)).toEqual([
      { name: "window", text: "5 → 26" },
      { name: "compile.optimizer.learningRate", text: "0.1 → not set" },
      { name: "layers[0].dropout", text: "not set → 0.2" },
    ]);
    expect(recipeChanges(recipe, structuredClone(recipe))).toEqual([]);
  });

  it("of a recipe says values, window, layers and training", () => {
    expect(recipeFacts(recipe).map(({ text }) => text)).toEqual([
      "raw, as they are",
      "5 rows → the next one",
      "lstm(8) → dense(1)",
      "mse, sgd(learningRate 0.1); 25 epochs of 32 windows an update",
    ]);
    const [values] = recipeFacts({ ...recipe, series: { impute: "linear", difference: 1, clip: 3 } });
    expect(values!.text).toBe("gaps filled (linear), differences, cut at ±3");
  });
});
