import { FormatError } from "../../errors.js";
import { Budget } from "../bytes/budget.js";
import { ByteReader } from "../bytes/byte-reader.js";
import { type ElementType, elementKinds, isShape, readElements, sizeOf } from "../bytes/elements.js";
import { isZip, readZip } from "../bytes/zip.js";
import { listSafetensors } from "../safetensors-file.js";
import { type Callable, type Global, Opaque, type PickleOptions, readPickle } from "./pickle.js";

/** A tensor of a state dict, read when it is needed. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Whether it holds floats; counters do not. */
  readonly isFloat: boolean;
  read(): Float32Array;
}

export type StateDict = ReadonlyMap<string, StoredTensor>;

const FORMAT = "PyTorch";
/** The pickle of torch's magic number, 0x1950a86a20f9469cfc6c, with which files before 1.6 begin. */
const LEGACY_MAGIC = "80028a0a6cfc9c46f9206aa850192e";

const storageTypes: Readonly<Record<string, ElementType>> = {
  DoubleStorage: "float64",
  FloatStorage: "float32",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  LongStorage: "int64",
  IntStorage: "int32",
  ShortStorage: "int16",
  CharStorage: "int8",
  ByteStorage: "uint8",
  BoolStorage: "bool",
};

interface StorageType {
  readonly storage: ElementType;
}

interface Storage {
  readonly key: string;
  readonly type: ElementType;
  readonly count: number;
}

class TensorOf implements StoredTensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    readonly bytesOf: (storage: Storage) => { bytes: Uint8Array; littleEndian: boolean },
    readonly budget: Budget,
  ) {}

  get isFloat(): boolean {
    return elementKinds[this.storage.type].isFloat;
  }

  read(): Float32Array {
    const { storage, shape, strides, offset } = this;
    const { bytes, littleEndian } = this.bytesOf(storage);
    const width = elementKinds[storage.type].bytes;
    const size = sizeOf(shape);
    this.budget.spend(size * 4, `a tensor [${shape.join(", ")}]`);
    const isDense = strides.every(
      (stride, axis) => shape[axis] === 1 || stride === sizeOf(shape.slice(axis + 1)),
    );
    const flat = (count: number, from: number): Float32Array =>
      Float32Array.from(
        readElements(
          bytes.subarray(from * width, (from + count) * width),
          storage.type,
          [count],
          () => `${FORMAT}: a tensor`,
          littleEndian,
        ),
      );
    if (isDense) return flat(size, offset);
    const whole = flat(storage.count, 0);
    const values = new Float32Array(size);
    const index = shape.map(() => 0);
    for (let i = 0; i < size; i++) {
      let at = offset;
      for (let axis = 0; axis < shape.length; axis++) at += index[axis]! * strides[axis]!;
      values[i] = whole[at]!;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        index[axis]! += 1;
        if (index[axis]! < shape[axis]!) break;
        index[axis] = 0;
      }
    }
    return values;
  }
}

const refuse = (what: string): never => {
  throw new FormatError(`${FORMAT}: ${what}. The file is damaged.`);
};

/** What of Python's and PyTorch's a state dict is made of; nothing else is read. */
class Reading {
  readonly storages = new Map<string, Storage>();
  readonly options: PickleOptions = {
    resolve: (global) => this.#resolve(global),
    persistent: (id) => this.#persistent(id),
  };

  constructor(
    readonly bytesOf: (storage: Storage) => { bytes: Uint8Array; littleEndian: boolean },
    readonly budget: Budget,
  ) {}

