import { extname } from "node:path";
import { checkModelPath, formatOfFile, loadModel, readBytes, saveModel } from "../../node/model-files.js";
import { readSamples } from "../files/array-file.js";
import type { Io } from "../files/io.js";

/** What the model commands have in common. */
export interface ModelCommandOptions {
  /** The `.weights.h5` of a Keras configuration. */
  readonly weights?: string;
  readonly json?: boolean;
}

const open = (path: string, { weights }: ModelCommandOptions, allowNonFinite = false) =>
  loadModel(path, {
    ...(weights === undefined ? {} : { weights }),
    ...(allowNonFinite ? { allowNonFinite } : {}),
  });

/** `gateflow convert`: from any format that is read to any that is written. */
export async function convert(from: string, to: string, options: ModelCommandOptions, io: Io): Promise<void> {
  checkModelPath("gateflow convert", to);
  const model = await open(from, options);
  await saveModel(model, to);
  const weights = model.countParams();
  model.dispose();
  io.out(
    options.json === true
      ? `${JSON.stringify({ from, to, weights })}\n`
      : `Wrote ${to}: ${weights.toLocaleString("en")} weights in ${extname(to).slice(1)}.\n`,
  );
}

/** `gateflow inspect`: what a model file holds. */
export async function inspect(path: string, options: ModelCommandOptions, io: Io): Promise<void> {
  const format = formatOfFile(path, await readBytes(path));
  const model = await open(path, options, true);
  if (options.json === true) {
    const layers = model.layers.map((layer) => ({
      name: layer.name,
      kind: layer.kind,
      outputShape: layer.outputShape,
      weights: layer.countParams(),
      config: layer.getConfig(),
    }));
    const { inputShape, outputShape } = model;
    io.out(
      `${JSON.stringify({ path, format, name: model.name, inputShape, outputShape, weights: model.countParams(), layers }, null, 2)}\n`,
    );
  } else {
    const shape = (model.inputShape ?? []).map((extent) => extent ?? "any").join(", ");
    io.out(`${path}: ${format}, takes [batch, ${shape}]\n`);
    model.summary({ print: (text) => io.out(`${text}\n`) });
  }
  model.dispose();
}

/** `gateflow predict`: one line a sample, on standard output. */
export async function predict(path: string, x: string, options: ModelCommandOptions, io: Io): Promise<void> {
  const model = await open(path, options);
  const samples = await readSamples(x, model.inputShape);
  const { shape, data } = await model.predict(samples);
  const width = data.length / (shape[0] ?? 1);
  const rows = Array.from({ length: shape[0] ?? 0 }, (_, i) => [
    ...data.subarray(i * width, (i + 1) * width),
  ]);
  model.dispose();
  if (options.json === true) io.out(`${JSON.stringify({ shape, data: rows })}\n`);
  else for (const row of rows) io.out(`${row.map((value) => Number(value.toPrecision(9))).join(",")}\n`);
}
