import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rootPath } from "../house/source-files.js";
import { commandsOf, runLine, wrongIn } from "./commands.js";
import { allBlocks, at, type Block } from "./pages.js";
import { compile, execute, htmlPrograms, type Program, programsOf } from "./programs.js";
import { firstDifference } from "./same-text.js";

const blocks = await allBlocks();
const programs = programsOf(blocks);
const pages = [...new Set(blocks.map(({ page }) => page))];
/** Languages whose blocks are run or compared; any other has to say why it is neither. */
const CHECKED = ["ts", "js", "sh", "text", "html"];

let folder: string;
let bin: string;
let mistakes: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-docs-"));
  bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(
    join(bin, "gateflow"),
    `#!/bin/sh\nexec "${process.execPath}" "${rootPath}dist/cli/main.js" "$@"\n`,
  );
  await chmod(join(bin, "gateflow"), 0o755);
  mistakes = await compile([...programs, ...htmlPrograms(blocks)]);
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder for a page, with the files that ship. */
async function folderFor(page: string): Promise<string> {
  const cwd = join(folder, page.replaceAll("/", "-"));
  await mkdir(cwd);
  await cp(`${rootPath}examples`, join(cwd, "examples"), { recursive: true });
  await mkdir(join(cwd, "node_modules"));
  await symlink(rootPath, join(cwd, "node_modules", "gateflow"));
  return cwd;
}

describe("every code block of every page", () => {
  it("names only what there is, with the types it has", () => {
    expect(mistakes).toEqual([]);
  });

  it.concurrent.each(pages)("%s: runs, and prints what the page says", { timeout: 900_000 }, (page) =>
    taken(() => runPage(page)),
  );

  it("that is not run says why, and names no script, command or option that is not there", async () => {
    const help = new Map<string, Promise<string>>();
    const helpOf = (command: string): Promise<string> => {
      if (!help.has(command))
        help.set(
          command,
          runLine(`gateflow ${command} --help`, folder, bin).then(({ out, code }) => (code === 0 ? out : "")),
        );
      return help.get(command)!;
    };
    const wrong: string[] = [];
    const skipped = blocks.filter(({ notRun }) => notRun !== undefined);
    for (const block of skipped)
      if (block.language === "sh")
        for (const line of commandsOf(block.code))
          wrong.push(...(await wrongIn(line, helpOf)).map((text) => `${at(block)}: ${text}`));
    for (const block of blocks)
      if (!CHECKED.includes(block.language) && block.notRun === undefined)
        wrong.push(`${at(block)}: a block of the language "${block.language}" is neither run nor says why`);
    expect(wrong).toEqual([]);
    // The report of a test run lists what no machine looked at but for its names.
    console.log(
      [
        `${blocks.length} blocks, ${skipped.length} not run:`,
        ...skipped.map((block) => `${at(block)} ${block.language}: ${block.notRun}`),
      ].join("\n"),
    );
  });
});

let running = 0;
const waiting: (() => void)[] = [];

/** Two pages at a time, as many as the smallest machine has processors. */
async function taken(work: () => Promise<void>): Promise<void> {
  if (running === 2) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

async function runPage(page: string): Promise<void> {
  const cwd = await folderFor(page);
  const printed = new Map<Block, string>();
  let before: Block | undefined;
  for (const block of blocks) {
    if (block.page !== page) continue;
    const program = programs.find(({ blocks: [first] }) => first === block);
    if (program !== undefined && block.notRun === undefined) await remember(program, cwd, printed);
    if (block.language === "sh" && block.notRun === undefined) printed.set(block, await shell(block, cwd));
    if (block.language === "text" && block.notRun === undefined) {
      expect(before, `${at(block)} follows no block that prints`).toBeDefined();
      const difference = firstDifference(printed.get(before!) ?? "", block.code);
      expect(difference, `${at(block)}; printed was:\n${printed.get(before!)}`).toBeUndefined();
    } else if (block.notRun === undefined && block.language !== "html") before = block;
  }
}

async function remember(program: Program, cwd: string, printed: Map<Block, string>): Promise<void> {
  const parts = await execute(program, cwd);
  program.blocks.forEach((block, i) => {
    printed.set(block, parts[i] ?? "");
  });
}

/** Runs the lines of a block one after the other. The doctor's 2 is an answer, not a mistake. */
async function shell(block: Block, cwd: string): Promise<string> {
  const out: string[] = [];
  for (const line of commandsOf(block.code)) {
    if (/\bnpm /.test(line)) throw new Error(`${at(block)}: a test does not run npm; say why it is not run`);
    const result = await runLine(line, cwd, bin);
    const isAnswer = result.code === 0 || (result.code === 2 && /\bgateflow doctor\b/.test(line));
    expect(isAnswer, `${at(block)}: ${line}\n${result.err}`).toBe(true);
    out.push(result.out);
  }
  return out.join("\n");
}