  #resolve({ module, name }: Global): unknown {
    const path = `${module}.${name}`;
    if (path === "collections.OrderedDict" || path === "collections.defaultdict") {
      return ((args) => {
        const [items] = args;
        const pairs = Array.isArray(items)
          ? items.filter((pair) => Array.isArray(pair) && pair.length === 2)
          : [];
        return new Map(pairs as [unknown, unknown][]);
      }) satisfies Callable;
    }
    if (path === "torch._utils._rebuild_tensor_v2" || path === "torch._utils._rebuild_tensor") {
      return ((args) => this.#tensor(args)) satisfies Callable;
    }
    if (path === "torch._utils._rebuild_parameter") {
      return (([data]) =>
        data instanceof TensorOf ? data : refuse("a parameter without data")) satisfies Callable;
    }
    const storage = module === "torch" || module === "torch.cuda" ? storageTypes[name] : undefined;
    if (storage !== undefined) return { storage } satisfies StorageType;
    if (path === "torch.Size") return (([extents]) => extents) satisfies Callable;
    // Beside the weights of a checkpoint stand numbers that are not needed; making them runs nothing here.
    if (/^torch\.(device|dtype|float\d+|bfloat16|int\d+)$/.test(path)) return new Opaque(path);
    if (/^numpy(\._?core)?\.(_?multiarray\.)?(scalar|dtype|_reconstruct|ndarray)$/.test(path))
      return new Opaque(path);
    if (/^numpy\._?core\.(multiarray|numeric)\.(scalar|_reconstruct|_frombuffer)$/.test(path))
      return new Opaque(path);
    if (/^numpy\.dtypes\.\w+$/.test(path) || path === "_codecs.encode") return new Opaque(path);
    return undefined;
  }

  #persistent(id: unknown): Storage {
    if (!Array.isArray(id) || id[0] !== "storage")
      return refuse("a reference to something that is no storage");
    const [, type, key, , count] = id as unknown[];
    const element = (type as StorageType | null)?.storage;
    const known = typeof key === "string" || typeof key === "number";
    if (element === undefined || !known || !Number.isSafeInteger(count) || (count as number) < 0) {
      return refuse("a storage without type, key or size");
    }
    const name = String(key);
    const storage = { key: name, type: element, count: count as number };
    const before = this.storages.get(name);
    if (before !== undefined && (before.type !== element || before.count !== count)) {
      return refuse(`storage ${name} has two sizes`);
    }
    this.storages.set(name, storage);
    return storage;
  }

  #tensor(args: readonly unknown[]): TensorOf {
    const [storage, offset, shape, strides] = args as [Storage, number, unknown, unknown];
    const isStorage = typeof storage === "object" && storage !== null && "count" in storage;
    if (!isStorage || !isShape(shape) || !Array.isArray(strides) || strides.length !== shape.length) {
      return refuse("a tensor without storage, shape or strides");
    }
    const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
    const last = shape.reduce((sum, extent, axis) => sum + (extent - 1) * (strides[axis] as number), offset);
    const isEmpty = sizeOf(shape) === 0;
    if (!whole(offset) || !strides.every(whole) || (!isEmpty && last >= storage.count)) {
      return refuse(`a tensor [${shape.join(", ")}] reaches beyond its storage of ${storage.count}`);
    }
    return new TensorOf(storage, offset, shape, strides as number[], this.bytesOf, this.budget);
  }
}

async function readZipFile(bytes: Uint8Array): Promise<unknown> {
  const members = await readZip(FORMAT, bytes);
  const names = [...members.keys()];
  const pickle = names.find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) return refuse("the zip holds no data.pkl; it is none of torch.save's");
  const folder = pickle.slice(0, -"data.pkl".length);
  if (names.some((name) => name.startsWith(`${folder}code/`) || name === `${folder}constants.pkl`)) {
    throw new FormatError(
      `${FORMAT}: the file is TorchScript, which holds code. Save plain weights: torch.save(model.state_dict(), path).`,
    );
  }
  const order = members.get(`${folder}byteorder`);
  const littleEndian = order === undefined || new TextDecoder().decode(order).trim() !== "big";
  const reading = new Reading((storage) => {
    const content =
      members.get(`${folder}data/${storage.key}`) ?? refuse(`storage ${storage.key} is missing`);
    const expected = storage.count * elementKinds[storage.type].bytes;
    if (content.length < expected)
      refuse(`storage ${storage.key} has ${content.length} of ${expected} bytes`);
    return { bytes: content.subarray(0, expected), littleEndian };
  }, new Budget(FORMAT, bytes.length));
  return readPickle(new ByteReader(FORMAT, members.get(pickle)!), reading.options);
}

