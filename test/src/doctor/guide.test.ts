import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { faults } from "../../../bench/faults/sick.js";
import * as gateflow from "../../../src/index.js";
import { inFrameworkWords } from "../../../src/recipe/in-framework-words.js";

const text = await readFile(new URL("../../../docs/why-is-my-lstm-not-learning.md", import.meta.url), "utf8");
const [intro, ...sections] = text.split(/^## /m);
const blockOf = (part: string): string => /```js\n([\s\S]*?)```/.exec(part)![1]!;
const prelude = blockOf(intro!);
const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

describe("the field guide", () => {
  it("has a section for every fault of the bench, those that are refused by their shape included", () => {
    const names = sections.map((section) => section.split("\n")[0]);
    expect(names).toEqual(expect.arrayContaining(Object.keys(faults)));
  });

  it("says in every section how it shows, what was measured, why, the change, what it costs and what to expect, and shows a picture that is there", async () => {
    for (const section of sections) {
      for (const part of ["Shows", "Measured", "Why", "Change", "Cost", "Expect"])
        expect(section, section.slice(0, 40)).toMatch(new RegExp(`^\\*\\*${part}:\\*\\* \\S`, "m"));
      const [, path] = /!\[[^\]]+\]\((images\/doctor\/\w+\.svg)\)/.exec(section) ?? [];
      expect(path, section.slice(0, 40)).toBeDefined();
      expect(await readFile(new URL(`../../../docs/${path}`, import.meta.url), "utf8")).toMatch(/^<svg /);
    }
  });

  it("says every change in Keras's and in PyTorch's words: no name of ours is left", () => {
    const changes = sections.map((section) => /^\*\*Change:\*\* (.*)$/m.exec(section)![1]!);
    for (const framework of ["keras", "pytorch"] as const)
      for (const change of changes) {
        const said = inFrameworkWords(change, framework).replaceAll(/`[^`]*`/g, "");
        expect(said.match(/\b[a-z]+[A-Z]\w*|\w \{|\{ |\w: (?:true|false)/g), said).toBeNull();
      }
    expect(inFrameworkWords("adam({ learningRate: 0.01 })", "keras")).toBe("Adam(learning_rate=0.01)");
    expect(inFrameworkWords("adam({ learningRate: 0.01 })", "pytorch")).toBe(
      "torch.optim.Adam(model.parameters(), lr=0.01)",
    );
  });

  it.each(["Keras", "PyTorch"])("the program for those who come from %s runs", async (from) => {
    const part = intro!.split(`### You come from ${from}`)[1]!;
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await new AsyncFunction(...Object.keys(gateflow), `{\n${prelude}\n{\n${blockOf(part)}\n}\n}`)(
      ...Object.values(gateflow),
    );
    // The prelude's model is healthy, read back as well.
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  it.each(sections.map((section) => [section.split("\n")[0]!, section] as const))(
    "the code of %s runs",
    async (_name, section) => {
      const log = vi.spyOn(console, "log").mockImplementation(() => {});
      // Blocks of their own: the prelude has names that the library exports too, and sections use the prelude's again.
      await new AsyncFunction(...Object.keys(gateflow), `{\n${prelude}\n{\n${blockOf(section)}\n}\n}`)(
        ...Object.values(gateflow),
      );
      expect(log).not.toHaveBeenCalled();
      log.mockRestore();
    },
    30_000,
  );
});
