import { ConfigError, DataError, told } from "../errors.js";
import type { Callback } from "../model/events.js";
import { flag, refuseUnknown } from "../options.js";

/** Where lines go. `open` is called before the first epoch of a fit, `close` after the last. */
export interface LineSink {
  /** One line, its line feed included. */
  write(line: string): void | Promise<void>;
  open?(): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** Options of `csvLogger`. */
export interface CsvLoggerOptions {
  /** Takes the lines. `gateflow/node` has a `csvLogger` that writes a file. */
  readonly sink: LineSink | ((line: string) => void | Promise<void>);
  /** Default a comma. */
  readonly separator?: string;
  /** Whether a fit begins with a line of names; default true. */
  readonly header?: boolean;
}

/**
 * One line of comma-separated values an epoch: the epoch, from 0, then the logs sorted by name, as Keras's CSVLogger.
 * The first epoch decides the columns; a value missing later is `NA`.
 *
 * @example
 * let text = "";
 * await model.fit(x, y, { epochs: 3, callbacks: [csvLogger({ sink: (line) => { text += line; } })] });
 *
 * @throws ConfigError for bad options; DataError when a later epoch brings a value that has no column.
 */
export function csvLogger(options: CsvLoggerOptions): Callback {
  const where = "csvLogger()";
  refuseUnknown(where, options, ["sink", "separator", "header"] satisfies (keyof CsvLoggerOptions)[]);
  const sink: LineSink = typeof options.sink === "function" ? { write: options.sink } : options.sink;
  if (typeof sink?.write !== "function") {
    throw new ConfigError(
      `${where}: \`sink\` is missing: a function that takes a line, or an object with \`write\`. In Node, \`csvLogger\` of gateflow/node writes a file.`,
      { received: options.sink },
    );
  }
  const separator = options.separator ?? ",";
  if (typeof separator !== "string" || separator.length !== 1 || '"\n\r'.includes(separator)) {
    throw new ConfigError(
      `${where}: \`separator\` is ${told(separator)}, expected one character that is no quote and no line break.`,
      { received: separator },
    );
  }
  const header = flag(where, "header", options.header ?? true);
  const quoted = (text: string): string =>
    text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const line = (cells: readonly string[]): string => `${cells.map(quoted).join(separator)}\n`;

  let columns: readonly string[] | undefined;
  const callback: Callback = {
    name: "csvLogger",
    logNames: [],
    async onTrainBegin() {
      columns = undefined;
      await sink.open?.();
    },
    async onEpochEnd(epoch, logs) {
      if (columns === undefined) {
        // Of a validation that does not follow every epoch the columns are there from the first line on, as in Keras.
        columns = [...new Set([...Object.keys(logs), ...(callback.params?.metrics ?? [])])].sort();
        if (header) await sink.write(line(["epoch", ...columns]));
      }
      const stranger = Object.keys(logs).find((name) => !columns?.includes(name));
      if (stranger !== undefined) {
        throw new DataError(
          `${where}: epoch ${epoch} logs \`${stranger}\`, which the first epoch did not. Columns: ${columns.join(", ")}. Log it from the first epoch on.`,
          { received: stranger, expected: columns },
        );
      }
      const cells = columns.map((name) => (logs[name] === undefined ? "NA" : String(logs[name])));
      await sink.write(line([String(epoch), ...cells]));
    },
    async onTrainEnd() {
      await sink.close?.();
    },
  };
  return callback;
}
