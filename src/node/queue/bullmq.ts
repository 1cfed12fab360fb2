import type { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { ConfigError, GateflowError, told } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { encodeData, hashOf } from "../../search/data.js";
import { errorOf, readFailure } from "../../search/failure.js";
import type { JobHooks, JobResult } from "../../search/job.js";
import type { Runner, Task } from "../../search/runners/runner.js";
import { TrialPruned } from "../../search/trial.js";
import { decodeReports, decodeResult, keysOf, type QueuedTrial } from "./messages.js";
import { checkConnection, connect, connectAgain, queuePackages } from "./redis.js";
import type { RedisConnection } from "./redis-connection.js";

/** Options of `bullmq`. */
export interface BullmqOptions {
  /** Where Redis is, such as `"redis://localhost:6379"`. */
  readonly connection: RedisConnection;
  /** The queue's name: workers that are started with the same one take its trials. Default `"gateflow"`. */
  readonly queue?: string;
  /** Trials in the queue at once: at least as many as there are workers. Default 16. */
  readonly workers?: number;
  /** How often a trial is tried whose worker reported a fault of its machine. Default 1; a worker that vanished is BullMQ's to replace. */
  readonly attempts?: number;
  /** Smaller numbers go first; 0, the default: in the order in which they come. */
  readonly priority?: number;
  /** Path or address at which every worker finds the data itself. Default: they are put into Redis, at most 256 MiB. */
  readonly reference?: string;
}

/** Larger data are not what Redis is for. */
const MOST_BYTES = 256 * 2 ** 20;
/** Seconds that data stay in Redis after they were last put there. */
const DATA_SECONDS = 7 * 86_400;
/** Milliseconds after which data are put there again: a study may last longer than they stay. */
const DATA_AGAIN_MS = 86_400_000;
/** Seconds that a word to give up stays. */
const GIVE_UP_SECONDS = 3600;
/** Milliseconds between looks at a trial that is waited for: Redis may have forgotten it, or its last word been missed. */
const LOOK_MS = 5000;

interface Open {
  readonly client: Redis;
  readonly listening: Redis;
  readonly queue: Queue;
  readonly events: QueueEvents;
  /** When data were last put into Redis, by their hash. */
  readonly stored: Map<string, number>;
}

/**
 * Puts trials into a queue of BullMQ on Redis, from which `gateflow worker --redis …` takes them on any number of machines.
 * A worker that vanishes in mid-trial is noticed by BullMQ, and the trial given to another. Needs the packages bullmq and
 * ioredis.
 * @throws ConfigError for an unknown option or an address that is none; on first use EngineError, when Redis or the packages are missing.
 * @example
 * const runner = bullmq({ connection: "redis://localhost:6379", workers: 8 });
 */
export function bullmq(options: BullmqOptions): Runner {
  const where = "bullmq()";
  refuseUnknown(where, options, ["connection", "queue", "workers", "attempts", "priority", "reference"]);
  const connection = checkConnection(where, options.connection);
  const name = options.queue ?? "gateflow";
  if (typeof name !== "string" || !/^[\w-]+$/.test(name)) {
    throw new ConfigError(`${where}: \`queue\` is ${told(name)}, expected letters, digits, - and _.`, {
      received: name,
    });
  }
  const workers = numberIn(where, "workers", options.workers ?? 16, { min: 1, max: 10_000, integer: true });
  const attempts = numberIn(where, "attempts", options.attempts ?? 1, { min: 1, max: 100, integer: true });
  const priority = numberIn(where, "priority", options.priority ?? 0, {
    min: 0,
    max: 2 ** 21,
    integer: true,
  });
  const reference = options.reference ?? null;
  const keys = keysOf(name);
  let opening: Promise<Open> | null = null;

  const open = async (): Promise<Open> => {
    const { bullmq: library } = await queuePackages();
    const client = await connect(connection);
    const queue = new library.Queue(name, { connection: client });
    const listening = connectAgain(client);
    const events = new library.QueueEvents(name, { connection: listening });
    // Said where something waits for it; a lost connection comes back by itself.
    queue.on("error", () => {});
    events.on("error", () => {});
    // One listener for each trial under way.
    queue.setMaxListeners(0);
    events.setMaxListeners(0);
    await events.waitUntilReady();
    return { client, listening, queue, events, stored: new Map() };
  };

  const store = async ({ client, stored }: Open, { data, hash }: Task): Promise<void> => {
    if (reference !== null || performance.now() - (stored.get(hash) ?? -DATA_AGAIN_MS) < DATA_AGAIN_MS)
      return;
    const bytes = encodeData(data);
    if (bytes.length > MOST_BYTES) {
      throw new ConfigError(
        `${where}: the data are ${Math.ceil(bytes.length / 2 ** 20)} MiB, more than Redis should hold. Give \`reference\`, a path or an address that each worker can read.`,
        { received: bytes.length, expected: MOST_BYTES },
      );
    }
    await client.set(keys.data(hash), Buffer.from(bytes), "EX", DATA_SECONDS);
    stored.set(hash, performance.now());
  };

  /**
   * Waits for a trial's end. One that Redis no longer knows (restarted without its file, emptied, its last second of writes
   * lost) is put into the queue again: under the same name, so that it cannot be there twice.
   */
  const endOf = async (
    held: Open,
    task: Task,
    id: string,
    isJudged: boolean,
    over: AbortSignal,
  ): Promise<unknown> => {
    const { queue, events, stored } = held;
    const add = async () => {
      await store(held, task);
      const queued: QueuedTrial = { job: task.job, hash: task.hash, reference, isJudged };
      return queue.add("trial", queued, {
        jobId: id,
        attempts,
        ...(priority === 0 ? {} : { priority }),
        removeOnComplete: { age: GIVE_UP_SECONDS, count: 1000 },
        removeOnFail: { age: GIVE_UP_SECONDS, count: 1000 },
      });
    };
    const job = await add();
    return new Promise((resolve, reject) => {
      let isWaiting = false;
      const settle = (): void => {
        isWaiting = true;
        job.waitUntilFinished(events).then(resolve, (error: unknown) => {
          isWaiting = false;
          // Forgotten between being put there and being looked for: the next look puts it there again.
          if (!(error instanceof Error && error.message.startsWith("Missing key for job"))) reject(error);
        });
      };
      const look = async (): Promise<void> => {
        const state = await job.getState();
        if (state === "completed" || state === "failed") settle();
        else if (state === "unknown") {
          stored.delete(task.hash);
          await add();
          if (!isWaiting) settle();
        }
      };
      const timer = setInterval(() => {
        if (over.aborted) clearInterval(timer);
        // A connection that is lost comes back by itself.
        else look().catch(() => {});
      }, LOOK_MS);
      over.addEventListener("abort", () => clearInterval(timer), { once: true });
      settle();
    });
  };

  return {
    name: "BullMQ",
    workers,
    isRemote: true,
    async run(given: Task, { report, signal, isJudged }: JobHooks): Promise<JobResult> {
      signal.throwIfAborted();
      const task = given.hash === "" ? { ...given, hash: await hashOf(given.data) } : given;
      opening ??= open();
      const held = await opening.catch((error: unknown) => {
        opening = null;
        throw error;
      });
      const { client, queue, events } = held;
      const id = crypto.randomUUID();
      const giveUp = (): Promise<unknown> => client.set(keys.giveUp(id), "1", "EX", GIVE_UP_SECONDS);
      // A worker that takes over begins anew, and an event may be lost: what was not heard comes with the result.
      const heard = new Set<number>();
      let reported: Promise<void> = Promise.resolve();
      let refusal: { readonly error: unknown } | undefined;
      /** One after the other, each once; once the answer was no, none. */
      const tell = (reports: readonly (readonly [value: number, step: number])[]): Promise<void> => {
        reported = reported.then(async () => {
          for (const [value, step] of reports) {
            if (heard.has(step)) continue;
            heard.add(step);
            if (!(await report(value, step))) throw new TrialPruned("The trial was given up.");
          }
        });
        reported.catch((error: unknown) => {
          refusal ??= { error };
        });
        return reported;
      };
      const over = new AbortController();
      let stop: (error: unknown) => void;
      const stopped = new Promise<never>((_, reject) => {
        stop = reject;
      });
      const onAbort = (): void => stop(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      stopped.catch(() => {});
      const onProgress = ({ jobId, data }: { jobId: string; data: unknown }): void => {
        if (jobId === id) tell(decodeReports(data)).catch(stop);
      };
      events.on("progress", onProgress);
      const ended = endOf(held, task, id, isJudged, over.signal);
      try {
        const { isPruned, reports, ...result } = decodeResult(await Promise.race([ended, stopped]));
        await tell(reports);
        if (isPruned === true) throw new TrialPruned("The trial was given up.");
        return result;
      } catch (error) {
        ended.catch(() => {});
        if (signal.aborted) {
          // One that waits is taken away; one that runs is told at its next message.
          await giveUp();
          await queue.remove(id).catch(() => {});
          throw signal.reason;
        }
        // What failed was told before, and comes before its end.
        await reported.catch(() => {});
        if (refusal !== undefined) {
          await giveUp();
          throw refusal.error;
        }
        if (error instanceof GateflowError) throw error;
        throw errorOf(readFailure(error instanceof Error ? error.message : String(error)));
      } finally {
        events.off("progress", onProgress);
        // Many trials may share one signal.
        signal.removeEventListener("abort", onAbort);
        over.abort();
      }
    },
    async close() {
      const held = await opening?.catch(() => null);
      opening = null;
      if (held == null) return;
      await held.events.close();
      await held.queue.close();
      held.listening.disconnect();
      held.client.disconnect();
    },
  };
}
