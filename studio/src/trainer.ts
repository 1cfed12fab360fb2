/** The worker that trains: what is said to it and heard of it. */
import { broken, first, startTrainer } from "./boot.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { alarm, notice } from "./state.ts";
import { steadyWorker } from "./steady-worker.ts";

let say: ((message: ToWorker, transfer?: Transferable[]) => void) | undefined;

/** Says who hears what the worker says of a run, and who begins anew with another worker. Once. */
export function listen(hear: (message: FromWorker) => void, beginAnew: () => void): void {
  say = steadyWorker({
    start: startTrainer,
    first: { worker: first, broken },
    hear: (message) => {
      if (message.id < 0) answer(message);
      else hear(message);
    },
    renewed(why, isHopeless) {
      const words = why ?? "its worker did not begin";
      for (const id of [...waiting.keys()])
        answer({ kind: "failed", id, message: `This broke off: ${words}.` });
      if (isHopeless) {
        alarm.value = `The training broke off again and again: ${words}. Reset begins anew; if it does not, load the page again.`;
        return;
      }
      if (why !== null)
        notice.value = `The training broke off (${why}) and begins anew, with the same numbers.`;
      beginAnew();
    },
  });
}

export const tell = (message: ToWorker, transfer?: Transferable[]): void => say?.(message, transfer);

let asked = 0;
const waiting = new Map<number, (message: FromWorker) => void>();

/** A question with one answer. */
export function ask(make: (id: number) => ToWorker, transfer: Transferable[] = []): Promise<FromWorker> {
  asked++;
  const id = -asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell(make(id), transfer);
  });
}

function answer(message: FromWorker): void {
  waiting.get(message.id)?.(message);
  waiting.delete(message.id);
}
