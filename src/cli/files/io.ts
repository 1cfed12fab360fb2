/** What a command may touch of the world: so a test can look at everything it says. */
export interface Io {
  /** Results, to standard output. */
  readonly out: (text: string) => void;
  /** Progress and complaints, to standard error. */
  readonly err: (text: string) => void;
  /** Where progress may be redrawn in place, if standard error is a terminal. */
  readonly progressStream: NodeJS.WriteStream | undefined;
  /** Characters in a line; 80 where nobody knows. */
  readonly columns: number;
  readonly color: boolean;
  /** Aborted when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether errors come with their stack: GATEFLOW_DEBUG=1. */
  readonly debug: boolean;
}

/** Ctrl-C, at a place where nothing has been written. */
export class Interrupted extends Error {}

/** @throws Interrupted once the user has pressed Ctrl-C. */
export function checkInterrupt(io: Pick<Io, "signal">): void {
  if (io.signal.aborted) throw new Interrupted("stopped");
}

/** NO_COLOR (no-color.org) and FORCE_COLOR have the word, then whether output goes to a terminal. */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return process.stdout.isTTY === true && TERM !== "dumb";
}

/** Wider lines are hard to read. */
const WIDEST = 100;
const NARROWEST = 40;

/** The process's own streams. */
export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    progressStream: stderr.isTTY === true && process.env.TERM !== "dumb" ? stderr : undefined,
    columns: Math.min(WIDEST, Math.max(NARROWEST, stdout.columns ?? 80)),
    color: wantsColor(),
    signal,
    debug: process.env.GATEFLOW_DEBUG !== undefined && process.env.GATEFLOW_DEBUG !== "",
  };
}
