/** What an engine fetches when it is called for: workers, what was handed in, and why threads are missing. One file of a bundle. */
export { givenFiles } from "./given-files.js";
export { whyFewer } from "./why-fewer.js";
export { WorkerPool } from "./worker-pool.js";
