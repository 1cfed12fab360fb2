import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type StudioServer, startStudioServer } from "../../src/cli/studio/studio-server.js";

export const root = fileURLToPath(new URL("../..", import.meta.url));

async function newest(path: string): Promise<number> {
  const own = await stat(path);
  if (own.isFile()) return own.mtimeMs;
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const times = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs);
  return Math.max(0, ...(await Promise.all(times)));
}

const parts = ["src", "bundling", "index.html", "teachers.html", "vite.config.ts"].map((part) =>
  join(root, "studio", part),
);

async function isFresh(): Promise<boolean> {
  const { mtimeMs = 0 } = (await stat(join(root, "dist/studio/index.html")).catch(() => undefined)) ?? {};
  return mtimeMs > Math.max(...(await Promise.all(parts.map(newest))));
}

const lock = join(root, "dist/studio.lock");
const BUILD_MS = 100_000;

/** Builds the page where it is missing, or older than what it is made of; of several files that test it the first one does. */
export async function buildStudio(): Promise<void> {
  const end = Date.now() + BUILD_MS;
  while (!(await isFresh())) {
    const isMine = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (isMine) {
      try {
        await promisify(execFile)("npm", ["run", "studio:build"], { cwd: root });
      } finally {
        await rm(lock, { recursive: true });
      }
    } else if (Date.now() > end) {
      throw new Error(`The studio is being built for too long. If nobody builds it, remove ${lock}.`);
    } else await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export interface ServedStudio {
  readonly url: string;
  close(): Promise<void>;
}

/** The page as `gateflow studio` serves it, with axe beside it. */
export async function serveStudio(): Promise<ServedStudio> {
  await buildStudio();
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
