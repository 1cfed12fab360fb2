/** A worker in whose place another one comes when it breaks off, or never begins. */
import type { FromWorker, ToWorker } from "./protocol.ts";

/**
 * Milliseconds a worker has for its first word; the one in its place has twice as long. Firefox 153 on a busy machine now and
 * then fetches a worker and never runs it, and says nothing.
 */
const PATIENCE_MS = 15_000;
/** So many that break off within so long are no accident: the next one is not told to begin anew. */
const MOST_BREAKS = 2;
const WITHIN_MS = 60_000;

interface Life {
  readonly start: () => Worker;
  readonly hear: (message: FromWorker) => void;
  /**
   * Another one stands in its place, and knows nothing yet.
   * @param why what is known of the end; null: it never began.
   * @param isHopeless whether it has broken off so often that it would do so again.
   */
  readonly renewed: (why: string | null, isHopeless: boolean) => void;
  /** One that was started before anybody could listen, and what comes if it has broken off. */
  readonly first?: { readonly worker: Worker; readonly broken: Promise<string> };
}

/** @returns what says something to whichever worker there is. */
export function steadyWorker({ start, hear, renewed, first }: Life) {
  let worker: Worker;
  let patience = PATIENCE_MS;
  let timer: ReturnType<typeof setTimeout>;
  let breaks: number[] = [];

  function attend(present: Worker): void {
    worker = present;
    present.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      clearTimeout(timer);
      if (data.kind !== "here") hear(data);
    };
    present.onerror = (event) => {
      event.preventDefault();
      breakOff(present, event.message || "a file of it did not come");
    };
    timer = setTimeout(() => {
      patience *= 2;
      replace();
      renewed(null, false);
    }, patience);
  }
  function replace(): void {
    clearTimeout(timer);
    worker.terminate();
    attend(start());
  }
  function breakOff(present: Worker, why: string): void {
    if (worker !== present) return;
    const now = performance.now();
    breaks = [...breaks.filter((at) => now - at < WITHIN_MS), now];
    replace();
    renewed(why, breaks.length > MOST_BREAKS);
  }

  attend(first?.worker ?? start());
  void first?.broken.then((why) => breakOff(first.worker, why));
  return (message: ToWorker, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);
}
