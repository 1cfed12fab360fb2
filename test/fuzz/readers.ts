import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
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
  forecaster,
  fromKeras,
  fromLayersModel,
  fromOnnx,
  fromSafetensors,
  fromTorch,
  model as graph,
  gru,
  input,
  loadForecaster,
  lstm,
  type Model,
  readNpy,
  readNpz,
  readTableBytes,
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
import { readWordVectors } from "../../src/node/word-vectors.js";
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

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const DAYS = Array.from({ length: 24 }, (_, i) => `2024-01-${String(i + 1).padStart(2, "0")}`);

/** Tables as people write them: English, German, one series a row, several below each other, quoted, with gaps and marks. */
const csvFiles: readonly Uint8Array[] = [
  `date,value,other\n${DAYS.map((day, i) => `${day},${i / 3},${i * 1e5}`).join("\n")}\n`,
  `Datum;Wert\r\n${DAYS.map((_, i) => `${i + 1}.02.2023;"1.${100 + i},${i}"`).join("\r\n")}`,
  `name,2019,2020,2021,2022\na,1,2,3,4\nb,5,,7,8\n"c, d",9,10,11,n/a\n`,
  `id\twhen\tv\n${DAYS.map((day, i) => `${"xy"[i % 2]}\t${day} 12:00\t${i}%`).join("\n")}`,
  `# said by\n"a ""b""","line\nbreak"\n1,2\n,4\n5,NA\n`,
].map(utf8);

const jsonLines = utf8(DAYS.map((date, i) => JSON.stringify({ date, v: i / 7, w: null })).join("\n"));

const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: "when", data: DAYS.map((day) => new Date(day)), type: "TIMESTAMP" },
      { name: "name", data: DAYS.map((_, i) => `n${i % 5}`), type: "STRING" },
      { name: "v", data: DAYS.map((_, i) => (i % 4 === 0 ? null : i / 3)), type: "DOUBLE" },
      { name: "w", data: DAYS.map((_, i) => i % 3), type: "INT32" },
    ],
  }),
);

/** The reader takes paths alone. */
async function wordVectors(bytes: Uint8Array): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gateflow-words-"));
  try {
    writeFileSync(join(folder, "words.txt"), bytes);
    await readWordVectors(join(folder, "words.txt"));
  } finally {
    rmSync(folder, { recursive: true });
  }
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
  const small = await forecaster({ epochs: 1, units: 2, seed: 1 }).fit(
    Array.from({ length: 60 }, (_, t) => Math.sin(t / 3) + t / 50),
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
    { name: "csv", files: csvFiles, read: (bytes) => readTableBytes("t.csv", bytes) },
    { name: "json lines", files: [jsonLines], read: (bytes) => readTableBytes("t.jsonl", bytes) },
    {
      name: "parquet",
      files: [parquet],
      read: (bytes) => readTableBytes("t.parquet", bytes, { columns: ["v", "w"] }),
    },
    { name: "forecaster", files: [await small.save()], read: (bytes) => loadForecaster(bytes) },
    { name: "words", files: [utf8("2 3\nthe 0.1 -2e-3 3\nof 1 2 3\n")], read: wordVectors },
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

/** Longest a reader may compute for a file of a few kilobytes, in milliseconds of the processor: a busy machine's clock says nothing. */
export const PATIENCE = 3000;

/** What is wrong with how a reader took a file; undefined: it gave a model, or said what it could not read. */
export async function faultOf(reader: FuzzedReader, seed: number): Promise<string | undefined> {
  const bytes = fuzzedFile(reader, seed);
  const before = process.cpuUsage();
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
  const { user, system } = process.cpuUsage(before);
  const spent = (user + system) / 1000;
  return spent > PATIENCE ? `took ${Math.round(spent)} ms` : undefined;
}
