import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { completionScript } from "../../../src/cli/completion.js";
import type { Io } from "../../../src/cli/files/io.js";
import { createProgram } from "../../../src/cli/program.js";

const io = { out: () => {}, err: () => {}, columns: 80, color: false } as unknown as Io;
const program = createProgram(io, "0.0.0", () => {});

/** What bash offers behind some words, the last of which is being written. */
function offered(...words: string[]): string[] {
  const script = `${completionScript(program, "bash")}
COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}
_gateflow; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8", cwd: import.meta.dirname })
    .split("\n")
    .filter((word) => word !== "");
}

describe("gateflow completion", () => {
  it("bash: every command, and help", () => {
    const all = offered("gateflow", "");
    for (const { commands } of [program])
      for (const command of commands) expect(all).toContain(command.name());
    expect(all).toEqual(expect.arrayContaining(["help", "--version"]));
    expect(offered("gateflow", "fore")).toEqual(["forecast"]);
  });

  it("bash: every option of the command, and of no other", () => {
    for (const command of program.commands) {
      const all = offered("gateflow", command.name(), "-");
      for (const { long, short } of command.options)
        for (const flag of [long, short]) if (flag) expect(all, command.name()).toContain(flag);
    }
    expect(offered("gateflow", "inspect", "-")).not.toContain("--horizon");
  });

  it("bash: what an option may be, in the sense it has in that command; else files", () => {
    const choices = (name: string, flag: string): string[] =>
      [
        ...program.commands.find((one) => one.name() === name)!.options.find(({ long }) => long === flag)!
          .argChoices!,
      ].sort();
    for (const name of ["train", "doctor"])
      expect(offered("gateflow", name, "--difference", "").sort()).toEqual(choices(name, "--difference"));
    expect(offered("gateflow", "train", "completion.t")).toEqual(["completion.test.ts"]);
    expect(offered("gateflow", "completion", "z")).toEqual(["zsh"]);
  });

  it("zsh and fish: name every command and long option", () => {
    for (const shell of ["zsh", "fish"]) {
      const script = completionScript(program, shell);
      for (const command of program.commands) {
        expect(script).toContain(command.name());
        for (const { long } of command.options)
          expect(script, `${shell} ${long}`).toContain(shell === "fish" ? `-l ${long!.slice(2)}` : long);
      }
    }
  });

  it("refuses another shell", () => {
    expect(() => completionScript(program, "tcsh")).toThrow(/Allowed: bash, zsh, fish/);
  });
});
