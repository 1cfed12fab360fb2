import { FormatError } from "../../errors.js";
import type { NamedTensor } from "../../tensor.js";
import { writeZip } from "../bytes/zip.js";
import type { LayerSnapshot, ModelSnapshot } from "../description/snapshot.js";
import { folderOf, keras3 } from "./dialect.js";
import { type NewDataset, type NewGroup, writeHdf5 } from "./hdf5-writer.js";
import { layerOfKind } from "./layer-table.js";
import { writeCompile } from "./write-compile.js";
import { asObject, writeLayer } from "./write-layer.js";

const WHERE = "toKeras()";
/** The Keras whose layout is written. */
const VERSION = "3.10.0";

const dataset = ({ shape, data }: NamedTensor): NewDataset => ({ shape, data });

const vars = (weights: readonly NamedTensor[]): NewGroup => ({
  children: {
    vars: { children: Object.fromEntries(weights.map((weight, i) => [String(i), dataset(weight)])) },
  },
});

/** A layer's group: weights in `vars`, or in those of the cells and the layer inside. */
function groupOf({ kind, name, weights }: LayerSnapshot): NewGroup {
  const folders = layerOfKind(kind)?.folders;
  if (folders === undefined || weights.length === 0) return vars(weights);
  if (kind === "multiHeadAttention" && weights.length % 4 !== 0) {
    throw new FormatError(`${WHERE}: \`${name}\` has weights Keras has no place for.`);
  }
  const each = weights.length / folders.length;
  const children: Record<string, NewGroup> = { vars: { children: {} } };
  for (const [i, folder] of folders.entries()) {
    const own = vars(weights.slice(i * each, (i + 1) * each));
    const [outer, inner] = folder.split("/") as [string, string?];
    children[outer] = inner === undefined ? own : { children: { [inner]: own, vars: { children: {} } } };
  }
  return { children };
}

function weightsFile(model: ModelSnapshot): Uint8Array {
  const counts = new Map<string, number>();
  const layers: Record<string, NewGroup> = { input_layer: vars([]) };
  for (const layer of model.layers) {
    const folder = folderOf(layerOfKind(layer.kind)!.className);
    const count = counts.get(folder) ?? 0;
    counts.set(folder, count + 1);
    layers[count === 0 ? folder : `${folder}_${count}`] = groupOf(layer);
  }
  return writeHdf5({ children: { layers: { children: layers }, vars: { children: {} } } });
}

/** A model as a `.keras` archive; see `toKeras` in formats/index.ts. */
export async function writeKeras(
  model: ModelSnapshot,
): Promise<{ bytes: Uint8Array; unsaid: readonly string[] }> {
  const dialect = keras3(WHERE);
  const batchShape = [model.batchSize ?? null, ...model.inputShape];
  const dtype = asObject("DTypePolicy", { name: "float32" }, "keras");
  const layers = model.layers.map((layer) => {
    const { className, config } = writeLayer(WHERE, dialect, layer);
    return {
      ...asObject(className, { ...config, dtype }),
      build_config: { input_shape: [model.batchSize ?? null, ...layer.inputShape] },
    };
  });
  const input = asObject("InputLayer", {
    batch_shape: batchShape,
    dtype: model.takesIndices ? "int32" : "float32",
    sparse: false,
    name: "input_layer",
  });
  const { config: compileConfig, unsaid } = writeCompile(model.compile);
  const config = {
    ...asObject(
      "Sequential",
      { name: model.name, trainable: true, dtype, layers: [input, ...layers], build_input_shape: batchShape },
      "keras",
    ),
    build_config: { input_shape: batchShape },
    ...(compileConfig === null ? {} : { compile_config: compileConfig }),
  };
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const bytes = await writeZip({
    // A fixed date: the same model gives the same bytes.
    "metadata.json": text({ keras_version: VERSION, date_saved: "1980-01-01@00:00:00" }),
    "config.json": text(config),
    "model.weights.h5": weightsFile(model),
  });
  return { bytes, unsaid };
}
