import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type StudioServer, startStudioServer } from "../../src/cli/studio/studio-server.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));

async function newest(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const times = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs);
  return Math.max(0, ...(await Promise.all(times)));
}

/** Builds the page where it is missing, or older than what it is made of. */
async function build(): Promise<void> {
  const { mtimeMs = 0 } = (await stat(join(root, "dist/studio/index.html")).catch(() => undefined)) ?? {};
  if (mtimeMs > (await newest(join(root, "studio/src")))) return;
  await promisify(execFile)("npm", ["run", "studio:build"], { cwd: root });
}

export interface ServedStudio {
  readonly url: string;
  close(): Promise<void>;
}

/** The page as `gateflow studio` serves it, with axe beside it. */
export async function serveStudio(): Promise<ServedStudio> {
  await build();
  const folder = await mkdtemp(join(tmpdir(), "gateflow-studio-"));
  await cp(join(root, "dist/studio"), folder, { recursive: true });
  await cp(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), join(folder, "axe.js"));
  const server: StudioServer = await startStudioServer(folder, 0);
  return {
    url: server.url,
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
