import { inProcess } from "./in-process.js";
import type { Runner } from "./runner.js";

/** Threads of this machine in Node, this process elsewhere. */
export async function defaultRunner(): Promise<Runner> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node === undefined) return inProcess();
  return (await import("./threads.js")).threads();
}
