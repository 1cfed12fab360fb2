import { describe, expect, it } from "vitest";
import { co2, gateflow } from "./capture.js";

describe("gateflow examine", () => {
  it("prints what is in the series and what to do, within 80 columns, without control characters", async () => {
    const { code, out, err } = await gateflow(["examine", co2, "--target", "value", "--data-unit", "ppm"]);
    expect([code, err]).toEqual([0, ""]);
    for (const word of [
      "2,284 rows",
      "59 values missing",
      "52 steps",
      "ADF as it is",
      "KPSS",
      "ACF",
      "PACF",
      "ppm",
      "Advice",
    ]) {
      expect(out).toContain(word);
    }
    const lines = out.split("\n").slice(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("prints JSON that parses, without holes", async () => {
    const { out } = await gateflow(["examine", co2, "--target", "value", "--json"]);
    const result = JSON.parse(out) as Record<string, unknown>;
    expect(result).toMatchObject({
      rows: 2284,
      gaps: 59,
      from: "1958-03-29",
      to: "2001-12-29",
      target: "value",
    });
    expect(result).toHaveProperty("seasonality.season", 52);
  });
});

describe("help", () => {
  it("without arguments lists the commands there are, and only these", async () => {
    const { code, out } = await gateflow([]);
    expect(code).toBe(0);
    const commands = [...out.matchAll(/^ {2}(\w+) .*(?:<|\[)/gm)].map(([, name]) => name);
    expect(commands).toEqual([
      ...["train", "forecast", "backtest", "examine", "doctor", "tune", "worker"],
      ...["convert", "inspect", "predict", "studio", "bench", "completion", "help"],
    ]);
    expect(out).toContain("Examples:");
  });

  it.each(["train", "forecast", "backtest", "examine", "doctor", "bench"])(
    "of %s has an example and fits 80 columns",
    async (command) => {
      const { code, out, err } = await gateflow([command, "--help"]);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(new RegExp(`Examples?:\\n +\\$ gateflow ${command}`));
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  it("--version prints the version of package.json", async () => {
    expect((await gateflow(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
