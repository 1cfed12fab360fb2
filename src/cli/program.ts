import { Argument, Command, Option } from "commander";
import { ConfigError } from "../errors.js";
import type { BacktestOptions } from "./commands/backtest.js";
import type { BenchOptions } from "./commands/bench.js";
import type { ExamineOptions } from "./commands/examine.js";
import type { ModelCommandOptions } from "./commands/models.js";
import type { StudioOptions } from "./commands/studio.js";
import { completionScript, SHELLS } from "./completion.js";
import { addDoctor } from "./doctor-command.js";
import type { Io } from "./files/io.js";
import {
  decimalMark,
  oneCharacter,
  positiveNumber,
  share,
  textList,
  unitsList,
  wholeNumber,
} from "./options/arguments.js";
import type { ForecastOptions } from "./options/forecast-options.js";
import { DIFFERENCES, MODELS, SCALES, STRATEGIES } from "./options/model-options.js";
import type { TrainOptions } from "./options/train-options.js";
import { helpExamples } from "./print/help-examples.js";
import { addSearch } from "./search-commands.js";

const COLUMNS = "Which columns";
const READING = "How the file is written (left out: told from the file, and said)";
const MODEL = "The model";
const TEST = "The test";
const OUTPUT = "Output";

/** How a file is written, the same in every command that reads one. */
function addReading(command: Command): Command {
  return command
    .optionsGroup(READING)
    .option(
      "--delimiter <character>",
      "what stands between cells: , ; | a tab, or a blank for blanks",
      oneCharacter,
    )
    .option("--decimal <mark>", "what stands before decimals: . or ,", decimalMark)
    .option("--thousands <mark>", "what stands between thousands: , . ' or a blank")
    .option("--missing <texts>", "what else stands for a missing value, such as -999,x", textList)
    .option(
      "--date-format <format>",
      'how dates are written: "DD.MM.YYYY HH:mm", %d/%m/%Y, "day first", "month first", unix, ms',
    )
    .option("--encoding <name>", "such as latin1 or utf-16le")
    .option("--skip <n>", "lines above the table", wholeNumber(0))
    .option("--comment <text>", "what begins lines that are no rows, such as #")
    .option("--no-header", "the first line has values, no names: columns are column_1, column_2, …")
    .option(
      "--wide",
      "a row a year and a column a month, a row a day and its hours, a column a series, a row a series (--id a,b: columns that name it), or blocks of columns side by side: read as one column `value`",
    );
}

/** The file's columns, the same in every command that reads one. */
function addColumns(command: Command): Command {
  command
    .argument(
      "<file>",
      "a table: CSV (.csv, .tsv, .txt, packed or not), JSON lines (.jsonl, .ndjson) or .parquet; - reads standard input",
    )
    .optionsGroup(COLUMNS)
    .option("-t, --target <column>", "the column to forecast")
    .option(
      "-d, --date <column>",
      "the column that says when; date,time for two (default: found); none: rows are counted",
    )
    .option(
      "--id <column>",
      "the column that tells several series in one file apart; several parted by commas: region,product",
    )
    .option("--series <id>", "which of them, where there are several; train takes all at once without it")
    .option("--data-unit <text>", "the unit of the values, such as ppm, for tables and charts");
  return addReading(command);
}

/** Everything that shapes a model; whatever is left out is chosen from the data. */
function addModel(command: Command): Command {
  return command
    .optionsGroup(MODEL)
    .option("--window <n>", "rows the model looks back", wholeNumber(1))
    .option("--season <n>", "rows in one season; 1: none", wholeNumber(1))
    .option("--units <n>", "LSTM units; 64,32 for two layers", unitsList)
    .addOption(
      new Option(
        "--model <kind>",
        "lstm: the network alone; hybrid: it learns what a carrier, a mean of classical methods, leaves over; auto, the default: that or both beside each other, whichever errs less",
      ).choices(MODELS),
    )
    .addOption(new Option("--strategy <how>", "how several rows ahead are reached").choices(STRATEGIES))
    .addOption(new Option("--difference <how>", "what is differenced first").choices(DIFFERENCES))
    .addOption(new Option("--scale <how>", "how values are scaled").choices(SCALES))
    .option("--epochs <n>", "passes over the training rows, at most", wholeNumber(1))
    .option("--batch-size <n>", "windows an update", wholeNumber(1))
    .option("--learning-rate <x>", "the optimizer's step", positiveNumber)
    .option("--seed <n>", "makes a run repeatable", wholeNumber(0), 1);
}

const CO2 = "examples/data/co2_weekly.csv --target value";
const SUNSPOTS = "examples/data/sunspots_yearly.csv --target value";
const STORES = "examples/data/stores.csv --target sales --id store";
const WAVE = "examples/data/wave.keras";

