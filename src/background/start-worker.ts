import { EngineError } from "../errors.js";
import type { FromWorker, ToWorker } from "./messages.js";

/** The worker's file as an address, or what makes a worker of it. */
export type TrainingWorker = URL | string | (() => Worker);

/** A worker that trains, of whatever host. */
export interface Connection {
  post(message: ToWorker): void;
  stop(): void;
}

interface Thread {
  postMessage(message: unknown): void;
  terminate(): unknown;
  on(event: "message" | "error" | "exit" | "messageerror", listener: (detail: unknown) => void): void;
}

/** By its name a bundle of everything knows that it runs as this worker. */
export const WORKER_NAME = "gateflow-training";

const messageOf = (detail: unknown): string =>
  (detail as { message?: string } | null)?.message || "the host does not say why";

/**
 * Starts the worker. @param onDeath told what the host says when it does not start, or ends by itself.
 * @throws whatever the host throws where it allows no worker, or none of this address.
 */
export async function startWorker(
  worker: TrainingWorker | undefined,
  onMessage: (message: FromWorker) => void,
  onDeath: (cause: string) => void,
): Promise<Connection> {
  const given = worker ?? (await import("./default-worker.js")).defaultWorker();
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  let made: Worker | Thread;
  if (typeof given === "function") made = given();
  else if (process?.versions?.node !== undefined) {
    // Put together here, so that no bundler looks for the module.
    const name = ["node", "worker_threads"].join(":");
    const threads = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      Worker: new (file: string | URL, options: object) => Thread;
    };
    const isAddress = typeof given === "string" && /^(file|data|blob|https?):/.test(given);
    made = new threads.Worker(isAddress ? new URL(given) : given, { name: WORKER_NAME, execArgv: [] });
  } else if (typeof Worker === "function") made = new Worker(given, { type: "module", name: WORKER_NAME });
  else throw new EngineError("this host has no workers");
  if ("on" in made) {
    made.on("message", (message) => onMessage(message as FromWorker));
    made.on("error", (error) => onDeath(messageOf(error)));
    made.on("exit", () => onDeath("it ended"));
  } else {
    made.onmessage = ({ data }) => onMessage(data as FromWorker);
    made.onerror = (event) => {
      event.preventDefault?.();
      onDeath(messageOf(event));
    };
  }
  return {
    post: (message) => made.postMessage(message),
    stop: () => void made.terminate(),
  };
}
