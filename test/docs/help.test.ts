import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rootPath } from "../house/source-files.js";
import { commandsOf, runLine } from "./commands.js";

/** Serve or wait until somebody ends them, so their own tests start them. */
const ENDLESS = /^gateflow (?:studio|worker)\b/;

let cwd: string;
let bin: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "gateflow-help-"));
  bin = join(cwd, "bin");
  await mkdir(bin);
  await mkdir(join(cwd, "out"));
  await writeFile(
    join(bin, "gateflow"),
    `#!/bin/sh\nexec "${process.execPath}" "${rootPath}dist/cli/main.js" "$@"\n`,
  );
  await chmod(join(bin, "gateflow"), 0o755);
  await cp(`${rootPath}examples/data`, join(cwd, "examples/data"), { recursive: true });
  await symlink(`${rootPath}node_modules`, join(cwd, "node_modules"));
});
afterAll(() => rm(cwd, { recursive: true }));

/** The lines behind `$` of a help text. */
const examplesIn = (help: string): string[] =>
  commandsOf([...help.matchAll(/^ +\$ ((?:.*\\\n)*.*)$/gm)].map(([, line]) => line).join("\n"));

describe("gateflow help", () => {
  it("gives every command an example of files that ship, and each of them runs", {
    timeout: 400_000,
  }, async () => {
    const { out } = await runLine("gateflow --help", cwd, bin);
    expect(out).toMatch(/^Exit codes: 0 .* 1 .* 2 .*\n?.* 130/m);
    const names = [
      ...out.slice(out.indexOf("Commands:"), out.indexOf("Examples:")).matchAll(/^ {2}([a-z]+) /gm),
    ]
      .map(([, name]) => name!)
      .filter((name) => name !== "help");
    expect(names.length).toBeGreaterThan(10);
    const lines = new Set(examplesIn(out));
    for (const name of names) {
      const help = await runLine(`gateflow help ${name}`, cwd, bin);
      expect(help.out, name).toContain(`Usage: gateflow ${name}`);
      const own = examplesIn(help.out);
      expect(
        own.filter((line) => line.startsWith(`gateflow ${name} `) || line === `gateflow ${name}`),
        name,
      ).not.toEqual([]);
      for (const line of own) lines.add(line);
    }
    // `train` comes before `forecast` in the help, as in use: what one writes the other reads.
    for (const line of lines) {
      if (ENDLESS.test(line)) continue;
      const { code, err } = await runLine(line, cwd, bin);
      expect(
        code === 0 || (code === 2 && line.startsWith("gateflow doctor")),
        `${line}: ${code}\n${err}`,
      ).toBe(true);
    }
  });
});