function addTrain(program: Command, io: Io): void {
  addModel(addColumns(program.command("train")))
    .summary("learn from a table, test, report")
    .description(
      "Trains an LSTM on one column of a table, tests it on the last rows, which it never saw, beside simple forecasts, and writes model.safetensors, forecast.csv and report.html.",
    )
    .option("--horizon <n>", "rows to forecast ahead (default: a season, at most 52)", wholeNumber(1))
    .optionsGroup(TEST)
    .option("--test-fraction <f>", "share of the rows, from the end, kept for the test", share, 0.2)
    .optionsGroup(OUTPUT)
    .option("-o, --out <folder>", "where the three files go", "out")
    .option("--picture <file>", "write the last test forecast as an SVG as well")
    .option("-q, --quiet", "print the table of errors only")
    .option("--json", "print results as JSON")
    .addHelpText(
      "after",
      helpExamples(
        `gateflow train ${SUNSPOTS} --horizon 5`,
        `gateflow train ${STORES} --series Oslo --horizon 7 -o out/oslo`,
        `gateflow train ${STORES} --horizon 7 -o out/stores`,
      ),
    )
    .action(async (file: string, options: TrainOptions) => {
      const { train } = await import("./commands/train.js");
      await train(file, options, io);
    });
}

function addForecast(program: Command, io: Io): void {
  addReading(program.command("forecast"))
    .optionsGroup(OUTPUT)
    .summary("go on from where a series ends, with a trained model")
    .description(
      "Forecasts with a model that `gateflow train` wrote, from where its series ended or from newer rows, and prints CSV: date, forecast, and bounds where the model gives them.",
    )
    .argument("<model>", "model.safetensors written by `gateflow train`")
    .argument(
      "[file]",
      "newer rows to go on from: a table (CSV, JSON lines, Parquet) with the columns the model was trained on",
    )
    .option("--horizon <n>", "rows to forecast (default: the model's horizon)", wholeNumber(1))
    .option("-o, --out <file>", "write the CSV to a file")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      helpExamples(
        "gateflow forecast out/model.safetensors --horizon 10",
        "gateflow forecast out/model.safetensors examples/data/sunspots_yearly.csv -o out/next.csv",
      ),
    )
    .action(async (model: string, file: string | undefined, options: ForecastOptions) => {
      const { forecast } = await import("./commands/forecast.js");
      await forecast(model, file, options, io);
    });
}

function addBacktest(program: Command, io: Io): void {
  addModel(addColumns(program.command("backtest")))
    .summary("forecast the past again and again, count the errors")
    .description(
      "Trains on the rows before --start, then forecasts from there onward, one origin after the other, and compares with what came and with simple forecasts.",
    )
    .optionsGroup(TEST)
    .option("--start <row or date>", "the first row to forecast, counted from 0, or its date as in the file")
    .option("--horizon <n>", "rows ahead at each origin", wholeNumber(1), 1)
    .option("--step <n>", "rows from one origin to the next", wholeNumber(1), 1)
    .option("--refit", "train again at every origin")
    .optionsGroup(OUTPUT)
    .option("-o, --out <file>", "write every forecast to a CSV file")
    .option("-q, --quiet", "print the table of errors only")
    .option("--json", "print results as JSON")
    .addHelpText("after", helpExamples(`gateflow backtest ${SUNSPOTS} --start 280 --horizon 5 --step 5`))
    .action(async (file: string, options: BacktestOptions) => {
      const { backtest } = await import("./commands/backtest.js");
      await backtest(file, options, io);
    });
}

function addExamine(program: Command, io: Io): void {
  addColumns(program.command("examine"))
    .summary("look at a series before training")
    .description(
      "Describes a series: length, dates, gaps, outliers, season, stationarity before and after differencing (ADF, KPSS), correlations, and what to do about them.",
    )
    .optionsGroup(OUTPUT)
    .option("--json", "print JSON")
    .addHelpText("after", helpExamples(`gateflow examine ${CO2}`))
    .action(async (file: string, options: ExamineOptions) => {
      const { examine } = await import("./commands/examine.js");
      await examine(file, options, io);
    });
}