/** Before PyTorch 1.6: magic number, version, system, object and list of keys as five pickles, then the storages. */
function readLegacyFile(bytes: Uint8Array): unknown {
  const reader = new ByteReader(FORMAT, bytes);
  const places = new Map<string, Uint8Array>();
  let littleEndian = true;
  const reading = new Reading((storage) => {
    const content = places.get(storage.key) ?? refuse(`storage ${storage.key} is missing`);
    return { bytes: content, littleEndian };
  }, new Budget(FORMAT, bytes.length));
  const [, version, system, root, keys] = [0, 1, 2, 3, 4].map(() => readPickle(reader, reading.options));
  if (version !== 1001) refuse(`version ${String(version)} is not known`);
  if (system instanceof Map && system.get("little_endian") === false) littleEndian = false;
  if (!Array.isArray(keys)) return refuse("the list of storages is missing");
  for (const key of keys.map(String)) {
    const storage = reading.storages.get(key) ?? refuse(`storage ${key} belongs to nothing`);
    const count = reader.u64(littleEndian);
    if (count !== storage.count)
      refuse(`storage ${key} has ${count} elements where ${storage.count} are named`);
    places.set(key, reader.take(count * elementKinds[storage.type].bytes));
  }
  return root;
}

const usualNames = ["model_state_dict", "state_dict", "model", "net", "model_state", "weights", "params"];

/** The dictionaries of tensors in what was saved, by their place: a checkpoint holds one among other things. */
function findDicts(root: unknown): Map<string, Map<string, TensorOf>> {
  const found = new Map<string, Map<string, TensorOf>>();
  const visit = (value: unknown, path: string, depth: number): void => {
    if (!(value instanceof Map) || depth > 3 || found.size > 100) return;
    const tensors = [...value].filter(
      (entry): entry is [string, TensorOf] => typeof entry[0] === "string" && entry[1] instanceof TensorOf,
    );
    if (tensors.length > 0) {
      found.set(path, new Map(tensors));
      return;
    }
    for (const [key, inner] of value)
      if (typeof key === "string") visit(inner, path === "" ? key : `${path}.${key}`, depth + 1);
  };
  visit(root, "", 0);
  return found;
}

function dictOf(root: unknown): StateDict {
  const found = findDicts(root);
  const best = usualNames.find((name) => found.has(name)) ?? [...found.keys()][0];
  const others = [...found.keys()].filter((name) => name !== best && !/optim/i.test(name));
  if (best === undefined) {
    throw new FormatError(
      `${FORMAT}: the file holds no dictionary of tensors by name. Save one: torch.save(model.state_dict(), path).`,
    );
  }
  if (others.length > 0 && !usualNames.includes(best)) {
    throw new FormatError(
      `${FORMAT}: the file holds several dictionaries of tensors: ${[best, ...others].join(", ")}. Save the one that is meant by itself.`,
    );
  }
  return found.get(best)!;
}

/** Whether these are the first bytes of a file PyTorch wrote before it wrote zips. */
export function isLegacyTorch(bytes: Uint8Array): boolean {
  const head = [...bytes.subarray(0, LEGACY_MAGIC.length / 2)].map((byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return head.join("") === LEGACY_MAGIC;
}

/**
 * The tensors of a state dict: a `.pt` or `.pth`, zip or older, or safetensors.
 * @throws FormatError for a damaged file, and for whatever would have to be run, by its name in Python.
 */
export async function readStateDict(bytes: Uint8Array): Promise<StateDict> {
  if (isZip(bytes)) return dictOf(await readZipFile(bytes));
  if (isLegacyTorch(bytes)) return dictOf(readLegacyFile(bytes));
  if (bytes[0] === 0x80) {
    throw new FormatError(
      `${FORMAT}: the file is a pickle that torch.save did not write. Save plain weights: torch.save(model.state_dict(), path).`,
    );
  }
  return new Map(listSafetensors(bytes).tensors.map(({ name, ...tensor }) => [name, tensor]));
}
