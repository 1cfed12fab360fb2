/**
 * gateflow/training-worker: the file of the worker that `trainInWorker` starts. A worker that imports it trains what it is
 * sent; elsewhere importing it does nothing.
 */
import { serveTraining } from "./background/serve-training.js";
import "./names.js";

export { type ServeTrainingOptions, serveTraining } from "./background/serve-training.js";

serveTraining();
