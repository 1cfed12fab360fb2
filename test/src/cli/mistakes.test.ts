import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { co2, dailyRows, gateflow, scratch } from "./capture.js";

const { folder, file } = scratch();
const daily = file("daily.csv", `day,sales\n${dailyRows(60)}`);
const out = join(folder, "out");

/** The one line a mistake gives: nothing on standard output, no stack, exit code 1, no folder made. */
async function complaint(...args: string[]): Promise<string> {
  const outcome = await gateflow(args);
  expect(outcome.code).toBe(1);
  expect(outcome.err).toMatch(/^gateflow: [^\n]+\n$/);
  expect(outcome.err).not.toMatch(/ {4}at |internal error/);
  expect(readdirSync(folder)).not.toContain("out");
  return outcome.err;
}

describe("a mistake gives one line that names", () => {
  it.each<[string, string[], RegExp]>([
    ["a path that is not there", ["examine", "nope.csv", "-t", "v"], /nope\.csv: there is no such file/],
    ["a folder in place of a file", ["examine", folder, "-t", "v"], /is a directory/],
    [
      "an unknown column and the nearest one",
      ["train", daily, "-t", "slaes"],
      /"slaes"\. Did you mean "sales"\?/,
    ],
    [
      "a missing target and the columns there are",
      ["train", daily],
      /--target .* missing.*Columns of .*day, sales/,
    ],
    ["an unknown date column", ["examine", daily, "-t", "sales", "-d", "date"], /no column "date"/],
    [
      "an unknown option and the nearest one",
      ["train", daily, "--taget", "x"],
      /unknown option '--taget'.*--target/,
    ],
    ["an unknown command and the nearest one", ["tran", daily], /unknown command 'tran'.*train/],
    ["a missing file", ["train"], /missing required argument 'file'/],
    ["too many arguments", ["examine", daily, daily, "-t", "sales"], /too many arguments/],
    [
      "an option that is no number",
      ["train", daily, "-t", "sales", "--epochs", "ten"],
      /--epochs.*'ten'.*whole number/,
    ],
    ["an option out of range", ["train", daily, "-t", "sales", "--window", "0"], /--window.*'0'.*at least 1/],
    ["an option given twice", ["train", daily, "-t", "sales", "--target", "day"], /--target is given twice/],
    ["half a unit", ["train", daily, "-t", "sales", "--units", "8.5"], /--units.*'8\.5'.*whole number/],
    [
      "a share that is none",
      ["train", daily, "-t", "sales", "--test-fraction", "1.5"],
      /--test-fraction.*less than 1/,
    ],
    [
      "a choice that is none",
      ["train", daily, "-t", "sales", "--scale", "big"],
      /--scale.*'big'.*standard, minmax/,
    ],
    [
      "a horizon the test has no room for",
      ["train", daily, "-t", "sales", "--horizon", "12"],
      /--horizon 12: the test has 12 rows.*at most 9/,
    ],
    [
      "a start that is no row",
      ["backtest", daily, "-t", "sales", "--start", "soon"],
      /--start soon: .*2024-01-01 to 2024-02-29/,
    ],
    [
      "a start beyond the end",
      ["backtest", daily, "-t", "sales", "--start", "60"],
      /--start 60: .*rows 0 to 59/,
    ],
    ["a missing start", ["backtest", daily, "-t", "sales"], /--start .*missing/],
    [
      "a model that is not there",
      ["forecast", join(folder, "m.safetensors")],
      /m\.safetensors: there is no such file/,
    ],
    ["a model that is none", ["forecast", daily], /daily\.csv: .*safetensors/],
    [
      "a season that is asked for and not there",
      [
        "train",
        file("line.csv", `v\n${Array.from({ length: 80 }, (_, i) => `${i * i}\n`).join("")}`),
        "-t",
        "v",
        "--difference",
        "seasonal",
      ],
      /--difference seasonal: no season.*--season/,
    ],
  ])("%s", async (_, args, expected) => {
    expect(await complaint(...args, ...(args[0] === "train" ? ["--out", out] : []))).toMatch(expected);
  });

  it("line, column and cell of a text where a number should be", async () => {
    const path = file("text.csv", `day,sales\n${dailyRows(20)}2024-01-21,many\n`);
    expect(await complaint("train", path, "-t", "sales", "-o", out)).toMatch(
      /text\.csv, line 22, column "sales": "many" is not a number/,
    );
  });

  it("too few rows, and how many are needed", async () => {
    const path = file("few.csv", `day,sales\n${dailyRows(5)}`);
    expect(await complaint("train", path, "-t", "sales", "-o", out)).toMatch(
      /few\.csv: has 5 rows, at least 8/,
    );
  });

  it("a column of gaps only", async () => {
    const path = file(
      "gaps.csv",
      `day,sales\n${Array.from({ length: 20 }, (_, i) => `2024-01-${String(i + 1).padStart(2, "0")},\n`).join("")}`,
    );
    expect(await complaint("examine", path, "-t", "sales")).toMatch(
      /gaps\.csv, column "sales": has no value/,
    );
  });

  it("an --out that is a file, before anything is trained", async () => {
    expect(await complaint("train", co2, "-t", "value", "--out", daily)).toMatch(
      /--out: .*daily\.csv is a file/,
    );
  });
});

describe("what nobody foresaw", () => {
  it("is said in one line that tells how to see the stack, which GATEFLOW_DEBUG shows", async () => {
    const broken = () => {
      throw new TypeError("the\nmachine");
    };
    const quiet = await gateflow(["examine", co2, "-t", "value"], { out: broken });
    expect([quiet.code, quiet.err]).toEqual([
      1,
      "gateflow: internal error: the machine. Run again with GATEFLOW_DEBUG=1 to see the stack.\n",
    ]);
    const debug = await gateflow(["examine", co2, "-t", "value"], { out: broken, debug: true });
    expect(debug.err).toMatch(/TypeError: the\nmachine\n +at /);
  });
});
