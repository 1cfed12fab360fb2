/** The file of both workers: the one that trains, and the doctor. */
import type { FromWorker, ToWorker } from "../protocol.ts";

/**
 * Fetched, so that this file holds nothing others import: WebKit runs a worker's own file a second time when another file
 * imports it. Messages that come before wait, in their order.
 */
const ready = import("./handle.ts");

/** What a message is answered with when the rest could not be fetched, as by a network that fails. */
function answer(message: ToWorker, error: unknown): FromWorker | null {
  const text = `A part of the studio could not be fetched: ${(error as Error).message}`;
  if (message.kind === "load") return { kind: "refused", id: message.id, refusal: { message: text } };
  return "id" in message ? { kind: "failed", id: message.id, message: text } : null;
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    (await ready).handle(data);
  } catch (error) {
    const said = answer(data, error);
    if (said !== null) self.postMessage(said);
  }
};
ready.catch(() => undefined);
