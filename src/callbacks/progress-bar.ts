import { ConfigError, told } from "../errors.js";
import type { Callback } from "../model/events.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import { defaultTerminal, progressLine } from "./progress-line.js";

/** Options of `progressBar`. */
export interface ProgressBarOptions {
  /** Takes the text; default: standard error where there is one, else the console. */
  readonly write?: (text: string) => void;
  /** Redraw one line in place, instead of one line an epoch; default: whether standard error is a terminal. */
  readonly inPlace?: boolean;
  /** Characters in a line of the terminal; default: what the terminal says, else 80. */
  readonly columns?: number;
}

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
      `${where}: \`write\` is ${told(options.write)}, expected a function (text) => void.`,
      {
        received: options.write,
      },
    );
  }
  const terminal = defaultTerminal();
  // A function given to take the text is not known to be a terminal.
  const ownTerminal = options.write === undefined && terminal.inPlace;
  const inPlace = flag(where, "inPlace", options.inPlace ?? ownTerminal);
  const { columns } = options;
  if (columns !== undefined) numberIn(where, "columns", columns, { min: 20, integer: true });
  return progressLine({
    write: options.write ?? terminal.write,
    inPlace,
    columns: columns === undefined ? terminal.columns : () => columns,
  });
}
