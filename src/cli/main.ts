#!/usr/bin/env node
import { processIo } from "./files/io.js";
import { run } from "./run.js";

const interrupt = new AbortController();
process.on("SIGINT", () => {
  // Whoever presses twice does not want to wait for the batch to end.
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
// `gateflow examine … | head` closes the pipe early; that is no mistake.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), processIo(interrupt.signal));
