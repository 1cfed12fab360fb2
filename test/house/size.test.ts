import { describe, expect, it } from "vitest";
import { sourceFiles } from "./source-files.js";

const lines = (text: string): number => text.trimEnd().split("\n").length;

describe("a file holds one idea", () => {
  it.each(["src", "assembly"])("no file of %s/ has more than 400 lines", async (folder) => {
    const files = await sourceFiles(folder);
    expect(files.length).toBeGreaterThan(20);
    const long = files
      .filter(({ text }) => lines(text) > 400)
      .map(({ path, text }) => `${path}: ${lines(text)}`);
    expect(long).toEqual([]);
  });

  it("the public door fits on five screens: src/index.ts has at most 260 lines", async () => {
    const door = (await sourceFiles("src")).find(({ path }) => path === "src/index.ts");
    expect(lines(door!.text)).toBeLessThanOrEqual(260);
  });
});
