/**
 * npm run dev: keeps dist/ and the embedded kernels up to date while files change. TypeScript compiles what a change
 * reaches; of the five builds of the kernels only the one this Node runs is made anew, without the optimizer: the same
 * numbers, slower (`npm run build:wasm` makes all as they are published).
 */
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { hasRelaxedSimd } from "../src/engine/load.js";

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

const run = (command: string, args: readonly string[]) =>
  spawn(process.execPath, [command, ...args], { stdio: "inherit" });

run("node_modules/typescript/bin/tsc", ["-p", "tsconfig.json", "--watch", "--preserveWatchOutput"]);

const build = hasRelaxedSimd() ? "relaxed" : "release";
let isBuilding = false;
let isStale = false;
function rebuild(): void {
  isStale = isBuilding;
  if (isBuilding) return;
  isBuilding = true;
  const began = performance.now();
  run("node_modules/tsx/dist/cli.mjs", ["assembly/build.ts", "--quick", build]).on("exit", (code) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(code === 0 ? `kernels: ${build}, ${seconds} s` : `kernels: the build failed, ${seconds} s`);
    isBuilding = false;
    if (isStale) rebuild();
  });
}

let timer: NodeJS.Timeout | undefined;
watch("assembly", { recursive: true }, (_, file) => {
  if (file?.endsWith(".ts") !== true || file === "build.ts" || file === "dev.ts") return;
  clearTimeout(timer);
  timer = setTimeout(rebuild, SETTLE_MS);
});
