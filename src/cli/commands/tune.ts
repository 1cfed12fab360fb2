import { readFile } from "node:fs/promises";
import { ConfigError, DataError, FormatError } from "../../errors.js";
import {
  choice,
  inProcess,
  int,
  logUniform,
  type Runner,
  type SamplerName,
  type Study,
  tune,
} from "../../index.js";
import { bullmq } from "../../node/queue/bullmq.js";
import { renderStudy } from "../../report/html/render-study.js";
import { sourceName } from "../../report/summary/series-summary.js";
import { threads } from "../../search/runners/threads.js";
import { dimensionsOf } from "../../search/space.js";
import type { PrunerName } from "../../search/tune-options.js";
import type { Io } from "../files/io.js";
import { checkFolder, writeTogether } from "../files/output.js";
import { type ColumnOptions, naming, readSeries } from "../files/series-file.js";
import { packageVersion } from "../files/version.js";

export interface TuneCommandOptions extends ColumnOptions {
  readonly trials: number;
  readonly sampler: SamplerName;
  readonly pruner?: PrunerName;
  readonly space?: string;
  readonly epochs: number;
  readonly seed: number;
  readonly storage?: string;
  readonly redis?: string;
  readonly queue: string;
  readonly workers?: number;
  readonly out: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What is searched where no space is given: the choices that decide most of an LSTM's error on one series. */
const usualSpace = (rows: number, epochs: number): Record<string, unknown> => ({
  series: { impute: "linear", scale: "standard" },
  window: int(4, Math.max(8, Math.min(128, Math.floor(rows / 8))), { log: true }),
  layers: [
    { kind: choice(["lstm", "gru"]), units: int(4, 128, { log: true }) },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: logUniform(3e-4, 3e-2) }, loss: "mse" },
  fit: { epochs, batchSize: choice([16, 32, 64]) },
});

/** @throws FormatError for a file that is no JSON; ConfigError where nothing in it is searched. */
async function readSpace(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8");
  let space: unknown;
  try {
    space = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${path}: is no JSON: ${(error as Error).message}.`, { cause: error });
  }
  if (dimensionsOf(space, path).length === 0) {
    throw new ConfigError(
      `${path}: nothing in it is searched. A value to search is written {"distribution": "int", "low": 4, "high": 64}, "uniform", "logUniform", or {"distribution": "choice", "options": [16, 32]}.`,
    );
  }
  return space;
}

function runnerOf({ redis, queue, workers }: TuneCommandOptions): Runner {
  if (redis !== undefined)
    return bullmq({ connection: redis, queue, ...(workers === undefined ? {} : { workers }) });
  return workers === 1 ? inProcess() : threads(workers === undefined ? {} : { workers });
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

const duration = (seconds: number): string =>
  seconds < 90
    ? `${Math.ceil(seconds)} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

/** Best value, trials that run, and the time that is left, told after each trial. */
function progress(io: Io, total: number) {
  const start = performance.now();
  let running = 0;
  let ended = 0;
  return {
    onTrialBegin: () => {
      running++;
    },
    onTrialEnd: (_: unknown, study: Study) => {
      running--;
      ended++;
      const { best, trials } = study;
      const left = ((performance.now() - start) / 1000 / ended) * (total - trials.length);
      const found =
        best === undefined ? "none complete yet" : `best ${short(best.value)} (trial ${best.number})`;
      // Once the trials that take its place have begun.
      setImmediate(() =>
        io.err(`  ${trials.length}/${total}  ${found}, ${running} running, about ${duration(left)} left\n`),
      );
    },
  };
}

/** `gateflow tune`: searches recipes for one series. @returns the exit code: 1 where every trial failed. */
export async function tuneSeries(file: string, options: TuneCommandOptions, io: Io): Promise<number> {
  await checkFolder("--out", options.out);
  const series = await readSeries(file, options, undefined, io.signal);
  const space =
    options.space === undefined
      ? usualSpace(series.values.length, options.epochs)
      : await readSpace(options.space);
  const quiet = options.quiet === true || options.json === true;
  const runner = runnerOf(options);
  if (!quiet) io.err(`${sourceName(series)}: ${options.trials} trials, ${runner.name}\n`);
  const start = performance.now();
  let study: Awaited<ReturnType<typeof tune>>;
  try {
    study = await naming(series, () =>
      tune(space, {
        data: series.values,
        trials: options.trials,
        sampler: options.sampler,
        pruner: options.pruner ?? null,
        seed: options.seed,
        runner,
        signal: io.signal,
        ...(options.storage === undefined ? {} : { storage: options.storage }),
        ...(quiet ? {} : { callbacks: [progress(io, options.trials)] }),
      }),
    );
  } finally {
    await runner.close();
  }
  io.signal.throwIfAborted();
  const { best } = study;
  if (best === undefined) {
    throw new DataError(
      `${sourceName(series)}: none of the ${study.trials.length} trials was completed. The first: ${study.trials[0]?.error ?? "no reason given"}`,
    );
  }
  const page = renderStudy({
    name: sourceName(series),
    study,
    dimensions: dimensionsOf(space),
    runner: runner.name,
    seconds: (performance.now() - start) / 1000,
    version: await packageVersion(),
    date: new Date(),
  });
  const written = await writeTogether(options.out, {
    "study.json": `${JSON.stringify(study, null, 2)}\n`,
    "recipe.json": `${JSON.stringify(best.recipe, null, 2)}\n`,
    "report.html": page,
  });
  if (options.json === true) {
    io.out(`${JSON.stringify({ ...study.toJSON(), importance: study.importance(), written }, null, 2)}\n`);
    return 0;
  }
  io.out(`${study}\n\n`);
  for (const [path, share] of Object.entries(study.importance()))
    io.out(`${path}: ${Math.round(100 * share)} % of what mattered\n`);
  io.out(`best: trial ${best.number}, validation loss ${short(best.value)}\n${written.join("\n")}\n`);
  return 0;
}