/** What is done with models of any format. */
function addModels(program: Command, io: Io): void {
  const formats = "a model: .keras, .h5, .safetensors, .pt, .onnx, or TensorFlow.js's model.json";
  const command = (name: string): Command =>
    program
      .command(name)
      .option("--weights <file>", "the .weights.h5 that belongs to a configuration of Keras")
      .option("--json", "print results as JSON");
  command("convert")
    .summary("read a model of one format, write it in another")
    .description(
      "Reads a model of one format and writes it in another. What the other format has no word for is refused by name.",
    )
    .argument("<from>", formats)
    .argument("<to>", "where to: .safetensors, .keras, .pt, .onnx or .json")
    .addHelpText("after", helpExamples(`gateflow convert ${WAVE} out/wave.onnx`))
    .action(async (from: string, to: string, options: ModelCommandOptions) => {
      const { convert } = await import("./commands/models.js");
      await convert(from, to, options, io);
    });
  command("inspect")
    .summary("what a model file holds")
    .description(
      "Prints what a model file holds: its format, what it takes, its layers, their shapes and weights.",
    )
    .argument("<model>", formats)
    .addHelpText("after", helpExamples(`gateflow inspect ${WAVE}`))
    .action(async (model: string, options: ModelCommandOptions) => {
      const { inspect } = await import("./commands/models.js");
      await inspect(model, options, io);
    });
  command("predict")
    .summary("run a model on samples")
    .description(
      "Runs a model on samples and prints what it predicts, a line a sample, numbers parted by commas.",
    )
    .argument("<model>", formats)
    .argument(
      "<x>",
      "samples: .npy, or .csv with a header and a sample a row (time steps · features numbers), packed or not; - reads standard input",
    )
    .addHelpText("after", helpExamples(`gateflow predict ${WAVE} examples/data/wave-x.npy`))
    .action(async (model: string, x: string, options: ModelCommandOptions) => {
      const { predict } = await import("./commands/models.js");
      await predict(model, x, options, io);
    });
}

function addStudio(program: Command, io: Io): void {
  program
    .command("studio")
    .summary("train live in the browser and watch the gradient flow")
    .description(
      "Serves the studio, a page that trains in the browser and shows how the gradient flows, on this machine alone, prints its address and opens it. Ctrl-C ends it.",
    )
    .option(
      "--port <n>",
      "where it listens on 127.0.0.1; 0: any port that is free",
      wholeNumber(0, 65_535),
      4280,
    )
    .option("--no-open", "do not open the browser")
    .option("--json", "print the address as JSON")
    .addHelpText("after", helpExamples("gateflow studio", "gateflow studio --port 0 --no-open"))
    .action(async (options: StudioOptions) => {
      const { studio } = await import("./commands/studio.js");
      await studio(options, io);
    });
}

function addBench(program: Command, io: Io): void {
  program
    .command("bench")
    .summary("how quickly this machine trains and predicts")
    .description(
      "Trains LSTMs of four sizes and predicts with them, and prints the time of a batch: the median of as many as fit into --seconds.",
    )
    .option("--seconds <n>", "for each of the eight measurements", positiveNumber, 1)
    .option("--threads <n>", "at most (default: as many as help)", wholeNumber(1))
    .option("--json", "print results as JSON")
    .addHelpText("after", helpExamples("gateflow bench --seconds 0.2"))
    .action(async (options: BenchOptions) => {
      const { bench } = await import("./commands/bench.js");
      await bench(options, io);
    });
}

function addCompletion(program: Command, io: Io): void {
  program
    .command("completion")
    .summary("let the Tab key complete commands and options")
    .description(
      "Prints a script for the shell: in bash and zsh `source <(gateflow completion bash)`, in fish `gateflow completion fish | source`; into the shell's own start file, and it stays.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText("after", helpExamples("gateflow completion bash"))
    .action((shell: string) => io.out(completionScript(program, shell)));
}

/** Options that say which data and which file: of two, nobody knows which was meant. Of settings the last counts. */
const ONCE: readonly string[] = [
  ...["target", "date", "id", "series", "date-format", "delimiter", "decimal", "thousands", "encoding"],
  ...["recipe", "out", "report", "picture", "x", "y", "validation-x", "validation-y", "history", "compile"],
];

/** Commander takes the last of two values. @throws ConfigError for the second. */
function refuseTwice(command: Command): void {
  for (const option of command.options) {
    if (!ONCE.includes(option.name())) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) throw new ConfigError(`${option.long ?? option.short} is given twice. Leave one out.`);
      given = true;
    });
  }
}

/** The command line. Commands are loaded when they are called, so that help comes at once. `finish` is told an exit code other than that of a mistake. */
export function createProgram(io: Io, version: string, finish: (code: number) => void): Command {
  const program = new Command("gateflow")
    .description("Forecasts time series with an LSTM that trains in WebAssembly.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help on a command")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      // What is wrong is said once, in one line, by whoever runs the program.
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => io.columns,
      getOutHasColors: () => io.color,
    })
    .addHelpText(
      "after",
      `${helpExamples(
        `gateflow examine ${CO2}`,
        `gateflow train ${SUNSPOTS} --horizon 5`,
        `gateflow doctor ${SUNSPOTS} --quiet`,
        "gateflow help train",
      )}\nExit codes: 0 done; 1 a mistake, said in one line; 2 the doctor found an error or\na warning; 130 Ctrl-C.\n`,
    );
  addTrain(program, io);
  addForecast(program, io);
  addBacktest(program, io);
  addExamine(program, io);
  addDoctor(program, io, finish, addColumns);
  addSearch(program, io, finish, addColumns);
  addModels(program, io);
  addStudio(program, io);
  addBench(program, io);
  addCompletion(program, io);
  program.commands.forEach(refuseTwice);
  return program;
}
