import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { beforeAll, describe, expect, it } from "vitest";
import { dailyRows, gateflow, scratch } from "./capture.js";

const { folder, file } = scratch();
const ROWS = 80;
const SMALL = ["--units", "2", "--epochs", "1", "--window", "8", "--model", "lstm", "--horizon", "3"];

const rows = dailyRows(ROWS)
  .trim()
  .split("\n")
  .map((line) => line.split(",") as [string, string]);
const csv = file("daily.csv", `day,sales\n${dailyRows(ROWS)}`);
const jsonl = file("daily.jsonl", rows.map(([day, sales]) => `{"day":"${day}","sales":${sales}}\n`).join(""));
const parquet = join(folder, "daily.parquet");
/** Two stores, row by row in turn; Oslo sells exactly 100 more. */
const stores = file(
  "stores.csv",
  `store,day,sales\n${rows.map(([day, sales]) => `Bergen,${day},${sales}\nOslo,${day},${Number(sales) + 100}\n`).join("")}`,
);
const ofStore = ["--target", "sales", "--id", "store"];

beforeAll(async () => {
  await parquetWriteFile({
    filename: parquet,
    columnData: [
      { name: "sales", data: rows.map(([, sales]) => Number(sales)), type: "DOUBLE" },
      { name: "day", data: rows.map(([day]) => new Date(day)), type: "TIMESTAMP" },
    ],
  });
});

async function examined(path: string, ...more: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await gateflow(["examine", path, "-t", "sales", "--json", ...more]);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out) as Record<string, unknown>;
}

/** The one line of a mistake. */
async function complaint(...args: string[]): Promise<string> {
  const { code, err } = await gateflow(args);
  expect([code, err]).toEqual([1, expect.stringMatching(/^gateflow: [^\n]+\n$/)]);
  return err;
}

describe("JSON lines and Parquet", () => {
  it("are examined with the numbers and the dates of the same CSV", async () => {
    const { file: _, ...expected } = await examined(csv);
    expect(expected).toMatchObject({ rows: ROWS, from: "2024-01-01" });
    for (const path of [jsonl, parquet]) expect(await examined(path)).toEqual({ ...expected, file: path });
  });

  it("are backtested from a date, to the errors of the same CSV", async () => {
    const run = async (path: string) => {
      const args = ["-t", "sales", "--start", "2024-03-11", ...SMALL, "--quiet"];
      const { code, out } = await gateflow(["backtest", path, ...args]);
      return [code, out];
    };
    const expected = await run(csv);
    expect(expected[0]).toBe(0);
    expect(await run(parquet)).toEqual(expected);
  });

  it("have mistakes said in one line, with the columns there are where --target is missing", async () => {
    expect(await complaint("examine", jsonl)).toMatch(/--target .* missing.*daily\.jsonl: day, sales\./);
    expect(await complaint("examine", parquet)).toMatch(/--target .* missing.*daily\.parquet: sales, day\./);
    const path = file("text.jsonl", '{"day":"2024-01-01","sales":"many"}\n');
    expect(await complaint("examine", path, "-t", "sales")).toMatch(
      /text\.jsonl, line 1, column "sales": "many" is not a number/,
    );
  });
});

describe("--id and --series", () => {
  it("choose one series of a file, and examine says which", async () => {
    const bergen = await examined(stores, "--id", "store", "--series", "Bergen");
    expect(bergen).toEqual({ ...(await examined(csv)), file: stores, id: "Bergen" });
    const { out } = await gateflow(["examine", stores, ...ofStore, "--series", "Oslo"]);
    expect(out.split("\n")[0]).toBe(`${stores}, store Oslo: sales`);
  });

  it("are not both needed where the file has one id", async () => {
    const path = file("one.csv", `store,day,sales\n${rows.map(([d, s]) => `Oslo,${d},${s}\n`).join("")}`);
    expect(await examined(path, "--id", "store")).toMatchObject({ rows: ROWS, id: "Oslo" });
  });

  it("train a model that finds its series again in a file of several", async () => {
    const out = join(folder, "oslo");
    const trained = await gateflow(["train", stores, ...ofStore, "--series", "Oslo", "-o", out, ...SMALL]);
    expect([trained.code, trained.out]).toEqual([0, expect.stringContaining("store Oslo: sales")]);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("stores.csv, store Oslo: 80 rows");

    const newer = dailyRows(10, ROWS).trim().split("\n");
    const lines = newer.map((line) => {
      const [day, sales] = line.split(",") as [string, string];
      return `Bergen,${day},0\nOslo,${day},${Number(sales) + 100}\n`;
    });
    const path = file("newer.csv", `store,day,sales\n${lines.join("")}`);
    const forecast = await gateflow(["forecast", join(out, "model.safetensors"), path, "--json"]);
    expect(forecast.code).toBe(0);
    const { id, dates, mean } = JSON.parse(forecast.out) as { id: string; dates: string[]; mean: number[] };
    expect([id, dates[0]]).toEqual(["Oslo", "2024-03-31"]);
    // Bergen's zeros would pull the forecast far below the 140 that Oslo never falls under.
    expect(Math.min(...mean)).toBeGreaterThan(120);
  });

  it("list the ids where there is a choice and none was made, and examine nothing", async () => {
    const message = await complaint("examine", stores, ...ofStore);
    expect(message).toContain('has 2 series in column "store". Choose one of: Bergen, Oslo.');
  });

  it("are asked for where dates come twice without them", async () => {
    const blocks = `day,store,sales\n${dailyRows(9).replaceAll(",", ",a,")}${dailyRows(9).replaceAll(",", ",b,")}`;
    expect(await complaint("examine", file("blocks.csv", blocks), "-t", "sales")).toMatch(
      /holds several series: "2024-01-01" comes more than once, .*"store".*--id store/,
    );
  });

  it("list the first ids and how many there are where they are many", async () => {
    const many = Array.from({ length: 30 }, (_, i) => `s${i},${i}\n`).join("");
    expect(await complaint("examine", file("many.csv", `id,v\n${many}`), "-t", "v", "--id", "id")).toMatch(
      /has 30 series .*: s0, s1, s2, s3, s4, s5, s6, s7, … \(30 in all\)\./,
    );
  });

  it.each<[string, string[], RegExp]>([
    [
      "an unknown id and the nearest",
      [...ofStore, "--series", "Osol"],
      /no series "Osol"\. Did you mean "Oslo"\?/,
    ],
    ["an unknown id column", ["-t", "sales", "--id", "stroe"], /no column "stroe"\. Did you mean "store"\?/],
    ["--series without --id", ["-t", "sales", "--series", "Oslo"], /--series Oslo: .*--id <column>/],
    ["an id that is the target", ["-t", "sales", "--id", "sales"], /--id is "sales", which is also among/],
  ])("name %s", async (_, args, expected) => {
    expect(await complaint("examine", stores, ...args)).toMatch(expected);
  });
});
