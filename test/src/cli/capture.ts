import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { Io } from "../../../src/cli/files/io.js";
import { run } from "../../../src/cli/run.js";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const co2 = `${root}examples/data/co2_weekly.csv`;

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, its streams caught; 80 columns, no colour, no terminal. */
export async function gateflow(args: readonly string[], overrides: Partial<Io> = {}): Promise<Outcome> {
  let out = "";
  let err = "";
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    progressStream: undefined,
    columns: 80,
    color: false,
    signal: new AbortController().signal,
    debug: false,
    ...overrides,
  });
  return { code, out, err };
}

/** A folder that is gone after the file's tests, and a way to put text files into it. */
export function scratch(): { folder: string; file: (name: string, text: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), "gateflow-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    file: (name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
}

/** Days from 2024-01-01 on: a trend, a week's season and a little noise without a generator of random numbers. */
export function dailyRows(count: number, from = 0): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const t = from + i;
    const date = new Date(Date.UTC(2024, 0, 1 + t)).toISOString().slice(0, 10);
    const value = 50 + 0.05 * t + 6 * Math.sin((2 * Math.PI * t) / 7) + Math.sin(12.9898 * t * t);
    return `${date},${value.toFixed(4)}\n`;
  });
  return rows.join("");
}
