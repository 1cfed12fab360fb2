import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gateflow, root, scratch } from "./capture.js";

const TIMEOUT = 60_000;
const { folder } = scratch();
const readme = readFileSync(`${root}README.md`, "utf8");
/** What README.md shows: the arguments of each command, and the lines it prints. */
const blocks = [...readme.matchAll(/```\n\$ gateflow (doctor [^\n]+)\n([\s\S]*?)```/g)].map(
  ([, command, text]) => ({
    args: command!.replace("examples/", `${root}examples/`).split(" "),
    lines: text!.trimEnd().split("\n"),
  }),
);
const runOf = (isFix: boolean) => blocks.find(({ args }) => args.includes("--fix") === isFix)!;

describe("README.md", () => {
  it(
    "shows what gateflow doctor prints, to the letter",
    async () => {
      const { args, lines } = runOf(false);
      expect((await gateflow(args)).out).toBe(`${lines.join("\n")}\n`);
    },
    TIMEOUT,
  );

  it(
    "shows what --fix prints: the words to the letter, errors of a training to a tenth",
    async () => {
      const { args, lines } = runOf(true);
      const { out } = await gateflow([...args, "--out", join(folder, "recipe.json")]);
      const printed = out.split("\n");
      const number = /[\d,]+\.?\d*/;
      for (const line of lines.filter((shown) => shown !== "…")) {
        const [name, value] = [line.slice(0, 24), number.exec(line.slice(24))?.[0]];
        const same = printed.find((other) => other.startsWith(name))!;
        if (value === undefined || name.startsWith("What")) {
          expect(same).toBe(line);
          continue;
        }
        // Hosts with relaxed SIMD round otherwise, and a training carries that on.
        const [shown, now] = [value, number.exec(same.slice(24))![0]].map((text) =>
          Number(text.replaceAll(",", "")),
        );
        expect(Math.abs(now! / shown! - 1)).toBeLessThan(0.1);
        expect(same.split("kept")[1]).toBe(line.split("kept")[1]);
      }
    },
    TIMEOUT,
  );
});
