import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

it("examples/encoder-decoder.ts runs on the sources and says nearly all sequences backwards", async () => {
  const { stdout } = await promisify(execFile)(`${root}node_modules/.bin/tsx`, [
    "--tsconfig",
    `${root}test/tsconfig.json`,
    `${root}examples/encoder-decoder.ts`,
  ]);
  const [, right, trials] = /(\d+) of (\d+) new sequences said backwards/.exec(stdout)!;
  // By chance one in 6^5.
  expect(Number(right) / Number(trials)).toBeGreaterThan(0.95);
});
