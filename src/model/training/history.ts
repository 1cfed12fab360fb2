import type { History, Logs } from "../events.js";

export interface HistoryRecorder {
  /** What `fit` returns; grows with every `record`. */
  readonly history: History;
  /** To be called after all callbacks have seen the epoch's end, for they may add to the logs. */
  record(epoch: number, logs: Logs): void;
}

/**
 * Gathers the logs of the epochs. Every name has one number an epoch: NaN for an epoch that did not log it, so that
 * index i of any series belongs to `epoch[i]`.
 * @param sparse names that have a number only for epochs that log them, as Keras's validation with `validationFreq`.
 */
export function createHistory(sparse: readonly string[] = []): HistoryRecorder {
  const epochs: number[] = [];
  const series: Record<string, number[]> = {};
  return {
    history: { epoch: epochs, history: series },
    record(epoch, logs) {
      for (const name of Object.keys(logs)) {
        series[name] ??= sparse.includes(name) ? [] : new Array<number>(epochs.length).fill(NaN);
      }
      epochs.push(epoch);
      for (const [name, values] of Object.entries(series)) {
        if (name in logs || !sparse.includes(name)) values.push(logs[name] ?? NaN);
      }
    },
  };
}
