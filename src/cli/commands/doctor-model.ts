import { basename } from "node:path";
import type { ModelFormat } from "../../formats/format-of.js";
import { checkup, fixAsCode, type Model, type Tensor } from "../../index.js";
import { formatOfFile, loadModel, readBytes } from "../../node/model-files.js";
import { inFrameworkWords } from "../../recipe/in-framework-words.js";
import { RECIPE_DEFAULTS } from "../../recipe/recipe.js";
import { hasFault, headline } from "../../report/text/doctor-report.js";
import { plural } from "../../report/text/numbers.js";
import { type Arrays, isArchive, readArrays } from "../files/examples-file.js";
import { readHistory } from "../files/history-file.js";
import { checkInterrupt, type Io } from "../files/io.js";
import { compileFor } from "../options/compile-option.js";
import type { DoctorModelOptions, Words } from "../options/doctor-model-options.js";
import {
  type ModelCause,
  type ModelReport,
  printModel,
  printModelReport,
} from "../print/print-model-checkup.js";
import { trainingProgress } from "../print/progress.js";

/** Something was found; 1 is a mistake. */
const EXIT_FOUND = 2;

/** More epochs than this of a copy tell nothing new. */
const MOST_EPOCHS = 200;

/** Whose words a file's owner speaks. */
const wordsOf: Readonly<Record<ModelFormat, Words>> = {
  keras: "keras",
  "keras-config": "keras",
  torch: "pytorch",
  onnx: "pytorch",
  tfjs: "gateflow",
  safetensors: "gateflow",
};

const steps = {
  before: "looking at the model as it stands, with short trainings of copies",
  training: "training a copy",
  after: "looking at the trained copy, with short trainings of copies",
} as const;

const isOne = (arrays: Arrays): arrays is Tensor => "data" in arrays && "shape" in arrays;

/** NumPy's integers as numbers, for a model that takes numbers: indices are those of an embedding alone. */
function asNumbers(model: Model, arrays: Arrays): Arrays {
  const cast = (array: Tensor): Tensor =>
    array.data instanceof Int32Array ? { shape: array.shape, data: Float32Array.from(array.data) } : array;
  const reads = model.layers.find(({ kind }) => kind !== "inputLayer")?.kind;
  if (reads === "embedding" || !isOne(arrays)) return arrays;
  return cast(arrays);
}

const shapeText = (arrays: Arrays): string =>
  isOne(arrays)
    ? `[${arrays.shape.join(", ")}]`
    : Object.entries(arrays)
        .map(([name, { shape }]) => `${name} [${shape.join(", ")}]`)
        .join(", ");

const samplesOf = (arrays: Arrays): number =>
  (isOne(arrays) ? arrays : Object.values(arrays)[0])?.shape[0] ?? 0;

interface Examples {
  readonly x: Arrays;
  readonly y: Arrays;
  readonly validationData?: readonly [Arrays, Arrays];
}

async function readExamples(model: Model, options: DoctorModelOptions): Promise<Examples> {
  const { x, validationX } = options;
  const { y = isArchive(x!) ? x : undefined, validationY = validationX } = options;
  const names = (side: "inputs" | "outputs"): string[] =>
    model.topology[side].map(({ name }, i) => name ?? String(i));
  const [ins, outs] = [names("inputs"), names("outputs")];
  const inputs = async (option: string, path: string): Promise<Arrays> =>
    asNumbers(model, await readArrays(option, path, model.inputShape, ins));
  const targets = (option: string, path: string): Promise<Arrays> =>
    readArrays(option, path, undefined, outs);
  return {
    x: await inputs("--x", x!),
    y: await targets("--y", y!),
    ...(validationX === undefined
      ? {}
      : {
          validationData: [
            await inputs("--validation-x", validationX),
            await targets("--validation-y", validationY!),
          ] as const,
        }),
  };
}

