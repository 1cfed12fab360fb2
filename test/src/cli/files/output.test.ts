import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { withFolderLock } from "../../../../src/cli/files/folder-lock.js";
import { writeTogether } from "../../../../src/cli/files/output.js";
import { forecastCsv } from "../../../../src/cli/print/forecast-csv.js";
import { forecastChart } from "../../../../src/cli/print/terminal-chart.js";
import { factLines, wrap } from "../../../../src/cli/print/text.js";
import { errorsText } from "../../../../src/cli/print/text-table.js";
import { root, scratch } from "../capture.js";

const { folder } = scratch();

describe("files", () => {
  it("are written together, into a folder that is made", async () => {
    const out = join(folder, "a", "b");
    const paths = await writeTogether(out, { "x.txt": "one", "y.bin": Uint8Array.of(1, 2) });
    expect(paths).toEqual([join(out, "x.txt"), join(out, "y.bin")]);
    expect(readdirSync(out)).toEqual(["x.txt", "y.bin"]);
    expect(readFileSync(paths[0]!, "utf8")).toBe("one");
  });

  it("leave no parts behind when one of them cannot be put in its place", async () => {
    const out = join(folder, "c");
    mkdirSync(join(out, "y.txt"), { recursive: true });
    await expect(writeTogether(out, { "y.txt": "two" })).rejects.toThrow();
    expect(readdirSync(out)).toEqual(["y.txt"]);
    expect(existsSync(join(out, "x.txt"))).toBe(false);
  });

  it("are never of two runs when one place is blocked", async () => {
    const out = join(folder, "blocked");
    await writeTogether(out, { "a.txt": "old", "b.txt": "old" });
    mkdirSync(join(out, "c.txt"));
    await expect(writeTogether(out, { "a.txt": "new", "b.txt": "new", "c.txt": "new" })).rejects.toThrow(
      /c\.txt is a folder/,
    );
    expect(readFileSync(join(out, "a.txt"), "utf8")).toBe("old");
    expect(readdirSync(out)).toEqual(["a.txt", "b.txt", "c.txt"]);
  });

  it("are of one run when many write at once", async () => {
    const out = join(folder, "many");
    const set = (run: number) =>
      Object.fromEntries(["a", "b", "c"].map((name) => [name, `${run}`.repeat(20_000)]));
    await Promise.all(Array.from({ length: 8 }, (_, run) => writeTogether(out, set(run))));
    const texts = ["a", "b", "c"].map((name) => readFileSync(join(out, name), "utf8"));
    expect(new Set(texts).size).toBe(1);
    expect(readdirSync(out)).toEqual(["a", "b", "c"]);
  });

  it("of a run that was killed are ended or removed by the next, and never stand beside another's", async () => {
    const code = (run: string) => `
      const { writeTogether } = await import(${JSON.stringify(`${root}src/cli/files/output.ts`)});
      process.send("ready");
      for (let i = 0; ; i++) {
        const text = "${run}" + i;
        await writeTogether(${JSON.stringify(join(folder, "killed"))}, { a: text, b: text, c: text });
      }`;
    const out = join(folder, "killed");
    for (let run = 0; run < 4; run++) {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", "--input-type=module", "-e", code(`run${run} `)],
        {
          cwd: root,
          stdio: ["ignore", "ignore", "ignore", "ipc"],
        },
      );
      await once(child, "message");
      await sleep(20 + 13 * run);
      child.kill("SIGKILL");
      await once(child, "exit");
      const there = ["a", "b", "c"].filter((name) => existsSync(join(out, name)));
      expect(new Set(there.map((name) => readFileSync(join(out, name), "utf8"))).size).toBeLessThanOrEqual(1);
    }
    for (const name of readdirSync(out)) utimesSync(join(out, name), 0, 0);
    await writeTogether(out, { a: "last", b: "last", c: "last" });
    expect(readdirSync(out)).toEqual(["a", "b", "c"]);
    expect(readFileSync(join(out, "b"), "utf8")).toBe("last");
  }, 60_000);

  it("of a complete set that was not put in place yet come there before the next one", async () => {
    const out = join(folder, "complete");
    await writeTogether(out, { a: "old", b: "old" });
    writeFileSync(join(out, "a.1.m.part"), "new");
    writeFileSync(join(out, "b.1.m.part"), "new");
    writeFileSync(join(out, ".gateflow-set.json"), '{"a":"a.1.m.part","b":"b.1.m.part"}');
    await writeTogether(out, { c: "other" });
    expect(["a", "b", "c"].map((name) => readFileSync(join(out, name), "utf8"))).toEqual([
      "new",
      "new",
      "other",
    ]);
    writeFileSync(join(out, ".gateflow-set.json"), '{"../x":"a","c":"a"}');
    await writeTogether(out, { d: "x" });
    expect(readFileSync(join(out, "c"), "utf8")).toBe("other");
    expect(readdirSync(out)).toEqual(["a", "b", "c", "d"]);
  });

  it("wait for another process, but not for ever, and not for a dead one", async () => {
    const out = join(folder, "locked");
    mkdirSync(out);
    const lock = join(out, ".gateflow.lock");
    writeFileSync(lock, `${process.pid} ${hostname()} other`);
    await expect(withFolderLock(out, async () => {}, 60)).rejects.toThrow(/is writing there/);
    // Nobody has a process of this number: it is beyond the largest there is.
    writeFileSync(lock, `4194305 ${hostname()} dead`);
    await writeTogether(out, { x: "1" });
    expect(readdirSync(out)).toEqual(["x"]);
  });
});

