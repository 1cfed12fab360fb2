#!/usr/bin/env node
import { processIo } from "./files/io.js";
import { watchStreams } from "./files/standard-streams.js";
import { run } from "./run.js";

const interrupt = new AbortController();
process.on("SIGINT", () => {
  // Whoever presses twice does not want to wait for the batch to end.
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
const streams = watchStreams(process, processIo(interrupt.signal));
const code = await run(process.argv.slice(2), streams.io);
process.exitCode = streams.exitCode(code);
