import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIZE = "1m";

/** Does something on a disk of 1 MiB, of memory; null where none can be mounted, which takes root of Linux. */
export async function withSmallDisk<Result>(work: (disk: string) => Promise<Result>): Promise<Result | null> {
  const disk = mkdtempSync(join(tmpdir(), "gateflow-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "none", disk], { stdio: "ignore" });
  } catch {
    rmdirSync(disk);
    return null;
  }
  try {
    return await work(disk);
  } finally {
    execFileSync("umount", [disk]);
    rmdirSync(disk);
  }
}
