import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { gateflow } from "./capture.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-columns-"));
});
afterAll(() => rm(folder, { recursive: true }));

it.each(["constructor", "__proto__"])(
  "a column called %s is trained on, and its report is drawn",
  async (name) => {
    const file = join(folder, "table.csv");
    const rows = Array.from({ length: 80 }, (_, t) => `${t},${(5 + Math.sin(t / 3)).toFixed(4)}`);
    await writeFile(file, `toString,${name}\n${rows.join("\n")}\n`);
    const { code, err } = await gateflow([
      "train",
      file,
      "-t",
      name,
      "--epochs",
      "2",
      "--units",
      "4",
      "--horizon",
      "2",
      "-q",
      "-o",
      folder,
    ]);
    expect([code, err.includes("gateflow:")]).toEqual([0, false]);
    const report = await readFile(join(folder, "report.html"), "utf8");
    expect(report).toContain(name);
    expect(report).toContain("<svg");
    expect(await readFile(join(folder, "forecast.csv"), "utf8")).toMatch(/\n[\d.]+,[\d.-]+/);
  },
);
