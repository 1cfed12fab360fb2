import { ConfigError, DataError, FormatError } from "../errors.js";
import { canonicalJson } from "./canonical.js";
import { isTrial, type Trial } from "./trial.js";

/** What a study is: another one may not go on in its file. */
export interface StudyHead {
  readonly format: "gateflow study";
  readonly version: 1;
  readonly space: unknown;
  readonly sampler: string;
  readonly seed: number;
  readonly direction: "minimize" | "maximize";
  /** Trials proposed at once. */
  readonly generation: number;
  /** SHA-256 of the data; null where an objective brings its own. */
  readonly data: string | null;
}

/** Finished trials on disk: a line each, written through before the next proposal. */
export interface Journal {
  readonly finished: readonly Trial[];
  append(trial: Trial): Promise<void>;
  close(): Promise<void>;
}

interface FileHandle {
  write(text: string): Promise<unknown>;
  /** As `write`, until all of it is written: a disk that fills up takes a part, and says so at the next. */
  appendFile(text: string): Promise<void>;
  truncate(bytes: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

interface FileSystem {
  open(path: string, flags: string): Promise<FileHandle>;
  readFile(path: string): Promise<Uint8Array>;
  rm(path: string, options: { force: true }): Promise<void>;
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
}

async function fileSystem(): Promise<FileSystem> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node === undefined) {
    throw new ConfigError(
      "tune(): `storage` is a path, and there are no files here. Leave it out in a page.",
    );
  }
  // Put together here, so that no bundler looks for the module.
  const name = ["node", "fs/promises"].join(":");
  return ((await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as { default: FileSystem })
    .default;
}

const isMissing = (error: unknown): boolean => (error as { code?: string }).code === "ENOENT";

async function readOrNothing(fs: FileSystem, path: string): Promise<Uint8Array> {
  try {
    return await fs.readFile(path);
  } catch (error) {
    if (isMissing(error)) return new Uint8Array(0);
    throw error;
  }
}

/** Whether the process that holds a lock still runs. */
function isAlive(pid: number): boolean {
  try {
    (globalThis as unknown as { process: { kill(pid: number, signal: 0): void } }).process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/** Two studies in one file would mix their trials. */
async function lock(fs: FileSystem, path: string): Promise<() => Promise<void>> {
  const pid = (globalThis as unknown as { process: { pid: number } }).process.pid;
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = await fs.open(path, "wx");
      await handle.write(`${pid}\n`);
      await handle.close();
      return () => fs.rm(path, { force: true });
    } catch (error) {
      if ((error as { code?: string }).code !== "EEXIST") throw error;
      const holder = Number(new TextDecoder().decode(await readOrNothing(fs, path)));
      // A lock of this very process is a study that is still running here.
      if (attempt > 0 || (Number.isInteger(holder) && holder > 0 && isAlive(holder))) {
        throw new ConfigError(
          `tune(): \`storage\` is in use by process ${holder} (${path}). Wait for it, or give another file.`,
          { received: path },
        );
      }
      // Its process was killed.
      await fs.rm(path, { force: true });
    }
  }
}

/** Lines that are whole, and how many bytes they take: a killed process may have cut the last one. */
function wholeLines(bytes: Uint8Array): { lines: string[]; length: number } {
  const length = bytes.lastIndexOf(10) + 1;
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  return { lines: text.split("\n").slice(0, -1), length };
}

function checkHead(path: string, line: string, head: StudyHead): void {
  let found: Partial<StudyHead> | null;
  try {
    found = JSON.parse(line) as Partial<StudyHead>;
  } catch {
    found = null;
  }
  if (found?.format !== head.format) {
    throw new FormatError(`tune(): ${path} is no study's file. Give \`storage\` a path of its own.`, {
      received: path,
    });
  }
  for (const key of Object.keys(head) as (keyof StudyHead)[]) {
    const [there, here] = [canonicalJson(found[key]), canonicalJson(head[key])];
    if (there === here) continue;
    throw new ConfigError(
      `tune(): ${path} holds a study with another \`${key}\` (${there.slice(0, 80)}, now ${here.slice(0, 80)}). Go on with the same one, or give another file.`,
      { received: head[key], expected: found[key] },
    );
  }
}

/**
 * Opens a study's file, or begins it.
 * @throws FormatError for a file that is none; ConfigError where it holds another study, or another process uses it.
 */
export async function openJournal(path: string, head: StudyHead): Promise<Journal> {
  const fs = await fileSystem();
  const folder = path.replace(/[^/\\]*$/, "");
  if (folder !== "") await fs.mkdir(folder, { recursive: true });
  const unlock = await lock(fs, `${path}.lock`);
  try {
    const { lines, length } = wholeLines(await readOrNothing(fs, path));
    const finished = new Map<number, Trial>();
    if (lines.length > 0) checkHead(path, lines[0]!, head);
    lines.slice(1).forEach((line, i) => {
      let trial: unknown;
      try {
        trial = JSON.parse(line);
      } catch {
        trial = null;
      }
      if (!isTrial(trial)) {
        throw new FormatError(`tune(): line ${i + 2} of ${path} is no trial.`, {
          received: line.slice(0, 80),
        });
      }
      finished.set(trial.number, trial);
    });
    const handle = await fs.open(path, "a");
    await handle.truncate(length);
    let whole = length;
    // One after the other: what a failed one leaves is cut off before the next.
    let last: Promise<void> = Promise.resolve();
    const write = (line: string): Promise<void> => {
      const own = last.then(async () => {
        try {
          await handle.appendFile(line);
          await handle.sync();
          whole += new TextEncoder().encode(line).length;
        } catch (cause) {
          await handle.truncate(whole).catch(() => {});
          throw new DataError(
            `tune(): ${path} cannot be written: ${(cause as Error).message}. Trials that had ended before are in it; make room, and start the study again.`,
            { cause, received: path },
          );
        }
      });
      last = own.catch(() => {});
      return own;
    };
    if (lines.length === 0) {
      await write(`${canonicalJson(head)}\n`).catch(async (error: unknown) => {
        await handle.close();
        throw error;
      });
    }
    return {
      finished: [...finished.values()],
      append: (trial) => write(`${JSON.stringify(trial)}\n`),
      async close() {
        await handle.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
