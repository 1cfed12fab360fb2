/**
 * Reads model files that others wrote and compares what they predict with a file of references:
 * `npx tsx bench/formats/foreign.ts <folder>`. The folder holds `references.json`: for each model its files, its inputs
 * (a generator, no data), its outputs, and the tolerance.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as gateflow from "../../src/index.js";

interface Reference {
  readonly files: readonly string[];
  readonly inputs: Readonly<Record<string, { shape: readonly number[]; generator: string; vocab?: number }>>;
  readonly outputs: Readonly<Record<string, { shape: readonly number[]; values: readonly number[] }>>;
  readonly tolerance: number;
  readonly stored?: boolean;
}

const [folder] = process.argv.slice(2);
if (folder === undefined)
  throw new Error("usage: npx tsx bench/formats/foreign.ts <folder with references.json>");

function makeInput({ shape, generator, vocab }: Reference["inputs"][string]): gateflow.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(size);
  if (generator === "float") for (let k = 0; k < size; k++) data[k] = 0.5 + 0.45 * Math.sin(0.7 * k + 0.3);
  else if (generator === "int") for (let k = 0; k < size; k++) data[k] = (k * 7 + 3) % (vocab ?? 1);
  else {
    const [batch, steps, classes] = shape as [number, number, number];
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < steps; t++)
        data[(b * steps + t) * classes + (((b * steps + t) * 7 + 3) % classes)] = 1;
  }
  return { shape, data };
}

async function load(files: readonly string[], prefix: string): Promise<gateflow.Sequential> {
  const bytes = await Promise.all(files.map((file) => readFile(join(folder!, file))));
  const [first] = files as [string];
  if (/\.(pt|pth)$/.test(first)) return gateflow.fromTorch(bytes[0]!, prefix === "" ? {} : { prefix });
  if (/\.(keras|h5|hdf5)$/.test(first)) return gateflow.fromKeras(bytes[0]!);
  if (/\.onnx$/.test(first)) return gateflow.fromOnnx(bytes[0]!);
  const json = JSON.parse(bytes[0]!.toString("utf8"));
  const weightData = Buffer.concat(bytes.slice(1));
  return gateflow.fromLayersModel({
    ...json,
    weightSpecs: json.weightsManifest.flatMap((group: { weights: unknown[] }) => group.weights),
    weightData: weightData.buffer.slice(weightData.byteOffset, weightData.byteOffset + weightData.length),
  });
}

const references = JSON.parse(await readFile(join(folder, "references.json"), "utf8")) as {
  models: Record<string, Reference>;
};
for (const [name, { files, inputs, outputs, tolerance }] of Object.entries(references.models)) {
  if (Object.keys(inputs).length === 0) continue;
  for (const [key, input] of Object.entries(inputs)) {
    try {
      const started = performance.now();
      const model = await load(files, key === "*" ? "" : key);
      const milliseconds = performance.now() - started;
      const expected = outputs[key] ?? Object.values(outputs)[0]!;
      const { shape, data } = await model.predict(makeInput(input));
      let worst = 0;
      expected.values.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(data[i]! - value) / (1 + Math.abs(value)));
      });
      const agrees = worst <= tolerance && shape.join() === expected.shape.join();
      console.log(
        `${agrees ? "agrees " : "DIFFERS"} ${name} ${key} [${shape.join(", ")}] ${worst.toExponential(1)}, read in ${milliseconds.toFixed(0)} ms`,
      );
    } catch (error) {
      console.log(`REFUSED ${name} ${key}: ${(error as Error).message}`);
    }
  }
}
