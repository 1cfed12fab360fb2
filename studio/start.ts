/** npm run studio: builds what is missing, and serves the page on this machine alone. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

const run = (command: string, args: readonly string[]): void => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
};

if (!existsSync(`${root}dist/cli/main.js`)) run(npm, ["run", "build"]);
if (!existsSync(`${root}dist/studio/index.html`)) run(npm, ["run", "studio:build"]);
run(process.execPath, [`${root}dist/cli/main.js`, "studio", ...process.argv.slice(2)]);
