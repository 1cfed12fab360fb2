import { FormatError } from "../../errors.js";
import type { NamedTensor } from "../../tensor.js";
import { sizeOf } from "../bytes/elements.js";
import { writeZip } from "../bytes/zip.js";
import type { LayerSnapshot, ModelSnapshot } from "../description/snapshot.js";
import { OrderedDict, PersistentId, PythonCall, PythonName, writePickle } from "./pickle-writer.js";
import { exchangeGates, reversedAxes, transposed } from "./recurrent-weights.js";

interface TorchTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type Cell = Pick<LayerSnapshot, "kind" | "name" | "config">;

function refuse({ name, kind }: Cell, what: string): never {
  throw new FormatError(`toTorch(): \`${name}\` (${kind}) ${what}.`, { received: kind });
}

const floats = ({ data }: NamedTensor): Float32Array => Float32Array.from(data);

const named = (name: string, tensor: NamedTensor): TorchTensor => ({
  name,
  shape: tensor.shape,
  data: floats(tensor),
});

/** A kernel with its axes as PyTorch has them. */
function turned(
  name: string,
  tensor: NamedTensor,
  reorder = (data: Float32Array): Float32Array => data,
): TorchTensor {
  const [rows, columns] = tensor.shape as [number, number];
  const data = reorder(floats(tensor));
  const isMatrix = tensor.shape.length === 2;
  return {
    name,
    shape: [...tensor.shape].reverse(),
    data: isMatrix ? transposed(data, rows, columns) : reversedAxes(data, tensor.shape),
  };
}

/** @throws FormatError for what nn.LSTM, nn.GRU and nn.RNN do not compute. */
function checkCell(cell: Cell): void {
  const { kind, config } = cell;
  const { activation = "tanh", recurrentActivation = "sigmoid" } = config;
  if (recurrentActivation !== "sigmoid") {
    refuse(
      cell,
      `has the recurrentActivation \`${String(recurrentActivation)}\`; PyTorch's gates are sigmoid`,
    );
  }
  const allowed = kind === "simpleRNN" ? ["tanh", "relu"] : ["tanh"];
  if (!allowed.includes(activation as string)) {
    refuse(cell, `has the activation \`${String(activation)}\`; PyTorch has ${allowed.join(" or ")}`);
  }
  if (config.resetAfter === false) refuse(cell, "has resetAfter: false, which PyTorch has not");
  if (config.peepholes === true) refuse(cell, "has peepholes, which PyTorch has not");
  if (config.goBackwards === true) refuse(cell, "has goBackwards: true, which PyTorch has not");
}

function cellTensors(
  cell: Cell,
  weights: readonly NamedTensor[],
  path: string,
  suffix: string,
): TorchTensor[] {
  checkCell(cell);
  const units = cell.config.units as number;
  const isGru = cell.kind === "gru";
  const ordered = (data: Float32Array): Float32Array => (isGru ? exchangeGates(data, units) : data);
  const find = (key: string): NamedTensor | undefined =>
    weights.find(({ name }) => name === key || name.endsWith(`/${key}`));
  const kernel = find("kernel")!;
  const tensors = [
    turned(`${path}weight_ih${suffix}`, kernel, ordered),
    turned(`${path}weight_hh${suffix}`, find("recurrent_kernel")!, ordered),
  ];
  const bias = find("bias");
  if (bias !== undefined) {
    const gates = kernel.shape[1]!;
    const both = ordered(floats(bias));
    // Keras has one bias, PyTorch two that are added; only a GRU's are not the same.
    const state = isGru ? both.slice(gates) : new Float32Array(gates);
    tensors.push({ name: `${path}bias_ih${suffix}`, shape: [gates], data: both.slice(0, gates) });
    tensors.push({ name: `${path}bias_hh${suffix}`, shape: [gates], data: state });
  }
  const projection = find("projection_kernel");
  if (projection !== undefined) tensors.push(turned(`${path}weight_hr${suffix}`, projection));
  return tensors;
}

type Writer = (layer: LayerSnapshot, path: string) => TorchTensor[];

const recurrent: Writer = (layer, path) => cellTensors(layer, layer.weights, path, "_l0");

