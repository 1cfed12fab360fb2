import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import { gateflow, scratch } from "./capture.js";

const { folder, file } = scratch();
const column = (values: readonly (number | null)[]): string =>
  `v\n${values.map((value) => `${value ?? ""}\n`).join("")}`;

/** Scaled and long enough, with a rate that suits: nothing is wrong. */
const waves = sineMix(300, 2);
const healthy = file("healthy.csv", column(waves));
const GOOD = ["--units", "8", "--learning-rate", "0.02", "--scale", "standard", "--epochs", "25"];
/** Of two, the second stands behind nothing: both are found at once. */
const spikes = file("spikes.csv", column(waves.map((_, t) => (t % 12 === 0 ? 1300 : 900))));
const SMALL = ["--units", "4", "--epochs", "3"];

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly evidence: Record<string, unknown>;
  readonly asCode: string;
  readonly behind: readonly string[];
}

async function causesOf(...args: string[]): Promise<{ code: number; causes: Found[]; text: string }> {
  const { code, out, err } = await gateflow(["doctor", ...args, "-t", "v", "--json"]);
  expect(err).toBe("");
  return { code, causes: (JSON.parse(out) as { causes: Found[] }).causes, text: out };
}

describe("gateflow doctor", () => {
  it("finds two faults at once, worst first, each with numbers, picture, reason and code, within 80 columns", async () => {
    const { code, out } = await gateflow(["doctor", spikes, "-t", "v", "--window", "5", ...SMALL]);
    expect(code).toBe(2);
    expect(out).toMatch(/\d reasons why this recipe does not learn, worst first/);
    const [first, second] = ["error unscaled_target", "error window_shorter_than_period"].map((text) =>
      out.indexOf(text),
    );
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(0);
    for (const part of [
      "bound 25",
      "season 12, window 5",
      "why       Outputs begin near 0",
      "const scaler = standardScaler().fit(series.slice(0, trainRows));",
      "const { x, y } = slidingWindows(series, { window: 14 });",
      "lstm({ units: 4, inputShape: [14, 1] })",
      "Errors on the validation rows",
      `--fix\n`,
    ]) {
      expect(out).toContain(part);
    }
    // A chart has a corner where its axes meet.
    expect(out.match(/└─/g)!.length).toBeGreaterThanOrEqual(2);
    const commands = /^gateflow doctor /;
    const long = out.split("\n").filter((line) => line.length > 80 && !commands.test(line));
    expect(long.filter((line) => !line.includes(folder))).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("says of a healthy recipe that it is, with its error beside that of simple forecasts, and exits with 0", async () => {
    const { code, out } = await gateflow(["doctor", healthy, "-t", "v", ...GOOD]);
    expect(out).toContain("Healthy: nothing keeps this recipe from learning\n");
    expect(code).toBe(0);
    expect(out).toMatch(/RMSE, 1 step ahead: the recipe 0\.\d+, \d+ % less than the best baseline/);
    expect(out).toMatch(/the recipe +0\.\d+ \* *\n +naive +\d/);
    expect(out).not.toContain("--fix");
  });

  it("finds what stands behind gaps at once, and says what it took as changed", async () => {
    const pulses = waves.map((_, t) => (t % 40 === 7 ? null : t % 12 === 0 ? 3 : -1));
    const gaps = file("gaps.csv", column(pulses));
    const options = ["--window", "5", ...SMALL];
    const { code, causes } = await causesOf(gaps, ...options);
    expect(code).toBe(2);
    expect(causes[0]).toMatchObject({ code: "missing_values", severity: "error", behind: [] });
    expect(causes[0]!.asCode).toContain("const filled = interpolate(series)");
    const behind = causes.find((cause) => cause.code === "window_shorter_than_period")!;
    expect(behind.behind).toEqual(["missing_values"]);
    // Its code goes on from the filled series.
    expect(behind.asCode).toContain("slidingWindows(filled, { window: 14 })");
    const { out } = await gateflow(["doctor", gaps, "-t", "v", ...options]);
    expect(out).toContain("(found with the change for missing_values made)");
    expect(out).toContain('values of column "v" are missing');
  });

  it("never looks at the test part", async () => {
    const other = waves.map((value, t) => (t < 240 ? value : 1e6 + t));
    const [one, two] = [
      await causesOf(healthy, ...GOOD),
      await causesOf(file("other.csv", column(other)), ...GOOD),
    ];
    expect(two.text.replaceAll("other.csv", "healthy.csv")).toBe(one.text);
    const { out } = await gateflow(["doctor", healthy, "-t", "v", ...GOOD, "--test-fraction", "0.5"]);
    expect(out).toMatch(/the first 150 rows.*\n?.*the last 150/i);
  });

  it("prints JSON with the library's diagnoses, the numbers of the training and the errors", async () => {
    const { causes, text } = await causesOf(spikes, "--window", "5", ...SMALL);
    const result = JSON.parse(text) as Record<string, unknown>;
    expect(result).toMatchObject({
      file: spikes,
      target: "v",
      healthy: false,
      rows: { seen: 240, validationFrom: 192, test: 60 },
      recipe: { window: 5, compile: { loss: "mse", optimizer: { name: "adam" } } },
      files: [],
    });
    expect((result.history as { loss: number[] }).loss).toHaveLength(3);
    expect(Object.keys(result.errors as object)).toEqual(["the recipe", "naive", "seasonal naive"]);
    for (const cause of causes) {
      expect(Object.keys(cause)).toEqual(
        expect.arrayContaining(["code", "severity", "title", "evidence", "why", "remedy", "asCode", "seen"]),
      );
    }
  });

  it("--quiet prints one line for each thing found, or that it is healthy", async () => {
    const sick = await gateflow(["doctor", spikes, "-t", "v", "--window", "5", ...SMALL, "--quiet"]);
    expect(sick.err).toBe("");
    expect(sick.out).toMatch(/^(?:(?:error|warning|hint) \w+: .+\n){2,}$/);
    expect(sick.out).toContain('error unscaled_inputs: column "v" is of the size');
    const well = await gateflow(["doctor", healthy, "-t", "v", ...GOOD, "-q"]);
    expect([well.code, well.out]).toEqual([0, "Healthy: nothing keeps this recipe from learning\n"]);
  });

  it("--report writes one HTML file with pictures for screen and phone, without script or request", async () => {
    const path = join(folder, "deep", "doctor.html");
    const { out } = await gateflow([
      "doctor",
      spikes,
      "-t",
      "v",
      "--window",
      "5",
      ...SMALL,
      "--report",
      path,
    ]);
    expect(out).toContain(`Wrote ${path}\n`);
    const html = readFileSync(path, "utf8");
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script|src=|href=/);
    expect(html.match(/<svg class="wide picture"/g)!.length).toBeGreaterThanOrEqual(3);
    expect(html.match(/<svg class="narrow picture"/g)).toHaveLength(
      html.match(/<svg class="wide picture"/g)!.length,
    );
    expect(html).toContain("<code>unscaled_target</code>");
    expect(html).toContain("slidingWindows(series, { window: 14 })");
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("shows how the gradient flows in the recipe as trained: in the terminal, in JSON and in the report", async () => {
    const path = join(folder, "flow.html");
    const { out } = await gateflow(["doctor", healthy, "-t", "v", ...GOOD, "--report", path]);
    const flow = out.slice(out.indexOf("How the gradient flows"));
    expect(flow).toMatch(/Memory horizon: (?:the whole window of 20 steps|\d+ of the 20 steps)/);
    expect(flow).toMatch(/Growth of the gradient a step back.*: lstm\s+0\.\d+\s\([\d.]+\s+to\s+[\d.]+\)/s);
    expect(flow).toMatch(/‖dL\/dh‖ by time step, 0 to 19 .*\n {4}lstm ▏[ ░▒▓█0]{20}▕\n/);
    expect(
      Math.max(
        ...flow
          .split("\n")
          .filter((line) => !line.includes(folder))
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(80);
    const quiet = await gateflow(["doctor", healthy, "-t", "v", ...GOOD, "-q"]);
    expect(quiet.out).not.toContain("How the gradient flows");
    const { text } = await causesOf(healthy, ...GOOD);
    const [layer] = (JSON.parse(text) as { flow: Record<string, unknown>[] }).flow;
    expect(layer).toMatchObject({ name: "lstm", timesteps: 20, growthRate: { steps: 20 }, deadUnits: [] });
    expect(layer!.hiddenGradient).toHaveLength(20);
    const section = /<section id="gradient-flow">[\s\S]*?<\/section>/.exec(readFileSync(path, "utf8"))![0];
    expect(section).toContain("<h2>How the gradient flows</h2>");
    for (const part of [
      "by step and layer",
      "by step and epoch",
      "Gates, mean activation",
      "Update over weight",
    ])
      expect(section).toContain(part);
    expect(section).toMatch(
      /<td>lstm<\/td><td>[^<]+steps<\/td><td>0\.\d+ \([\d.]+ to [\d.]+\)<\/td><td>[\d.]+ steps<\/td><td>0 of 8<\/td>/,
    );
    expect(section).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("shows no flow where nothing could be trained", async () => {
    const stuck = await gateflow([
      "doctor",
      file("few2.csv", column(waves.slice(0, 30))),
      "-t",
      "v",
      ...SMALL,
    ]);
    expect(stuck.out).not.toContain("How the gradient flows");
  });

  it("names the window where not one fits into the training part", async () => {
    const { code, causes } = await causesOf(healthy, "--window", "500", ...SMALL);
    expect(code).toBe(2);
    expect(causes[0]).toMatchObject({
      code: "insufficient_data",
      title: "no window fits: a window of 500 and the next value need 501 values, the training part has 192",
      evidence: { examples: 0, window: 500, trainingValues: 192 },
      remedy: "Set window to at most 172, which leaves twenty examples, or bring a longer series.",
    });
  });

  it("does not call a recipe healthy that a simple forecast beats, and exits with 2", async () => {
    // Two epochs of a loss that is no sum of squares: too little to find a fault in, and nothing is learnt.
    const { code, out } = await gateflow([
      ...["doctor", file("slow.csv", column(waves.slice(0, 100).map((_, t) => Math.sin(t / 4)))), "-t", "v"],
      ...["--loss", "mape", "--units", "4", "--epochs", "2"],
    ]);
    expect(out).toMatch(
      /Nothing is found that keeps this recipe from learning, but the naive forecast is\nbetter/,
    );
    expect(out).not.toContain("Healthy");
    expect(code).toBe(2);
  });

  it("explains a stack of layers that lacks returnSequences, and shows the code that has it", async () => {
    const recipe = file(
      "stack.json",
      JSON.stringify({
        window: 12,
        series: { scale: "standard" },
        layers: [
          { kind: "lstm", units: 4 },
          { kind: "lstm", units: 4 },
          { kind: "dense", units: 1 },
        ],
        compile: { optimizer: { name: "adam", learningRate: 0.02 }, loss: "mse" },
        fit: { epochs: 3 },
      }),
    );
    const { code, causes } = await causesOf(healthy, "--recipe", recipe);
    expect([code, causes[0]!.code]).toEqual([2, "stacked_lstm_needs_return_sequences"]);
    expect(causes[0]!.asCode).toContain("lstm({ units: 4, returnSequences: true, inputShape: [12, 1] })");
    const { out } = await gateflow(["doctor", healthy, "-t", "v", "--recipe", recipe]);
    expect(out).toContain("measured  received [4], expected [timesteps, features].\n");
    expect(out).toMatch(/`lstm` hands on +│█+ 1\n/);
    expect(out).not.toMatch(/measured +\.\n/);
  });

  it("takes --epochs in place of a recipe's own", async () => {
    const recipe = file(
      "long.json",
      JSON.stringify({
        window: 12,
        layers: [
          { kind: "gru", units: 4 },
          { kind: "dense", units: 1 },
        ],
        compile: { loss: "mse" },
        fit: { epochs: 5000 },
      }),
    );
    const { text } = await causesOf(healthy, "--recipe", recipe, "--epochs", "2");
    expect(JSON.parse(text)).toMatchObject({
      recipe: { fit: { epochs: 2 } },
      history: { loss: { length: 2 } },
    });
  });

  it("says of a series without one whole window that it is too short, once", async () => {
    const { code, causes } = await causesOf(file("few.csv", column(waves.slice(0, 30))), ...SMALL);
    expect([code, causes.map((cause) => cause.code)]).toEqual([2, ["insufficient_data"]]);
  });

  it("names a training part without a value, and values a logarithm cannot take", async () => {
    const late = file("late.csv", column(waves.map((value, t) => (t < 200 ? null : value))));
    const empty = await gateflow(["doctor", late, "-t", "v", ...SMALL]);
    expect(empty.code).toBe(1);
    expect(empty.err).toMatch(/^gateflow: .*late\.csv, column "v": the first 192 rows.* hold no value.*\n$/);
    const log = await gateflow(["doctor", healthy, "-t", "v", "--log", ...SMALL]);
    expect(log.err).toMatch(/^gateflow: .*healthy\.csv, column "v": log needs values above 0\.\n$/m);
  });

  it("fits a wide terminal and a narrow one, charts included", async () => {
    for (const [columns, most] of [
      [100, 100],
      [60, 60],
    ] as const) {
      const { out } = await gateflow(["doctor", spikes, "-t", "v", "--window", "5", ...SMALL], { columns });
      const lines = out.split("\n").filter((line) => !line.includes(folder) && !line.startsWith("    "));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(most);
      const charts = out.split("\n").filter((line) => /^ {4}.*[│└]/.test(line));
      expect(charts.length).toBeGreaterThan(10);
      expect(Math.max(...charts.map((line) => line.length))).toBeLessThanOrEqual(most);
    }
  });

  it("Ctrl-C ends it with 130 and leaves nothing behind", async () => {
    const interrupt = new AbortController();
    const path = join(folder, "stopped.html");
    const outcome = await gateflow(
      ["doctor", healthy, "-t", "v", "--units", "4", "--epochs", "100000", "--report", path],
      { signal: interrupt.signal, err: (text) => text.includes("epoch") && interrupt.abort() },
    );
    expect(outcome.code).toBe(130);
    expect(existsSync(path)).toBe(false);
  });
});
