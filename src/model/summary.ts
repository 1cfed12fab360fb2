import type { Layer } from "../layers/layer.js";
import { describeShape } from "../tensor.js";

const grouped = (count: number): string => count.toLocaleString("en-US");

/** Keras's table: layer, output shape, number of weights. */
export function summarize(name: string, layers: readonly Layer[], batchSize: number | undefined): string {
  const head = ["Layer (type)", "Output shape", "Param #"] as const;
  const rows = layers.map((layer) => [
    `${layer.name} (${layer.kind})`,
    describeShape([batchSize ?? null, ...layer.outputShape!]),
    grouped(layer.countParams()),
  ]);
  const width = (column: number): number =>
    Math.max(head[column]!.length, ...rows.map((row) => row[column]!.length));
  const [first, second, third] = [width(0), width(1), width(2)];
  const line = (row: readonly string[]): string =>
    `${row[0]!.padEnd(first)}  ${row[1]!.padEnd(second)}  ${row[2]!.padStart(third)}`;
  const rule = "─".repeat(first + second + third + 4);
  const total = layers.reduce((sum, layer) => sum + layer.countParams(), 0);
  const kibi = total / 256;
  const trainable = layers
    .flatMap((layer) => (layer.trainable ? layer.variables : []))
    .reduce((sum, variable) => sum + (variable.trainable ? variable.size : 0), 0);
  return [
    `Model: ${name}`,
    rule,
    line(head),
    rule,
    ...rows.map(line),
    rule,
    `Total params: ${grouped(total)} (${kibi < 1024 ? `${kibi.toFixed(1)} K` : `${(kibi / 1024).toFixed(1)} M`}iB)`,
    `Trainable params: ${grouped(trainable)}`,
    `Non-trainable params: ${grouped(total - trainable)}`,
  ].join("\n");
}
