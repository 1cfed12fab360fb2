import { ConfigError, told } from "../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../options.js";
import { checkWholeRecipe } from "../recipe/check-recipe.js";
import type { Recipe } from "../recipe/recipe.js";
import { hashOf, openData, type PlainData } from "./data.js";
import type { StudyHead } from "./journal.js";
import { ashaPruner } from "./pruners/asha.js";
import { medianPruner } from "./pruners/median.js";
import type { Pruner } from "./pruners/pruner.js";
import { defaultRunner } from "./runners/default-runner.js";
import { inProcess } from "./runners/in-process.js";
import { gridSampler } from "./samplers/grid.js";
import { randomSampler } from "./samplers/random.js";
import type { Sampler } from "./samplers/sampler.js";
import { sobolSampler } from "./samplers/sobol.js";
import { tpeSampler } from "./samplers/tpe.js";
import { type Dimension, dimensionsOf, fillSpace } from "./space.js";
import type { Study } from "./study.js";
import { StudyRun, type Work } from "./study-run.js";
import { TrialPruned } from "./trial.js";
import type {
  Objective,
  PrunerName,
  SamplerName,
  TuneFunctionOptions,
  TuneOptions,
  TuneRecipeOptions,
} from "./tune-options.js";

const known = [
  "trials",
  "sampler",
  "pruner",
  "direction",
  "seed",
  "runner",
  "storage",
  "trialTimeout",
  "signal",
  "callbacks",
] as const;

const samplers: Readonly<Record<SamplerName, (dimensions: readonly Dimension[], seed: number) => Sampler>> = {
  tpe: tpeSampler,
  random: randomSampler,
  grid: gridSampler,
  sobol: sobolSampler,
};

function checkOptions(where: string, options: TuneOptions): void {
  const { signal, storage, callbacks, runner } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new ConfigError(`${where}: \`signal\` is no AbortSignal.`, { received: signal });
  }
  if (storage !== undefined && (typeof storage !== "string" || storage === "")) {
    throw new ConfigError(`${where}: \`storage\` is ${told(storage)}, expected a path.`, {
      received: storage,
    });
  }
  if (callbacks !== undefined && !Array.isArray(callbacks)) {
    throw new ConfigError(`${where}: \`callbacks\` is no array.`, { received: callbacks });
  }
  if (runner !== undefined && typeof runner?.run !== "function") {
    throw new ConfigError(`${where}: \`runner\` is none. Use inProcess(), or threads() of gateflow/node.`, {
      received: runner,
    });
  }
}

/** The whole of a trial where it is known: epochs of a recipe without a search over them. */
function stepsOf(space: unknown): number | undefined {
  const epochs = (space as { fit?: { epochs?: unknown } }).fit?.epochs ?? 25;
  return typeof epochs === "number" ? epochs : undefined;
}

function prunerOf(name: PrunerName | null, steps: number | undefined): Pruner | null {
  if (name === null) return null;
  return name === "asha" ? ashaPruner(steps) : medianPruner;
}

/**
 * Searches a space for the values that make a training's validation loss, or a function's value, small.
 *
 * A trial that throws, gives no finite number or takes too long has failed, and the study goes on. Random, grid and Sobol
 * without a pruner give the same trials to the bit on every runner; TPE proposes in generations of as many trials as the
 * runner has workers, and depends on the seed and that number alone.
 *
 * @param space a recipe in which values are `choice`, `uniform`, `logUniform` or `int`; or an objective, with `space` in the options.
 * @returns finished trials and the best of them; no best where all failed.
 * @throws ConfigError for an unknown option, a space without anything to search, a function on a runner that is not in this
 *   process, or a `storage` that holds another study; FormatError for a `storage` that is none.
 * @example
 * const study = await tune(async ({ x }) => ((x as number) - 0.3) ** 2, { space: { x: uniform(0, 1) }, trials: 20 });
 * console.log(study.best?.params);
 */
