import { complain } from "./complain.js";
import type { Io } from "./io.js";
import { createProgram } from "./program.js";
import { packageVersion } from "./version.js";

/**
 * Runs the command line.
 * @param args what stands after `gateflow`.
 * @returns the exit code: 0, 1 after a mistake (said in one line), 130 after Ctrl-C.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    const program = createProgram(io, await packageVersion());
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    return complain(error, io);
  }
}