const withKernel: Writer = ({ weights: [kernel, bias] }, path) => [
  turned(`${path}weight`, kernel!),
  ...(bias === undefined ? [] : [named(`${path}bias`, bias)]),
];

/** A normalization's scale or shift that is left out is 1 or 0: PyTorch has both or none. */
const scaleAndShift: Writer = ({ weights, outputShape }, path) => {
  const width = outputShape.at(-1)!;
  const own = (key: string, name: string, otherwise: number): TorchTensor => {
    const weight = weights.find((candidate) => candidate.name === key);
    const data = weight === undefined ? new Float32Array(width).fill(otherwise) : floats(weight);
    return { name: `${path}${name}`, shape: [width], data };
  };
  return [own("gamma", "weight", 1), own("beta", "bias", 0)];
};

/** How the weights of each kind of layer are called in PyTorch. */
const writers: Readonly<Record<string, Writer>> = {
  lstm: recurrent,
  gru: recurrent,
  simpleRNN: recurrent,
  bidirectional({ name, config, weights }, path) {
    const inner = config.layer as { kind: string; config: Record<string, unknown> };
    const cell = { ...inner, name };
    const half = weights.length / 2;
    return [
      ...cellTensors(cell, weights.slice(0, half), path, "_l0"),
      ...cellTensors(cell, weights.slice(half), path, "_l0_reverse"),
    ];
  },
  dense: withKernel,
  conv1d: withKernel,
  embedding: ({ weights: [table] }, path) => [named(`${path}weight`, table!)],
  layerNormalization: scaleAndShift,
  batchNormalization: (layer, path) => [
    ...scaleAndShift(layer, path),
    ...layer.weights
      .filter(({ name }) => name.startsWith("moving_"))
      .map((weight) => named(`${path}running_${weight.name === "moving_mean" ? "mean" : "var"}`, weight)),
  ],
  timeDistributed(layer, path) {
    const inner = layer.config.layer as { kind: string; config: Record<string, unknown> };
    return tensorsOf({ ...layer, ...inner }, path);
  },
};

function tensorsOf(layer: LayerSnapshot, path: string): TorchTensor[] {
  if (layer.weights.length === 0) return [];
  const write = Object.hasOwn(writers, layer.kind) ? writers[layer.kind] : undefined;
  return write === undefined ? refuse(layer, "has weights PyTorch has no name for") : write(layer, path);
}

const rebuild = new PythonName("torch._utils", "_rebuild_tensor_v2");
const floatStorage = new PythonName("torch", "FloatStorage");

function tensorPickle({ shape, data }: TorchTensor, key: number): PythonCall {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const storage = new PersistentId(["storage", floatStorage, String(key), "cpu", data.length]);
  return new PythonCall(rebuild, [storage, 0, shape, strides, false, new OrderedDict([])]);
}

/** A state dict as torch.save writes it; see `toTorch` in formats/index.ts. */
export async function writeTorch(model: ModelSnapshot): Promise<Uint8Array> {
  if (model.graph !== undefined) {
    throw new FormatError(
      "toTorch(): a state dict holds weights and no connections, so a model that is a graph could not be made of it. Take toOnnx, which PyTorch's tools read, or a chain made by sequential().",
    );
  }
  const tensors = model.layers.flatMap((layer) => tensorsOf(layer, `${layer.name.replaceAll(".", "_")}.`));
  const entries = tensors.map((tensor, key): [string, PythonCall] => [
    tensor.name,
    tensorPickle(tensor, key),
  ]);
  const members: Record<string, Uint8Array> = {
    "archive/data.pkl": writePickle(new OrderedDict(entries)),
    "archive/byteorder": new TextEncoder().encode("little"),
  };
  for (const [key, { data }] of tensors.entries()) {
    const bytes = new Uint8Array(data.length * 4);
    const view = new DataView(bytes.buffer);
    data.forEach((value, i) => {
      view.setFloat32(i * 4, value, true);
    });
    members[`archive/data/${key}`] = bytes;
  }
  members["archive/version"] = new TextEncoder().encode("3\n");
  return writeZip(members);
}