export function tune(space: unknown, options: TuneRecipeOptions): Promise<Study<Recipe>>;
export function tune(objective: Objective, options: TuneFunctionOptions): Promise<Study>;
export async function tune(
  first: unknown,
  options: TuneRecipeOptions | TuneFunctionOptions,
): Promise<Study<Recipe> | Study> {
  const where = "tune()";
  const isFunction = typeof first === "function";
  refuseUnknown(where, options, [...known, isFunction ? "space" : "data"]);
  checkOptions(where, options);
  const space = isFunction ? (options as TuneFunctionOptions).space : first;
  if (typeof space !== "object" || space === null) {
    throw new ConfigError(
      `${where}: expected a recipe with distributions in it, or a function and \`space\`.`,
      { received: space },
    );
  }
  const dimensions = dimensionsOf(space);
  if (dimensions.length === 0) {
    throw new ConfigError(
      `${where}: nothing in the space is searched: make a value choice([…]), uniform(a, b), logUniform(a, b) or int(a, b).`,
    );
  }
  const seed = numberIn(where, "seed", options.seed ?? 0, { min: 0, integer: true });
  const sampler = samplers[
    oneOf(where, "sampler", options.sampler ?? "tpe", ["tpe", "random", "grid", "sobol"])
  ](dimensions, seed);
  const asked = options.pruner ?? null;
  const name = asked === null ? null : oneOf(where, "pruner", asked, ["asha", "median"]);
  const runner = options.runner ?? (isFunction ? inProcess() : defaultRunner());
  const trials = numberIn(where, "trials", options.trials ?? 50, { min: 1, max: 1_000_000, integer: true });
  let data: PlainData | null = null;
  let work: Work;
  if (isFunction) {
    if (runner.isRemote) {
      throw new ConfigError(
        `${where}: a function runs only in this process. Use runner: inProcess(), or give a recipe.`,
      );
    }
    work = async (trial) => (first as Objective)(trial.params as never, trial);
  } else {
    data = openData(where, (options as TuneRecipeOptions).data);
    checkWholeRecipe(where, fillSpace(space, randomSampler(dimensions, seed).propose(0, [])) as Recipe);
    const task = { data, hash: runner.isRemote ? await hashOf(data) : "" };
    work = async (trial) => {
      const recipe = fillSpace(space, trial.params) as Recipe;
      let pruned: TrialPruned | undefined;
      const { value } = await runner
        .run(
          { ...task, job: { kind: "recipe", recipe, seed } },
          {
            signal: trial.signal,
            isJudged: name !== null,
            async report(reported, step) {
              try {
                await trial.report(reported, step);
                return true;
              } catch (error) {
                if (!(error instanceof TrialPruned)) throw error;
                pruned = error;
                return false;
              }
            },
          },
        )
        .catch((error: unknown) => {
          throw pruned ?? error;
        });
      return value;
    };
  }
  const direction = oneOf(where, "direction", options.direction ?? "minimize", ["minimize", "maximize"]);
  const head: StudyHead = {
    format: "gateflow study",
    version: 1,
    space,
    sampler: sampler.name,
    seed,
    direction,
    generation: sampler.isAdaptive ? runner.workers : 1,
    data: data === null || options.storage === undefined ? null : await hashOf(data),
  };
  const run = new StudyRun(
    {
      dimensions,
      sampler,
      pruner: prunerOf(name, isFunction ? undefined : stepsOf(space)),
      head,
      total: Math.min(trials, sampler.size ?? Number.POSITIVE_INFINITY),
      workers: runner.workers,
      timeout: numberIn(where, "trialTimeout", options.trialTimeout ?? 3600, { above: 0 }),
      work,
      fill: (params) => fillSpace(space, params),
    },
    options,
  );
  try {
    return (await run.run()) as Study<Recipe>;
  } finally {
    if (options.runner === undefined) await runner.close();
  }
}
