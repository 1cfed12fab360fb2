import { access, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { root } from "./source-files.js";

const text = await readFile(new URL("docs/keras-compatibility.md", root), "utf8");

/** Cells of the rows below each table's rule. */
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\|[\s|-]+$/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter(([feature]) => feature !== "feature");

describe("docs/keras-compatibility.md", () => {
  it("has a table the test can read", () => {
    expect(rows.length).toBeGreaterThan(40);
    for (const cells of rows) expect(cells.length, cells.join(" | ")).toBe(4);
  });

  it.each(rows)("says of %s whether it is the same, differs or is absent", (_, state, how) => {
    expect(["same", "differs", "absent"]).toContain(state);
    if (state === "differs") expect(how).not.toBe("");
  });

  it.each(rows)("names tests that are there for %s", async (_feature, _state, _how, tests) => {
    const paths = [...tests!.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, path]) => path!);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) await expect(access(new URL(path, root)), path).resolves.toBeUndefined();
  });
});
