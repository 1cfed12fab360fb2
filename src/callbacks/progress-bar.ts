import { ConfigError } from "../errors.js";
import type { Callback, Logs } from "../model/events.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import { bar, clock, duration, readable } from "./progress-text.js";

export interface ProgressBarOptions {
  /** Takes the text; default: standard error where there is one, else the console. */
  readonly write?: (text: string) => void;
  /** Redraw one line in place, instead of one line an epoch; default: whether standard error is a terminal. */
  readonly inPlace?: boolean;
  /** Characters in a line of the terminal; default: what the terminal says, else 80. */
  readonly columns?: number;
}

interface Terminal {
  readonly write: (text: string) => void;
  readonly inPlace: boolean;
  readonly columns: () => number;
}

/** Standard error, so that a program's own output stays clean; the console where no process is. */
function defaultTerminal(): Terminal {
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

/** A redraw costs more than a small batch; ten a second look alive. */
const REDRAW_MS = 100;
const CLEAR_LINE = "\r\u001b[2K";

/**
 * Shows how training goes: epoch, batch, a bar, the time left in the epoch, time per batch, loss and metrics, and at
 * the epoch's end those of the validation. On a terminal one line is redrawn; elsewhere an epoch is a line.
 * @throws ConfigError for bad options.
 *
 * @example
 * await model.fit(x, y, { epochs: 3, callbacks: [progressBar()] });
 * // Epoch 1/3  125/125  ━━━━━━━━━━━━━━━━━━━━  1.2 s  9.6 ms/step  loss 0.0432  val_loss 0.0398
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  const where = "progressBar()";
  refuseUnknown(where, options, ["write", "inPlace", "columns"] satisfies (keyof ProgressBarOptions)[]);
  if (options.write !== undefined && typeof options.write !== "function") {
    throw new ConfigError(
      `${where}: \`write\` is ${String(options.write)}, expected a function (text) => void.`,
      {
        received: options.write,
      },
    );
  }
  const terminal = defaultTerminal();
  const write = options.write ?? terminal.write;
  // A function given to take the text is not known to be a terminal.
  const ownTerminal = options.write === undefined && terminal.inPlace;
  const inPlace = flag(where, "inPlace", options.inPlace ?? ownTerminal);
  const fixed = options.columns;
  if (fixed !== undefined) numberIn(where, "columns", fixed, { min: 20, integer: true });

  let epoch = 0;
  let batches = 0;
  let began = 0;
  let lastBatchAt = 0;
  let drawn = 0;
  let open = false;

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

  /** Cut to one line: a wrapped line could not be redrawn. */
  function draw(logs: Logs): void {
    write(`${CLEAR_LINE}${text(logs, false).slice(0, (fixed ?? terminal.columns()) - 1)}`);
    drawn = performance.now();
    open = true;
  }

  function finish(line: string): void {
    write(`${open ? CLEAR_LINE : ""}${line}\n`);
    open = false;
  }

  const callback: Callback = {
    onTrainBegin() {
      open = false;
    },
    onEpochBegin(index) {
      epoch = index;
      batches = 0;
      began = performance.now();
      drawn = 0;
    },
    onTrainBatchEnd(_batch, logs) {
      batches += 1;
      lastBatchAt = performance.now();
      if (inPlace && (performance.now() - drawn >= REDRAW_MS || batches === callback.params?.steps))
        draw(logs);
    },
    onEpochEnd(_index, logs) {
      finish(text(logs, true));
    },
    onTrainEnd() {
      // Training stopped amid an epoch: keep what was last seen, and leave the cursor on a line of its own.
      if (open) write("\n");
      open = false;
    },
  };
  return callback;
}
