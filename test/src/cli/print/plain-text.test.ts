import { expect, it } from "vitest";
import { plainText } from "../../../../src/cli/print/plain-text.js";
import { gateflow, scratch } from "../capture.js";

const ESCAPE = "\u001b";

it("shows what a terminal would obey, and leaves lines, tabs and its own colours", () => {
  const evil = `a${ESCAPE}]0;title\u0007b\u009b31mc\u202ed\u2066e\rf\u0085`;
  expect(plainText(evil, false)).toBe("a\\u001b]0;title\\u0007b\\u009b31mc\\u202ed\\u2066e\\u000df\\u0085");
  expect(plainText("line\n\tnext é 日本", false)).toBe("line\n\tnext é 日本");
  expect(plainText(`${ESCAPE}[1mbold${ESCAPE}[22m`, true)).toBe(`${ESCAPE}[1mbold${ESCAPE}[22m`);
  expect(plainText(`${ESCAPE}[1mbold`, false)).toBe("\\u001b[1mbold");
  // Hidden text, the cursor and the title are nobody's colours.
  expect(plainText(`${ESCAPE}[8m${ESCAPE}[2J`, true)).toBe("\\u001b[8m\\u001b[2J");
});

const { file } = scratch();

it("names of columns, files and cells reach no terminal raw, and JSON reads back as it was", async () => {
  const name = `v${ESCAPE}[2J\u202e`;
  const rows = Array.from({ length: 20 }, (_, i) => `2024-01-${String(i + 1).padStart(2, "0")},${i % 3}\n`);
  const path = file(`evil${ESCAPE}[31m.csv`, `d,${name}\n${rows.join("")}`);
  const isRaw = (text: string): boolean =>
    [...text].some((letter) => `${ESCAPE}\u202e\u009b`.includes(letter));
  const seen = await gateflow(["examine", path, "-t", name]);
  expect([seen.code, isRaw(seen.out), isRaw(seen.err)]).toEqual([0, false, false]);
  const missing = await gateflow(["examine", path, "-t", "none"]);
  expect([missing.code, isRaw(missing.err)]).toEqual([1, false]);
  const { out } = await gateflow(["examine", path, "-t", name, "--json"]);
  expect(isRaw(out)).toBe(false);
  expect((JSON.parse(out) as { target: string }).target).toBe(name);
});
