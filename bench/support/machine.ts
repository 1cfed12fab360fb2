import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { rootPath } from "./child.js";

const git = (...args: string[]): string =>
  execFileSync("git", args, { cwd: rootPath, encoding: "utf8" }).trim();

/** What a number has to be read with. */
export interface Circumstances {
  readonly commit: string;
  /** Whether the work tree differs from the commit. */
  readonly modified: boolean;
  readonly date: string;
  readonly cpu: string;
  readonly processors: number;
  /** Processes that wanted a processor in the last minute, before the run. */
  readonly load: number;
  readonly node: string;
  readonly v8: string;
}

export function circumstances(): Circumstances {
  return {
    commit: git("rev-parse", "--short=12", "HEAD"),
    modified: git("status", "--porcelain", "--untracked-files=no") !== "",
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    processors: availableParallelism(),
    load: loadavg()[0] ?? 0,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}
