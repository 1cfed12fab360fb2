import { FormatError } from "../../errors.js";
import type { ByteReader } from "../bytes/byte-reader.js";

/** A class or a function a pickle names. Nothing is ever imported or called but what the reader's table knows. */
export interface Global {
  readonly module: string;
  readonly name: string;
}

/** Something a file holds that nobody here needs, such as a NumPy number beside the weights. */
export class Opaque {
  constructor(readonly what: string) {}
}

export type Callable = (args: readonly unknown[]) => unknown;

export interface PickleOptions {
  /** What a global stands for; undefined: it is refused by name. */
  readonly resolve: (global: Global) => unknown;
  /** What stands outside of the pickle: a storage. */
  readonly persistent: (id: unknown) => unknown;
}

const MARK = Symbol("mark");
const newline = 10;

/** Reads one pickle: lists and tuples as arrays, dictionaries as Maps, whole numbers beyond 2^53 as BigInt. */
class Machine {
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(
    readonly reader: ByteReader,
    readonly options: PickleOptions,
  ) {}

  run(): unknown {
    for (;;) {
      const at = this.reader.at;
      const code = this.reader.u8();
      if (code === 0x2e) return this.#pop();
      const step = opcodes[code];
      if (step === undefined) this.reader.refuse(`pickle opcode 0x${code.toString(16)} is not read`, at);
      step!(this, this.reader);
    }
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  #pop(): unknown {
    if (this.#stack.length === 0) this.reader.refuse("the pickle takes more than it has put");
    const value = this.#stack.pop();
    if (value === MARK) this.reader.refuse("the pickle has a mark where a value is needed");
    return value;
  }

  pop(): unknown {
    return this.#pop();
  }

  top(): unknown {
    const value = this.#stack.at(-1);
    if (value === undefined && this.#stack.length === 0) this.reader.refuse("the pickle is empty");
    return value;
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  /** Everything above the last mark, which is taken off too. */
  popMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) this.reader.refuse("the pickle lacks a mark");
    const values = this.#stack.splice(at);
    values.shift();
    return values;
  }

  popMany(count: number): unknown[] {
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) values.unshift(this.#pop());
    return values;
  }

  put(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.#memo.set(this.#memo.size, this.top());
  }

  get(index: number): void {
    if (!this.#memo.has(index)) this.reader.refuse(`the pickle knows no ${index}`);
    this.push(this.#memo.get(index));
  }

  append(values: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.reader.refuse("the pickle appends to what is no list");
    for (const value of values) (list as unknown[]).push(value);
  }

  setItems(values: readonly unknown[]): void {
    const target = this.top();
    if (target instanceof Opaque) return;
    if (!(target instanceof Map) || values.length % 2 !== 0) {
      this.reader.refuse("the pickle sets items of what is no dictionary");
    }
    for (let i = 0; i < values.length; i += 2)
      (target as Map<unknown, unknown>).set(values[i], values[i + 1]);
  }

  global(module: string, name: string): void {
    const value = this.options.resolve({ module, name });
    if (value === undefined) {
      throw new FormatError(
        `${this.reader.format}: the file holds \`${module}.${name}\`, which would have to be run to be read (at byte ${this.reader.at}). Save plain weights: torch.save(model.state_dict(), path).`,
        { received: `${module}.${name}` },
      );
    }
    this.push(value);
  }

  stackGlobal(): void {
    const [module, name] = this.popMany(2);
    if (typeof module !== "string" || typeof name !== "string") this.reader.refuse("a global without a name");
    this.global(module as string, name as string);
  }

  reduce(): void {
    const [callable, args] = this.popMany(2);
    if (callable instanceof Opaque) {
      this.push(callable);
      return;
    }
    if (typeof callable !== "function" || !Array.isArray(args))
      this.reader.refuse("the pickle calls no function");
    this.push((callable as Callable)(args as unknown[]));
  }

  /** State of an object: that of a dictionary or of what is not needed says nothing about weights. */
  build(): void {
    this.#pop();
    const target = this.top();
    if (target instanceof Map || target instanceof Opaque) return;
    this.reader.refuse("the pickle gives a state to what has none");
  }

  persistent(id: unknown): void {
    this.push(this.options.persistent(id));
  }
}

function line(reader: ByteReader): string {
  const end = reader.bytes.indexOf(newline, reader.at);
  if (end < 0) reader.refuse("a line of the pickle does not end");
  const text = reader.text(end - reader.at);
  reader.skip(1);
  return text;
}

function longOf(reader: ByteReader, count: number): number | bigint {
  if (count > 64) reader.refuse(`a whole number of ${count} bytes`);
  const bytes = reader.take(count);
  let value = 0n;
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (count > 0 && bytes[count - 1]! & 0x80) value -= 1n << BigInt(8 * count);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function decimal(reader: ByteReader): number {
  const text = line(reader).replace(/L$/, "");
  const value = Number(text);
  if (text.trim() === "" || text.length > 40 || Number.isNaN(value))
    reader.refuse(`\`${text.slice(0, 20)}\` is no number`);
  return value;
}

/** Text a Python 2 pickle quotes. */
function quoted(reader: ByteReader): string {
  const text = line(reader);
  return /^(['"]).*\1$/.test(text) ? text.slice(1, -1) : reader.refuse("a quoted text that is none");
}

type Step = (machine: Machine, reader: ByteReader) => void;

/** Opcodes of the protocols 0 to 5 that data are made of. Source: Python's pickletools. */
const opcodes: Readonly<Record<number, Step>> = {
  128: (_, reader) => void reader.u8(),
  149: (_, reader) => void reader.u64(),
  40: (machine) => machine.mark(),
  48: (machine) => void machine.pop(),
  49: (machine) => void machine.popMark(),
  50: (machine) => machine.push(machine.top()),
  78: (machine) => machine.push(null),
  136: (machine) => machine.push(true),
  137: (machine) => machine.push(false),
  73: (machine, reader) => {
    // Protocol 0 writes True and False as numbers with a leading zero.
    const value = decimal(reader);
    machine.push(value);
  },
  74: (machine, reader) => machine.push(reader.i32()),
  75: (machine, reader) => machine.push(reader.u8()),
  77: (machine, reader) => machine.push(reader.u16()),
  76: (machine, reader) => machine.push(decimal(reader)),
  138: (machine, reader) => machine.push(longOf(reader, reader.u8())),
  139: (machine, reader) => machine.push(longOf(reader, reader.u32())),
  70: (machine, reader) => machine.push(decimal(reader)),
  71: (machine, reader) => machine.push(reader.f64(false)),
  83: (machine, reader) => machine.push(quoted(reader)),
  86: (machine, reader) => machine.push(line(reader)),
  84: (machine, reader) => machine.push(reader.text(reader.u32())),
  85: (machine, reader) => machine.push(reader.text(reader.u8())),
  88: (machine, reader) => machine.push(reader.text(reader.u32())),
  140: (machine, reader) => machine.push(reader.text(reader.u8())),
  141: (machine, reader) => machine.push(reader.text(reader.u64())),
  66: (machine, reader) => machine.push(reader.take(reader.u32())),
  67: (machine, reader) => machine.push(reader.take(reader.u8())),
  142: (machine, reader) => machine.push(reader.take(reader.u64())),
  93: (machine) => machine.push([]),
  108: (machine) => machine.push(machine.popMark()),
  97: (machine) => machine.append(machine.popMany(1)),
  101: (machine) => machine.append(machine.popMark()),
  41: (machine) => machine.push([]),
  116: (machine) => machine.push(machine.popMark()),
  133: (machine) => machine.push(machine.popMany(1)),
  134: (machine) => machine.push(machine.popMany(2)),
  135: (machine) => machine.push(machine.popMany(3)),
  125: (machine) => machine.push(new Map()),
  100: (machine) => {
    const items = machine.popMark();
    machine.push(new Map());
    machine.setItems(items);
  },
  115: (machine) => machine.setItems(machine.popMany(2)),
  117: (machine) => machine.setItems(machine.popMark()),
  143: (machine) => machine.push([]),
  144: (machine) => machine.append(machine.popMark()),
  99: (machine, reader) => machine.global(line(reader), line(reader)),
  147: (machine) => machine.stackGlobal(),
  82: (machine) => machine.reduce(),
  129: (machine) => machine.reduce(),
  98: (machine) => machine.build(),
  112: (machine, reader) => machine.put(decimal(reader)),
  113: (machine, reader) => machine.put(reader.u8()),
  114: (machine, reader) => machine.put(reader.u32()),
  148: (machine) => machine.memoize(),
  103: (machine, reader) => machine.get(decimal(reader)),
  104: (machine, reader) => machine.get(reader.u8()),
  106: (machine, reader) => machine.get(reader.u32()),
  80: (machine, reader) => machine.persistent(line(reader)),
  81: (machine) => machine.persistent(machine.pop()),
};

/**
 * The value of the pickle that begins where `reader` stands; the reader then stands behind it. Nothing is run: what is
 * called is what `resolve` gives for a name, and a name it does not know is refused.
 * @throws FormatError for a damaged pickle, an opcode or a name that is not allowed.
 */
export const readPickle = (reader: ByteReader, options: PickleOptions): unknown =>
  new Machine(reader, options).run();
