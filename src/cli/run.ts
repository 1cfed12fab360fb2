import type { Io } from "./files/io.js";
import { packageVersion } from "./files/version.js";
import { plainText } from "./print/plain-text.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

/** Nothing that comes out of a file is obeyed by the terminal. */
const safe = (io: Io): Io => ({
  ...io,
  out: (text) => io.out(plainText(text, io.color)),
  err: (text) => io.err(plainText(text, io.color)),
});

/**
 * Runs the command line.
 * @param args what stands after `gateflow`.
 * @returns the exit code: 0, 1 after a mistake (said in one line), 2 where the doctor found something, 130 after Ctrl-C.
 */
export async function run(args: readonly string[], terminal: Io): Promise<number> {
  const io = safe(terminal);
  let code = 0;
  const finish = (found: number): void => {
    code = found;
  };
  try {
    const program = createProgram(io, await packageVersion(), finish);
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    return reportError(error, io);
  }
}
