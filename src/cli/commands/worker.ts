import { withoutSecrets } from "../../node/queue/redis.js";
import { startQueueWorker } from "../../node/queue/worker.js";
import type { Io } from "../files/io.js";

export interface WorkerCommandOptions {
  readonly redis: string;
  readonly queue: string;
  /** Seconds. */
  readonly lock: number;
  readonly quiet?: boolean;
  /** What becomes of each trial, a line of JSON each, to standard output. */
  readonly json?: boolean;
}

/** `gateflow worker`: takes trials from a queue until Ctrl-C, then ends the one at hand. */
export async function work({ redis, queue, lock, quiet, json }: WorkerCommandOptions, io: Io): Promise<void> {
  const place = withoutSecrets(redis);
  const worker = await startQueueWorker({
    connection: redis,
    queue,
    lockDuration: 1000 * lock,
    onEvent({ kind, id, message }) {
      if (kind === "connection lost")
        io.err(`gateflow: the connection to Redis at ${place} is lost, trying again.\n`);
      else if (kind === "connected") io.err(`gateflow: connected to Redis at ${place} again.\n`);
      else if (json === true) io.out(`${JSON.stringify({ trial: id, kind, message })}\n`);
      else if (quiet !== true)
        io.err(`  trial ${id}: ${kind}${message === undefined ? "" : `, ${message}`}\n`);
    },
  });
  if (quiet !== true) io.err(`waiting for trials in "${queue}" at ${place}; Ctrl-C ends\n`);
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => {
      io.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
  await worker.close();
}
