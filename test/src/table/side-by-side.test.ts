import { describe, expect, it } from "vitest";
import { blockWidth } from "../../../src/table/block-width.js";
import { readTextTable, type TextTableOptions } from "../../../src/table/text-table.js";

const read = (rows: readonly string[], options?: TextTableOptions) =>
  readTextTable("t.txt", `${rows.join("\n")}\n`, options);
const wide = { wide: true, columns: ["value"] };

/** Years from 1900 on in three blocks side by side, the last one shorter. */
const folded = Array.from({ length: 20 }, (_, i) =>
  [0, 20, 40]
    .filter((from) => from + i < 53)
    .map((from) => `${1900 + from + i}   ${from + i}.5`)
    .join("   "),
);

describe("blocks of columns side by side", () => {
  it("are read one below the other, with names and without", () => {
    for (const rows of [folded, ["Year Level  Year Level  Year Level", ...folded]]) {
      const table = read(rows, wide);
      expect(Array.from(table.columns.value!)).toEqual(Array.from({ length: 53 }, (_, i) => i + 0.5));
      expect([table.dates!.at(0), table.dates!.at(-1)]).toEqual(["1900", "1952"]);
      expect(table.notes.join()).toContain("blocks of 2 columns side by side are read one below the other");
    }
  });

  it("with year and month in each, and names that a reader has numbered", () => {
    const rows = Array.from({ length: 12 }, (_, i) => `2001,${i + 1},${i},2002,${i + 1},${12 + i}`);
    const table = read(["Year,Mon,Rain,Year.1,Mon.1,Rain.1", ...rows], { wide: true, columns: ["Rain"] });
    expect(Array.from(table.columns.Rain!)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(table.times!.at(-1)).toBe(Date.UTC(2002, 11));
  });

  it("are pointed at where they are not asked for", () => {
    expect(() => read(["Year Level  Year Level", ...folded], { columns: ["Level"] })).toThrow(/--wide/);
    expect(() => read(["day,a,a", "2020-01-01,1,2"])).toThrow(/two columns are called "a"\.$/);
  });

  it("are not seen where names differ, or a number stands beside years", () => {
    expect(blockWidth(["Year", "Value", "Year", "Value"])).toBe(2);
    expect(blockWidth(["Year", "A", "Year", "B"])).toBeUndefined();
    expect(blockWidth(["a", "a", "a", "a"])).toBeUndefined();
    // Two blocks whose years do not go on are two series, and nobody says which is meant.
    const twice = Array.from({ length: 9 }, (_, i) => `${1900 + i} ${i} ${1900 + i} ${2 * i}`);
    expect(read(twice, { wide: true, columns: ["value"] }).notes.join()).not.toContain("side by side");
  });
});
