/** gateflow/node: files and streams, for Node, Bun and Deno. */

export { type ThreadsOptions, threads } from "../search/runners/threads.js";
export type { Table, TableOptions } from "../table/table.js";
export type { TextTableOptions } from "../table/text-table.js";
export { writeFileAtomic } from "./atomic-write.js";
export {
  backupAndRestore,
  csvLogger,
  type FileBackupOptions,
  type FileCheckpointOptions,
  type FileLoggerOptions,
  modelCheckpoint,
} from "./callbacks.js";
export { type ReadCsvOptions, readCsv } from "./csv.js";
export { type LoadModelOptions, loadModel, saveModel } from "./model-files.js";
export { type BullmqOptions, bullmq } from "./queue/bullmq.js";
export type { RedisConnection } from "./queue/redis-connection.js";
export {
  type QueueWorker,
  type QueueWorkerEvent,
  type QueueWorkerOptions,
  startQueueWorker,
} from "./queue/worker.js";
export { type ReadTableOptions, readTable } from "./read-table.js";
export { splitById } from "./split-by-id.js";
export { type ReadWordVectorsOptions, readWordVectors, type WordVectors } from "./word-vectors.js";