describe("forecast.csv", () => {
  it("has bounds only where there are intervals, and quotes a date that needs it", () => {
    expect(forecastCsv("date", ["2024-01-01", "a,b"], { mean: [1.5, 2] })).toBe(
      'date,forecast\n2024-01-01,1.5\n"a,b",2\n',
    );
    expect(forecastCsv("row", ["7"], { mean: [1], lower: [0.5], upper: [2] })).toBe(
      "row,forecast,lower,upper\n7,1,0.5,2\n",
    );
  });
});

describe("the terminal", () => {
  const table = {
    unit: undefined,
    columns: ["RMSE, 1 step ahead", "RMSE, 52 steps ahead", "RMSE, steps 1-52", "MAE, steps 1-52"],
    rows: [
      { name: "LSTM", values: [0.3, 0.8, 0.7, 0.5] },
      { name: "seasonal naive", values: [1.3, 0.7, 1.9, 1.6] },
    ],
  };

  it("gets a table in which each row is a forecast, the best starred, within 80 columns", () => {
    const text = errorsText(table, pc.createColors(false));
    expect(text).toMatch(/LSTM +0\.300 \* +0\.800 +0\.700 \* +0\.500 \*/);
    expect(text).toMatch(/seasonal naive +1\.300 +0\.700 \* +1\.900 +1\.600/);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).not.toContain("\u001b");
    expect(errorsText(table, pc.createColors(true))).toContain("\u001b[1m");
  });

  it("gets a chart of line and dots that fits, without colour where none is wanted", async () => {
    const measured = Array.from({ length: 52 }, (_, i) => 370 + 3 * Math.sin(i / 8));
    const data = { title: "CO2", measured, forecast: measured.map((x) => x + 0.2), xLabel: "steps ahead" };
    const plain = forecastChart(data, 80, false);
    expect(plain).not.toContain("\u001b");
    expect(plain.match(/○/g)!.length).toBeGreaterThan(20);
    expect(plain).toMatch(/37[34](\.\d)?│/);
    expect(plain).toContain("● measured  ○ forecast");
    expect(Math.max(...plain.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(forecastChart(data, 80, true)).toContain("\u001b[36m");
  });

  it("gets no chart of one point", async () => {
    expect(forecastChart({ title: "", measured: [1], forecast: [1], xLabel: "" }, 80, false)).toBe("");
  });

  it("gets text broken at spaces, and a word longer than the line whole", () => {
    expect(wrap("aa bb cccccc d", 5)).toEqual(["aa bb", "cccccc", "d"]);
    expect(factLines([{ name: "n", text: "one two" }], 40)).toBe("  n  one two\n");
  });
});
