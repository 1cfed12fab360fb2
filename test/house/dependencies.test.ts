import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { root } from "./source-files.js";

describe("docs/dependencies.md", () => {
  it("has a row for every package that package.json names, and for no other", async () => {
    const { dependencies, devDependencies } = JSON.parse(
      await readFile(new URL("package.json", root), "utf8"),
    ) as Record<"dependencies" | "devDependencies", Record<string, string>>;
    const page = await readFile(new URL("docs/dependencies.md", root), "utf8");
    const rows = [...page.matchAll(/^\| `([^`]+)` \| (.{20,}) \|$/gm)].map(([, name]) => name!);
    expect(rows.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort());
  });
});
