import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { snippets } from "../../bench/faults/guide-snippets.js";
import { faults } from "../../bench/faults/sick.js";
import { causes } from "../../src/doctor/causes.js";
import { dataRules } from "../../src/doctor/data-rules/data-rules.js";
import { modelRules } from "../../src/doctor/model-rules/model-rules.js";
import { refusedCodes } from "../../src/doctor/refusal.js";
import { root } from "./source-files.js";

const codes = Object.keys(causes).sort();

describe("a diagnosis is whole", () => {
  it("each code of the table of causes is said by a rule, or by a refusal, and no other code is", () => {
    const said = new Set<string>([
      ...dataRules.map(({ code }) => code),
      ...[true, false].flatMap((isTrained) => modelRules(isTrained).map(({ code }) => code)),
      ...refusedCodes,
    ]);
    expect([...said].sort()).toEqual(codes);
  });

  it("each has a generator in the bench of faults", () => {
    expect(Object.keys(faults).sort()).toEqual(codes);
  });

  it("each has a section in the guide, with words of its own", async () => {
    expect(Object.keys(snippets).sort()).toEqual(codes);
    const guide = await readFile(new URL("docs/why-is-my-lstm-not-learning.md", root), "utf8");
    for (const code of codes) expect(guide, code).toContain(`\n## ${code}\n`);
  });

  it("no two explain each other: the order of causes has no circle, but that of rate and gates", () => {
    const after = (code: string): readonly string[] => {
      const { after: own } = causes[code as keyof typeof causes];
      // Before a training gates may keep a good rate from learning; after one they may be what a bad rate left behind.
      return own === "everything" || code === "saturated_gates" ? [] : own;
    };
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      after(from).some((code) => code === to || (!seen.has(code) && reaches(code, to, seen.add(code))));
    expect(codes.filter((code) => reaches(code, code))).toEqual([]);
  });
});
