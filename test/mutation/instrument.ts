import { readFile } from "node:fs/promises";
import { Instrumenter } from "@stryker-mutator/instrumenter";

/** One change of the code: what stands there instead, and where. */
export interface Change {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly mutator: string;
  readonly replacement: string;
}

export interface Instrumented {
  /** By path: the code with every change in it, each behind a switch. */
  readonly code: Record<string, string>;
  readonly changes: readonly Change[];
}

const silent = () => {};
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
};

/**
 * Every small change Stryker knows of these files. Texts are left as they are: a test that repeats a message
 * proves nothing.
 */
export async function instrument(paths: readonly string[]): Promise<Instrumented> {
  const files = await Promise.all(
    paths.map(async (name) => ({ name, mutate: true, content: await readFile(name, "utf8") })),
  );
  const options = { plugins: null, ignorers: [], excludedMutations: ["StringLiteral"], noHeader: false };
  const { files: written, mutants } = await new Instrumenter(logger).instrument(files, options);
  return {
    code: Object.fromEntries(written.map(({ name, content }) => [name, content])),
    changes: mutants
      .filter(({ status }) => status === undefined)
      .map(({ id, fileName, location, mutatorName, replacement }) => ({
        id,
        file: fileName,
        line: location.start.line + 1,
        column: location.start.column + 1,
        mutator: mutatorName,
        replacement: replacement ?? "",
      })),
  };
}
