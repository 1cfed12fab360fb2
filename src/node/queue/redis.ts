import type { Redis } from "ioredis";
import { ConfigError, EngineError } from "../../errors.js";
import type { RedisConnection } from "./redis-connection.js";

/** How long the first connection may take, in milliseconds. */
const CONNECT_MS = 5000;

/** An address for people: without user and password. */
export function withoutSecrets(connection: RedisConnection): string {
  if (typeof connection === "string") {
    try {
      const url = new URL(connection);
      return `${url.hostname}:${url.port === "" ? "6379" : url.port}`;
    } catch {
      return "Redis";
    }
  }
  return `${String(connection.host ?? "localhost")}:${String(connection.port ?? 6379)}`;
}

/** @throws ConfigError for what is no address of Redis. */
export function checkConnection(where: string, connection: unknown): RedisConnection {
  if (typeof connection === "string") {
    if (/^rediss?:\/\/./.test(connection) && URL.canParse(connection)) return connection;
    throw new ConfigError(`${where}: the address is not one of Redis, expected redis://host:port.`);
  }
  if (typeof connection === "object" && connection !== null) return connection as RedisConnection;
  throw new ConfigError(`${where}: \`connection\` is missing, for example "redis://localhost:6379".`, {
    received: connection,
  });
}

/** The two optional packages. */
export interface QueuePackages {
  readonly bullmq: typeof import("bullmq");
  readonly Redis: typeof import("ioredis").Redis;
}

/** @throws EngineError that says how to install them. */
export async function queuePackages(): Promise<QueuePackages> {
  try {
    const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, Redis: ioredis.Redis };
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new EngineError("A queue needs the packages bullmq and ioredis: npm install bullmq ioredis");
  }
}

/**
 * A connection that is there. Once lost, it comes back by itself.
 * @throws EngineError, one line without credentials, when Redis does not answer within five seconds.
 */
export async function connect(connection: RedisConnection): Promise<Redis> {
  const { Redis: Client } = await queuePackages();
  let isConnected = false;
  const options = {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // BullMQ asks for this: commands wait for a lost connection to come back.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => (isConnected ? Math.min(1000, 50 * attempt) : null),
  };
  const client =
    typeof connection === "string"
      ? new Client(connection, options)
      : new Client({ ...connection, ...options });
  let last: Error | undefined;
  client.on("error", (error: Error) => {
    last = error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    client.disconnect();
    const { code, message } = (last ?? error) as NodeJS.ErrnoException;
    throw new EngineError(`Redis at ${withoutSecrets(connection)} is not to be reached: ${code ?? message}.`);
  }
  isConnected = true;
  return client;
}

/** A second connection like one that is there: what blocks needs one of its own. It comes back by itself as well. */
export function connectAgain(client: Redis): Redis {
  const second = client.duplicate({ lazyConnect: false });
  // Said by whoever waits for an answer.
  second.on("error", () => {});
  return second;
}
