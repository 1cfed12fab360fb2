import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const root = new URL("../../", import.meta.url);
export const rootPath = fileURLToPath(root);

export interface SourceFile {
  /** Below the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript or AssemblyScript file of a folder that somebody wrote (generated ones are not in the repository). */
export async function sourceFiles(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(new URL(`${folder}/`, root), { recursive: true });
  const paths = entries
    .map((entry) => `${folder}/${entry.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !path.includes("/generated/"))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(new URL(path, root), "utf8") })),
  );
}
