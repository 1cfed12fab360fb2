import { readFileSync } from "node:fs";
import { GateflowError } from "../../src/errors.js";
import { writeZip } from "../../src/formats/bytes/zip.js";
import { writeHdf5 } from "../../src/formats/keras/hdf5-writer.js";
import {
  adam,
  bidirectional,
  concatenate,
  conv1d,
  dense,
  embedding,
  fromKeras,
  fromLayersModel,
  fromOnnx,
  fromSafetensors,
  fromTorch,
  model as graph,
  gru,
  input,
  lstm,
  type Model,
  readNpy,
  readNpz,
  type SymbolicTensor,
  sequential,
  tensor,
  toKeras,
  toLayersModel,
  toOnnx,
  toSafetensors,
  toTorch,
  writeNpy,
  writeNpz,
} from "../../src/index.js";
import { createRandom, type Random } from "../../src/random.js";
import { loopedCell, onnxFile } from "../src/formats/onnx/hand-made.js";

/** A reader, and files it reads. */
export interface FuzzedReader {
  readonly name: string;
  readonly files: readonly Uint8Array[];
  /** Made with a limit on what it may cost: nothing of it is kept. */
  readonly read: (bytes: Uint8Array) => unknown;
}

const golden = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../golden/formats/${name}`, import.meta.url)));

function chain(): Model {
  const made = sequential(
    [
      embedding({ inputDim: 7, outputDim: 3, inputShape: [4] }),
      conv1d({ filters: 3, kernelSize: 2 }),
      bidirectional(gru({ units: 2, returnSequences: true })),
      lstm({ units: 2 }),
      dense({ units: 1, activation: "tanh" }),
    ],
    { seed: 1 },
  );
  made.compile({ optimizer: adam(), loss: "mse", metrics: ["mae"] });
  return made;
}

function branching(): Model {
  const [a, b] = [input({ shape: [4, 2], name: "a" }), input({ shape: [2], name: "b" })];
  const [y, h, c] = lstm({ units: 2, returnState: true, returnSequences: true }).apply<SymbolicTensor[]>(a);
  const again = lstm({ units: 2 }).apply(y!, { initialState: [h!, c!] });
  return graph({
    inputs: [a, b],
    outputs: dense({ units: 1 }).apply(concatenate().apply([again, b])),
    seed: 1,
  });
}

/** The artifacts of TensorFlow.js as one run of bytes: the length of their JSON, the JSON, the weights. */
function packed(artifacts: Awaited<ReturnType<typeof toLayersModel>>): Uint8Array {
  const { weightData, ...rest } = artifacts;
  const json = new TextEncoder().encode(JSON.stringify(rest));
  const bytes = new Uint8Array(4 + json.length + weightData.byteLength);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  bytes.set(new Uint8Array(weightData), 4 + json.length);
  return bytes;
}

function readPacked(bytes: Uint8Array): unknown {
  const length = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch {
    // What is no JSON is not the reader's to judge here.
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  return fromLayersModel({ modelTopology: undefined, ...json, weightData: bytes.slice(4 + length) });
}

/** All readers, with files by our writers and by the tools themselves. */
export async function fuzzedReaders(): Promise<readonly FuzzedReader[]> {
  const [line, tree] = [chain(), branching()];
  const simple = sequential([lstm({ units: 2, inputShape: [3, 2] }), dense({ units: 1 })], { seed: 1 });
  const hdf5 = writeHdf5({
    attributes: {
      keras_version: "2.9.0",
      model_config: JSON.stringify({
        class_name: "Sequential",
        config: {
          name: "s",
          layers: [{ class_name: "Dense", config: { name: "d", units: 1, batch_input_shape: [null, 2] } }],
        },
      }),
    },
    children: {
      model_weights: {
        attributes: { layer_names: ["d"] },
        children: {
          d: {
            attributes: { weight_names: ["d/kernel:0", "d/bias:0"] },
            children: {
              "d/kernel:0": { shape: [2, 1], data: Float32Array.of(1, 2) },
              "d/bias:0": { shape: [1], data: Float32Array.of(3) },
            },
          },
        },
      },
    },
  });
  const array = writeNpy(
    tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  return [
    {
      name: "keras",
      files: [await toKeras(line), await toKeras(tree), hdf5],
      read: (bytes) => fromKeras(bytes),
    },
    {
      name: "keras-json",
      files: [
        text({
          class_name: "Sequential",
          config: { layers: [{ class_name: "LSTM", config: { units: 2, batch_input_shape: [null, 3, 2] } }] },
        }),
      ],
      read: (bytes) => fromKeras(bytes),
    },
    {
      name: "tfjs",
      files: [packed(await toLayersModel(simple)), packed(await toLayersModel(tree))],
      read: readPacked,
    },
    {
      name: "onnx",
      files: [await toOnnx(line), await toOnnx(tree), golden("onnx-lstm-last.onnx"), onnxFile(loopedCell)],
      read: (bytes) => fromOnnx(bytes),
    },
    { name: "torch", files: [await toTorch(simple)], read: (bytes) => fromTorch(bytes) },
    {
      name: "safetensors",
      files: [toSafetensors(line), toSafetensors(tree)],
      read: (bytes) => fromSafetensors(bytes),
    },
    { name: "npy", files: [array], read: (bytes) => readNpy(bytes) },
    {
      name: "npz",
      files: [await writeNpz({ x: [[1, 2]], y: [3] }), await writeZip({ "x.npy": array })],
      read: (bytes) => readNpz(bytes),
    },
  ];
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)]!;

/** A file with one to four changes: bits, bytes, counts, pieces cut out, doubled or swapped. */
export function mutate(file: Uint8Array, random: Random): Uint8Array {
  let bytes = file.slice();
  const changes = 1 + random.integer(4);
  for (let i = 0; i < changes && bytes.length > 0; i++) {
    const at = random.integer(bytes.length);
    const kind = random.integer(8);
    if (kind === 0) bytes[at]! ^= 1 << random.integer(8);
    else if (kind === 1) bytes[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff, 0x30, 0x39, 0x22, 0x7b, 0x5d]);
    else if (kind === 2) bytes[at] = random.integer(256);
    else if (kind === 3 && at + 4 <= bytes.length) {
      const value = pick(random, [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, bytes.length]);
      new DataView(bytes.buffer).setUint32(at, value, random.integer(2) === 0);
    } else if (kind === 4 && at + 8 <= bytes.length) {
      const value = pick(random, [0n, 1n, 0x7fffffffffffffffn, 0xffffffffffffffffn, 1n << 32n, 1n << 53n]);
      new DataView(bytes.buffer).setBigUint64(at, value, true);
    } else if (kind === 5) bytes = bytes.slice(0, at);
    else {
      const size = 1 + random.integer(Math.min(64, bytes.length));
      const piece = bytes.slice(at, at + size);
      const to = random.integer(bytes.length);
      const cut = kind === 6 ? 0 : piece.length;
      const made = new Uint8Array(bytes.length - Math.min(cut, bytes.length - to) + piece.length);
      made.set(bytes.subarray(0, to));
      made.set(piece, to);
      made.set(bytes.subarray(Math.min(bytes.length, to + cut)), to + piece.length);
      bytes = made;
    }
  }
  return bytes;
}

/** The file a seed stands for, of a reader. */
export function fuzzedFile({ files }: FuzzedReader, seed: number): Uint8Array {
  const random = createRandom(seed);
  return mutate(pick(random, files), random);
}

/** Longest a reader may take for a file of a few kilobytes, in milliseconds. */
export const PATIENCE = 3000;

/** What is wrong with how a reader took a file; undefined: it gave a model, or said what it could not read. */
export async function faultOf(reader: FuzzedReader, seed: number): Promise<string | undefined> {
  const bytes = fuzzedFile(reader, seed);
  const begin = performance.now();
  const { warn } = console;
  console.warn = () => {};
  try {
    const made = (await reader.read(bytes)) as Partial<Model> | undefined;
    made?.dispose?.();
  } catch (error) {
    if (!(error instanceof GateflowError)) return `${(error as Error)?.name}: ${(error as Error)?.message}`;
  } finally {
    console.warn = warn;
  }
  const spent = performance.now() - begin;
  return spent > PATIENCE ? `took ${Math.round(spent)} ms` : undefined;
}
