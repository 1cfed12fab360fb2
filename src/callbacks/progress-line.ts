import type { Callback, Logs } from "../model/events.js";
import { bar, clock, duration, readable } from "./progress-text.js";
import { redrawnLine } from "./redrawn-line.js";

/** Where the text goes. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly inPlace: boolean;
  readonly columns: () => number;
}

/** Standard error, so that a program's own output stays clean; the console where no process is. */
export function defaultTerminal(): Terminal {
  const stream = globalThis.process?.stderr;
  if (stream?.write === undefined) {
    return { write: (text) => console.info(text.trimEnd()), inPlace: false, columns: () => 80 };
  }
  return {
    write: (text) => void stream.write(text),
    inPlace: stream.isTTY === true,
    columns: () => stream.columns ?? 80,
  };
}

/** What a call came to, such as `evaluate  1.2 s  loss 0.1234`. */
export const saidOf = (call: string, ms: number, logs: Logs): string =>
  `${[call, clock(ms), ...Object.entries(logs).map(([name, x]) => `${name} ${readable(x)}`)].join("  ")}\n`;

/** The progress of training as text, a line an epoch; on a terminal the line is redrawn in place. See `progressBar`. */
export function progressLine({ write, inPlace, columns }: Terminal): Callback {
  let epoch = 0;
  let batches = 0;
  let began = 0;
  let lastBatchAt = 0;
  const line = redrawnLine({ write, columns });

  const values = (logs: Logs): string[] => Object.entries(logs).map(([name, x]) => `${name} ${readable(x)}`);

  function text(logs: Logs, finished: boolean): string {
    const { epochs, steps } = callback.params ?? { epochs: 0, steps: null };
    const elapsed = performance.now() - began;
    // Without the validation, which comes after the last batch.
    const perBatch = batches === 0 ? 0 : (lastBatchAt - began) / batches;
    const total = finished ? batches : steps;
    return [
      `Epoch ${epoch + 1}${epochs > 0 ? `/${epochs}` : ""}`,
      `${batches}/${total ?? "?"}`,
      ...(total === null || total === 0 ? [] : [bar(batches / total)]),
      finished || total === null ? clock(elapsed) : `${clock((total - batches) * perBatch)} left`,
      `${duration(perBatch)}/step`,
      ...values(logs),
    ].join("  ");
  }

  const callback: Callback = {
    onEpochBegin(index) {
      epoch = index;
      batches = 0;
      began = performance.now();
    },
    onTrainBatchEnd(_batch, logs) {
      batches += 1;
      lastBatchAt = performance.now();
      if (inPlace) line.draw(() => text(logs, false), batches === callback.params?.steps);
    },
    logNames: [],
    onEpochEnd(_index, logs) {
      line.end(text(logs, true));
    },
    onTrainEnd() {
      // Training stopped amid an epoch: keep what was last seen, and leave the cursor on a line of its own.
      line.end();
    },
  };
  return callback;
}
