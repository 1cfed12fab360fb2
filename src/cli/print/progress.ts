import { type RedrawnLine, redrawnLine } from "../../callbacks/redrawn-line.js";
import type { Callback, Logs } from "../../index.js";
import { wholeNumber } from "../../report/text/numbers.js";
import type { Io } from "../files/io.js";

/** A longer bar says no more. */
const WIDEST_BAR = 24;
/** Lines of a training that is written to a file; where many trainings follow each other, fewer are asked for. */
const LINES = 10;

const bar = (share: number, width: number): string => {
  const full = Math.round(width * share);
  return "━".repeat(full) + "╌".repeat(width - full);
};

/** `0:07`, `12:30`, `1:02:03`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (x: number): string => String(x).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

const digits = (x: number | undefined): string => (x === undefined ? "–" : x.toPrecision(3));

export interface Progress extends Callback {
  /** Ends the display whatever became of the training; the cursor is visible again. */
  stop(): void;
  /** Seconds spent in training so far. */
  seconds(): number;
}

/**
 * Epoch, loss, validation loss, speed and time left. A fit may train several networks, to choose between them: one line each,
 * redrawn on a terminal; else about ten lines a training without a control character.
 * @param lines of a training, where standard error is no terminal. Default 10.
 */
export function trainingProgress(io: Io, quiet: boolean, lines = LINES): Progress {
  const stream = quiet ? undefined : io.progressStream;
  const display: RedrawnLine | undefined =
    stream === undefined
      ? undefined
      : redrawnLine(
          { write: (text) => void stream.write(text), columns: () => io.columns },
          { hidesCursor: true },
        );
  let began = 0;
  let spent = 0;
  let samples = 0;
  let perEpoch = 0;
  let latest: Logs = {};
  let finished = 0;
  let ended = false;
  let trainings = 0;

  /** @param columns what the line may take; a bar fills the room that is left, none where nothing is redrawn. */
  const text = (share: number, columns: number | null): string => {
    const { epochs } = callback.params ?? { epochs: 0 };
    const seconds = (performance.now() - began) / 1000;
    const speed = seconds > 0 ? wholeNumber(samples / seconds) : "–";
    const left = share > 0 ? clock((seconds * (1 - share)) / share) : "–:––";
    const head = `  ${trainings}. epoch ${String(finished).padStart(String(epochs).length)}/${epochs}`;
    const tail = [
      `loss ${digits(latest.loss)}`,
      ...(latest.val_loss === undefined ? [] : [`val ${digits(latest.val_loss)}`]),
      `${speed} samples/s`,
      ended ? `in ${clock(seconds)}` : `${left} left`,
    ].join("  ");
    const room = columns === null ? 0 : Math.min(WIDEST_BAR, columns - head.length - tail.length - 4);
    return room < 4 ? `${head}  ${tail}` : `${head}  ${bar(share, room)}  ${tail}`;
  };

  const shareDone = (batch: number): number => {
    const { epochs, steps } = callback.params ?? { epochs: 1, steps: null };
    return Math.min(1, (finished + (steps === null ? 0 : batch / steps)) / Math.max(1, epochs));
  };

  const line = (share: number) => (): string => text(share, io.columns - 1);

  const callback: Progress = {
    onTrainBegin() {
      const { samples: count } = callback.params ?? { samples: null };
      perEpoch = count ?? 0;
      samples = 0;
      finished = 0;
      latest = {};
      ended = false;
      trainings++;
      began = performance.now();
      display?.draw(line(0), true);
    },
    onTrainBatchEnd(batch, logs) {
      const { steps } = callback.params ?? { steps: null };
      if (steps !== null) samples = perEpoch * (finished + (batch + 1) / steps);
      if (latest.loss === undefined) latest = { loss: logs.loss! };
      display?.draw(line(shareDone(batch + 1)));
    },
    logNames: [],
    onEpochEnd(epoch, logs) {
      latest = logs;
      finished = epoch + 1;
      const { epochs, steps } = callback.params ?? { epochs: 1, steps: null };
      if (steps !== null) samples = perEpoch * finished;
      display?.draw(line(shareDone(0)));
      const every = Math.max(1, Math.round(epochs / lines));
      if (
        display === undefined &&
        !quiet &&
        ((finished === 1 && lines > 1) || finished % every === 0 || finished === epochs)
      ) {
        io.err(`${text(shareDone(0), null)}\n`);
      }
    },
    onTrainEnd() {
      spent += (performance.now() - began) / 1000;
      ended = true;
      // Drawn once more: early stopping may have ended it at any epoch.
      display?.draw(line(shareDone(0)), true);
      display?.end();
    },
    stop: () => display?.end(),
    seconds: () => spent,
  };
  return callback;
}
