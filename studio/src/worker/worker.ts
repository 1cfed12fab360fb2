/** The file of both workers: the one that trains, and the doctor. */
import type { ToWorker } from "../protocol.ts";

/**
 * Fetched, so that this file holds nothing others import: WebKit runs a worker's own file a second time when another file
 * imports it. Messages that come before wait, in their order.
 */
const ready = import("./handle.ts");

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  (await ready).handle(data);
};

/** The page hears of it and starts another worker: a file that did not come once is not asked for again by the same one. */
ready.catch((error: unknown) => reportError(error));
