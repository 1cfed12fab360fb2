import { type Command, Option } from "commander";
import type { DoctorOptions } from "./commands/doctor.js";
import type { Io } from "./files/io.js";
import { positiveNumber, share, unitsList, wholeNumber } from "./options/arguments.js";
import { type DoctorModelOptions, meansModel } from "./options/doctor-model-options.js";
import { SCALES } from "./options/model-options.js";
import { DEFAULTS, IMPUTES, LAYERS, RECIPE_DIFFERENCES } from "./options/recipe-options.js";
import { helpExamples } from "./print/help-examples.js";

const RECIPE = "The recipe (left out: raw values, lstm → dense, mse, adam)";
const MODEL_FILE = "A model in place of a table (.keras, .h5, .pt, .onnx, .safetensors, model.json)";
const REPAIR = "The repair";
const TEST = "The test";
const OUTPUT = "Output";

/** What shapes a recipe; `--recipe` brings one that says it all. */
function addRecipe(command: Command): Command {
  const own = (option: Option): Option => option.conflicts("recipe");
  const choice = (flags: string, text: string, choices: readonly string[]): Option =>
    own(new Option(flags, text).choices(choices));
  const number = (flags: string, text: string): Option =>
    own(new Option(flags, text).argParser(wholeNumber(1)));
  return command
    .optionsGroup(RECIPE)
    .option("--recipe <file>", "a recipe as JSON, such as --fix writes, in place of the options below")
    .addOption(number("--window <n>", "rows the model looks back").default(DEFAULTS.window))
    .addOption(number("--horizon <n>", "rows it forecasts").default(DEFAULTS.horizon))
    .addOption(choice("--impute <how>", "how gaps are filled (default: not at all)", IMPUTES))
    .addOption(own(new Option("--log", "take logarithms first")))
    .addOption(
      choice("--difference <how>", "changes in place of levels", RECIPE_DIFFERENCES).default(
        DEFAULTS.difference,
      ),
    )
    .addOption(choice("--scale <how>", "how values are scaled (default: not at all)", SCALES))
    .addOption(choice("--layer <kind>", "the recurrent layer", LAYERS).default(DEFAULTS.layer))
    .addOption(
      own(new Option("--units <n>", "its units; 64,32 for two layers"))
        .argParser(unitsList)
        .default(DEFAULTS.units, "50"),
    )
    .addOption(own(new Option("--loss <name>", "as in Keras: mse, mae, huber …")).default(DEFAULTS.loss))
    .addOption(
      own(new Option("--optimizer <name>", "as in Keras: adam, sgd, rmsprop …")).default(DEFAULTS.optimizer),
    )
    .addOption(
      own(new Option("--learning-rate <x>", "its step (default: the optimizer's own)")).argParser(
        positiveNumber,
      ),
    )
    .addOption(number("--batch-size <n>", "windows an update").default(DEFAULTS.batchSize))
    .option(
      "--epochs <n>",
      `passes over the training rows (default: ${DEFAULTS.epochs}, or the recipe's)`,
      wholeNumber(1),
    )
    .option("--seed <n>", "makes a run repeatable", wholeNumber(0), DEFAULTS.seed);
}

/**
 * `gateflow doctor`, of a table and of a model file.
 * @param addColumns adds the file and its columns, the same in every command that reads one.
 */
export function addDoctor(
  program: Command,
  io: Io,
  finish: (code: number) => void,
  addColumns: (command: Command) => Command,
): void {
  addRecipe(addColumns(program.command("doctor")))
    .summary("say why a recipe does not learn, and repair it")
    .description(
      "Looks at a series and at a recipe for it, untrained, in training and trained, and says what is wrong, worst first: how it shows, why it stops learning, and the change to make, as code. With --fix it makes the changes, keeps those that lower the validation error, and writes the repaired recipe. The last rows, the test part, are never looked at.",
    )
    .optionsGroup(MODEL_FILE)
    .option(
      "--x <file>",
      "its inputs: .npy, .npz (file.npz:name takes one array), or .csv with a sample a row",
    )
    .option("--y <file>", "its targets; of one .npz with x and y, --x alone is enough")
    .option("--validation-x <file>", "inputs it was not trained on")
    .option("--validation-y <file>", "targets that belong to them")
    .option("--history <file>", "what its training logged: JSON of Keras's history.history, or a CSV log")
    .option(
      "--compile <json>",
      'loss and optimizer, where the file does not say: \'{"loss":"mse","optimizer":"adam"}\'',
    )
    .option("--weights <file>", "the .weights.h5 that belongs to a configuration of Keras")
    .optionsGroup(TEST)
    .option(
      "--test-fraction <f>",
      "share of the rows, from the end, nobody looks at",
      share,
      DEFAULTS.testFraction,
    )
    .optionsGroup(REPAIR)
    .option("--fix", "repair the recipe and write it")
    .option(
      "--budget <n>",
      "trainings --fix may make; a random search beside it makes as many (default: 10)",
      wholeNumber(1),
    )
    .option("-o, --out <file>", "where --fix writes the recipe (default: recipe.json)")
    .optionsGroup(OUTPUT)
    .option(
      "--report <file>",
      "write the report as one HTML file, with pictures; with --fix, of the repaired recipe",
    )
    .addOption(
      new Option(
        "--as <framework>",
        "whose words the changes are said in (default: the model file's own, or gateflow)",
      ).choices(["gateflow", "keras", "pytorch"]),
    )
    .option("-q, --quiet", "one line for each thing found")
    .option("--json", "print results as JSON")
    .addHelpText(
      "after",
      `${helpExamples(
        "gateflow doctor examples/data/macrodata.csv --target realgdp",
        "gateflow doctor examples/data/macrodata.csv --target realgdp --fix --budget 3 -o out/recipe.json",
        "gateflow doctor examples/data/wave.keras --x examples/data/wave-x.npy --y examples/data/wave-y.npy",
      )}\nExit code: 0 healthy (hints at most), 2 something was found that is an error or\na warning (with --fix: that is left), or a simple forecast is better, 1 a\nmistake, 130 Ctrl-C.\n`,
    )
    .action(async (file: string, options: DoctorOptions & DoctorModelOptions, command: Command) => {
      const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === "cli");
      if (meansModel(given, options)) {
        const { doctorModel } = await import("./commands/doctor-model.js");
        const { epochs, batchSize } = options;
        // Of tables the batch size has a default that is none of a model's.
        const own = {
          ...options,
          ...(given.includes("batchSize") ? { batchSize } : { batchSize: undefined }),
        };
        finish(await doctorModel(file, { ...own, epochs } as DoctorModelOptions, io));
        return;
      }
      const { doctor } = await import("./commands/doctor.js");
      finish(await doctor(file, options, io));
    });
}