/** What is looked at, in a few lines. */
function factsOf(model: Model, format: string, examples: Examples, epochs: number): ModelReport["facts"] {
  const { optimizer } = model;
  const losses = model.compiled!.losses.map((loss) => loss?.name ?? "none").join(", ");
  const held = examples.validationData;
  return [
    {
      name: "model",
      text: `${format}, ${plural(model.layers.length, "layer")}, ${plural(model.countParams(), "weight")}.`,
    },
    {
      name: "compiled",
      text: `${optimizer.name} at ${Number(optimizer.learningRate.toPrecision(4))}, ${losses}.`,
    },
    {
      name: "examples",
      text: `x ${shapeText(examples.x)}, y ${shapeText(examples.y)}${held === undefined ? "" : `; validation x ${shapeText(held[0])}, y ${shapeText(held[1])}`}.`,
    },
    { name: "a copy", text: `is trained for ${plural(epochs, "epoch")}; the file stays as it is.` },
  ];
}

/** A diagnosis's change in the words of who asks, and as code. */
function inWords(cause: Pick<ModelCause, "diagnosis" | "seen" | "behind">, words: Words): ModelCause {
  const { diagnosis } = cause;
  const code = (as: Words): string => {
    if (diagnosis.code === "stacked_lstm_needs_return_sequences")
      return fixAsCode({ layers: [{ kind: "recurrent", set: { returnSequences: true } }] }, undefined, {
        as,
      });
    return diagnosis.fix === undefined ? "" : fixAsCode(diagnosis.fix, undefined, { as });
  };
  return {
    ...cause,
    diagnosis:
      words === "gateflow" ? diagnosis : { ...diagnosis, remedy: inFrameworkWords(diagnosis.remedy, words) },
    asCode: code(words),
    asOwnCode: code("gateflow"),
  };
}

/**
 * `gateflow doctor <model>`: why a model of any format does not learn from its examples. The file is read, never written.
 * @returns the exit code: 0 healthy, 2 something is wrong.
 */
export async function doctorModel(path: string, options: DoctorModelOptions, io: Io): Promise<number> {
  const { weights, json = false } = options;
  const quiet = options.quiet === true || json;
  const format = formatOfFile(path, await readBytes(path));
  const words = options.as ?? wordsOf[format];
  // Broken weights are a fault to be found, not to be refused.
  const model: Model = await loadModel(path, {
    ...(weights === undefined ? {} : { weights }),
    allowNonFinite: true,
  });
  const progress = trainingProgress(io, quiet);
  try {
    await compileFor(model, path, options.compile);
    const examples = await readExamples(model, options);
    const logged = options.history === undefined ? undefined : await readHistory(options.history);
    const epochs = options.epochs ?? Math.min(MOST_EPOCHS, logged?.loss?.length ?? RECIPE_DEFAULTS.epochs);
    const facts = factsOf(model, format, examples, epochs);
    if (!quiet) printModel({ path, facts }, io);
    const found = await checkup(model, examples, {
      epochs,
      ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
      ...(logged === undefined ? {} : { history: logged }),
      signal: io.signal,
      callbacks: [progress],
      onStep: (step) => {
        if (!quiet) io.err(`  ${steps[step]}\n`);
      },
    });
    found.model?.dispose();
    checkInterrupt(io);
    const causes = found.causes.map((cause) => inWords(cause, words));
    const report: ModelReport = { path, facts, causes, history: found.history, words };
    if (json) {
      io.out(
        `${JSON.stringify(
          {
            file: path,
            name: basename(path),
            format,
            weights: model.countParams(),
            samples: samplesOf(examples.x),
            as: words,
            healthy: !hasFault(report),
            causes: causes.map(({ diagnosis, ...rest }) => ({ ...diagnosis, ...rest })),
            history: found.history?.history ?? null,
          },
          null,
          2,
        )}\n`,
      );
    } else if (quiet) {
      if (causes.length === 0) io.out(`${headline(report).replaceAll("this recipe", "this model")}\n`);
      for (const { diagnosis } of causes)
        io.out(`${diagnosis.severity} ${diagnosis.code}: ${diagnosis.title}\n`);
    } else printModelReport(report, io);
    return hasFault(report) ? EXIT_FOUND : 0;
  } finally {
    progress.stop();
    model.dispose();
  }
}
