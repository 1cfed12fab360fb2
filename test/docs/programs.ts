import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { rootPath } from "../house/source-files.js";
import { at, type Block } from "./pages.js";

const run = promisify(execFile);
/** Below the repository, so that `gateflow` means the package that was built here. */
const folder = `${rootPath}build/docs-blocks`;
/** Stands between what two blocks of one program print. */
export const separator = "\u001e";

/** Blocks that are one program: one with imports, and those after it on the page that have none or say `continued`. */
export interface Program {
  readonly name: string;
  readonly blocks: readonly Block[];
}

const isCode = ({ language }: Block): boolean => language === "ts" || language === "js";
const hasImport = ({ code }: Block): boolean => /^import\b/m.test(code);

/** All programs, those with imports that are not run included: their names are checked. @throws Error for a block that continues none. */
export function programsOf(blocks: readonly Block[]): Program[] {
  const programs: { name: string; blocks: Block[] }[] = [];
  for (const block of blocks) {
    if (!isCode(block) || (block.notRun !== undefined && !hasImport(block))) continue;
    if (hasImport(block) && !block.isContinued)
      programs.push({ name: `${block.page}-${block.line}`.replace(/[^\w-]+/g, "-"), blocks: [block] });
    else if (programs.at(-1)?.blocks[0]?.page === block.page) programs.at(-1)!.blocks.push(block);
    else throw new Error(`${at(block)} has no import, and continues nothing`);
  }
  return programs;
}

/** A page's script of an HTML block, reading the package instead of the bundled file of that name. */
const pageScript = (html: string): string =>
  [...html.matchAll(/<script type="module">([\s\S]*?)<\/script>/g)]
    .map(([, code]) => code!.replace(/from "[^"]*gateflow[^"]*\.js"/g, 'from "gateflow"'))
    .join("\n");

/** The programs of HTML blocks: they are checked, not run. */
export const htmlPrograms = (blocks: readonly Block[]): Program[] =>
  blocks
    .filter(({ language }) => language === "html")
    .map((block) => ({
      name: `${block.page}-${block.line}-page`.replace(/[^\w-]+/g, "-"),
      blocks: [{ ...block, code: pageScript(block.code) }],
    }));

const source = ({ blocks }: Program): string =>
  `${blocks.map(({ code }) => code).join(`\nconsole.log("\\u001e");\n`)}\nexport {};\n`;

/**
 * Checks programs as a user's project would, against the declarations in dist/, and writes the JavaScript of them.
 * @returns what the compiler says, in the pages' own lines; nothing when every name is there and every type fits.
 */
export async function compile(programs: readonly Program[]): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const program of programs) await writeFile(`${folder}/${program.name}.ts`, source(program));
  // Pages in JavaScript say no types, so nothing of theirs is held to have any.
  const said = await Promise.all([
    check(
      programs.filter(({ blocks: [first] }) => first!.language === "ts"),
      true,
    ),
    check(
      programs.filter(({ blocks: [first] }) => first!.language !== "ts"),
      false,
    ),
  ]);
  return said.flat();
}

async function check(programs: readonly Program[], strict: boolean): Promise<string[]> {
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    lib: ["es2023", "dom", "dom.asynciterable"],
    types: ["node"],
    typeRoots: [`${rootPath}node_modules/@types`],
    strict,
    skipLibCheck: true,
    rootDir: ".",
    outDir: "out",
  };
  const config = `${folder}/tsconfig.${strict ? "ts" : "js"}.json`;
  const files = programs.map(({ name }) => `${name}.ts`);
  if (files.length === 0) return [];
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  try {
    await run(`${rootPath}node_modules/.bin/tsc`, ["-p", config], { cwd: folder, maxBuffer: 1e8 });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return stdout.split("\n").flatMap((line) => {
      const [, name, row, text] = /^([\w-]+)\.ts\((\d+),\d+\): (.*)$/.exec(line) ?? [];
      const program = programs.find((one) => one.name === name);
      if (program !== undefined) return [`${place(program, Number(row))}: ${text}`];
      return /^\s*$/.test(line) ? [] : [line];
    });
  }
}

/** The line of the page that a line of a program came from. */
function place({ blocks }: Program, row: number): string {
  let rest = row;
  for (const block of blocks) {
    const length = block.code.split("\n").length;
    if (rest <= length) return `${block.page}:${block.line + rest - 1}`;
    rest -= length + 1;
  }
  return `${blocks[0]!.page}, behind its last block`;
}

/** Runs a compiled program in a folder. @returns what each of its blocks printed. */
export async function execute({ name }: Program, cwd: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [`${folder}/out/${name}.js`], { cwd, timeout: 100_000 });
  return stdout.split(`${separator}\n`);
}
