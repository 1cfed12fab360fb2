import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { rootPath, sourceFiles } from "./source-files.js";

const run = promisify(execFile);

/** Runs a tool of node_modules/.bin at the root. A failure's message carries what the tool printed. */
async function tool(name: string, args: string[]): Promise<void> {
  try {
    await run(`${rootPath}node_modules/.bin/${name}`, args, { cwd: rootPath });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${name} ${args.join(" ")}\n${stdout}\n${stderr}`);
  }
}

/** A line of a comment that postpones work, or a way around the type checker. */
const forbidden = [/\bTODO\b/, /\bFIXME\b/, /\bXXX\b/, /\bas any\b/, /@ts-(ignore|expect-error|nocheck)/];
/** AssemblyScript takes decorators where TypeScript does not; the editor is told so. */
const decorator = /@ts-ignore: decorator/;

describe("the house is in order", () => {
  it("biome finds nothing to format or to complain about", () => tool("biome", ["ci", "."]));

  it("src, test, bench and examples type-check", () => tool("tsc", ["-p", "test/tsconfig.json"]));

  it.each(["src", "assembly"])(
    "%s/ postpones nothing and hides nothing from the type checker",
    async (folder) => {
      const found = (await sourceFiles(folder)).flatMap(({ path, text }) =>
        text
          .split("\n")
          .map((line, i) => ({ line, place: `${path}:${i + 1}` }))
          .filter(({ line }) => forbidden.some((mark) => mark.test(line)) && !decorator.test(line))
          .map(({ line, place }) => `${place} ${line.trim()}`),
      );
      expect(found).toEqual([]);
    },
  );

  it.each(["src", "test"])("no path of one machine stands in %s/", async (folder) => {
    const found = (await sourceFiles(folder)).filter(({ text }) => /["'`( ]\/(work|home|Users)\//.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it("property tests draw from a stated seed", async () => {
    const found = (await sourceFiles("test")).filter(({ text }) =>
      /^import .* from "fast-check";/m.test(text),
    );
    expect(found.map(({ path }) => path)).toEqual(["test/support/property.ts"]);
  });

  it("no test is skipped or alone", async () => {
    const marks = /\b(it|test|describe)(\.each[^\n]*)?\.(skip|only|todo)\b/;
    const found = (await sourceFiles("test")).filter(({ text }) => marks.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});
