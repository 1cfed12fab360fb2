import { inProcess } from "./in-process.js";
import type { Runner } from "./runner.js";
import { threads } from "./threads.js";

/** Threads of this machine in Node, this process elsewhere. */
export function defaultRunner(): Runner {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node === undefined) return inProcess();
  return threads();
}
