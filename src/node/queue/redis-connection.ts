// Apart from what connects: whoever does not use queues has neither ioredis nor its types.
/** Where Redis is: an address such as `redis://localhost:6379`, or ioredis' options. */
export type RedisConnection = string | Readonly<Record<string, unknown>>;
