import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { root } from "./source-files.js";

describe("docs/dependencies.md", () => {
  it("has a row for every package that package.json, the studio's and the site's name, and for no other", async () => {
    const named = async (path: string): Promise<string[]> => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(
        await readFile(new URL(path, root), "utf8"),
      ) as Partial<Record<"dependencies" | "devDependencies", Record<string, string>>>;
      return [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    };
    const page = await readFile(new URL("docs/dependencies.md", root), "utf8");
    const rows = [...page.matchAll(/^\| `([^`]+)` \| (.{20,}) \|$/gm)].map(([, name]) => name!);
    expect(rows.sort()).toEqual(
      (await Promise.all(["package.json", "studio/package.json", "docs/package.json"].map(named)))
        .flat()
        .sort(),
    );
  });
});
