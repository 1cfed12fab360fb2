import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { root, rootPath } from "../house/source-files.js";

const run = promisify(execFile);

/** The commands of a shell block: a line each, `\` continues one, `#` begins a remark. */
export const commandsOf = (code: string): string[] =>
  code
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");

/**
 * Runs a shell line in a folder, with `gateflow` as the program built here and `npx tsx` as the one installed here.
 * @returns standard output; code and standard error where it ended otherwise than a page may show.
 */
export async function runLine(
  line: string,
  cwd: string,
  bin: string,
): Promise<{ out: string; code: number; err: string }> {
  try {
    const { stdout, stderr } = await run("bash", ["-c", line], {
      cwd,
      timeout: 100_000,
      maxBuffer: 1e8,
      env: { ...process.env, PATH: `${bin}:${rootPath}node_modules/.bin:${process.env.PATH}`, NO_COLOR: "1" },
    });
    return { out: stdout, code: 0, err: stderr };
  } catch (error) {
    const { stdout = "", stderr = "", code } = error as { stdout?: string; stderr?: string; code?: number };
    return { out: stdout, code: code ?? -1, err: stderr || String(error) };
  }
}

/** What is wrong with a line that a page shows without its being run: a script, command or option that is not there. */
export async function wrongIn(line: string, help: (command: string) => Promise<string>): Promise<string[]> {
  const wrong: string[] = [];
  const { scripts } = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const [, script] of line.matchAll(/\bnpm (?:run )?([\w:]+)/g)) {
    const isNpms = ["ci", "install", "pack", "init", "publish", "exec"].includes(script!);
    if (!isNpms && scripts[script!] === undefined) wrong.push(`package.json has no script ${script}`);
  }
  for (const [, command, rest] of line.matchAll(/\bgateflow ([a-z]+)([^|;&]*)/g)) {
    const text = await help(command!);
    if (text === "") wrong.push(`gateflow has no command ${command}`);
    for (const [, option] of rest!.matchAll(/\s(--?[a-z][\w-]*)/g))
      if (!new RegExp(`(^|[\\s,])${option}(?![\\w-])`, "m").test(text))
        wrong.push(`gateflow ${command} has no option ${option}`);
  }
  return wrong;
}
