import type { Io } from "./io.js";

/** What became of the streams a process was given. */
export interface StandardStreams {
  /** `io` whose writing is not an error once a stream is broken. */
  readonly io: Io;
  /** The exit code: results that could not be written are a mistake, a reader that went away is none. */
  readonly exitCode: (code: number) => number;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EFBIG: "the file would be larger than allowed",
  EIO: "the device does not answer",
};

/**
 * Keeps a broken stream from ending the work: `gateflow train … | head -1` writes its files all the same, and so does a
 * program whose standard error nobody reads.
 */
export function watchStreams(
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">,
  io: Io,
): StandardStreams {
  let isRead = true;
  let lost: NodeJS.ErrnoException | undefined;
  let isHeard = true;
  stderr.on("error", () => {
    isHeard = false;
  });
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!isRead) return;
    isRead = false;
    if (error.code === "EPIPE") return;
    lost = error;
    const reason = REASONS[error.code ?? ""] ?? error.message;
    if (isHeard) io.err(`gateflow: standard output cannot be written: ${reason}.\n`);
    process.exitCode = 1;
  });
  return {
    io: {
      ...io,
      out: (text) => {
        if (isRead) io.out(text);
      },
      err: (text) => {
        if (isHeard) io.err(text);
      },
    },
    exitCode: (code) => (lost === undefined ? code : code === 0 ? 1 : code),
  };
}
