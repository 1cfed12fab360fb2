import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { root } from "./source-files.js";

it("nothing stands here without use: no file, no export, no package (knip.json says where use begins)", async () => {
  const said = await promisify(execFile)(
    process.execPath,
    ["node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"],
    { cwd: fileURLToPath(root) },
  ).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout || stderr,
  );
  expect(said.trim()).toBe("");
});
