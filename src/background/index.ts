// Training in a worker
export type { WorkerEngineOptions } from "./messages.js";
export type { TrainingWorker } from "./start-worker.js";
export { type TrainInWorkerOptions, trainInWorker, type WorkerHistory } from "./train-in-worker.js";
