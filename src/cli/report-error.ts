import { CommanderError } from "commander";
import { GateflowError } from "../errors.js";
import { Interrupted, type Io } from "./files/io.js";

/** A shell reads this as «ended by SIGINT»: 128 + 2. */
const INTERRUPTED = 130;

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").trim();

/** What the operating system calls its errors, in words. */
const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "exists already and is no folder",
  EFBIG: "the file would be larger than allowed",
  EIO: "the device does not answer",
  EISDIR: "is a folder",
  ELOOP: "links lead back to themselves",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "part of the path is a file, not a folder",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
};

function lineOf(error: unknown): string {
  // Commander writes «error: unknown option '--taget'\n(Did you mean --target?)».
  if (error instanceof CommanderError) {
    return oneLine(error.message)
      .replace(/^error: /, "")
      .replace(/\s*\(Did you mean (.+)\?\)$/, ". Did you mean $1?");
  }
  if (error instanceof GateflowError) return oneLine(error.message);
  const { code, path, message, syscall } = error as NodeJS.ErrnoException;
  const reason = SYSTEM[code ?? ""];
  // A write to an open file knows no path.
  if (reason !== undefined && path !== undefined) return `${path}: ${reason}.`;
  if (reason !== undefined && syscall !== undefined) return `${syscall}: ${reason}.`;
  return `internal error: ${oneLine(message ?? String(error))}. Run again with GATEFLOW_DEBUG=1 to see the stack.`;
}

/** Says in one line what went wrong. @returns the exit code. */
export function reportError(error: unknown, io: Io): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof Interrupted || (io.signal.aborted && error === io.signal.reason)) {
    io.err("gateflow: stopped by Ctrl-C; nothing was written.\n");
    return INTERRUPTED;
  }
  io.err(`gateflow: ${lineOf(error)}\n`);
  if (io.debug && error instanceof Error) io.err(`${error.stack ?? ""}\n`);
  return 1;
}
