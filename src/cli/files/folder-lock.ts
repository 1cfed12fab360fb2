import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "../../errors.js";
import { isAlive, partOf, removeDeadParts } from "../../node/durable.js";

const LOCK = ".gateflow.lock";
/** Putting files in place takes far less; a lock of another machine is abandoned before. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 25;
/** Of a holder on another machine, which cannot be asked whether it lives. */
const ABANDONED_MS = 60_000;

async function isAbandoned(path: string, text: string): Promise<boolean> {
  const [pid, host] = text.split(" ");
  if (host === hostname() && /^\d+$/.test(pid!)) return !isAlive(Number(pid));
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** Takes away a lock nobody holds. What was taken is looked at again: another may have been as quick and hold it. */
async function breakLock(path: string, text: string): Promise<void> {
  const taken = partOf(path, randomUUID());
  if (
    !(await rename(path, taken).then(
      () => true,
      () => false,
    ))
  )
    return;
  if ((await readFile(taken, "utf8").catch(() => text)) !== text) await link(taken, path).catch(() => {});
  await rm(taken, { force: true });
}

/**
 * Runs `work` while no other gateflow puts files into the folder. Locks of killed processes are taken over.
 * @throws ConfigError when another one does not let go.
 */
export async function withFolderLock<T>(
  folder: string,
  work: () => Promise<T>,
  patience = PATIENCE_MS,
): Promise<T> {
  const path = join(folder, LOCK);
  const own = `${process.pid} ${hostname()} ${randomUUID()}`;
  const until = Date.now() + patience;
  for (;;) {
    const isTaken = await writeFile(path, own, { flag: "wx" }).then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return true;
        throw error;
      },
    );
    if (!isTaken) break;
    const holder = await readFile(path, "utf8").catch(() => "");
    if (await isAbandoned(path, holder)) await breakLock(path, holder);
    else if (Date.now() > until) {
      throw new ConfigError(
        `${folder}: process ${holder.split(" ")[0]} is writing there and does not end. If it is gone, delete ${path}.`,
        { received: folder },
      );
    } else await sleep(PAUSE_MS);
  }
  try {
    await removeDeadParts(path);
    return await work();
  } finally {
    if ((await readFile(path, "utf8").catch(() => "")) === own) await rm(path, { force: true });
  }
}
