import { ConfigError, StateError } from "../errors.js";
import type { RawSeries } from "./chain/raw-series.js";
import type { BacktestOptions, ForecasterFitOptions, ForecasterOptions, RefitRunner } from "./types.js";

/** @throws ConfigError for a runner that is none, or where nothing is for it to do. */
export function refuseRunner(
  where: string,
  { runner, refit, callbacks }: BacktestOptions & ForecasterFitOptions,
  isPanel: boolean,
): void {
  if (runner === undefined) return;
  if (typeof runner?.run !== "function")
    throw new ConfigError(`${where}: \`runner\` is none. Give inProcess(), threads() or bullmq().`, {
      received: runner,
    });
  if (refit !== true)
    throw new ConfigError(
      `${where}: \`runner\` is where \`refit: true\` trains; without it nothing is trained anew.`,
    );
  if (isPanel)
    throw new ConfigError(
      `${where}: a panel is trained in this process, all series at once. Leave \`runner\` out.`,
    );
  if (callbacks !== undefined)
    throw new ConfigError(
      `${where}: \`callbacks\` are functions, and a runner takes none elsewhere. Leave them or \`runner\` out.`,
    );
}

/** A forecaster fitted elsewhere to the first rows, as bytes. @throws what the fit throws; the signal's reason. */
export async function refitOn(
  runner: RefitRunner,
  options: ForecasterOptions,
  { names, target, columns }: RawSeries,
  rows: number,
  signal = new AbortController().signal,
): Promise<Uint8Array> {
  const data = { kind: "columns", names, target: names[target]!, columns } as const;
  const { bytes } = await runner.run(
    { job: { kind: "forecaster", options, rows }, data, hash: "" },
    { signal, report: () => Promise.resolve(true) },
  );
  if (bytes !== undefined) return bytes;
  throw new StateError("The runner gave no forecaster back: its result has no `bytes`.");
}

/** The work for each item, so many at once, results in the items' order. @throws the first error, once no work is under way. */
export async function inTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const errors: unknown[] = [];
  const take = async (): Promise<void> => {
    while (next < items.length && errors.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index]!);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, items.length)) }, take));
  if (errors.length > 0) throw errors[0];
  return results;
}
