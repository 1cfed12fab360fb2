import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

describe("examples/quickstart.ts", () => {
  it("runs on the sources and beats the naive forecast by far", async () => {
    const { stdout } = await run(`${root}node_modules/.bin/tsx`, [
      "--tsconfig",
      `${root}test/tsconfig.json`,
      `${root}examples/quickstart.ts`,
    ]);
    const [, lstm, naive] = /LSTM +RMSE ([\d.]+)\nnaive +RMSE ([\d.]+)/.exec(stdout)!;
    expect(Number(naive)).toBeGreaterThan(0);
    expect(Number(lstm)).toBeLessThan(Number(naive) / 4);
  });

  it("is what README.md shows, to the letter, in fifteen lines", async () => {
    const code = await readFile(`${root}examples/quickstart.ts`, "utf8");
    const readme = await readFile(`${root}README.md`, "utf8");
    expect(code.trimEnd().split("\n")).toHaveLength(15);
    expect(readme).toContain(`\`\`\`ts\n${code}\`\`\``);
  });
});
