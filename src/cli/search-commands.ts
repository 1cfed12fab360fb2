import { type Command, Option } from "commander";
import type { TuneCommandOptions } from "./commands/tune.js";
import type { WorkerCommandOptions } from "./commands/worker.js";
import type { Io } from "./files/io.js";
import { wholeNumber } from "./options/arguments.js";
import { helpExamples } from "./print/help-examples.js";

/** Told an exit code other than that of a mistake. */
type Finish = (code: number) => void;
/** Adds the file and its columns, the same in every command that reads one. */
type AddColumns = (command: Command) => Command;

const OUTPUT = "Output";

function addTune(program: Command, io: Io, finish: Finish, addColumns: AddColumns): void {
  addColumns(program.command("tune"))
    .summary("search recipes for a series")
    .description(
      "Trains many recipes on a series and keeps the one with the least validation loss. The last fifth of the rows is not looked at; of the rest the last fifth judges. Trials run in threads of this machine, or with --redis on every machine that runs `gateflow worker`.",
    )
    .optionsGroup("The search")
    .option("--trials <n>", "trainings in all", wholeNumber(1), 50)
    .addOption(
      new Option("--sampler <name>", "how recipes are proposed")
        .choices(["tpe", "random", "grid", "sobol"])
        .default("tpe"),
    )
    .addOption(
      new Option("--pruner <name>", "gives up trainings that are far behind (default: none)").choices([
        "asha",
        "median",
      ]),
    )
    .option(
      "--space <file>",
      "a recipe as JSON with distributions in it (default: window, cell, units, rate, batch size)",
    )
    .option("--epochs <n>", "passes over the training rows in each trial", wholeNumber(1), 25)
    .option("--seed <n>", "makes a search repeatable", wholeNumber(0), 0)
    .option("--storage <file>", "keeps finished trials: the same command goes on where it ended")
    .optionsGroup("Where trials run")
    .option(
      "--workers <n>",
      "trials at once (default: the machine's processors; with --redis 16)",
      wholeNumber(1),
    )
    .option("--redis <address>", "hand trials to workers, such as redis://localhost:6379")
    .option("--queue <name>", "the queue's name", "gateflow")
    .optionsGroup(OUTPUT)
    .option("-o, --out <folder>", "where study.json, recipe.json and report.html go", "out")
    .option("-q, --quiet", "no progress")
    .option("--json", "print results as JSON")
    .addHelpText(
      "after",
      helpExamples(
        `gateflow tune examples/data/sunspots_yearly.csv --target value --trials 4 --epochs 3`,
        `gateflow tune examples/data/sunspots_yearly.csv --target value --trials 6 --epochs 4 --pruner asha --storage out/study.jsonl`,
      ),
    )
    .action(async (file: string, options: TuneCommandOptions) => {
      const { tuneSeries } = await import("./commands/tune.js");
      finish(await tuneSeries(file, options, io));
    });
}

function addWorker(program: Command, io: Io): void {
  program
    .command("worker")
    .summary("take trials from a queue on Redis")
    .description(
      "Runs trials that `gateflow tune --redis` put into a queue, one at a time, until Ctrl-C. Start one for each processor, on any number of machines. Needs the packages bullmq and ioredis.",
    )
    .requiredOption("--redis <address>", "where Redis is, such as redis://localhost:6379")
    .option("--queue <name>", "the queue's name", "gateflow")
    .option(
      "--lock <seconds>",
      "after which a trial whose worker has vanished is another's",
      wholeNumber(1),
      30,
    )
    .option("-q, --quiet", "say only what goes wrong")
    .option("--json", "print a line of JSON for each trial")
    .addHelpText("after", helpExamples("gateflow worker --redis redis://localhost:6379"))
    .action(async (options: WorkerCommandOptions) => {
      const { work } = await import("./commands/worker.js");
      await work(options, io);
    });
}

/** Commands that run many trainings. */
export function addSearch(program: Command, io: Io, finish: Finish, addColumns: AddColumns): void {
  addTune(program, io, finish, addColumns);
  addWorker(program, io);
}
