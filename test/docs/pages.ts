import { readdir, readFile } from "node:fs/promises";
import { root } from "../house/source-files.js";

/** One fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Line of the page on which the code begins, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** Goes on with the program before it although it has imports: ```ts continued. */
  readonly isContinued: boolean;
  /** Why the page says that the block is not run: `<!-- not run: … -->` on the line above it. */
  readonly notRun?: string;
}

/** Its code blocks are run, section by section, by test/src/doctor/guide.test.ts. */
export const fieldGuide = "docs/why-is-my-lstm-not-learning.md";

/** Every page that people read: the site's, the first one, and what stands beside the examples. */
export async function pages(): Promise<{ path: string; text: string }[]> {
  const listed = await Promise.all(
    ["docs", "examples"].map(async (folder) =>
      (await readdir(new URL(`${folder}/`, root), { recursive: true }))
        .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
        .filter((path) => path.endsWith(".md") && !path.includes("node_modules")),
    ),
  );
  const paths = ["README.md", ...listed.flat().sort()];
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(new URL(path, root), "utf8") })),
  );
}

/** The fenced blocks of a page. @throws Error for a fence that is never closed. */
export function blocksOf(page: string, text: string): Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const open = /^( *)(`{3,})([\w-]*)(.*)$/.exec(lines[i]!);
    if (open === null) continue;
    const [, indent, ticks, language, rest] = open;
    const begin = i + 1;
    do i++;
    while (i < lines.length && lines[i]!.trim() !== ticks);
    if (i === lines.length) throw new Error(`${page}:${begin}: the block is never closed`);
    const reason = /^ *<!-- not run: (.+) -->$/.exec(lines[begin - 2] ?? "")?.[1];
    blocks.push({
      page,
      line: begin + 1,
      language: language!,
      isContinued: rest!.trim() === "continued",
      code: lines
        .slice(begin, i)
        .map((line) => line.slice(indent!.length))
        .join("\n"),
      ...(reason === undefined ? {} : { notRun: reason }),
    });
  }
  return blocks;
}

/** All blocks of all pages, in order, but those of the field guide. */
export async function allBlocks(): Promise<Block[]> {
  return (await pages())
    .filter(({ path }) => path !== fieldGuide)
    .flatMap(({ path, text }) => blocksOf(path, text));
}

export const at = ({ page, line }: Block): string => `${page}:${line}`;
