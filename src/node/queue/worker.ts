import { readFile } from "node:fs/promises";
import { DataError, EngineError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { sha256 } from "../../search/canonical.js";
import { decodeData, type PlainData } from "../../search/data.js";
import { failureOf, failureText } from "../../search/failure.js";
import { threads } from "../../search/runners/threads.js";
import { TrialPruned } from "../../search/trial.js";
import { gatheringMs } from "./gathering.js";
import { encodeResult, keysOf, type QueuedResult, type QueuedTrial } from "./messages.js";
import { checkConnection, connect, connectAgain, queuePackages } from "./redis.js";
import type { RedisConnection } from "./redis-connection.js";

/** What a worker has done with a trial, for those who watch. */
export interface QueueWorkerEvent {
  readonly kind: "begin" | "end" | "failed" | "connection lost" | "connected";
  readonly id?: string;
  readonly message?: string;
}

/** Options of `startQueueWorker`. */
export interface QueueWorkerOptions {
  /** Where Redis is, such as `"redis://localhost:6379"`. */
  readonly connection: RedisConnection;
  /** The queue's name. Default `"gateflow"`. */
  readonly queue?: string;
  /** Milliseconds after which a trial whose worker has vanished is another's. Default 30,000. */
  readonly lockDuration?: number;
  /** Reads data that a trial refers to, as bytes of `encodeData`. Default: a file, or http(s). */
  readonly read?: (reference: string) => Promise<Uint8Array>;
  /** Told of jobs and of the connection. Default: nobody. */
  readonly onEvent?: (event: QueueWorkerEvent) => void;
}

/** A worker that takes trials from a queue. */
export interface QueueWorker {
  /** Finishes the trial at hand and takes no other. */
  close(): Promise<void>;
}

/** How many sets of data a worker remembers. */
const MOST_KNOWN = 8;
/** How often in the life of a lock a worker asks whether its trial was given up, between its reports. */
const LOOKS = 4;

const readReference = async (reference: string): Promise<Uint8Array> => {
  if (!/^https?:\/\//.test(reference)) return readFile(reference);
  const answer = await fetch(reference);
  if (!answer.ok) throw new DataError(`${reference} answered ${answer.status}.`);
  return new Uint8Array(await answer.arrayBuffer());
};

/**
 * Takes trials from a queue until it is closed, one at a time: what `gateflow worker` runs.
 * @throws EngineError when Redis or the packages bullmq and ioredis are missing.
 * @example
 * const worker = await startQueueWorker({ connection: "redis://localhost:6379" });
 * await worker.close();
 */
export async function startQueueWorker(options: QueueWorkerOptions): Promise<QueueWorker> {
  const where = "startQueueWorker()";
  refuseUnknown(where, options, ["connection", "queue", "lockDuration", "read", "onEvent"]);
  const connection = checkConnection(where, options.connection);
  const queue = options.queue ?? "gateflow";
  const lockDuration = numberIn(where, "lockDuration", options.lockDuration ?? 30_000, {
    min: 1000,
    integer: true,
  });
  const keys = keysOf(queue);
  const { bullmq } = await queuePackages();
  const client = await connect(connection);
  const waiting = connectAgain(client);
  const known = new Map<string, PlainData>();
  // In a thread of its own a trial can be ended whatever it does, and never keeps this one from telling Redis that it lives.
  const runner = threads({ workers: 1 });

  const dataOf = async ({ hash, reference }: QueuedTrial): Promise<PlainData> => {
    const there = known.get(hash);
    if (there !== undefined) return there;
    const bytes =
      reference === null
        ? await client.getBuffer(keys.data(hash))
        : await (options.read ?? readReference)(reference);
    if (bytes === null) throw new DataError(`The data ${hash.slice(0, 12)}… are no longer in Redis.`);
    const seen = await sha256(bytes);
    if (seen !== hash) {
      throw new DataError(
        `The data at ${reference ?? "Redis"} have the hash ${seen.slice(0, 12)}…, and the trial was made for ${hash.slice(0, 12)}…: refused.`,
        { received: seen, expected: hash },
      );
    }
    const data = decodeData(bytes);
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
    known.set(hash, data);
    return data;
  };

  const givenUp: QueuedResult = { value: null, isPruned: true };
  const worker = new bullmq.Worker<QueuedTrial, QueuedResult>(
    queue,
    async (job) => {
      const id = job.id!;
      const isGivenUp = async (): Promise<boolean> => (await client.exists(keys.giveUp(id))) > 0;
      // One that was given up while it ran elsewhere comes again when that worker vanishes.
      if (await isGivenUp()) return givenUp;
      options.onEvent?.({ kind: "begin", id });
      const abort = new AbortController();
      const start = performance.now();
      const reports: [number | null, number][] = [];
      let told = 0;
      let gathering: NodeJS.Timeout | undefined;
      const tell = async (): Promise<void> => {
        clearTimeout(gathering);
        gathering = undefined;
        const pending = reports.slice(told);
        told = reports.length;
        if (pending.length > 0) await job.updateProgress(pending);
      };
      const stop = (): void => abort.abort(new TrialPruned("The trial was given up."));
      const lookOnce = async (): Promise<void> => {
        if (await isGivenUp()) stop();
      };
      const look = setInterval(() => {
        // A connection that is lost comes back by itself.
        lookOnce().catch(() => {});
      }, lockDuration / LOOKS);
      try {
        const { job: own, hash, isJudged } = job.data;
        const task = { job: own, hash, data: await dataOf(job.data) };
        const result = await runner.run(task, {
          signal: abort.signal,
          // The answer comes when the pruner has it: nothing waits for Redis in between.
          isJudged: false,
          async report(value, step) {
            reports.push([Number.isFinite(value) ? value : null, step]);
            gathering ??= setTimeout(
              () => {
                // What cannot be told now comes with the result.
                tell()
                  .then(lookOnce)
                  .catch(() => {});
              },
              gatheringMs(performance.now() - start, isJudged),
            );
            return true;
          },
        });
        options.onEvent?.({ kind: "end", id });
        return { ...encodeResult(result), reports };
      } catch (error) {
        if (error instanceof TrialPruned) return { ...givenUp, reports };
        // An error takes nothing along.
        await tell().catch(() => {});
        const message = error instanceof Error ? error.message : String(error);
        options.onEvent?.({ kind: "failed", id, message });
        // Only a machine's own fault is worth another try.
        if (error instanceof EngineError) throw error;
        throw new bullmq.UnrecoverableError(failureText(failureOf(error)));
      } finally {
        clearInterval(look);
        clearTimeout(gathering);
      }
    },
    {
      connection: waiting,
      concurrency: 1,
      lockDuration,
      stalledInterval: lockDuration,
      maxStalledCount: 2,
    },
  );
  let isLost = false;
  worker.on("error", (error) => {
    if (isLost) return;
    isLost = true;
    options.onEvent?.({ kind: "connection lost", message: error.message });
  });
  worker.on("ready", () => {
    if (isLost) options.onEvent?.({ kind: "connected" });
    isLost = false;
  });
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close();
      await runner.close();
      waiting.disconnect();
      client.disconnect();
    },
  };
}
