import { connect } from "../../src/node/queue/redis.js";

/** What a Redis server has done since it was started. */
export interface RedisCounters {
  readonly commands: number;
  /** Bytes that came from clients. */
  readonly received: number;
  /** Bytes that went to clients. */
  readonly sent: number;
  /** Bytes of memory in use. */
  readonly memory: number;
  /** Calls by command. */
  readonly calls: Readonly<Record<string, number>>;
  /** Seconds of processor time. */
  readonly busy: number;
}

export async function redisCounters(url: string): Promise<RedisCounters> {
  const client = await connect(url);
  const said = await client.info("all");
  client.disconnect();
  const number = (key: string): number => Number(new RegExp(`^${key}:([\\d.]+)`, "m").exec(said)?.[1]);
  return {
    commands: number("total_commands_processed"),
    received: number("total_net_input_bytes"),
    sent: number("total_net_output_bytes"),
    memory: number("used_memory"),
    calls: Object.fromEntries(
      [...said.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(([, name, calls]) => [name!, Number(calls)]),
    ),
    busy: number("used_cpu_user") + number("used_cpu_sys"),
  };
}
