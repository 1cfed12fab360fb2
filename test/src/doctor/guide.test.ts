import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { faults } from "../../../bench/faults/sick.js";
import * as gateflow from "../../../src/index.js";

const text = await readFile(new URL("../../../docs/why-is-my-lstm-not-learning.md", import.meta.url), "utf8");
const [intro, ...sections] = text.split(/^## /m);
const blockOf = (part: string): string => /```js\n([\s\S]*?)```/.exec(part)![1]!;
const prelude = blockOf(intro!);
const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

describe("the field guide", () => {
  it("has a section for every fault of the bench that fit does not refuse by its shape", () => {
    const refused = ["stacked_lstm_needs_return_sequences", "label_shape_mismatch"];
    const names = sections.map((section) => section.split("\n")[0]);
    expect(names).toEqual(
      expect.arrayContaining(Object.keys(faults).filter((code) => !refused.includes(code))),
    );
  });

  it.each(sections.map((section) => [section.split("\n")[0]!, section] as const))(
    "the code of %s runs",
    async (_name, section) => {
      const log = vi.spyOn(console, "log").mockImplementation(() => {});
      // A block of its own: sections use the prelude's names again.
      await new AsyncFunction(...Object.keys(gateflow), `${prelude}\n{\n${blockOf(section)}\n}`)(
        ...Object.values(gateflow),
      );
      expect(log).not.toHaveBeenCalled();
      log.mockRestore();
    },
    30_000,
  );
});
